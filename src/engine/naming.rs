//! What the folders of a side are called and which of them take part, where Python has a say in it.

use std::collections::HashMap;

use super::pairing::Candidate;
use super::python::Python;
use crate::config::settings::CommonSettings;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::plan::naming::{Naming, Rules};
use crate::store::python::Function;

/// Whether a folder takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it does.
    pub takes_part: bool,
    /// What decides it.
    pub rule: Rule,
}

/// What decides whether a folder takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// There is no rule: all folders do.
    None,
    /// It is named in `folderincludes`.
    Included,
    /// The function of `folderfilter`.
    Filter,
    /// This one of `folderpatterns`.
    Pattern(String),
    /// There are `folderpatterns`, and none fits.
    NoPattern,
}

/// The names of a repository's folders, by its settings.
pub(super) struct Names<'a> {
    rules: Rules<'a>,
    python: Option<&'a Python>,
    nametrans: Option<Function>,
    folderfilter: Option<Function>,
    foldersort: Option<Function>,
}

impl<'a> Names<'a> {
    /// Makes the functions of the configuration ready; one that is none is a fault of the account.
    pub(super) fn new(common: &'a CommonSettings, python: Option<&'a Python>) -> Result<Self, Fault> {
        let rules = Rules { patterns: common.patterns.as_ref(), map: common.map.as_ref(), includes: &common.includes };
        let function = |option: &str, code: &Option<String>| {
            let Some(code) = code.clone() else { return Ok(None) };
            let option = format!("[Repository {}] {option}", common.name);
            Self::way(python)?.ask(move |python| python.function(&option, &code)).map(Some)
        };
        let nametrans = function("nametrans", &common.nametrans)?;
        let folderfilter = function("folderfilter", &common.folderfilter)?;
        let foldersort = function("foldersort", &common.foldersort)?;
        Ok(Self { rules, python, nametrans, folderfilter, foldersort })
    }

    fn way(python: Option<&'a Python>) -> Result<&'a Python, Fault> {
        python.ok_or_else(|| {
            let cause = "a mistake in this program";
            Fault::new(Reach::Account, FaultKind::Internal, "working out the names of folders", cause)
        })
    }

    /// Whether a folder takes part, and by which rule.
    pub(super) fn verdict(&mut self, name: &str) -> Result<Verdict, Fault> {
        let takes_part = self.takes_part(name)?;
        let (patterns, included) = (self.rules.patterns, self.rules.includes.iter().any(|one| one == name));
        let rule = match (self.folderfilter.is_some(), patterns) {
            _ if included => Rule::Included,
            (true, _) => Rule::Filter,
            (false, None) => Rule::None,
            (false, Some(_)) => {
                self.rules.decide(name).1.map_or(Rule::NoPattern, |rule| Rule::Pattern(rule.to_owned()))
            }
        };
        Ok(Verdict { takes_part, rule })
    }

    /// Puts folders into the order that the configuration wants, if it wants one: by the names that the other side sees.
    pub(super) fn sort(&self, folders: &mut [Candidate]) -> Result<(), Fault> {
        let Some(function) = self.foldersort.clone() else { return Ok(()) };
        let names: Vec<String> = folders.iter().map(|folder| folder.names.shown.to_string()).collect();
        let sorted = Self::way(self.python)?.ask(move |python| python.sort(&function, &names))?;
        let places: HashMap<&str, usize> =
            sorted.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        folders.sort_by_key(|folder| places.get(&*folder.names.shown).copied());
        Ok(())
    }
}

/// What is wrong with the name of one folder leaves that folder out; the configuration as a whole is followed.
fn own<T>(result: Result<T, Fault>) -> Result<T, Fault> {
    result.map_err(|fault| match fault.reach {
        Reach::Message | Reach::Folder => Fault { kind: FaultKind::Refused, ..fault },
        Reach::Account | Reach::Program => fault,
    })
}

impl Naming for Names<'_> {
    fn visible(&mut self, name: &str) -> Result<String, Fault> {
        let Some(function) = self.nametrans.clone() else { return self.rules.visible(name) };
        let argument = name.into();
        own(Self::way(self.python)?.ask(move |python| python.call_text(&function, &[argument])))
    }

    fn takes_part(&mut self, name: &str) -> Result<bool, Fault> {
        let function = self.folderfilter.clone().filter(|_| !self.rules.includes.iter().any(|one| one == name));
        let Some(function) = function else { return self.rules.takes_part(name) };
        let argument = name.into();
        own(Self::way(self.python)?.ask(move |python| python.call_truth(&function, &[argument])))
    }

    fn hidden(&mut self, visible: &str) -> Option<String> {
        // What a function does can't be undone; whether the same name comes out is found by trying.
        if self.nametrans.is_some() { Some(visible.to_owned()) } else { self.rules.hidden(visible) }
    }

    fn translates(&self) -> bool {
        self.nametrans.is_some() || self.rules.translates()
    }
}
