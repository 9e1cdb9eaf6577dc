//! How a client says who it is.

use std::io::{self, BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::session::{Reply, Session};

impl Session<'_> {
    /// LOGIN, and what AUTHENTICATE comes to.
    pub(super) fn log_in(&mut self, user: &[u8], password: &[u8]) -> Reply {
        let options = &self.shared.options;
        if user == options.user.as_bytes() && password == options.password.as_bytes() {
            let mut doorman = self.shared.doorman();
            if doorman.inside >= doorman.most {
                return Reply::no(&doorman.words);
            }
            doorman.inside += 1;
            self.logged_in = true;
            return Reply::Ok(format!("[CAPABILITY {}] welcome", options.extensions.capabilities()));
        }
        Reply::no("[AUTHENTICATIONFAILED] das user name or das password is falsch")
    }

    /// Whether more was asked for than is given for now.
    pub(super) fn is_throttled(&self) -> bool {
        let mut doorman = self.shared.doorman();
        let throttled = doorman.patience == 0;
        doorman.patience = doorman.patience.saturating_sub(usize::from(doorman.patience < usize::MAX));
        throttled
    }

    /// Refuses a command of somebody who has asked for too much, or sends him away.
    pub(super) fn refuse(&mut self) -> io::Result<Option<Reply>> {
        let words = self.shared.doorman().words.clone();
        match words.strip_prefix("BYE ") {
            Some(words) => self.out.line(&format!("* BYE {words}")).map(|()| None),
            None => Ok(Some(Reply::no(&words))),
        }
    }

    /// AUTHENTICATE PLAIN, with its first words or without.
    pub(super) fn authenticate(&mut self, first: Option<Vec<u8>>, input: &mut impl BufRead) -> io::Result<Reply> {
        let words = if let Some(words) = first {
            words
        } else {
            self.out.line("+ ")?;
            self.out.flush()?;
            let mut line = String::new();
            input.take(64 * 1024).read_line(&mut line)?;
            STANDARD.decode(line.trim_end()).unwrap_or_default()
        };
        let mut parts = words.split(|&byte| byte == 0).skip(1);
        Ok(match (parts.next(), parts.next()) {
            (Some(user), Some(password)) => self.log_in(user, password),
            _ => Reply::bad("that is not how PLAIN goes"),
        })
    }
}
