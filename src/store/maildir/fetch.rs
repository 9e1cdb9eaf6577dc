//! Reading messages.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::message::{Fingerprint, Head, InternalDate, MessageId};
use crate::store::Delivery;
use crate::store::bytes::ToWire;
use crate::store::fingerprint::FingerprintBuilder;
use crate::store::left_out::{Names, Without};

use super::atime;
use super::fault::{disk, refused};
use super::folder::{Attempt, Folder};
use super::listing::Slot;

/// Files up to this size are read in one piece; larger ones twice, so that memory stays flat.
const SMALL: u64 = 1 << 20;
/// How much of a large file is in memory at once.
const PIECE: usize = 1 << 17;

/// Sends a message, with its flags and its file's modification time as internal date.
pub fn send(folder: &Folder<'_>, id: MessageId, slot: &Slot, to: &mut dyn Delivery) -> Result<Attempt, Fault> {
    let path = slot.path(&folder.path);
    let Some(mut file) = open(&path, folder.manner.keep_atime)? else { return Ok(Attempt::Missed) };
    let about = file.metadata().map_err(|error| unreadable(&path, &error))?;
    let head = Head {
        id: Some(id),
        flags: Some(folder.manner.flags(&slot.name)),
        date: Some(InternalDate { seconds: about.mtime(), offset: 0 }),
        labels: None,
    };
    if about.len() <= SMALL {
        let mut wire = Vec::new();
        walk((&path, &folder.manner.left_out), &mut file, |piece| wire.extend_from_slice(piece))?;
        refuse_nul(&path, &wire)?;
        to.begin(wire.len() as u64, &head)?;
        to.chunk(&wire)?;
    } else {
        send_large((&path, &folder.manner.left_out), &mut file, &head, to)?;
    }
    to.end(head)?;
    Ok(Attempt::Done)
}

/// Computes what the message can be recognised by.
pub fn recognise(folder: &Folder<'_>, slot: &Slot, found: &mut Option<Fingerprint>) -> Result<Attempt, Fault> {
    let path = slot.path(&folder.path);
    let Some(mut file) = open(&path, folder.manner.keep_atime)? else { return Ok(Attempt::Missed) };
    let mut builder = FingerprintBuilder::default();
    walk((&path, &folder.manner.left_out), &mut file, |piece| builder.feed(piece))?;
    *found = Some(builder.finish());
    Ok(Attempt::Done)
}

/// The subject as it stands in the header; `None` where there is none within the first bytes of the file.
pub fn subject(path: &Path, keep_atime: bool) -> Option<String> {
    let mut start = Vec::new();
    open(path, keep_atime).ok()??.take(PIECE as u64).read_to_end(&mut start).ok()?;
    let text = String::from_utf8_lossy(&start);
    let header = text.lines().take_while(|line| !line.trim_end().is_empty());
    let mut subject: Option<String> = None;
    for line in header {
        match (&mut subject, line.starts_with([' ', '\t'])) {
            (Some(subject), true) => subject.push_str(line.trim_end()),
            (Some(_), false) => break,
            (None, _) => {
                let name = line.get(..8).filter(|name| name.eq_ignore_ascii_case("subject:"));
                subject = name.map(|_| line[8..].trim().to_owned());
            }
        }
    }
    subject.filter(|subject| !subject.is_empty())
}

/// Measures first, as the size has to be announced, and then sends exactly that much.
fn send_large(
    (path, left_out): (&Path, &Names),
    file: &mut File,
    head: &Head,
    to: &mut dyn Delivery,
) -> Result<(), Fault> {
    let mut size = 0;
    let mut clean = Ok(());
    walk((path, left_out), file, |piece| {
        size += piece.len() as u64;
        if clean.is_ok() {
            clean = refuse_nul(path, piece);
        }
    })?;
    clean?;
    file.rewind().map_err(|error| unreadable(path, &error))?;
    to.begin(size, head)?;
    let mut left = size;
    let mut sent = Ok(());
    let read = walk((path, left_out), file, |piece| {
        let part = piece.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(piece);
        left -= part.len() as u64;
        if sent.is_ok() {
            sent = to.chunk(part);
        }
    });
    sent?;
    // The message has begun: what is missing now can't be made good within this delivery.
    read.map_err(|fault| fault.reaching(Reach::Folder))?;
    if left > 0 {
        let doing = format!("reading {}", path.display());
        return Err(Fault::new(Reach::Folder, FaultKind::Disk, doing, "the file became shorter while it was read")
            .advise("the next run tries again"));
    }
    Ok(())
}

/// Reads a file to its end and hands out its wire form in pieces, without the fields that are left out.
fn walk((path, left_out): (&Path, &Names), file: &mut File, mut each: impl FnMut(&[u8])) -> Result<(), Fault> {
    let (mut converter, mut without) = (ToWire::default(), Without::new(left_out));
    let mut rest = Vec::new();
    let about = file.metadata().map_err(|error| unreadable(path, &error))?;
    let length = usize::try_from(about.len()).unwrap_or(PIECE).clamp(1, PIECE);
    let (mut raw, mut wire) = (vec![0; length], Vec::with_capacity(length));
    loop {
        match file.read(&mut raw) {
            Ok(0) => {
                without.finish(&mut rest);
                if !rest.is_empty() {
                    each(&rest);
                }
                return Ok(());
            }
            Ok(count) => {
                wire.clear();
                converter.feed(raw.get(..count).unwrap_or_default(), &mut wire);
                if left_out.is_empty() {
                    each(&wire);
                } else {
                    without.feed(&wire, &mut rest);
                    each(&rest);
                    rest.clear();
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
}

/// Opens a file without waiting, whatever it is (a pipe would wait for a writer). `None`: there is none.
pub fn open(path: &Path, keep_atime: bool) -> Result<Option<File>, Fault> {
    match atime::open_file(path, keep_atime).and_then(|file| Ok((file.metadata()?.is_file(), file))) {
        Ok((true, file)) => Ok(Some(file)),
        Ok((false, _)) => {
            Err(refused(Reach::Message, format!("reading {}", path.display()), "it is not a regular file"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

pub fn unreadable(path: &Path, error: &io::Error) -> Fault {
    disk(Reach::Message, "reading", path, error)
}

fn refuse_nul(path: &Path, data: &[u8]) -> Result<(), Fault> {
    if memchr::memchr(0, data).is_none() {
        return Ok(());
    }
    let cause = "the message holds a NUL byte, which IMAP can't carry unaltered";
    Err(refused(Reach::Message, format!("reading {}", path.display()), cause).advise("it stays where it is"))
}
