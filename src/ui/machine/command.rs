//! The commands of the machine protocol, and how a line of it is put together.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The version of the protocol that this is.
pub const PROTOCOL: &str = "7.2.0";

/// What isn't encoded beside letters and digits: that which URLs never reserve (RFC 3986, section 2.3). A space becomes a plus sign.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b' ');

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table says what each is")]
pub enum Command {
    Protocol,
    InitBanner,
    RegisterThread,
    UnregisterThread,
    Debugging,
    Acct,
    AcctDone,
    ValidityProblem,
    Connecting,
    SyncFolders,
    SyncingFolder,
    LoadMessageList,
    MessageListLoaded,
    SyncingMessages,
    CopyingMessage,
    DeletingMessages,
    AddingFlags,
    DeletingFlags,
    ThreadException,
    ThreadExited,
    MainException,
    Terminate,
    Sleeping,
    GetPass,
    GetPassError,
    CallHook,
    Display,
    Warn,
    Error,
    Debug,
}

impl Command {
    /// Every command: how important its lines are, its name in them, and its fields. Those without a name are plain sentences.
    #[rustfmt::skip]
    pub const TABLE: [(Self, &'static str, &'static str, &'static [&'static str]); 30] = [
        (Self::Protocol, "msg", "protocol", &["version"]),
        (Self::InitBanner, "msg", "initbanner", &["banner"]),
        (Self::RegisterThread, "msg", "registerthread", &["account"]),
        (Self::UnregisterThread, "msg", "unregisterthread", &["thread"]),
        (Self::Debugging, "debug", "debugging", &["type"]),
        (Self::Acct, "msg", "acct", &["account"]),
        (Self::AcctDone, "msg", "acctdone", &["account"]),
        (Self::ValidityProblem, "warn", "validityproblem", &["folder", "repository", "saved UIDVALIDITY", "present UIDVALIDITY"]),
        (Self::Connecting, "msg", "connecting", &["host", "port", "repository"]),
        (Self::SyncFolders, "msg", "syncfolders", &["source type", "destination type"]),
        (Self::SyncingFolder, "msg", "syncingfolder", &["source type", "source folder", "destination type", "destination folder", ""]),
        (Self::LoadMessageList, "msg", "loadmessagelist", &["type", "folder"]),
        (Self::MessageListLoaded, "msg", "messagelistloaded", &["type", "folder", "messages"]),
        (Self::SyncingMessages, "msg", "syncingmessages", &["source type", "source folder", "destination type", "destination folder", ""]),
        (Self::CopyingMessage, "msg", "copyingmessage", &["UID", "source type", "source folder", "destination type[destination folder]"]),
        (Self::DeletingMessages, "msg", "deletingmessages", &["UIDs", "destination type TAB destination folder"]),
        (Self::AddingFlags, "msg", "addingflags", &["UIDs", "flags", "destination folder"]),
        (Self::DeletingFlags, "msg", "deletingflags", &["UIDs", "flags", "destination folder"]),
        (Self::ThreadException, "warn", "threadException", &["thread", "sentence"]),
        (Self::ThreadExited, "msg", "threadExited", &["thread"]),
        (Self::MainException, "warn", "mainException", &["sentence"]),
        (Self::Terminate, "msg", "terminate", &["exit code", "title", "sentence"]),
        (Self::Sleeping, "msg", "sleeping", &["seconds", "seconds left"]),
        (Self::GetPass, "msg", "getpass", &["user"]),
        (Self::GetPassError, "warn", "getpasserror", &["user", "sentence"]),
        (Self::CallHook, "msg", "callhook", &["sentence"]),
        (Self::Display, "msg", "_display", &["sentence"]),
        (Self::Warn, "warn", "", &["sentence"]),
        (Self::Error, "error", "", &["sentence"]),
        (Self::Debug, "debug", "", &["sentence"]),
    ];

    /// Writes a line: importance, name, thread, and all fields as one text with a line for each.
    pub fn write(self, out: &mut impl Write, thread: &str, fields: &[&str]) -> io::Result<()> {
        let (_, level, name, _) = Self::TABLE.iter().find(|row| row.0 == self).copied().unwrap_or(Self::TABLE[0]);
        // Nothing that strangers wrote ends a field before its time.
        let fields: Vec<String> = fields.iter().map(|field| field.replace('\n', "\u{240a}")).collect();
        writeln!(out, "{level}:{name}:{}:{}", encoded(thread), encoded(&fields.join("\n")))?;
        out.flush()
    }
}

/// A text as it stands in a form that a browser sends.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_encoded_as_offlineimap_does_it() {
        // What Python's urllib.parse.quote_plus makes of these.
        for (text, coded) in [
            ("INBOX", "INBOX"),
            ("Account sync Te st", "Account+sync+Te+st"),
            ("a+b", "a%2Bb"),
            ("IMAP\nR&AOQ-um\n", "IMAP%0AR%26AOQ-um%0A"),
            ("1\u{c}2\tx", "1%0C2%09x"),
            ("-_.~!*'()/:[]@", "-_.~%21%2A%27%28%29%2F%3A%5B%5D%40"),
            ("Räum 日", "R%C3%A4um+%E6%97%A5"),
            ("\x1b\u{9b}\x7f", "%1B%C2%9B%7F"),
        ] {
            assert_eq!(encoded(text), coded);
        }
    }

    #[test]
    fn every_command_has_its_own_row() {
        for (at, row) in Command::TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, at);
            assert!(["msg", "warn", "error", "debug"].contains(&row.1));
        }
    }

    #[test]
    fn a_foreign_name_does_not_end_its_field() {
        let mut out = Vec::new();
        Command::Connecting.write(&mut out, "MainThread", &["evil\nhost", "1", "R"]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "msg:connecting:MainThread:evil%E2%90%8Ahost%0A1%0AR\n");
    }
}
