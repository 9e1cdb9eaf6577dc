//! Receiving messages: into `tmp`, flushed, renamed into `new` or `cur`, directories flushed, reported. In this order.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::message::{Head, InternalDate, MessageId};
use crate::store::bytes::{FromWire, file_key};
use crate::store::with_field::WithField;
use crate::store::{Delivered, Delivery, Stored};

use super::dates::Header;
use super::fault;
use super::folder::Folder;
use super::leftovers;
use super::listing::{Place, Slot};
use super::name;
use super::tmp_file::TmpFile;

/// Up to this many files of a batch are flushed one by one; more of them cost less in one flush of the file system.
const FLUSHED_SINGLY: usize = 8;
/// How much is gathered before it is written.
const BUFFER: usize = 1 << 17;

/// A message that is being received.
struct Incoming<'a> {
    tmp: TmpFile<'a>,
    file: File,
    unique: String,
    announced: u64,
    received: u64,
    converter: FromWire,
    /// Its header, where its dates are wanted.
    header: Option<Header>,
    /// What gives it a field for its labels, where they are kept.
    with_field: Option<WithField>,
}

/// A message that is complete and waits for the commit.
struct Ready<'a> {
    tmp: TmpFile<'a>,
    source: MessageId,
    target: Slot,
    /// Open as long as it may be flushed singly.
    file: Option<File>,
    received: Result<(), Fault>,
}

/// Messages on their way into a folder.
pub struct Inbound<'m, 'a> {
    folder: &'m mut Folder<'a>,
    tmp: PathBuf,
    /// Opened before the first byte is written, so that a flush of the file system tells what failed since.
    handle: File,
    current: Option<Incoming<'a>>,
    batch: Vec<Ready<'a>>,
    buffer: Vec<u8>,
}

impl<'m, 'a> Inbound<'m, 'a> {
    /// Begins to receive into `folder`.
    pub fn begin_in(folder: &'m mut Folder<'a>) -> Result<Self, Fault> {
        let tmp = folder.path.join("tmp");
        let handle = File::open(&tmp).map_err(|error| fault::disk(Reach::Folder, "opening", &tmp, &error))?;
        if !std::mem::replace(&mut folder.tidied, true) {
            leftovers::remove(folder.disk, &tmp, folder.unique, SystemTime::now());
        }
        Ok(Self { folder, tmp, handle, current: None, batch: Vec::new(), buffer: Vec::new() })
    }

    /// Gives up everything that is not committed when the damage goes beyond one message.
    fn checked<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        if result.as_ref().is_err_and(|fault| fault.reach > Reach::Message) {
            self.current = None;
            self.batch.clear();
        }
        result
    }

    fn create(&mut self, announced: u64) -> Result<Incoming<'a>, Fault> {
        let unique = self.folder.unique.next();
        let path = self.tmp.join(&unique);
        let disk = self.folder.disk;
        let file = disk.create(&path).map_err(|error| fault::disk(Reach::Folder, "creating", &path, &error))?;
        let tmp = TmpFile::new(disk, path);
        let header = self.folder.manner.wants_dates().then(Header::default);
        let (received, converter, with_field) = (0, FromWire::default(), None);
        Ok(Incoming { tmp, file, unique, announced, received, converter, header, with_field })
    }

    /// Writes what is gathered of the current message.
    fn write_out(&mut self) -> Result<(), Fault> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let written = self.folder.disk.write(&mut current.file, &self.buffer);
        self.buffer.clear();
        written.map_err(|error| fault::disk(Reach::Folder, "writing", &current.tmp.path, &error))
    }

    fn finish(&mut self, head: &Head) -> Result<(), Fault> {
        let Some(current) = &mut self.current else { return Err(self.misuse("no message has begun")) };
        if let Some(mut with_field) = current.with_field.take() {
            let mut rest = Vec::new();
            with_field.finish(&mut rest);
            current.converter.feed(&rest, &mut self.buffer);
        }
        std::mem::take(&mut current.converter).finish(&mut self.buffer);
        self.write_out()?;
        let Some(mut current) = self.current.take() else { return Ok(()) };
        let Some(source) = head.id else { return Err(self.misuse("the message has no name")) };
        let manner = self.folder.manner;
        let said = current.header.take().map(|header| manner.dates(&header, seconds_now()));
        let (written, named) = said.unwrap_or_default();
        if let Some(seconds) = named {
            current.unique = begin_with(seconds, &current.unique);
        }
        let written = written.map(|seconds| InternalDate { seconds, offset: 0 });
        if let Some(date) = written.or(head.date) {
            // A date that the file system can't hold is no reason to be without the message.
            let _ = self.folder.disk.date(&current.file, time_of(date));
        }
        let ready = self.ready(current, source, head);
        self.batch.push(ready);
        if self.batch.len() == FLUSHED_SINGLY + 1 {
            self.batch.iter_mut().for_each(|ready| ready.file = None);
        }
        Ok(())
    }

    fn ready(&self, current: Incoming<'a>, source: MessageId, head: &Head) -> Ready<'a> {
        let received = complete(&current);
        let manner = self.folder.manner;
        let flags = head.flags.as_ref().map(|flags| flags.within(&manner.holds())).unwrap_or_default();
        let uid = match source {
            MessageId::Uid(uid) => Some(uid),
            MessageId::Fresh(_) => None,
        };
        let place = if flags.is_empty() { Place::New } else { Place::Cur };
        let name = name::build(current.unique.as_bytes(), uid, &self.folder.digest, flags.system, manner.form);
        let name = if flags.keywords().is_empty() { name } else { manner.with_flags(&name, &flags) };
        let single = self.folder.fsync && self.batch.len() < FLUSHED_SINGLY;
        Ready { tmp: current.tmp, source, target: Slot { place, name }, file: single.then_some(current.file), received }
    }

    fn flush_data(&self, batch: &[Ready<'a>]) -> Result<(), Fault> {
        if !self.folder.fsync || batch.is_empty() {
            return Ok(());
        }
        let disk = self.folder.disk;
        if batch.len() > FLUSHED_SINGLY {
            return disk
                .flush_file_system(&self.handle)
                .map_err(|error| fault::disk(Reach::Folder, "flushing the file system of", &self.tmp, &error));
        }
        for ready in batch {
            if let Some(file) = &ready.file {
                disk.flush_file(file)
                    .map_err(|error| fault::disk(Reach::Folder, "flushing", &ready.tmp.path, &error))?;
            }
        }
        Ok(())
    }

    fn publish(&mut self, ready: &mut Ready<'a>) -> Result<Stored, Fault> {
        ready.received.clone()?;
        let path = ready.target.path(&self.folder.path);
        self.folder.disk.rename_new(&ready.tmp.path, &path).map_err(|error| {
            let own = matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::InvalidFilename);
            let fault = fault::disk(if own { Reach::Message } else { Reach::Folder }, "storing", &path, &error);
            if ready.tmp.path.exists() { fault::colon(fault, &path, &error) } else { fault }
        })?;
        ready.tmp.is_elsewhere();
        self.folder.touch(ready.target.place);
        let uid = match ready.source {
            MessageId::Uid(uid) => Some(uid),
            MessageId::Fresh(_) => None,
        };
        Ok(Stored { uid, key: file_key(name::unique(&ready.target.name)) })
    }

    fn publish_all(&mut self, batch: Vec<Ready<'a>>) -> Result<Vec<Delivered>, Fault> {
        self.flush_data(&batch)?;
        let (mut report, mut appeared) = (Vec::with_capacity(batch.len()), Vec::new());
        for mut ready in batch {
            match self.publish(&mut ready) {
                Err(fault) if fault.reach > Reach::Message => return Err(fault),
                result => {
                    if result.is_ok() {
                        appeared.push(ready.target.clone());
                    }
                    report.push(Delivered { source: ready.source, result });
                }
            }
        }
        self.folder.flush_touched()?;
        self.folder.appeared(&appeared);
        Ok(report)
    }

    fn misuse(&self, cause: &str) -> Fault {
        Fault::new(Reach::Folder, FaultKind::Internal, format!("storing in {}", self.folder.path.display()), cause)
    }
}

impl Delivery for Inbound<'_, '_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        self.current = None;
        self.buffer.clear();
        let created = self.create(size);
        let mut current = self.checked(created)?;
        if let Some((keeping, labels)) = self.folder.manner.labels.as_ref().zip(head.labels.as_ref()) {
            current.with_field = Some(WithField::new(&keeping.name, keeping.field.write(labels, "\r\n")));
        }
        self.current = Some(current);
        Ok(())
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        let Some(current) = &mut self.current else { return Err(self.misuse("no message has begun")) };
        current.received += data.len() as u64;
        if let Some(header) = &mut current.header {
            header.feed(data);
        }
        match &mut current.with_field {
            Some(with_field) => {
                let mut rest = Vec::with_capacity(data.len());
                with_field.feed(data, &mut rest);
                current.converter.feed(&rest, &mut self.buffer);
            }
            None => current.converter.feed(data, &mut self.buffer),
        }
        if self.buffer.len() < BUFFER {
            return Ok(());
        }
        let written = self.write_out();
        self.checked(written)
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        let finished = self.finish(&head);
        self.checked(finished)
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.current = None;
        self.buffer.clear();
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        let batch = std::mem::take(&mut self.batch);
        self.publish_all(batch)
    }
}

/// A message that is shorter or longer than announced is not the message.
fn complete(current: &Incoming<'_>) -> Result<(), Fault> {
    if current.received == current.announced {
        return Ok(());
    }
    let cause = format!("{} bytes were announced and {} came", current.announced, current.received);
    Err(Fault::new(Reach::Message, FaultKind::Server, "receiving a message", cause).advise("the next run tries again"))
}

fn seconds_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// A unique name that begins with another time; what follows that makes it unique.
fn begin_with(seconds: i64, unique: &str) -> String {
    let rest = unique.find('_').map_or(unique, |place| &unique[place..]);
    format!("{seconds}{rest}")
}

fn time_of(date: InternalDate) -> SystemTime {
    let span = Duration::from_secs(date.seconds.unsigned_abs());
    let time = if date.seconds < 0 { UNIX_EPOCH.checked_sub(span) } else { UNIX_EPOCH.checked_add(span) };
    time.unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_before_1970_are_dates() {
        let date = |seconds| InternalDate { seconds, offset: 0 };
        assert_eq!(time_of(date(-5)), UNIX_EPOCH - Duration::from_secs(5));
        assert_eq!(time_of(date(5)), UNIX_EPOCH + Duration::from_secs(5));
    }
}
