//! Which folders of a repository take part, and what they are called on the other side.

use super::literal::{Literal, literal};
use super::settings::{CommonSettings, Listing};
use super::source::Source;
use super::value;
use crate::model::namemap::NameMap;
use crate::model::patterns::Patterns;
use crate::model::utf7;

/// `folderpatterns`.
pub fn patterns(source: &mut Source, section: &str) -> Option<Patterns> {
    source.read(section, "folderpatterns", |text| Patterns::parse(value::list(text).iter().map(String::as_str)))
}

/// `namemap`.
pub fn map(source: &mut Source, section: &str) -> Option<NameMap> {
    source.read(section, "namemap", NameMap::parse)
}

/// Python as it is meant: a value goes on over indented lines, wherever it is cut.
pub fn code(text: &str) -> String {
    if text.contains('\n') { format!("({text}\n)") } else { text.to_owned() }
}

/// A function of Python's that is given a folder; `None` where there is none.
pub fn function(source: &mut Source, section: &str, key: &str) -> Option<String> {
    function_like(source, section, key, "lambda folder: folder")
}

/// The same for any function; `example` is one that would do.
pub fn function_like(source: &mut Source, section: &str, key: &str, example: &str) -> Option<String> {
    let code = source.read(section, key, |text| match literal(text) {
        None => Ok(Some(code(text))),
        Some(literal) if literal.is_empty() => Ok(None),
        Some(_) => Err(format!("expected a function, as in {example}")),
    });
    code.flatten()
}

/// Remarks on rules with and without Python that contradict each other.
pub fn one_way(source: &mut Source, section: &str, common: &CommonSettings) {
    if common.patterns.is_some() && common.folderfilter.is_some() {
        source.wrong(section, "folderpatterns", "there is a folderfilter as well; expected one of the two");
    }
    if common.map.is_some() && common.nametrans.is_some() {
        source.wrong(section, "namemap", "there is a nametrans as well; expected one of the two");
    }
}

/// Which of a server's folders are looked at, and how their names are read.
pub fn listing(source: &mut Source, section: &str) -> Listing {
    let subscribed_only = source.read(section, "subscribedonly", value::boolean).unwrap_or(false);
    let decode = source.read(section, "decodefoldernames", value::boolean).unwrap_or(false);
    if decode {
        let message = "the same as utf8foldernames = yes in the account, where it belongs now; nametrans, folderfilter and \
                       the like are given names as people read them";
        source.doubtful(section, "decodefoldernames", message);
    }
    // Who needs quotes to say that there is none may have written them around one as well.
    let reference = source.read(section, "reference", |text| {
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if text.contains(char::is_control) {
            Err("expected a name of a folder".to_owned())
        } else {
            Ok(utf7::written(text))
        }
    });
    Listing { subscribed_only, reference: reference.unwrap_or_default(), decode }
}

/// What Python comes to; an error is a sentence.
pub fn work_out(source: &Source, section: &str, key: &str, text: &str) -> Result<Literal, String> {
    let environment = source.environment;
    let file = source.peek("general", "pythonfile").and_then(Result::ok);
    let file = file.and_then(|text| value::path(&text, environment).ok());
    (environment.python)(file.as_deref(), &format!("[{section}] {key}"), &code(text))
}

/// A list of names as Python writes one, or as it comes to one.
pub fn names(source: &mut Source, section: &str, key: &str) -> Vec<String> {
    let Some(text) = source.text(section, key) else { return Vec::new() };
    let value = literal(&text).map_or_else(|| work_out(source, section, key, &text), Ok);
    let message = match value {
        Ok(Literal::List(names)) => return names,
        Ok(Literal::None) => return Vec::new(),
        Ok(_) => "expected a list of names in quotes, as in ['Archive']".to_owned(),
        Err(message) => message,
    };
    source.wrong(section, key, &message);
    Vec::new()
}
