//! Writing messages anew, with other labels.
//!
//! A file is never written to in place. The message is written anew in `tmp`, with another field in front, flushed, and then
//! changes places with the old one, so that there is always one of both under the name that everybody knows, and whoever renames
//! the file in that moment is not crossed. What has come into the old one meanwhile is not lost: then they change places again.

use std::fs::{File, FileTimes, Metadata};
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;
use std::time::SystemTime;

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::labels::Labels;
use crate::model::message::MessageId;
use crate::model::uidset::UidSet;
use crate::store::labels::{Relabel, Told};
use crate::store::with_field::WithField;

use super::fault::disk;
use super::fetch::{open, unreadable};
use super::folder::{Attempt, Folder};
use super::labels::header;
use super::listing::Slot;
use super::manner::Keeping;
use super::stamps;
use super::tmp_file::TmpFile;

/// How much of a file is in memory at once.
const PIECE: usize = 1 << 16;
/// Up to this many files are flushed one by one.
const FLUSHED_SINGLY: usize = 8;
/// How often a file is written anew because somebody writes to it meanwhile.
const ROUNDS: usize = 3;

/// A message that is written anew.
struct Anew<'a> {
    uid: Uid,
    tmp: TmpFile<'a>,
    file: File,
    /// What it was read from.
    of: Seen,
}

/// What a file is recognised by, so that it is seen whether anybody has written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    inode: u64,
    written: (i64, i64),
    size: u64,
}

impl Seen {
    fn of(about: &Metadata) -> Self {
        Self { inode: about.ino(), written: (about.mtime(), about.mtime_nsec()), size: about.len() }
    }
}

/// What came of preparing a message.
enum Prepared<'a> {
    Anew(Anew<'a>),
    /// It has these labels already; what its file is recognised by.
    Same(u64),
    /// There is no such file.
    Missed,
}

/// Changes the labels of some messages.
pub fn relabel<'a>(
    folder: &mut Folder<'a>,
    keeping: &Keeping,
    changes: &[Relabel],
    results: &mut Vec<Told<u64>>,
) -> Result<(), Fault> {
    let mut todo: Vec<&Relabel> = changes.iter().collect();
    for _ in 0..ROUNDS {
        let mut anew: Vec<Anew<'a>> = Vec::new();
        let mut failed = folder.for_each(
            &todo,
            |change| MessageId::Uid(change.uid),
            |folder, change, slot| {
                match prepare(folder, keeping, change, slot)? {
                    Prepared::Anew(one) => anew.push(one),
                    Prepared::Same(stamp) => results.push((change.uid, Ok(stamp))),
                    Prepared::Missed => return Ok(Attempt::Missed),
                }
                Ok(Attempt::Done)
            },
        )?;
        flush(folder, &anew)?;
        let again = publish(folder, anew, results, &mut failed)?;
        results.extend(failed.into_iter().filter_map(|(id, fault)| Some((id.uid()?, Err(fault)))));
        todo.retain(|change| again.contains(change.uid));
    }
    results.extend(todo.iter().map(|change| (change.uid, Err(restless(folder)))));
    Ok(())
}

/// Writes a message anew.
fn prepare<'a>(
    folder: &mut Folder<'a>,
    keeping: &Keeping,
    change: &Relabel,
    slot: &Slot,
) -> Result<Prepared<'a>, Fault> {
    let path = slot.path(&folder.path);
    let Some(mut old) = open(&path, folder.manner.keep_atime)? else { return Ok(Prepared::Missed) };
    let read = old.metadata().and_then(|about| Ok((about, header(&mut old)?)));
    let (about, header) = read.map_err(|error| unreadable(&path, &error))?;
    let before = keeping.field.read(&header);
    let carried = before.clone().unwrap_or_default();
    let labels = carried.union(&change.add).minus(&change.remove);
    if before.as_ref() == Some(&labels) {
        return Ok(Prepared::Same(stamps::of(&about, SystemTime::now())));
    }
    let fault = |error: io::Error| disk(Reach::Folder, "writing labels into", &path, &error);
    let place = folder.path.join("tmp").join(folder.unique.next());
    let mut file = folder.disk.create(&place).map_err(fault)?;
    let tmp = TmpFile::new(folder.disk, place);
    write(folder, (keeping, &labels, &header), (&mut old, &about), &mut file).map_err(fault)?;
    Ok(Prepared::Anew(Anew { uid: change.uid, tmp, file, of: Seen::of(&about) }))
}

/// Writes a message into a new file, with these labels in front and without any other field for them; the file gets the time and
/// the permissions of the old one.
fn write(
    folder: &Folder<'_>,
    (keeping, labels, header): (&Keeping, &Labels, &[u8]),
    (old, about): (&mut File, &Metadata),
    new: &mut File,
) -> io::Result<()> {
    let has_crlf = memchr::memchr(b'\n', header).is_some_and(|end| header[..end].ends_with(b"\r"));
    let field = keeping.field.write(labels, if has_crlf { "\r\n" } else { "\n" });
    old.rewind()?;
    let mut with_field = WithField::new(&keeping.name, field);
    let (mut piece, mut rest) = (vec![0; PIECE], Vec::with_capacity(PIECE));
    loop {
        match old.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => {
                with_field.feed(piece.get(..count).unwrap_or_default(), &mut rest);
                folder.disk.write(new, &rest)?;
                rest.clear();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    with_field.finish(&mut rest);
    folder.disk.write(new, &rest)?;
    // Where that isn't possible, the message is what counts.
    let _ = new.set_permissions(about.permissions());
    if let Ok(time) = about.modified() {
        let _ = folder.disk.date(new, time);
    }
    if let Some(time) = about.accessed().ok().filter(|_| folder.manner.keep_atime) {
        let _ = new.set_times(FileTimes::new().set_accessed(time));
    }
    Ok(())
}

/// Flushes what was written anew, whatever the configuration says: the old files were safe.
fn flush(folder: &Folder<'_>, anew: &[Anew<'_>]) -> Result<(), Fault> {
    let place = folder.path.join("tmp");
    let flushed = match anew {
        [first, ..] if anew.len() > FLUSHED_SINGLY => folder.disk.flush_file_system(&first.file),
        few => few.iter().try_for_each(|one| folder.disk.flush_file(&one.file)),
    };
    flushed.map_err(|error| disk(Reach::Folder, "flushing", &place, &error))
}

/// Lets the new files change places with the old ones, which are removed. Gives the messages to which somebody has written
/// meanwhile.
fn publish<'a>(
    folder: &mut Folder<'a>,
    anew: Vec<Anew<'a>>,
    results: &mut Vec<Told<u64>>,
    failed: &mut Vec<(MessageId, Fault)>,
) -> Result<UidSet, Fault> {
    let (mut again, mut kept) = (UidSet::default(), UidSet::default());
    failed.extend(folder.for_each(
        &anew,
        |one| MessageId::Uid(one.uid),
        |folder, one, slot| {
            let path = slot.path(&folder.path);
            match folder.disk.exchange(&one.tmp.path, &path) {
                Ok(()) => folder.touch(slot.place),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Attempt::Missed),
                Err(error) => return Err(disk(Reach::Message, "writing labels into", &path, &error)),
            }
            // Where the file system can't exchange, the old one is gone already.
            if one.tmp.path.symlink_metadata().is_ok_and(|old| Seen::of(&old) != one.of) {
                // Somebody wrote to it in between: what was written counts.
                again.insert(one.uid);
                if put_back(folder, one, slot)? {
                    kept.insert(one.uid);
                }
            } else {
                let stamp = one.file.metadata().map_or(0, |about| stamps::of(&about, SystemTime::now()));
                results.push((one.uid, Ok(stamp)));
            }
            Ok(Attempt::Done)
        },
    )?);
    for mut one in anew {
        if kept.contains(one.uid) {
            one.tmp.is_elsewhere();
        }
    }
    Ok(again)
}

/// Puts an old file back into its place. Where that was renamed at this very moment, it becomes a message of its own, rather than
/// being lost: `true`.
fn put_back(folder: &mut Folder<'_>, one: &Anew<'_>, slot: &Slot) -> Result<bool, Fault> {
    let path = slot.path(&folder.path);
    let put = match folder.disk.exchange(&one.tmp.path, &path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let own = Slot { place: slot.place, name: folder.unique.next().into_bytes() };
            folder.disk.rename_new(&one.tmp.path, &own.path(&folder.path)).map(|()| true)
        }
        other => other.map(|()| false),
    };
    put.map_err(|error| disk(Reach::Folder, "putting back", &path, &error))
}

fn restless(folder: &Folder<'_>) -> Fault {
    let doing = format!("writing labels into a message in {}", folder.path.display());
    Fault::new(Reach::Message, FaultKind::Disk, doing, "another program keeps writing to the file")
        .advise("the next run tries again")
}
