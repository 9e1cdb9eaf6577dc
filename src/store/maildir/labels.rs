//! Labels in files: a field in the header of each message.

use std::fs::File;
use std::io::{self, Read};
use std::time::SystemTime;

use crate::model::fault::Fault;
use crate::model::ids::Uid;
use crate::model::message::MessageId;
use crate::model::uidset::UidSet;
use crate::store::Labelled;
use crate::store::labels::{Carried, Labelling, Relabel, Told};

use super::anew;
use super::fetch::{open, unreadable};
use super::folder::{Attempt, Folder};
use super::listing::Slot;
use super::manner::Keeping;
use super::stamps;

/// Bytes of a header that are read at most; in what is behind them no field is looked for.
const LONGEST: u64 = 1 << 20;
/// How many messages are written anew before they are flushed together.
const GROUP: usize = 250;

impl Labelled for Folder<'_> {
    fn manner(&mut self) -> u64 {
        self.manner.labels.as_ref().map_or(0, |keeping| keeping.manner)
    }

    fn labels(&mut self, wanted: &UidSet, recorded: &Labelling) -> Result<Vec<Told<Carried>>, Fault> {
        let Some(keeping) = self.manner.labels.as_ref() else { return Ok(Vec::new()) };
        let (wanted, now): (Vec<Uid>, _) = (wanted.iter().collect(), SystemTime::now());
        let mut found = Vec::new();
        let failed = self.for_each(
            &wanted,
            |uid| MessageId::Uid(*uid),
            |folder, uid, slot| {
                let known = recorded.get(uid).map_or(0, |known| known.stamp);
                match read(folder, keeping, slot, (known, now))? {
                    Reading::Missed => return Ok(Attempt::Missed),
                    Reading::Known => {}
                    Reading::Carried(carried) => found.push((*uid, Ok(carried))),
                }
                Ok(Attempt::Done)
            },
        )?;
        found.extend(failed.into_iter().filter_map(|(id, fault)| Some((id.uid()?, Err(fault)))));
        Ok(found)
    }

    fn relabel(&mut self, changes: &[Relabel]) -> Result<Vec<Told<u64>>, Fault> {
        self.demand_writable()?;
        let Some(keeping) = self.manner.labels.as_ref() else { return Ok(Vec::new()) };
        let mut results = Vec::with_capacity(changes.len());
        for group in changes.chunks(GROUP) {
            let done = anew::relabel(self, keeping, group, &mut results);
            self.flush_touched()?;
            done?;
        }
        Ok(results)
    }
}

/// What came of reading a file's labels.
enum Reading {
    /// There is no such file.
    Missed,
    /// It has not been written to.
    Known,
    Carried(Carried),
}

/// Reads the labels of a file, unless its inode says that nobody has written to it since that was recorded.
fn read(
    folder: &Folder<'_>,
    keeping: &Keeping,
    slot: &Slot,
    (known, now): (u64, SystemTime),
) -> Result<Reading, Fault> {
    let path = slot.path(&folder.path);
    let about = match path.symlink_metadata() {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Reading::Missed),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let stamp = stamps::of(&about, now);
    if stamp != 0 && known == stamp {
        return Ok(Reading::Known);
    }
    let Some(mut file) = open(&path, folder.manner.keep_atime)? else { return Ok(Reading::Missed) };
    let header = header(&mut file).map_err(|error| unreadable(&path, &error))?;
    let labels = keeping.field.read(&header).map(|labels| labels.minus(&keeping.ignored));
    Ok(Reading::Carried(Carried { labels, stamp }))
}

/// A file's header, up to the empty line behind it.
pub fn header(file: &mut File) -> io::Result<Vec<u8>> {
    let (mut header, mut piece, mut rest) = (Vec::new(), vec![0; 4096], file.take(LONGEST));
    loop {
        let count = match rest.read(&mut piece) {
            Ok(0) => return Ok(header),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let from = header.len().saturating_sub(3);
        header.extend_from_slice(piece.get(..count).unwrap_or_default());
        if let Some(end) = end_of_header(&header, from) {
            header.truncate(end);
            return Ok(header);
        }
    }
}

/// Where the empty line behind a header begins, looked for from this place on.
fn end_of_header(text: &[u8], from: usize) -> Option<usize> {
    let is_empty = |place: &usize| {
        let line = text.get(*place..).unwrap_or_default();
        line.starts_with(b"\n") || line.starts_with(b"\r\n")
    };
    let ends = memchr::memchr_iter(b'\n', text.get(from..).unwrap_or_default()).map(|end| from + end + 1);
    std::iter::once(0).filter(|_| from == 0).chain(ends).find(is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_at_the_first_empty_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("m");
        // The end lies across two pieces, or nearly.
        let long = |length: usize| "x".repeat(length);
        for (text, header_length) in [
            (String::new(), 0),
            ("\nbody".to_owned(), 0),
            ("a: b".to_owned(), 4),
            ("a: b\r\n\r\nbody\n\n".to_owned(), 6),
            (format!("{}\n\nbody", long(4094)), 4095),
            (format!("{}\n\nbody", long(4095)), 4096),
            (format!("{}\r\n\r\nbody", long(4093)), 4095),
            (format!("{}\r\n\r\nbody", long(4095)), 4097),
        ] {
            std::fs::write(&path, &text).unwrap();
            let read = header(&mut File::open(&path).unwrap()).unwrap();
            assert_eq!(read.len(), header_length, "{:?}", &text[text.len().saturating_sub(12)..]);
        }
    }
}
