//! Fetching: messages stream from the wire to their destination.

use std::collections::{BTreeSet, VecDeque};

use super::connection::Connection;
use super::labels;
use super::mailbox::SET_LENGTH;
use super::reader::Handler;
use super::refusal::refused;
use super::response::{Fetched, Untagged};
use super::status::{Code, Status, Word};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::Uid;
use crate::model::labels::Labels;
use crate::model::message::{Head, MessageId};
use crate::model::uidset::UidSet;
use crate::store::Delivery;

/// Messages asked for in one command.
const BATCH: usize = 250;
/// Commands that are under way at once, so that the server always has the next one at hand.
const WINDOW: usize = 3;
/// How often messages are asked for again because some of them were deleted meanwhile.
const MOST_AGAIN: usize = 10;

/// Sends the messages `wanted` to `to`. Gives back those that the server would not give, with its reasons; those that are
/// gone are passed over. With `ignored`, their labels are asked for as well, and told apart from these.
pub(super) fn fetch(
    connection: &mut Connection,
    mailbox: &str,
    (wanted, ignored): (&UidSet, Option<&Labels>),
    to: &mut dyn Delivery,
) -> Result<Vec<(MessageId, Fault)>, Fault> {
    let doing = format!("fetching messages from {mailbox} on {}", connection.peer);
    let (taken, empty, faults) = (UidSet::default(), BTreeSet::new(), Vec::new());
    let mut receiver = Receiver { to, wanted, ignored, doing: &doing, taken, empty, current: Current::Nothing, faults };
    let mut under_way = VecDeque::new();
    let mut batches = VecDeque::from(batches(wanted));
    let mut again = 0;
    loop {
        while under_way.len() < WINDOW
            && let Some(batch) = batches.pop_front()
        {
            let labels = if ignored.is_some() { " X-GM-LABELS" } else { "" };
            let command = format!("UID FETCH {batch} (UID FLAGS INTERNALDATE{labels} BODY.PEEK[])");
            let tag = connection.send(&command).map_err(|trouble| connection.lost("fetching messages", &trouble))?;
            under_way.push_back((tag, batch));
        }
        let Some((tag, batch)) = under_way.pop_front() else { break };
        let status = connection.wait(tag, &mut receiver);
        let status = status.map_err(|trouble| connection.lost("fetching messages", &trouble))?;
        // The server knows only now that some were deleted (RFC 5530); asked again, it passes over those.
        if status.code == Code::Other("EXPUNGEISSUED".into()) && again < MOST_AGAIN {
            again += 1;
            batches.extend(receiver.unanswered(&batch, &status).pieces(SET_LENGTH));
        } else {
            receiver.missing(&batch, &status);
        }
    }
    Ok(receiver.faults)
}

fn batches(wanted: &UidSet) -> Vec<UidSet> {
    let uids: Vec<Uid> = wanted.iter().collect();
    uids.chunks(BATCH).flat_map(|chunk| chunk.iter().copied().collect::<UidSet>().pieces(SET_LENGTH)).collect()
}

/// Where the body of the FETCH response that is being read stands.
enum Current {
    /// None has come.
    Nothing,
    /// It is being delivered, or has been, and waits for the rest of the response.
    Streaming,
    /// Its destination doesn't want it.
    Dropped,
}

struct Receiver<'a> {
    to: &'a mut dyn Delivery,
    wanted: &'a UidSet,
    /// Labels that are not told; `None` where none are.
    ignored: Option<&'a Labels>,
    doing: &'a str,
    taken: UidSet,
    /// Those whose contents came as NIL: they were deleted meanwhile, or the server has lost them.
    empty: BTreeSet<Uid>,
    current: Current,
    faults: Vec<(MessageId, Fault)>,
}

impl Receiver<'_> {
    fn expects(&self, uid: Uid) -> bool {
        self.wanted.contains(uid) && !self.taken.contains(uid)
    }

    fn head(&self, fetched: Fetched) -> Head {
        let labels = self.ignored.zip(fetched.labels).map(|(ignored, wire)| labels::read(&wire).minus(ignored));
        Head { id: fetched.uid.map(MessageId::Uid), flags: fetched.flags, date: fetched.date, labels }
    }

    /// Begins a delivery; `false` when the destination refuses this one message.
    fn begin(&mut self, size: u64, so_far: Fetched) -> Result<bool, Fault> {
        let uid = so_far.uid;
        let mut head = self.head(so_far);
        // Labels may be told only behind the message; a field of its own isn't taken for them meanwhile.
        if self.ignored.is_some() {
            head.labels.get_or_insert_default();
        }
        match self.to.begin(size, &head) {
            Ok(()) => Ok(true),
            Err(fault) if fault.reach == Reach::Message => {
                if let Some(uid) = uid {
                    self.fault(uid, fault);
                }
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }

    fn end(&mut self, uid: Uid, fetched: Fetched) -> Result<(), Fault> {
        self.taken.insert(uid);
        let head = self.head(fetched);
        self.to.end(Head { id: Some(MessageId::Uid(uid)), ..head })
    }

    fn complete(&mut self, mut fetched: Fetched) -> Result<(), Fault> {
        let current = std::mem::replace(&mut self.current, Current::Nothing);
        let uid = fetched.uid.filter(|uid| self.expects(*uid));
        let inline = fetched.inline.take();
        match (current, uid) {
            (Current::Streaming, Some(uid)) => self.end(uid, fetched),
            (Current::Streaming, None) => self.to.abandon(),
            (Current::Nothing, Some(uid)) if fetched.body => self.complete_without_stream(uid, inline, fetched),
            _ => Ok(()),
        }
    }

    /// A body that came as a quoted string, or as NIL.
    fn complete_without_stream(&mut self, uid: Uid, inline: Option<Vec<u8>>, fetched: Fetched) -> Result<(), Fault> {
        let Some(text) = inline else {
            self.empty.insert(uid);
            return Ok(());
        };
        if self.begin(text.len() as u64, fetched.clone())? {
            self.to.chunk(&text)?;
            self.end(uid, fetched)?;
        }
        Ok(())
    }

    fn fault(&mut self, uid: Uid, fault: Fault) {
        self.taken.insert(uid);
        self.faults.push((MessageId::Uid(uid), fault));
    }

    /// Takes out the messages that a command should have brought, and didn't.
    fn unanswered(&mut self, batch: &UidSet, status: &Status) -> UidSet {
        let owed = batch.iter().filter(|uid| self.empty.remove(uid) || status.word != Word::Ok);
        owed.filter(|uid| !self.taken.contains(*uid)).collect()
    }

    /// Reports the messages that the server would not give. Those that it passed over without a word are gone.
    fn missing(&mut self, batch: &UidSet, status: &Status) {
        for uid in self.unanswered(batch, status).iter() {
            let cause = "the server has lost the contents of a message";
            let fault = match status.word {
                Word::Ok => Fault::new(Reach::Message, FaultKind::Server, self.doing, cause),
                _ => refused(status, Reach::Message, self.doing.to_owned()),
            };
            self.fault(uid, fault);
        }
    }
}

impl Handler for Receiver<'_> {
    fn body(&mut self, size: u64, so_far: Fetched) -> Result<bool, Fault> {
        // Of two bodies in one response the first counts.
        if matches!(self.current, Current::Streaming) {
            return Ok(false);
        }
        let expected = so_far.uid.is_none_or(|uid| self.expects(uid));
        let wanted = expected && self.begin(size, so_far)?;
        self.current = if wanted { Current::Streaming } else { Current::Dropped };
        Ok(wanted)
    }

    fn chunk(&mut self, data: &[u8]) -> Result<(), Fault> {
        self.to.chunk(data)
    }

    fn untagged(&mut self, response: Untagged) -> Result<(), Fault> {
        match response {
            Untagged::Fetch(fetched) => self.complete(fetched),
            // A body in what is no FETCH response is nobody's.
            _ => match std::mem::replace(&mut self.current, Current::Nothing) {
                Current::Streaming => self.to.abandon(),
                _ => Ok(()),
            },
        }
    }
}
