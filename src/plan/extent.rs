//! What becomes of a message's record when it falls out of what is looked at, and when it is looked at again.
//!
//! | was | on the server | here | then |
//! |-----|---------------|------|------|
//! | looked at | yes | any | left, if the server takes it for too old or too large |
//! | looked at | – | yes | left, if it is too old or too large by what is known here |
//! | left | – | – | forgotten |
//! | left | yes | yes | looked at again, with the flags that both sides had when it was left |
//! | left | on one side | | forgotten, so that the other side gets it again |
//!
//! What was left is looked at again only when the user wants more to be looked at than before, or the clock was put back: time
//! alone makes no message younger. Whoever deletes a message on one side while it isn't looked at may just have made room there.
//! So that never counts for the other side; when the message is looked at again, it is copied back.

/// How one side shows a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Whether it is there; `None` where that isn't certain.
    pub there: Option<bool>,
    /// Whether it is too old or too large, as far as this side can tell.
    pub outside: bool,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stay,
    /// The message isn't looked at from now on.
    Leave,
    /// The message is looked at again.
    Return,
    /// It goes: the message is gone on both sides, or is to be new for one of them.
    Forget,
}

/// Decides. `left`: the message wasn't looked at the last time; `anew`: more may be looked at than before.
pub fn fate(left: bool, remote: Sight, local: Sight, anew: bool) -> Fate {
    match (left, remote.there, local.there) {
        (false, Some(true), _) if remote.outside => Fate::Leave,
        (false, Some(false), Some(true)) if local.outside => Fate::Leave,
        (true, Some(false), Some(false)) => Fate::Forget,
        (true, Some(true), Some(here)) if anew && !remote.outside => {
            if here {
                Fate::Return
            } else {
                Fate::Forget
            }
        }
        (true, Some(false), Some(true)) if anew && !local.outside => Fate::Forget,
        _ => Fate::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN: Sight = Sight { there: Some(true), outside: false };
    const OUT: Sight = Sight { there: Some(true), outside: true };
    const GONE: Sight = Sight { there: Some(false), outside: false };
    const UNSEEN: Sight = Sight { there: None, outside: false };

    #[test]
    fn what_is_looked_at_is_left_when_it_is_outside() {
        for (remote, local, expected) in [
            (IN, IN, Fate::Stay),
            (OUT, IN, Fate::Leave),
            (OUT, GONE, Fate::Leave),
            (OUT, UNSEEN, Fate::Leave),
            // What the server still has, it judges.
            (IN, OUT, Fate::Stay),
            (GONE, OUT, Fate::Leave),
            (GONE, IN, Fate::Stay),
            (GONE, GONE, Fate::Stay),
            (IN, GONE, Fate::Stay),
            (UNSEEN, OUT, Fate::Stay),
        ] {
            for anew in [false, true] {
                assert_eq!(fate(false, remote, local, anew), expected, "{remote:?} {local:?}");
            }
        }
    }

    #[test]
    fn what_was_left_is_looked_at_only_when_more_is_wanted() {
        for (remote, local, before, anew) in [
            (IN, IN, Fate::Stay, Fate::Return),
            (IN, GONE, Fate::Stay, Fate::Forget),
            (GONE, IN, Fate::Stay, Fate::Forget),
            (OUT, IN, Fate::Stay, Fate::Stay),
            (OUT, GONE, Fate::Stay, Fate::Stay),
            (GONE, OUT, Fate::Stay, Fate::Stay),
            (GONE, GONE, Fate::Forget, Fate::Forget),
            (UNSEEN, IN, Fate::Stay, Fate::Stay),
            (IN, UNSEEN, Fate::Stay, Fate::Stay),
            (GONE, UNSEEN, Fate::Stay, Fate::Stay),
        ] {
            assert_eq!(fate(true, remote, local, false), before, "{remote:?} {local:?}");
            assert_eq!(fate(true, remote, local, true), anew, "{remote:?} {local:?}");
        }
    }
}
