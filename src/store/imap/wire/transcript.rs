//! What is said on a connection, line by line, for those who look for a mistake (`-d imap`).
//!
//! It follows the conversation as the engine does, and so knows by its place what must not be shown: whatever belongs to a
//! log-in, from the command to the server's answer to it, and the contents of literals, which is where mail travels. It
//! listens above the compression, and below nothing that has a secret of its own.

mod line;
mod masks;

use crate::store::teller::Teller;

use super::super::reader::may_hold_literals;
use super::super::response::{self, Response};
use super::Wire;
use line::Line;

/// What stands for a secret.
const MASK: &str = "***";

/// Listens to both sides of a conversation.
pub(super) struct Transcript {
    teller: Teller,
    sent: Line,
    /// What is about to be sent, when it isn't a line.
    literal: Literal,
    /// Whether the line that is being sent goes on with a command after a literal.
    goes_on: bool,
    received: Line,
    /// Bytes of a literal that are still to be received.
    owed: u64,
    /// The tag of the log-in that is under way.
    login: Option<String>,
}

/// A literal of ours (RFC 3501, section 4.3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Literal {
    None,
    /// Announced, and not asked for yet. If it never is, the next thing sent is another command.
    Announced(u64),
    /// So many bytes of it are still to be sent.
    Owed(u64),
}

impl Transcript {
    fn new(teller: Teller) -> Self {
        Self {
            teller,
            sent: Line::new(),
            literal: Literal::None,
            goes_on: false,
            received: Line::new(),
            owed: 0,
            login: None,
        }
    }

    /// Listens to what is sent. What is `secret` by itself is never shown, wherever it stands.
    pub(super) fn sent(&mut self, bytes: &[u8], secret: bool) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.literal {
                Literal::Owed(owed) => {
                    let (left, after) = pass_over(owed, rest);
                    self.literal = if left == 0 { Literal::None } else { Literal::Owed(left) };
                    rest = after;
                    continue;
                }
                Literal::Announced(_) => (self.literal, self.goes_on) = (Literal::None, false),
                Literal::None => {}
            }
            rest = self.sent.take(rest, secret);
            if self.sent.is_complete() {
                self.say_sent();
            }
        }
    }

    /// Listens to what is received, in the order in which it is used.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.owed > 0 {
                (self.owed, rest) = pass_over(self.owed, rest);
                continue;
            }
            rest = self.received.take(rest, false);
            if !self.received.is_complete() {
                continue;
            }
            match self.received.literal().filter(|_| may_hold_literals(self.received.beginning())) {
                Some((size, _)) => {
                    self.received.announce(size);
                    self.owed = size;
                }
                None => self.say_received(),
            }
        }
    }

    fn say_sent(&mut self) {
        let begins = !std::mem::take(&mut self.goes_on);
        let opens = self.login.is_none() && begins;
        if opens {
            self.login = masks::opened(self.sent.beginning());
        }
        if let Some((size, at_once)) = self.sent.literal() {
            self.sent.announce(size);
            self.literal = if at_once { Literal::Owed(size) } else { Literal::Announced(size) };
            self.goes_on = true;
        }
        if !self.sent.is_blank() {
            let text = match &self.login {
                Some(_) if opens => masks::log_in(self.sent.beginning()),
                None if !self.sent.is_secret() => self.sent.text(self.sent.beginning()),
                _ => MASK.to_owned(),
            };
            self.teller.tell(|| format!("-> {text}"));
        }
        self.sent.clear();
    }

    fn say_received(&mut self) {
        let beginning = self.received.beginning();
        let text = match &self.login {
            Some(_) => masks::during_log_in(beginning),
            None => self.received.text(&masks::without_contents(beginning)),
        };
        match response::parse(beginning) {
            Response::Continue(_) => {
                if let Literal::Announced(size) = self.literal {
                    self.literal = Literal::Owed(size);
                }
            }
            Response::Tagged { tag, .. } if self.login.as_ref() == Some(&tag) => self.login = None,
            Response::Tagged { .. } | Response::Untagged(_) => {}
        }
        if !self.received.is_blank() {
            self.teller.tell(|| format!("<- {text}"));
        }
        self.received.clear();
    }
}

impl Wire {
    /// From now on `teller` is told what is said. Until somebody is, nobody listens, and it costs nothing.
    pub(in super::super) fn tell(&self, teller: Teller) {
        let transcript = &mut self.lock().transcript;
        match transcript {
            Some(transcript) => transcript.teller = teller,
            None if teller.is_heard() => *transcript = Some(Box::new(Transcript::new(teller))),
            None => {}
        }
    }
}

/// Passes over as many bytes as are owed: how many are still owed, and what follows.
fn pass_over(owed: u64, bytes: &[u8]) -> (u64, &[u8]) {
    let count = usize::try_from(owed).map_or(bytes.len(), |owed| owed.min(bytes.len()));
    (owed - count as u64, &bytes[count..])
}

#[cfg(test)]
mod tests;
