//! `[mbnames]`, read.

use super::literal::{Literal, literal};
use super::naming;
use super::options::{Kind, OPTIONS};
use super::settings::MailboxList;
use super::source::Source;
use super::value::{self, boolean};
use crate::model::listed::Template;

const SECTION: &str = "mbnames";

/// The list of all folders; `None` when none is wanted, or when a mistake was remarked on.
pub fn mailbox_list(source: &mut Source) -> Option<MailboxList> {
    if !source.read(SECTION, "enabled", boolean).unwrap_or(false) {
        return None;
    }
    let environment = source.environment;
    let file =
        source.required(SECTION, "filename", "the file to write the list to", |text| value::path(text, environment));
    let item = item(source);
    let [header, separator, footer] = ["header", "sep", "footer"].map(|key| text(source, key));
    let folderfilter = naming::function_like(source, SECTION, "folderfilter", "lambda account, folder: True");
    let sort_keyfunc = naming::function_like(source, SECTION, "sort_keyfunc", "lambda d: d['foldername']");
    let incremental = source.read(SECTION, "incremental", boolean).unwrap_or(false);
    Some(MailboxList {
        file: file?,
        header: header?,
        item: item?,
        separator: separator?,
        footer: footer?,
        folderfilter,
        sort_keyfunc,
        incremental,
    })
}

/// What stands for each folder. What refers to something in it refers to the folder, not to other options, and quotes are a part
/// of it, as in OfflineIMAP.
fn item(source: &mut Source) -> Option<Template> {
    let text = source.raw(SECTION, "peritem").unwrap_or_else(|| default("peritem").to_owned());
    Template::parse(&text).map_err(|message| source.wrong(SECTION, "peritem", &message)).ok()
}

/// A quoted string, or what Python comes to.
fn text(source: &mut Source, key: &str) -> Option<String> {
    let text = match source.raw(SECTION, key) {
        None => default(key).to_owned(),
        Some(nothing) if nothing.is_empty() => return Some(nothing),
        Some(_) => source.text(SECTION, key)?,
    };
    let value = literal(&text).map_or_else(|| naming::work_out(source, SECTION, key, &text), Ok);
    let message = match value {
        Ok(Literal::Text(text)) => return Some(text),
        Ok(_) => "expected text in quotes, or Python that comes to text".to_owned(),
        Err(message) => format!("{message}; text stands in quotes here"),
    };
    source.wrong(SECTION, key, &message);
    None
}

fn default(key: &str) -> &'static str {
    let option = OPTIONS.iter().find(|option| option.kind == Kind::Mbnames && option.is(key));
    option.map_or("", |option| option.default)
}
