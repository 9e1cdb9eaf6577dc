//! What a side calls its folders to the other side, and which of them take part.

use std::borrow::Cow;

use crate::model::fault::Fault;
use crate::model::namemap::NameMap;
use crate::model::patterns::Patterns;
use crate::model::utf7;

/// The names of a side's folders, as the other side sees them. A fault is about the one folder, unless it reaches further.
pub trait Naming {
    /// What the other side calls the folder, still with this side's separator.
    fn visible(&mut self, name: &str) -> Result<String, Fault>;

    /// Whether the folder takes part.
    fn takes_part(&mut self, name: &str) -> Result<bool, Fault>;

    /// The folder that the other side would call this, as far as that can be derived; `None` when it can't be.
    fn hidden(&mut self, visible: &str) -> Option<String>;

    /// A folder's name as this side writes it, where rules see it in another spelling.
    fn spelt(&self, name: &str) -> String {
        name.to_owned()
    }

    /// Whether names differ from what the other side sees.
    fn translates(&self) -> bool;
}

/// Names by rules that need no more than themselves: `folderpatterns` and `namemap`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules<'a> {
    /// Which folders take part; all without it.
    pub patterns: Option<&'a Patterns>,
    /// What they are called; the same without it.
    pub map: Option<&'a NameMap>,
    /// Folders that take part whatever the patterns say.
    pub includes: &'a [String],
    /// This side's names are modified UTF-7, and rules see them decoded.
    pub decode: bool,
}

impl Rules<'_> {
    /// A name as rules see it. One that can't be decoded stays as it is.
    pub fn read<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let read = if self.decode { utf7::read(name) } else { None };
        read.map_or(Cow::Borrowed(name), Cow::Owned)
    }

    /// The name among those that are included by which this folder goes, in whatever spelling.
    pub fn included(&self, name: &str) -> Option<&str> {
        let is_it = |one: &&String| *one == name || utf7::decode(one) == utf7::decode(name);
        self.includes.iter().find(is_it).map(String::as_str)
    }

    /// Whether the folder takes part, and by which rule.
    pub fn decide(&self, name: &str) -> (bool, Option<&str>) {
        if let Some(included) = self.included(name) {
            return (true, Some(included));
        }
        let Some(patterns) = self.patterns else { return (true, None) };
        // People write names as they read them; who copied one from the wire is understood as well.
        patterns.decide(&[&utf7::decode(name), name])
    }
}

impl Naming for Rules<'_> {
    fn visible(&mut self, name: &str) -> Result<String, Fault> {
        let name = self.read(name);
        Ok(self.map.map_or_else(|| name.to_string(), |map| map.forth(&name)))
    }

    fn takes_part(&mut self, name: &str) -> Result<bool, Fault> {
        Ok(self.decide(name).0)
    }

    fn hidden(&mut self, visible: &str) -> Option<String> {
        let name = match self.map {
            Some(map) => map.back(visible),
            None => Some(visible.to_owned()),
        };
        name.map(|name| self.spelt(&name))
    }

    fn spelt(&self, name: &str) -> String {
        if self.decode { utf7::encode(name) } else { name.to_owned() }
    }

    fn translates(&self) -> bool {
        self.map.is_some()
    }
}
