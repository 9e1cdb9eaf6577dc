//! Which folders of a repository take part, and what they are called on the other side.

use super::literal::{Literal, literal};
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

/// `folderincludes`, a list of names as Python writes one.
pub fn includes(source: &mut Source, section: &str) -> Vec<String> {
    let read = source.read(section, "folderincludes", |text| match literal(text) {
        Some(Literal::List(names)) => Ok(names),
        Some(Literal::None) => Ok(Vec::new()),
        _ => Err("expected a list of names in quotes, as in ['Archive']: other Python is not run yet".to_owned()),
    });
    read.unwrap_or_default()
}
