//! Local folders whose names are spelt in the other way now, since `utf8foldernames` was switched on or off: they are to be
//! renamed, not to be left behind with all their mail while the same mail is fetched again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Terms;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::utf7;

/// Local folders that no folder of the remote side is called like, and that may be one's in another spelling.
pub(super) struct Spellings<'a> {
    terms: Terms<'a>,
    /// By their names in no spelling at all.
    strays: HashMap<String, Vec<&'a str>>,
    /// Those that are spoken for, and are not made on the remote side.
    pub(super) taken: BTreeSet<&'a str>,
}

impl<'a> Spellings<'a> {
    /// Those of the local folders that are in question.
    pub(super) fn new<T>(terms: Terms<'a>, existing: &BTreeSet<&'a str>, by_local: &BTreeMap<String, T>) -> Self {
        let mut strays: HashMap<String, Vec<&'a str>> = HashMap::new();
        for name in existing.iter().filter(|name| may_be_respelt(name) && !by_local.contains_key(**name)) {
            strays.entry(utf7::loose(name)).or_default().push(*name);
        }
        Self { terms, strays, taken: BTreeSet::new() }
    }

    /// The local folder that has to be renamed to `local`, the name of `remote` here; `None` where there is nothing of the
    /// kind. One that is known by this name may have got another one in a renaming that was cut off. A fault where it isn't certain what it is, or where there is no room for it because `local` is here.
    pub(super) fn of(&mut self, remote: &str, local: &str, is_here: bool) -> Result<Option<&'a str>, Fault> {
        if !may_be_respelt(local) || (is_here && self.terms.knows(remote, local)) {
            return Ok(None);
        }
        let loose = utf7::loose(local);
        let Some(other) = self.strays.get(&loose).and_then(|strays| strays.first().copied()) else { return Ok(None) };
        let known = self.terms.known.iter().filter(|(one, _)| *one == remote);
        let is_known = known.into_iter().any(|(_, name)| utf7::loose(name) == loose);
        // Who has a folder of IMAP's own spelling may have had it from IMAP; another one is there by chance.
        if !is_known && (is_here || !self.terms.decode) {
            return Ok(None);
        }
        self.taken.insert(other);
        match (is_known, is_here) {
            (true, false) => Ok(Some(other)),
            (true, true) => {
                let cause = format!(
                    "its mail is in the local folder {other}, as it was called before, but {local} is here too"
                );
                Err(refused(remote, cause, "move what is in the latter into the former, and remove the latter"))
            }
            (false, _) => {
                let cause = format!("there is a local folder {other}, which may be the same in another spelling");
                Err(refused(remote, cause, &format!("if it is, rename it to {local}; if not, give it another name")))
            }
        }
    }
}

/// Whether a name can be spelt in two ways.
fn may_be_respelt(name: &str) -> bool {
    !name.is_ascii() || name.contains('&')
}

fn refused(remote: &str, cause: String, advice: &str) -> Fault {
    Fault::new(Reach::Folder, FaultKind::Refused, format!("pairing the folder {remote}"), cause).advise(advice)
}
