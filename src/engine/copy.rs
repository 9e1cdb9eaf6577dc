//! Deliveries that watch what passes through them: checkpoints, progress, and what has to be recorded.

use super::quarantine::{put_aside, release};
use super::work::Work;
use crate::model::fault::{Fault, Reach};
use crate::model::flags::{Flags, System};
use crate::model::ids::{Side, Uid};
use crate::model::labels::Labels;
use crate::model::message::{Head, MessageId};
use crate::store::labels::Recorded;
use crate::store::ledger::{Entry, Ledger, Row, State};
use crate::store::{Delivered, Delivery};

/// Messages that are flushed and recorded together.
const GROUP_MESSAGES: usize = 250;
/// Bytes of messages that are flushed and recorded together.
const GROUP_BYTES: u64 = 16 * 1024 * 1024;

/// Messages on their way to the local side. They are made durable and recorded in groups.
pub(super) struct Download<'a, 'w> {
    work: &'a mut Work<'w>,
    inner: Box<dyn Delivery + 'a>,
    ledger: &'a mut dyn Ledger,
    /// What was received since the last commit.
    waiting: Vec<Waiting>,
    /// The labels that the message that is being received was written with.
    labels: Option<Labels>,
    /// In which manner labels are kept.
    manner: u64,
    bytes: u64,
}

/// A message that was received and isn't durable yet.
struct Waiting {
    uid: Uid,
    /// The flags that both sides now have.
    flags: Flags,
    /// The labels that it was written with, where there are any to be kept the same.
    labels: Option<Labels>,
}

impl<'a, 'w> Download<'a, 'w> {
    pub(super) fn new(
        work: &'a mut Work<'w>,
        (inner, manner): (Box<dyn Delivery + 'a>, u64),
        ledger: &'a mut dyn Ledger,
    ) -> Self {
        Self { work, inner, ledger, waiting: Vec::new(), labels: None, manner, bytes: 0 }
    }

    /// Makes durable what was received, and only then records it.
    pub(super) fn settle(&mut self) -> Result<(), Fault> {
        self.bytes = 0;
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(waiting.len());
        for delivered in self.inner.commit()? {
            let stored = match delivered.result {
                Ok(stored) => stored,
                Err(fault) if fault.reach == Reach::Message => {
                    let name = delivered.source.uid().map(|uid| uid.to_string()).unwrap_or_default();
                    entries.extend(put_aside(self.work, Side::Remote, &name, None, &fault));
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let MessageId::Uid(remote) = delivered.source else { continue };
            if let Some(Waiting { flags, labels, .. }) = waiting.iter().find(|one| one.uid == remote) {
                let local = stored.uid.unwrap_or(remote);
                let (flags, key) = (flags.clone(), stored.key);
                self.work.unread |= !flags.system.contains(System::SEEN);
                entries.extend(release(self.work, Side::Remote, &remote.to_string()));
                entries.push(Entry::Put(Row { remote, local, flags, state: State::Synced, key }));
                // What the file is recognised by is seen when labels are looked at.
                let manner = self.manner;
                let recorded = labels.clone().map(|labels| Recorded { labels, stamp: 0, manner });
                entries.extend(recorded.map(|recorded| Entry::Label { uid: remote, recorded }));
            }
        }
        self.ledger.record(self.work.record.id, &entries)?;
        self.work.counts.downloads += entries.iter().filter(|entry| matches!(entry, Entry::Put(_))).count() as u64;
        Ok(())
    }
}

impl Delivery for Download<'_, '_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        self.work.job.worker.checkpoint()?;
        if self.waiting.len() >= GROUP_MESSAGES || self.bytes >= GROUP_BYTES {
            self.settle()?;
        }
        self.work.job.copying(Side::Local, head.id);
        self.labels.clone_from(&head.labels);
        let flags = head.flags.as_ref().map(|flags| flags.within(&self.work.local_holds));
        self.inner.begin(size, &Head { flags, ..head.clone() })
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.work.tally.received(data.len());
        self.bytes += data.len() as u64;
        self.inner.chunk(data)
    }

    fn end(&mut self, mut head: Head) -> Result<(), Fault> {
        let Some(MessageId::Uid(uid)) = head.id else {
            return self.inner.abandon();
        };
        let flags = head.flags.take().unwrap_or_default();
        head.flags = Some(flags.within(&self.work.local_holds));
        // Labels that were told only behind the message are not in its file yet.
        let labels = self.labels.take().filter(|labels| head.labels.as_ref() == Some(labels));
        self.inner.end(head)?;
        let flags = flags.within(&self.work.common);
        self.waiting.push(Waiting { uid, flags, labels });
        self.work.tally.copied();
        self.work.publish_progress();
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.inner.abandon()
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        self.inner.commit()
    }
}

/// Messages on their way to the remote side.
pub(super) struct Upload<'a, 'w> {
    work: &'a mut Work<'w>,
    inner: Box<dyn Delivery + 'a>,
    /// The flags that each is to have there.
    flags: &'a [(MessageId, Flags)],
}

impl<'a, 'w> Upload<'a, 'w> {
    pub(super) fn new(work: &'a mut Work<'w>, inner: Box<dyn Delivery + 'a>, flags: &'a [(MessageId, Flags)]) -> Self {
        Self { work, inner, flags }
    }
}

impl Delivery for Upload<'_, '_> {
    fn begin(&mut self, size: u64, head: &Head) -> Result<(), Fault> {
        self.work.job.worker.checkpoint()?;
        self.work.job.copying(Side::Remote, head.id);
        let planned = self.flags.iter().find(|(id, _)| Some(*id) == head.id).map(|(_, flags)| flags.clone());
        self.inner.begin(size, &Head { flags: planned, ..head.clone() })
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.work.tally.sent(data.len());
        self.inner.chunk(data)
    }

    fn end(&mut self, head: Head) -> Result<(), Fault> {
        self.work.publish_progress();
        self.inner.end(head)
    }

    fn abandon(&mut self) -> Result<(), Fault> {
        self.inner.abandon()
    }

    fn commit(&mut self) -> Result<Vec<Delivered>, Fault> {
        self.inner.commit()
    }
}
