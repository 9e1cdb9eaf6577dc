//! Which keys mean what on this screen: the usual ones, changed as the configuration wishes.

use super::chord::Chord;
use super::keys::{Key, Meaning, NUMBERS, Place, TABLE};

/// Which keys mean what, after the configuration's wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bindings(Vec<Vec<Chord>>);

impl Default for Bindings {
    fn default() -> Self {
        let chords = |key: &Key| key.usual.split(' ').filter_map(|name| name.parse().ok()).collect();
        Self(TABLE.iter().map(chords).collect())
    }
}

impl Bindings {
    /// The usual keys, with those actions changed that are named.
    ///
    /// # Errors
    /// A sentence, when there is no such action or no such key, when an action gets no key, or when one key would do two
    /// things.
    pub fn rebound(wishes: &[(String, Vec<String>)]) -> Result<Self, String> {
        let mut bindings = Self::default();
        let mut changed = [false; TABLE.len()];
        for (action, names) in wishes {
            let place = TABLE.iter().position(|key| key.action == action).ok_or_else(|| {
                let known: Vec<&str> = TABLE.iter().map(|key| key.action).collect();
                format!("no key does \"{action}\"; there are {}", known.join(", "))
            })?;
            if names.is_empty() {
                return Err(format!("no key is named for \"{action}\""));
            }
            changed[place] = true;
            bindings.0[place] = names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
        }
        bindings.yield_to(&changed);
        bindings.check()?;
        Ok(bindings)
    }

    /// A usual key that is wished for elsewhere is given up by what had it, as long as that keeps another one.
    fn yield_to(&mut self, changed: &[bool]) {
        for (wished, key) in TABLE.iter().enumerate().filter(|(place, _)| changed[*place]) {
            let taken = self.0[wished].clone();
            for (place, other) in TABLE.iter().enumerate().filter(|(place, _)| !changed[*place]) {
                let left: Vec<Chord> = self.0[place]
                    .iter()
                    .copied()
                    .filter(|chord| !(key.meets(other) && taken.contains(chord)))
                    .collect();
                if !left.is_empty() {
                    self.0[place] = left;
                }
            }
        }
    }

    fn check(&self) -> Result<(), String> {
        for (one, chords) in self.0.iter().enumerate() {
            for (other, others) in self.0.iter().enumerate().skip(one + 1) {
                let both = chords.iter().find(|chord| others.contains(chord) && TABLE[one].meets(&TABLE[other]));
                if let Some(both) = both {
                    let (one, other) = (TABLE[one].action, TABLE[other].action);
                    return Err(format!("the key {both} would do two things, \"{one}\" and \"{other}\""));
                }
            }
        }
        Ok(())
    }

    /// What a key means at this place, if anything, and which of the keys for it was pressed, counted from 0.
    pub fn meaning(&self, chord: Chord, at: Place) -> Option<(Meaning, usize)> {
        TABLE
            .iter()
            .zip(&self.0)
            .filter(|(key, _)| key.counts_at(at))
            .find_map(|(key, chords)| chords.iter().position(|known| *known == chord).map(|place| (key.meaning, place)))
    }

    /// The table's rows, each with the names of its keys.
    pub fn rows(&self) -> impl Iterator<Item = (&'static Key, String)> {
        TABLE.iter().zip(&self.0).map(|(key, chords)| (key, names(chords)))
    }

    /// The names of the keys that mean this.
    pub fn named(&self, meaning: Meaning) -> String {
        self.rows().find(|(key, _)| key.meaning == meaning).map_or_else(String::new, |row| row.1)
    }

    /// The name of the first of the keys that mean this.
    pub fn first(&self, meaning: Meaning) -> String {
        let named = self.named(meaning);
        named.split(' ').next().map(str::to_owned).unwrap_or_default()
    }
}

fn names(chords: &[Chord]) -> String {
    let names: Vec<String> = chords.iter().map(Chord::to_string).collect();
    let joined = names.join(" ");
    if joined == NUMBERS { "1-9".into() } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::blinken::log::Scroll;

    fn chord(name: &str) -> Chord {
        name.parse().unwrap()
    }

    fn wish(action: &str, keys: &str) -> (String, Vec<String>) {
        (action.into(), keys.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn no_usual_key_means_two_things_at_one_place() {
        let usual = Bindings::default();
        assert_eq!(usual.check(), Ok(()));
        let count: usize = usual.0.iter().map(Vec::len).sum();
        assert_eq!(count, TABLE.iter().map(|key| key.usual.split(' ').count()).sum::<usize>());
    }

    #[test]
    fn a_key_means_what_it_means_at_its_place() {
        let usual = Bindings::default();
        assert_eq!(usual.meaning(chord("Ctrl-C"), Place::Log), Some((Meaning::Quit, 1)));
        assert_eq!(usual.meaning(chord("3"), Place::Overview), Some((Meaning::One, 2)));
        assert_eq!(usual.meaning(chord("r"), Place::Log), None);
        assert_eq!(usual.meaning(chord("r"), Place::Folder), Some((Meaning::Retry, 0)));
        assert_eq!(usual.named(Meaning::One), "1-9");
    }

    #[test]
    fn a_key_that_is_wished_for_leaves_what_had_it() {
        let bound = Bindings::rebound(&[wish("quit", "Q"), wish("up", "j"), wish("down", "Down q")]).unwrap();
        assert_eq!(bound.meaning(chord("q"), Place::Log), Some((Meaning::Move(Scroll::Down), 1)));
        assert_eq!(bound.meaning(chord("j"), Place::Log), Some((Meaning::Move(Scroll::Up), 0)));
        assert_eq!(bound.named(Meaning::Quit), "Q");
    }

    #[test]
    fn what_can_not_be_is_refused_with_a_reason() {
        for (wishes, word) in [
            (vec![wish("fly", "x")], "no key does \"fly\"; there are quit, sync"),
            (vec![wish("quit", "Hyper-x")], "no key called \"Hyper-x\""),
            (vec![wish("quit", "")], "no key is named for \"quit\""),
            (vec![wish("quit", "s")], "the key s would do two things, \"quit\" and \"sync\""),
            (vec![wish("quit", "x"), wish("sync", "x")], "the key x would do two things"),
        ] {
            let refused = Bindings::rebound(&wishes).unwrap_err();
            assert!(refused.contains(word), "{refused}");
        }
    }
}
