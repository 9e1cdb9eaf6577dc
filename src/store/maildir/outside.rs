//! Which files are too old or too large to be looked at.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;

use super::fault::disk;
use super::folder::{Attempt, Folder};
use super::listing::Slot;
use super::name;
use crate::model::extent::{Bounds, Outside};
use crate::model::fault::{Fault, Reach};
use crate::model::message::MessageId;

/// Those among these files that lie outside of `bounds`.
///
/// A file's date is the one that its name begins with. The time at which it was last written counts where it is older and the
/// file has a UID, since that is when the message arrived, if we fetched it; of a file that came from elsewhere it says nothing. A
/// file without a date is not old.
pub fn outside(folder: &mut Folder<'_>, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault> {
    let mut found = Outside::default();
    let judge = |folder: &mut Folder<'_>, id: &MessageId, slot: &Slot| {
        let path = slot.path(&folder.path);
        match fs::metadata(&path) {
            Ok(about) => {
                if is_outside(bounds, *id, slot, &about) {
                    found.extend([*id]);
                }
                Ok(Attempt::Done)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Attempt::Missed),
            Err(error) => Err(disk(Reach::Message, "looking at the file", &path, &error)),
        }
    };
    let failed = folder.for_each(among, |id| *id, judge)?;
    match failed.into_iter().next() {
        Some((_, fault)) => Err(fault.reaching(Reach::Folder)),
        None => Ok(found),
    }
}

fn is_outside(bounds: &Bounds, id: MessageId, slot: &Slot, about: &Metadata) -> bool {
    let (made, written) = (name::made(&slot.name), id.uid().map(|_| about.mtime()));
    let date = made.into_iter().chain(written).min();
    bounds.since.zip(date).is_some_and(|(since, date)| date < since)
        || bounds.largest.is_some_and(|largest| about.len() > largest)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, UNIX_EPOCH};

    use super::super::Maildir;
    use super::*;
    use crate::store::Repository;
    use crate::store::bytes::md5_hex;

    #[test]
    fn files_are_judged_by_name_and_size_and_by_their_time_if_they_have_a_uid() {
        let root = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(root.path(), '.', false);
        maildir.create("INBOX").unwrap();
        let digest = md5_hex(b"INBOX");
        for (name, size, written) in [
            (format!("500.a,U=1,FMD5={digest}:2,"), 10, 500),
            (format!("500.a,U=2,FMD5={digest}:2,"), 10, 300),
            (format!("300.a,U=3,FMD5={digest}:2,"), 10, 500),
            (format!("500.a,U=4,FMD5={digest}:2,"), 11, 500),
            ("300.b:2,".to_owned(), 10, 500),
            ("500.b:2,".to_owned(), 10, 300),
            ("c:2,".to_owned(), 10, 300),
            ("d:2,".to_owned(), 11, 300),
        ] {
            let file = File::create(root.path().join("INBOX/cur").join(name)).unwrap();
            file.set_len(size).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(written)).unwrap();
        }
        let mut mailbox = maildir.open("INBOX", false).unwrap();
        let all: Vec<MessageId> = mailbox.look(None).unwrap().messages.iter().map(|message| message.id).collect();
        let mut outside = |since, largest, among: &[MessageId]| {
            let found = mailbox.outside(&Bounds { since, largest }, among).unwrap();
            (found.uids.to_string(), found.fresh.into_iter().collect::<Vec<_>>())
        };
        assert_eq!(outside(Some(400), None, &all), ("2:3".into(), vec![0]));
        assert_eq!(outside(None, Some(10), &all), ("4".into(), vec![3]));
        assert_eq!(outside(Some(400), Some(10), &all), ("2:4".into(), vec![0, 3]));
        assert_eq!(outside(Some(400), None, &all[..2]), ("2".into(), vec![]));
        assert_eq!(outside(None, None, &all), (String::new(), vec![]));
    }
}
