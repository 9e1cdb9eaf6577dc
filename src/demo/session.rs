//! One connection: what the client may do, and what it has been told.

use std::io::{self, BufRead, Read};
use std::net::TcpStream;
use std::os::fd::AsFd;

use crossbeam_channel::Receiver;
use imap_codec::imap_types::auth::AuthMechanism;
use imap_codec::imap_types::command::{CommandBody, SelectParameter};
use imap_codec::imap_types::mailbox::Mailbox as Name;
use rustix::event::{PollFd, PollFlags, poll};

use super::Shared;
use super::deflate::Input;
use super::input::{Extras, Raw, Read1, read};
use super::output::Output;
use super::select::Selected;

/// Why a message is refused.
pub(super) const NO_MESSAGE: &str = "a message has at least one byte and no NUL";

/// How a command ended, with the text for people and a code before it where there is one.
pub(super) enum Reply {
    Ok(String),
    No(String),
    Bad(String),
}

impl Reply {
    pub(super) fn ok(text: &str) -> Self {
        Self::Ok(text.to_owned())
    }

    pub(super) fn no(text: &str) -> Self {
        Self::No(text.to_owned())
    }

    pub(super) fn bad(text: &str) -> Self {
        Self::Bad(text.to_owned())
    }
}

/// A client's connection.
pub(super) struct Session<'a> {
    pub(super) shared: &'a Shared,
    pub(super) out: Output,
    pub(super) logged_in: bool,
    pub(super) selected: Option<Selected>,
    /// The client wants to hear of modification sequences.
    pub(super) condstore: bool,
    /// The client wants VANISHED instead of EXPUNGE.
    pub(super) qresync: bool,
    pub(super) compression: Compression,
}

/// Whether both directions are compressed (RFC 4978).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Off,
    /// From the end of this answer on.
    Next,
    On,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if self.logged_in {
            self.shared.doorman().inside -= 1;
        }
    }
}

/// Serves a client until it goes.
pub(super) fn serve(shared: &Shared, stream: TcpStream, ended: &Receiver<()>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = Input::new(stream.try_clone()?);
    let out = Output::new(stream, shared.options.bytes_per_second, ended.clone());
    let mut session = Session {
        shared,
        out,
        logged_in: false,
        selected: None,
        condstore: false,
        qresync: false,
        compression: Compression::Off,
    };
    let capabilities = shared.options.extensions.capabilities();
    session.out.line(&format!(
        "* OK [CAPABILITY {capabilities}] das blinkensync demo server, keepen das hands in das pockets"
    ))?;
    session.out.flush()?;
    loop {
        let read = read(&mut input, || {
            session.out.line("+ go ahead")?;
            session.out.flush()
        })?;
        let (tag, reply) = match read {
            Read1::End => return Ok(()),
            Read1::TooLarge { tag, waits: true } => (tag, Reply::no("[TOOBIG] that is too large")),
            Read1::TooLarge { tag, waits: false } => {
                // Its bytes are on their way all the same, and must not be taken for commands (RFC 7888, section 4).
                session.out.line(&format!("{tag} NO [TOOBIG] that is too large"))?;
                session.out.line("* BYE [TOOBIG] and cannot be passed over")?;
                return session.out.flush();
            }
            Read1::Command(raw) => {
                let tag = raw.tag();
                let Some(reply) = session.command(&raw, &mut input)? else {
                    session.out.line(&format!("{tag} OK bye"))?;
                    return session.out.flush();
                };
                (tag, reply)
            }
        };
        let (word, text) = match reply {
            Reply::Ok(text) => ("OK", text),
            Reply::No(text) => ("NO", text),
            Reply::Bad(text) => ("BAD", text),
        };
        session.out.line(&format!("{tag} {word} {text}"))?;
        if session.compression == Compression::Next {
            session.out.compress()?;
            // Whatever came behind the command is compressed already.
            input.expand();
            session.compression = Compression::On;
        }
        if !input.has_more()? {
            session.out.flush()?;
        }
    }
}

impl Session<'_> {
    /// Carries a command out; `None` when it was the last.
    fn command(&mut self, raw: &Raw, input: &mut Input) -> io::Result<Option<Reply>> {
        let extensions = self.shared.options.extensions;
        let Some((body, extras)) = raw.parse().filter(|(body, extras)| self.offers(body, extras)) else {
            let nul = raw.has_nul();
            return Ok(Some(if nul { Reply::no(NO_MESSAGE) } else { Reply::bad("that is no command I know") }));
        };
        if raw.largest_unasked_literal() > extensions.largest_unasked() {
            return Ok(Some(Reply::bad("a literal must wait for the go-ahead")));
        }
        // RFC 3501, section 7.4.1.
        let numbers_must_stay = matches!(
            body,
            CommandBody::Fetch { uid: false, .. }
                | CommandBody::Store { uid: false, .. }
                | CommandBody::Search { uid: false, .. }
        );
        let reply = match body {
            CommandBody::Logout => {
                self.out.line("* BYE das lights are out")?;
                return Ok(None);
            }
            CommandBody::Capability => {
                self.out.line(&format!("* CAPABILITY {}", extensions.capabilities()))?;
                Reply::ok("done")
            }
            CommandBody::Login { .. } | CommandBody::Authenticate { .. } if self.logged_in => {
                Reply::bad("somebody is logged in already")
            }
            CommandBody::Authenticate { mechanism, .. } if mechanism != AuthMechanism::Plain => {
                Reply::no("[CANNOT] PLAIN is all there is")
            }
            CommandBody::Login { username, password } => self.log_in(username.as_ref(), password.declassify().as_ref()),
            CommandBody::Authenticate { mechanism: AuthMechanism::Plain, initial_response } => {
                let first = initial_response.map(|response| response.declassify().to_vec());
                self.authenticate(first, input)?
            }
            CommandBody::Noop | CommandBody::Check => Reply::ok("done"),
            _ if !self.logged_in => Reply::bad("log in first"),
            _ if self.is_throttled() => return self.refuse(),
            CommandBody::Idle => self.idle(input)?,
            CommandBody::Compress { .. } => self.compress(),
            other => self.authenticated(other, &extras, &raw.tag())?,
        };
        self.news(!numbers_must_stay)?;
        Ok(Some(reply))
    }

    /// Whether what a command needs is switched on.
    fn offers(&self, body: &CommandBody<'_>, extras: &Extras) -> bool {
        let on = self.shared.options.extensions;
        let modifiers = match body {
            CommandBody::Fetch { modifiers, .. } => modifiers.is_empty() || on.condstore,
            CommandBody::Store { modifiers, .. } => modifiers.is_empty() || on.condstore,
            CommandBody::Select { parameters, .. } | CommandBody::Examine { parameters, .. } => {
                let asks = |parameter: &_| matches!(parameter, SelectParameter::QResync { .. });
                (parameters.is_empty() || on.condstore) && (on.qresync || !parameters.iter().any(asks))
            }
            CommandBody::ExpungeUid { .. } => on.uidplus,
            CommandBody::Idle => on.idle,
            CommandBody::Move { .. } => on.move_,
            CommandBody::Compress { .. } => on.compress,
            CommandBody::Enable { .. } => on.condstore,
            CommandBody::List { .. } => extras.returns.is_none() || on.list_status,
            CommandBody::Search { .. } => extras.returns.is_none() || on.esearch,
            _ => true,
        };
        modifiers && (extras.more.is_empty() || on.multiappend) && (extras.gmail.is_none() || on.gmail)
    }

    fn authenticated(&mut self, body: CommandBody<'static>, extras: &Extras, tag: &str) -> io::Result<Reply> {
        match body {
            CommandBody::Select { mailbox, parameters } => self.select(&name(&mailbox), &parameters, false),
            CommandBody::Examine { mailbox, parameters } => self.select(&name(&mailbox), &parameters, true),
            CommandBody::Enable { capabilities } => self.enable(capabilities.as_ref()),
            CommandBody::List { reference, mailbox_wildcard } => self.list(&reference, &mailbox_wildcard, extras),
            CommandBody::Lsub { mailbox_wildcard, .. } => self.lsub(&mailbox_wildcard),
            CommandBody::Status { mailbox, item_names } => self.status(&name(&mailbox), &item_names),
            CommandBody::Create { mailbox } => Ok(self.create(&name(&mailbox))),
            CommandBody::Delete { mailbox } => Ok(self.delete(&name(&mailbox))),
            CommandBody::Rename { from, to } => Ok(self.rename(&name(&from), &name(&to))),
            CommandBody::Subscribe { mailbox } => Ok(self.subscribe(&name(&mailbox), true)),
            CommandBody::Unsubscribe { mailbox } => Ok(self.subscribe(&name(&mailbox), false)),
            append @ CommandBody::Append { .. } => Ok(self.append(&append, extras)),
            other if self.selected.is_some() => self.in_mailbox(other, extras, tag),
            _ => Ok(Reply::bad("select a mailbox first")),
        }
    }

    fn in_mailbox(&mut self, body: CommandBody<'static>, extras: &Extras, tag: &str) -> io::Result<Reply> {
        match body {
            CommandBody::Fetch { sequence_set, macro_or_item_names, uid, modifiers } => {
                self.fetch(&sequence_set, (&macro_or_item_names, extras.asked()), uid, &modifiers)
            }
            CommandBody::Store { sequence_set, uid, .. } if extras.gmail.is_some() => {
                self.store_labels(&sequence_set, uid, extras)
            }
            CommandBody::Store { sequence_set, kind, response, flags, uid, modifiers } => {
                self.store(&sequence_set, kind, response, &flags, uid, &modifiers)
            }
            CommandBody::Search { criteria, uid, .. } => self.search(criteria.as_ref(), uid, extras, tag),
            CommandBody::Copy { sequence_set, mailbox, uid } => self.copy(&sequence_set, &name(&mailbox), uid, false),
            CommandBody::Move { sequence_set, mailbox, uid } => self.copy(&sequence_set, &name(&mailbox), uid, true),
            CommandBody::Expunge => Ok(self.expunge(None)),
            CommandBody::ExpungeUid { sequence_set } => Ok(self.expunge(Some(&sequence_set))),
            CommandBody::Close => {
                self.expunge(None);
                self.selected = None;
                Ok(Reply::ok("closed"))
            }
            CommandBody::Unselect => {
                self.selected = None;
                Ok(Reply::ok("closed"))
            }
            _ => Ok(Reply::bad("that is not understood here")),
        }
    }

    /// COMPRESS (RFC 4978).
    fn compress(&mut self) -> Reply {
        if self.compression == Compression::On {
            return Reply::no("[COMPRESSIONACTIVE] it is compressed already");
        }
        self.compression = Compression::Next;
        Reply::ok("from here on")
    }

    /// IDLE (RFC 2177): tells what happens until the client says DONE.
    fn idle(&mut self, input: &mut Input) -> io::Result<Reply> {
        self.out.line("+ idling")?;
        let (mut news, watcher) = io::pipe()?;
        self.shared.mailboxes().watch(watcher);
        loop {
            self.news(true)?;
            self.out.flush()?;
            if !input.has_more()? {
                let stream = input.as_fd();
                let mut waiting = [PollFd::new(&stream, PollFlags::IN), PollFd::new(&news, PollFlags::IN)];
                poll(&mut waiting, None)?;
                if waiting[0].revents().is_empty() {
                    // A byte for each change; those that are left wake us once more, which does no harm.
                    let _taken = news.read(&mut [0; 256])?;
                    continue;
                }
                // What came may be a part of something compressed that says nothing yet.
                input.receive()?;
                if !input.has_more()? && !input.is_at_end() {
                    continue;
                }
            }
            let mut line = String::new();
            if input.take(1024).read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let done = line.trim_end().eq_ignore_ascii_case("DONE");
            return Ok(if done { Reply::ok("idle no more") } else { Reply::bad("DONE was expected") });
        }
    }
}

/// The name of a mailbox as text.
pub(super) fn name(mailbox: &Name<'_>) -> String {
    match mailbox {
        Name::Inbox => "INBOX".to_owned(),
        Name::Other(other) => String::from_utf8_lossy(other.as_ref()).into_owned(),
    }
}
