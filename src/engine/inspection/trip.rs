//! The way of a folder's name to the other side, and back again.

use crate::model::fault::Fault;
use crate::model::ids::Side;
use crate::plan::folders::translate;
use crate::plan::naming::Naming;

/// A folder's name, what the other side calls it, and what comes back of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// Where it begins.
    pub from: Side,
    /// The name there.
    pub name: String,
    /// What the other side calls it; `None` where that can't be derived.
    pub across: Result<Option<String>, Fault>,
    /// What comes back; `None` where that can't be derived.
    pub back: Result<Option<String>, Fault>,
}

impl Trip {
    /// Whether the name comes back as it was.
    pub fn returns(&self) -> bool {
        matches!(&self.back, Ok(Some(back)) if *back == self.name)
    }
}

/// The rules of both sides.
pub(super) struct Guide<'a> {
    pub(super) remote: &'a mut dyn Naming,
    pub(super) local: &'a mut dyn Naming,
    pub(super) remote_separator: Option<char>,
    pub(super) local_separator: Option<char>,
}

impl Guide<'_> {
    /// What a folder of the server is called here.
    pub(super) fn here(&mut self, name: &str) -> Result<String, Fault> {
        Ok(translate(&self.remote.visible(name)?, self.remote_separator, self.local_separator))
    }

    /// What a folder here is called, or would be, on the server.
    pub(super) fn there(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let there = translate(&self.local.visible(name)?, self.local_separator, self.remote_separator);
        Ok(if self.local.translates() { Some(there) } else { self.remote.hidden(&there) })
    }

    /// The whole way.
    pub(super) fn trip(&mut self, from: Side, name: &str) -> Trip {
        let (across, back) = match from {
            Side::Remote => {
                let across = self.here(name).map(Some);
                let back = self.return_of(&across, Self::there);
                (across, back)
            }
            Side::Local => {
                let across = self.there(name);
                let back = self.return_of(&across, |guide, there| guide.here(there).map(Some));
                (across, back)
            }
        };
        Trip { from, name: name.to_owned(), across, back }
    }

    fn return_of(
        &mut self,
        across: &Result<Option<String>, Fault>,
        back: impl FnOnce(&mut Self, &str) -> Result<Option<String>, Fault>,
    ) -> Result<Option<String>, Fault> {
        match across {
            Ok(Some(across)) => back(self, across),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::namemap::NameMap;
    use crate::plan::naming::Rules;

    fn trip(remote: Option<&str>, local: Option<&str>, from: Side, name: &str) -> (Option<String>, Option<String>) {
        let map = |text: Option<&str>| text.map(|text| NameMap::parse(text).unwrap());
        let (remote, local) = (map(remote), map(local));
        let (mut there, mut here) =
            (Rules { map: remote.as_ref(), ..Rules::default() }, Rules { map: local.as_ref(), ..Rules::default() });
        let mut guide =
            Guide { remote: &mut there, local: &mut here, remote_separator: Some('/'), local_separator: Some('.') };
        let trip = guide.trip(from, name);
        (trip.across.unwrap(), trip.back.unwrap())
    }

    #[test]
    fn names_go_there_and_back_by_the_rules_of_both_sides() {
        let some = |across: &str, back: &str| (Some(across.to_owned()), Some(back.to_owned()));
        assert_eq!(trip(None, None, Side::Remote, "a/b"), some("a.b", "a/b"));
        // A separator in a name is no rule's fault.
        assert_eq!(trip(None, None, Side::Remote, "a.b"), some("a.b", "a/b"));
        assert_eq!(trip(Some("s/^In\\///"), None, Side::Remote, "In/b"), some("b", "In/b"));
        assert_eq!(trip(Some("s/^In\\///"), None, Side::Local, "b"), some("In/b", "b"));
        assert_eq!(trip(Some("s/[aeiou]//g"), None, Side::Remote, "Inbox"), (Some("Inbx".into()), None));
        assert_eq!(trip(Some("s/[aeiou]//g"), None, Side::Local, "x"), (None, None));
        // The local rule is asked where there is one, right or wrong.
        assert_eq!(trip(Some("s/^In\\///"), Some("s/^/Out./"), Side::Remote, "In/b"), some("b", "Out/b"));
    }
}
