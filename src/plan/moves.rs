//! Whether messages may have gone from one folder to another.

use crate::model::mark::Mark;

/// What may have happened to the messages of a mailbox between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Some may have left.
    pub left: bool,
    /// Some may have come.
    pub came: bool,
}

impl Traffic {
    /// Nothing is known.
    pub const ANY: Self = Self { left: true, came: true };
}

/// What the watermarks of two looks allow. A mailbox that was numbered anew has no traffic that could be followed.
pub fn traffic(then: Option<Mark>, now: Option<Mark>) -> Traffic {
    match (then, now) {
        (Some(Mark::Server(then)), Some(Mark::Server(now))) => {
            if then.uid_validity != now.uid_validity {
                return Traffic::default();
            }
            if then.uid_next == 0 || now.uid_next < then.uid_next {
                return Traffic::ANY;
            }
            // As many may have come as there were new UIDs; if that many are there, none can have left.
            let came = u64::from(now.uid_next - then.uid_next);
            let left = u64::from(then.messages) + came > u64::from(now.messages);
            Traffic { left, came: came > 0 }
        }
        (Some(then), Some(now)) if then.proves_unchanged(&now) => Traffic::default(),
        _ => Traffic::ANY,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::ids::UidValidity;
    use crate::model::mark::{DirStamp, MaildirMark, ServerMark};

    fn server(uid_next: u32, messages: u32) -> Mark {
        Mark::Server(ServerMark { uid_validity: UidValidity(1), uid_next, messages, highest_modseq: None })
    }

    #[test]
    fn counts_tell_what_a_server_may_have_lost_and_got() {
        let none = Traffic::default();
        let (left, came) = (Traffic { left: true, came: false }, Traffic { left: false, came: true });
        for (then, now, expected) in [
            (server(5, 4), server(5, 4), none),
            (server(5, 4), server(5, 3), left),
            (server(5, 4), server(7, 6), came),
            (server(5, 4), server(7, 5), Traffic::ANY),
            (server(0, 4), server(0, 4), Traffic::ANY),
            (server(5, 4), server(4, 4), Traffic::ANY),
        ] {
            assert_eq!(traffic(Some(then), Some(now)), expected, "{then:?} {now:?}");
        }
        assert_eq!(traffic(None, Some(server(5, 4))), Traffic::ANY);
        let anew = ServerMark { uid_validity: UidValidity(2), uid_next: 9, messages: 1, highest_modseq: None };
        assert_eq!(traffic(Some(server(5, 4)), Some(Mark::Server(anew))), none);
    }

    #[test]
    fn a_maildir_that_changed_may_have_lost_and_got_anything() {
        let stamp = DirStamp { mtime: 1, ctime: 1, device: 1, inode: 1 };
        let calm = MaildirMark { cur: stamp, new: stamp, racy: false, manner: 0, files: 0 };
        let changed = MaildirMark { new: DirStamp { mtime: 2, ..stamp }, ..calm };
        assert_eq!(traffic(Some(Mark::Maildir(calm)), Some(Mark::Maildir(calm))), Traffic::default());
        assert_eq!(traffic(Some(Mark::Maildir(calm)), Some(Mark::Maildir(changed))), Traffic::ANY);
    }

    proptest! {
        #[test]
        fn what_left_or_came_is_never_denied(
            old in 0u32..20, unused in 0u32..20, new in 0u32..20, gaps in 0u32..3,
            left in 0u32..20, left_again in 0u32..20,
        ) {
            // Some of the old ones left, and some of the new ones as well; UIDs may be passed over.
            let (left, left_again) = (left.min(old), left_again.min(new));
            let then = server(1 + old + unused, old);
            let now = server(1 + old + unused + new + gaps, old - left + new - left_again);
            let told = traffic(Some(then), Some(now));
            prop_assert!(told.left || left == 0);
            prop_assert!(told.came || new == left_again);
        }
    }
}
