//! Watermarks: what a look at a mailbox saw, so that the next one can tell that nothing has changed.
//!
//! A mark is taken with a look and stored only after everything that followed from the look is in the ledger. An
//! interrupted run therefore looks again.

use serde::{Deserialize, Serialize};

use super::ids::{ModSeq, UidValidity};

/// What a server says of a mailbox in LIST-STATUS, STATUS or SELECT (RFC 3501, section 6.3.10; RFC 5819; RFC 7162).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerMark {
    /// Whether older UIDs still hold.
    pub uid_validity: UidValidity,
    /// The UID that the next new message will get, or a higher one; 0 when the server did not say.
    pub uid_next: u32,
    /// How many messages there are.
    pub messages: u32,
    /// The highest modification sequence, on servers that keep one.
    pub highest_modseq: Option<ModSeq>,
}

/// When a directory last changed, with what tells it from another one in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirStamp {
    /// Modification time, nanoseconds since 1970.
    pub mtime: i64,
    /// Change time of the inode, nanoseconds since 1970 (rsync and backups restore mtime, never this).
    pub ctime: i64,
    /// The file system's device number.
    pub device: u64,
    /// The inode's number.
    pub inode: u64,
}

/// What the directories of a Maildir folder said at a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaildirMark {
    /// The directory `cur`.
    pub cur: DirStamp,
    /// The directory `new`.
    pub new: DirStamp,
    /// Whether the look was so close to the last change that another change could hide in the same tick of the
    /// clock; then the next run looks again whatever the times say.
    pub racy: bool,
    /// In which manner names were understood, 0 for the usual one; marks of other manners prove nothing, since a letter may mean
    /// something else now.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub manner: u64,
    /// What all the files' inodes, and the manner in which labels are kept in them, come to; 0 where their contents don't matter.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub files: u64,
}

// What serde asks is asked by reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_usual(number: &u64) -> bool {
    *number == 0
}

/// A watermark of either kind of mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// An IMAP mailbox's.
    Server(ServerMark),
    /// A Maildir folder's.
    Maildir(MaildirMark),
}

impl Mark {
    /// Whether a mailbox that showed `self` at the last complete look and shows `now` today is certainly unchanged.
    pub fn proves_unchanged(&self, now: &Self) -> bool {
        match (self, now) {
            (Self::Server(then), Self::Server(now)) => {
                then.highest_modseq.is_some() && then.uid_next != 0 && then == now
            }
            (Self::Maildir(then), Self::Maildir(now)) => {
                let same_files = then.cur == now.cur && then.new == now.new && then.files == now.files;
                !then.racy && then.manner == now.manner && same_files
            }
            _ => false,
        }
    }
}

impl Mark {
    /// Whether no message has come or gone, as far as the mailbox can tell. Where it keeps modification sequences, that is
    /// as easily told as whether anything has changed, and the same is meant.
    pub fn shows_no_arrivals(&self, now: &Self) -> bool {
        match (self, now) {
            (Self::Server(then), Self::Server(now)) => then.uid_next != 0 && then == now,
            _ => self.proves_unchanged(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(modseq: Option<u64>) -> ServerMark {
        ServerMark { uid_validity: UidValidity(1), uid_next: 5, messages: 4, highest_modseq: modseq.map(ModSeq) }
    }

    #[test]
    fn only_a_modification_sequence_proves_that_flags_are_unchanged() {
        let with = Mark::Server(server(Some(9)));
        let without = Mark::Server(server(None));
        assert!(with.proves_unchanged(&with));
        assert!(!without.proves_unchanged(&without));
        assert!(!with.proves_unchanged(&Mark::Server(server(Some(10)))));
    }

    #[test]
    fn without_modification_sequences_numbers_tell_of_arrivals() {
        let then = Mark::Server(server(None));
        let with = |change: fn(&mut ServerMark)| {
            let mut mark = server(None);
            change(&mut mark);
            Mark::Server(mark)
        };
        assert!(then.shows_no_arrivals(&then));
        assert!(!then.shows_no_arrivals(&with(|mark| mark.uid_next += 1)));
        assert!(!then.shows_no_arrivals(&with(|mark| mark.messages -= 1)));
        assert!(!then.shows_no_arrivals(&with(|mark| mark.uid_validity = UidValidity(2))));
        let untold = with(|mark| mark.uid_next = 0);
        assert!(!untold.shows_no_arrivals(&untold));
        assert!(!Mark::Server(server(Some(9))).shows_no_arrivals(&Mark::Server(server(Some(10)))));
    }

    #[test]
    fn a_racy_look_proves_nothing() {
        let stamp = DirStamp { mtime: 1, ctime: 1, device: 1, inode: 1 };
        let calm = MaildirMark { cur: stamp, new: stamp, racy: false, manner: 0, files: 0 };
        let racy = MaildirMark { racy: true, ..calm };
        let other = MaildirMark { manner: 7, ..calm };
        let written = MaildirMark { files: 7, ..calm };
        let touched = MaildirMark { cur: DirStamp { ctime: 2, ..stamp }, ..calm };
        assert!(Mark::Maildir(calm).proves_unchanged(&Mark::Maildir(racy)));
        assert!(!Mark::Maildir(racy).proves_unchanged(&Mark::Maildir(calm)));
        assert!(!Mark::Maildir(calm).proves_unchanged(&Mark::Maildir(touched)));
        assert!(!Mark::Maildir(calm).proves_unchanged(&Mark::Maildir(other)));
        assert!(!Mark::Maildir(calm).proves_unchanged(&Mark::Maildir(written)));
    }
}
