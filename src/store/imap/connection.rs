//! One connection: the imap crate's Session and our own streaming engine, taking turns on one transport.
//!
//! Commands of the engine carry tags of their own (`b1`, `b2` …; the Session's are `a1` …) and may be sent in numbers
//! before the first answer is read. Servers may finish them in any order.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::peer::{Capabilities, Peer};
use super::reader::{Handler, Ignore, Trouble, read};
use super::refusal::is_passing;
use super::response::{Response, Untagged};
use super::session::{self, Seat};
use super::status::{Status, Word};
use super::wire::Wire;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::left_out::Names;

/// The tag of a command that the engine sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Tag(u32);

/// What follows something that was said to log in.
pub(super) enum Challenged {
    /// The server wants to hear more.
    More(String),
    /// The command has ended.
    Ended(Status),
}

/// A connection with a server.
pub(super) struct Connection {
    pub(super) peer: Peer,
    pub(super) capabilities: Capabilities,
    /// What only the two ends of this TLS connection know (RFC 5929, section 4), for the log-in.
    pub(super) binding: Option<Vec<u8>>,
    wire: Wire,
    session: Option<imap::Session<Seat>>,
    /// Whether the conversation is to be compressed, if the server can do that; from the first commands after log-in on.
    pub(super) compress: bool,
    /// Header fields that don't count where messages are recognised.
    pub(super) left_out: Names,
    /// The command by which it will be.
    compressing: Option<Tag>,
    /// Whether QRESYNC has been enabled, so that the server may speak of VANISHED messages.
    pub(super) qresync: bool,
    next_tag: u32,
    open: HashSet<Tag>,
    done: HashMap<Tag, Status>,
    scratch: Vec<u8>,
    broken: bool,
}

impl Connection {
    pub(super) fn new(peer: Peer, wire: Wire) -> Self {
        wire.tell(peer.teller.clone());
        Self {
            peer,
            capabilities: Capabilities::default(),
            binding: None,
            wire,
            session: None,
            compress: false,
            left_out: Names::default(),
            compressing: None,
            qresync: false,
            next_tag: 0,
            open: HashSet::new(),
            done: HashMap::new(),
            scratch: Vec::with_capacity(4096),
            broken: false,
        }
    }

    /// The transport beneath it, for those who watch.
    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// From now on the user is logged in, and the imap crate's Session may take part.
    pub(super) fn logged_in(&mut self) -> Result<(), Trouble> {
        let session = session::take_over(self.wire.clone());
        self.session = Some(self.note(session)?);
        Ok(())
    }

    /// Whether it failed, and must be dropped.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Treats it as failed from now on.
    pub(super) fn give_up(&mut self) {
        self.broken = true;
    }

    /// Whether bytes came that nobody has asked for yet.
    pub(super) fn has_leftovers(&self) -> bool {
        self.wire.lock().has_leftovers()
    }

    /// A fault of this connection: `doing` is completed by the server's name.
    pub(super) fn lost(&self, doing: &str, trouble: &Trouble) -> Fault {
        if let Trouble::Receiver(fault) = trouble {
            return fault.clone();
        }
        let busy = matches!(trouble, Trouble::Bye { passing: true, .. });
        let kind = if busy { FaultKind::Busy } else { FaultKind::Network };
        Fault::new(Reach::Account, kind, format!("{doing} on {}", self.peer), trouble)
            .advise("nothing is lost; the next run goes on from here")
    }

    /// Queues a command for sending.
    pub(super) fn send(&mut self, command: &str) -> Result<Tag, Trouble> {
        let tag = self.begin(command)?;
        self.put(b"\r\n")?;
        Ok(tag)
    }

    /// Queues the beginning of a command; the rest, line end included, follows through [`Self::put`].
    pub(super) fn begin(&mut self, command: &str) -> Result<Tag, Trouble> {
        self.next_tag += 1;
        let tag = Tag(self.next_tag);
        self.open.insert(tag);
        let text = format!("b{} {command}", tag.0);
        self.put(text.as_bytes())?;
        Ok(tag)
    }

    /// Queues bytes for sending.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let result = self.wire.lock().send(bytes);
        self.note(result.map_err(Trouble::from))
    }

    /// Sends bytes that must not stay in memory, and everything before them.
    pub(super) fn put_secret(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let result = self.wire.lock().send_secret(bytes);
        self.note(result.map_err(Trouble::from))
    }

    /// Waits for the end of a command. What comes in the meantime goes to `handler`.
    pub(super) fn wait(&mut self, tag: Tag, handler: &mut dyn Handler) -> Result<Status, Trouble> {
        loop {
            if let Some(status) = self.done.remove(&tag) {
                return Ok(status);
            }
            self.step(handler)?;
        }
    }

    /// Waits until the server asks for a literal (`None`), or ends the command before that.
    pub(super) fn wait_for_go_ahead(&mut self, tag: Tag, handler: &mut dyn Handler) -> Result<Option<Status>, Trouble> {
        loop {
            if let Some(status) = self.done.remove(&tag) {
                return Ok(Some(status));
            }
            if let Response::Continue(_) = self.step(handler)? {
                return Ok(None);
            }
        }
    }

    /// Waits for a challenge of the log-in, as it is written; or for the end of the command.
    pub(super) fn wait_for_challenge(&mut self, tag: Tag, handler: &mut dyn Handler) -> Result<Challenged, Trouble> {
        loop {
            if let Some(status) = self.done.remove(&tag) {
                return Ok(Challenged::Ended(status));
            }
            if let Response::Continue(words) = self.step(handler)? {
                return Ok(Challenged::More(words));
            }
        }
    }

    /// Takes in one response that nobody has asked for, if one begins to arrive within `limit`. Says whether one did.
    pub(super) fn overhear(&mut self, limit: Duration, handler: &mut dyn Handler) -> Result<bool, Trouble> {
        if self.broken {
            return Err(Trouble::Closed);
        }
        let coming = self.wire.lock().is_coming(limit);
        if !self.note(coming.map_err(Trouble::from))? {
            return Ok(false);
        }
        self.step(handler).map(|_| true)
    }

    /// Sends commands together and waits for all of them; their statuses in the same order. The first of them take COMPRESS
    /// along, so that it costs no turn of its own; until it is answered, nothing more may be sent (RFC 4978, section 3).
    pub(super) fn run(&mut self, commands: &[String], handler: &mut dyn Handler) -> Result<Vec<Status>, Trouble> {
        let tags = commands.iter().map(|command| self.send(command)).collect::<Result<Vec<_>, _>>()?;
        if self.session.is_some() && std::mem::take(&mut self.compress) && self.capabilities.has("COMPRESS=DEFLATE") {
            self.compressing = Some(self.send("COMPRESS DEFLATE")?);
        }
        let statuses = tags.into_iter().map(|tag| self.wait(tag, handler)).collect::<Result<_, _>>()?;
        if let Some(tag) = self.compressing {
            self.wait(tag, handler)?;
            self.compressing = None;
        }
        Ok(statuses)
    }

    /// Reads the greeting, which is an untagged status.
    pub(super) fn greeting(&mut self) -> Result<Status, Trouble> {
        match self.read(&mut Ignore)? {
            Response::Untagged(Untagged::Status(status)) => Ok(status),
            _ => self.note(Err(Trouble::Nonsense("this is not an IMAP greeting".into()))),
        }
    }

    /// Lets the imap crate's Session run something. Its panics become troubles, and any failure but NO ends the connection.
    pub(super) fn session<T>(
        &mut self,
        action: impl FnOnce(&mut imap::Session<Seat>) -> imap::Result<T>,
    ) -> Result<Result<T, String>, Trouble> {
        self.drain()?;
        let Some(session) = self.session.as_mut() else {
            return Err(Trouble::Nonsense("nobody is logged in".into()));
        };
        let result = catch_unwind(AssertUnwindSafe(|| action(session)));
        let result = match result {
            Ok(Ok(value)) => Ok(Ok(value)),
            Ok(Err(imap::Error::No(no))) => Ok(Err(no.to_string())),
            Ok(Err(imap::Error::Bad(bad))) => Ok(Err(bad.to_string())),
            Ok(Err(imap::Error::Io(error))) => Err(Trouble::Io(error)),
            Ok(Err(imap::Error::ConnectionLost)) => Err(Trouble::Closed),
            Ok(Err(error)) => Err(Trouble::Nonsense(error.to_string())),
            Err(_) => Err(Trouble::Nonsense("an answer that the protocol has no place for".into())),
        };
        self.note(result)
    }

    /// Says good-bye. Whether the server answers doesn't matter any more.
    pub(super) fn logout(&mut self) {
        if !self.broken {
            let _ = self.session(imap::Session::logout);
        }
        self.broken = true;
    }

    /// Waits for everything that was sent, so that the Session meets no answer of the engine's.
    fn drain(&mut self) -> Result<(), Trouble> {
        if self.broken {
            return Err(Trouble::Closed);
        }
        while !self.open.is_empty() {
            self.step(&mut Ignore)?;
        }
        Ok(())
    }

    fn step(&mut self, handler: &mut dyn Handler) -> Result<Response, Trouble> {
        let response = self.read(handler)?;
        match &response {
            Response::Untagged(Untagged::Status(status)) if status.word == Word::Bye => {
                let (text, passing) = (status.text.clone(), is_passing(status));
                return self.note(Err(Trouble::Bye { text, passing }));
            }
            Response::Untagged(untagged) => {
                let taken = handler.untagged(untagged.clone()).map_err(Trouble::from);
                self.note(taken)?;
            }
            Response::Tagged { tag, status } => self.finish(tag, status.clone()),
            Response::Continue(_) => {}
        }
        Ok(response)
    }

    /// Notes how a command ended. An answer to what was never asked says nothing; ours is still to come.
    fn finish(&mut self, tag: &str, status: Status) {
        let ours = tag.strip_prefix('b').and_then(|number| number.parse().ok()).map(Tag);
        if let Some(tag) = ours.filter(|tag| self.open.remove(tag)) {
            if self.compressing == Some(tag) && status.word == Word::Ok {
                self.wire.lock().compress();
            }
            self.done.insert(tag, status);
        }
    }

    fn read(&mut self, handler: &mut dyn Handler) -> Result<Response, Trouble> {
        if self.broken {
            return Err(Trouble::Closed);
        }
        let result = read(&mut self.wire.lock(), &mut self.scratch, handler);
        self.note(result)
    }

    fn note<T>(&mut self, result: Result<T, Trouble>) -> Result<T, Trouble> {
        self.broken |= result.is_err();
        result
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("peer", &self.peer).field("broken", &self.broken).finish_non_exhaustive()
    }
}
