//! Which folders of a repository take part, and what they are called on the other side.

use super::literal::{Literal, literal};
use super::settings::CommonSettings;
use super::source::Source;
use super::value;
use crate::model::namemap::NameMap;
use crate::model::patterns::Patterns;

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

/// A function of Python's; `None` where there is none.
pub fn function(source: &mut Source, section: &str, key: &str) -> Option<String> {
    let code = source.read(section, key, |text| match literal(text) {
        None => Ok(Some(code(text))),
        Some(literal) if literal.is_empty() => Ok(None),
        Some(_) => Err("expected a function, as in lambda folder: folder".to_owned()),
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

/// `folderincludes`, a list of names as Python writes one.
pub fn includes(source: &mut Source, section: &str) -> Vec<String> {
    let read = source.read(section, "folderincludes", |text| match literal(text) {
        Some(Literal::List(names)) => Ok(names),
        Some(Literal::None) => Ok(Vec::new()),
        _ => Err("expected a list of names in quotes, as in ['Archive']: other Python is not run yet".to_owned()),
    });
    read.unwrap_or_default()
}
