//! From server to server: a message streams through, piece by piece. Only where the one server names its UID, flags or date
//! after the body, which the other has to be told before, it is held: in memory if it is small, else in a file without a name.

use std::io::{Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::message::{Head, MessageId};
use crate::store::Delivery;

/// Bytes of a message that are held in memory.
const SMALL: usize = 256 * 1024;
/// Bytes that are read from the file at once.
const PIECE: usize = 64 * 1024;

/// What is held of the message on its way.
#[derive(Default)]
pub(super) struct Spool {
    held: Option<(u64, SpooledTempFile)>,
    /// Messages that were refused when all was known of them.
    refused: Vec<(MessageId, Fault)>,
}

impl Spool {
    /// A message begins.
    pub(super) fn begin(&mut self, to: &mut dyn Delivery, size: u64, head: &Head) -> Result<(), Fault> {
        if head.id.is_some() && head.flags.is_some() && head.date.is_some() {
            return to.begin(size, head);
        }
        self.held = Some((size, SpooledTempFile::new(SMALL)));
        Ok(())
    }

    /// The next bytes of it.
    pub(super) fn chunk(&mut self, to: &mut dyn Delivery, data: &[u8]) -> Result<(), Fault> {
        match &mut self.held {
            Some((_, file)) => file.write_all(data).map_err(|error| failed(&error)),
            None => to.chunk(data),
        }
    }

    /// It is complete.
    pub(super) fn end(&mut self, to: &mut dyn Delivery, head: Head) -> Result<(), Fault> {
        let Some((size, mut file)) = self.held.take() else { return to.end(head) };
        match (to.begin(size, &head), head.id) {
            (Err(fault), Some(id)) if fault.reach == Reach::Message => {
                self.refused.push((id, fault));
                return Ok(());
            }
            (begun, _) => begun?,
        }
        file.seek(SeekFrom::Start(0)).map_err(|error| failed(&error))?;
        let mut piece = vec![0; PIECE];
        loop {
            let count = file.read(&mut piece).map_err(|error| failed(&error))?;
            if count == 0 {
                return to.end(head);
            }
            to.chunk(&piece[..count])?;
        }
    }

    /// It is not to be delivered after all.
    pub(super) fn abandon(&mut self, to: &mut dyn Delivery) -> Result<(), Fault> {
        if self.held.take().is_some() { Ok(()) } else { to.abandon() }
    }

    /// Those that were refused when all was known of them; they are told of once.
    pub(super) fn take_refused(&mut self) -> Vec<(MessageId, Fault)> {
        std::mem::take(&mut self.refused)
    }
}

fn failed(error: &std::io::Error) -> Fault {
    Fault::new(Reach::Folder, FaultKind::Disk, "holding a message on its way between two servers", error)
        .advise("free some space for temporary files and run again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flags::Flags;
    use crate::model::ids::Uid;
    use crate::model::message::InternalDate;
    use crate::store::Delivered;

    /// Writes down what it is told.
    #[derive(Default)]
    struct Scribe {
        told: Vec<String>,
        refuses: bool,
    }

    impl Delivery for Scribe {
        fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
            self.told.push(format!("begin {size} {}", head.date.is_some()));
            if self.refuses {
                return Err(Fault::new(Reach::Message, FaultKind::Refused, "storing", "too large"));
            }
            Ok(())
        }
        fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
            self.told.push(String::from_utf8_lossy(data).into_owned());
            Ok(())
        }
        fn end(&mut self, _head: Head) -> Result<(), Fault> {
            self.told.push("end".to_owned());
            Ok(())
        }
        fn abandon(&mut self) -> Result<(), Fault> {
            self.told.push("abandon".to_owned());
            Ok(())
        }
        fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
            Ok(Vec::new())
        }
    }

    fn head() -> Head {
        let date = Some(InternalDate { seconds: 1, offset: 0 });
        Head { id: Uid::new(7).map(MessageId::Uid), flags: Some(Flags::default()), date, labels: None }
    }

    fn pass(early: &Head, scribe: &mut Scribe) -> Vec<(MessageId, Fault)> {
        let mut spool = Spool::default();
        spool.begin(scribe, 4, early).unwrap();
        spool.chunk(scribe, b"ab").unwrap();
        spool.chunk(scribe, b"cd").unwrap();
        spool.end(scribe, head()).unwrap();
        spool.take_refused()
    }

    #[test]
    fn what_is_known_from_the_beginning_streams_and_anything_else_is_held() {
        let mut scribe = Scribe::default();
        assert!(pass(&head(), &mut scribe).is_empty());
        assert_eq!(scribe.told, ["begin 4 true", "ab", "cd", "end"]);
        for early in [Head { id: None, ..head() }, Head { flags: None, ..head() }, Head { date: None, ..head() }] {
            let mut scribe = Scribe::default();
            assert!(pass(&early, &mut scribe).is_empty());
            assert_eq!(scribe.told, ["begin 4 true", "abcd", "end"]);
        }
    }

    #[test]
    fn what_is_refused_at_the_end_is_told_of_and_nothing_of_it_is_sent() {
        let mut scribe = Scribe { refuses: true, ..Scribe::default() };
        let refused = pass(&Head::default(), &mut scribe);
        assert_eq!(refused.len(), 1);
        assert_eq!(scribe.told, ["begin 4 true"]);
        let mut spool = Spool::default();
        let mut scribe = Scribe::default();
        spool.begin(&mut scribe, 4, &Head::default()).unwrap();
        spool.abandon(&mut scribe).unwrap();
        assert!(scribe.told.is_empty());
    }
}
