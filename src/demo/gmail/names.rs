//! What the special folders are called, which depends on the user's language and on where the account was made.

/// The names of the special folders, as they stand on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the folder of that use (RFC 6154)")]
pub struct Names {
    /// What the others are below.
    pub root: &'static str,
    pub all: &'static str,
    pub drafts: &'static str,
    pub important: &'static str,
    pub sent: &'static str,
    pub spam: &'static str,
    pub starred: &'static str,
    pub trash: &'static str,
}

impl Names {
    /// In English.
    pub const ENGLISH: Self = Self {
        root: "[Gmail]",
        all: "[Gmail]/All Mail",
        drafts: "[Gmail]/Drafts",
        important: "[Gmail]/Important",
        sent: "[Gmail]/Sent Mail",
        spam: "[Gmail]/Spam",
        starred: "[Gmail]/Starred",
        trash: "[Gmail]/Trash",
    };

    /// In German, of an account that was made when Gmail was Google Mail in Germany.
    pub const GERMAN: Self = Self {
        root: "[Google Mail]",
        all: "[Google Mail]/Alle Nachrichten",
        drafts: "[Google Mail]/Entw&APw-rfe",
        important: "[Google Mail]/Wichtig",
        sent: "[Google Mail]/Gesendet",
        spam: "[Google Mail]/Spam",
        starred: "[Google Mail]/Markiert",
        trash: "[Google Mail]/Papierkorb",
    };

    /// Each with its special use (RFC 6154, and `\Important` of RFC 8457), and the label that stands for it, where one does.
    pub(in crate::demo) fn uses(&self) -> [(&'static str, &'static str, Option<&'static str>); 7] {
        [
            (self.all, "\\All", None),
            (self.drafts, "\\Drafts", Some("\\Draft")),
            (self.important, "\\Important", Some("\\Important")),
            (self.sent, "\\Sent", Some("\\Sent")),
            (self.spam, "\\Junk", None),
            (self.starred, "\\Flagged", Some("\\Starred")),
            (self.trash, "\\Trash", None),
        ]
    }

    /// The label that a folder stands for.
    pub(super) fn label(&self, folder: &str) -> Option<String> {
        if folder == "INBOX" {
            return Some("\\Inbox".to_owned());
        }
        match self.uses().into_iter().find(|(name, ..)| *name == folder) {
            Some((_, _, label)) => label.map(str::to_owned),
            None => Some(folder.to_owned()),
        }
    }

    /// The folder that stands for a label.
    pub(super) fn folder(&self, label: &str) -> String {
        if label.eq_ignore_ascii_case("\\Inbox") {
            return "INBOX".to_owned();
        }
        let special = self.uses().into_iter().find(|(_, attribute, own)| {
            own.is_some_and(|own| own.eq_ignore_ascii_case(label)) || (own.is_none() && *attribute == label)
        });
        special.map_or(label, |(name, ..)| name).to_owned()
    }
}
