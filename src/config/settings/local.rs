//! The local side of an account.

use super::{CommonSettings, ImapSettings, LabelSettings, MaildirSettings};

/// What an account's mail is kept the same with.
#[derive(Debug, Clone)]
pub enum LocalSettings {
    /// A tree of Maildirs on this machine.
    Maildir(Box<MaildirSettings>),
    /// Another server's mailboxes.
    Imap(Box<ImapSettings>),
}

impl LocalSettings {
    /// What all repositories have.
    pub fn common(&self) -> &CommonSettings {
        match self {
            Self::Maildir(maildir) => &maildir.common,
            Self::Imap(server) => &server.common,
        }
    }

    /// The same, to be changed.
    pub fn common_mut(&mut self) -> &mut CommonSettings {
        match self {
            Self::Maildir(maildir) => &mut maildir.common,
            Self::Imap(server) => &mut server.common,
        }
    }

    /// Leaves these header fields, in lower case, out of what is copied from here.
    pub fn leave_out(&mut self, fields: &[String]) {
        let left_out = match self {
            Self::Maildir(maildir) => &mut maildir.left_out,
            Self::Imap(server) => &mut server.left_out,
        };
        *left_out = fields.to_vec();
    }

    /// Keeps labels in a tree of Maildirs.
    pub fn keep_labels(&mut self, labels: Option<LabelSettings>) {
        if let Self::Maildir(maildir) = self {
            maildir.labels = labels;
        }
    }

    /// Has sentences name the repositories where both servers go by the same name, as they do at the ends of tunnels.
    pub fn tell_apart(&mut self, remote: &mut ImapSettings) {
        if let Self::Imap(local) = self {
            let alike = local.host.eq_ignore_ascii_case(&remote.host);
            (local.has_namesake, remote.has_namesake) = (alike, alike);
        }
    }

    /// What the names of all its folders begin with that are listed; nothing in a tree of Maildirs.
    pub fn reference(&self) -> &str {
        self.imap().map_or("", |server| &server.listing.reference)
    }

    /// The tree of Maildirs, where it is one.
    pub fn maildir(&self) -> Option<&MaildirSettings> {
        match self {
            Self::Maildir(maildir) => Some(maildir),
            Self::Imap(_) => None,
        }
    }

    /// The server, where it is one.
    pub fn imap(&self) -> Option<&ImapSettings> {
        match self {
            Self::Maildir(_) => None,
            Self::Imap(server) => Some(server),
        }
    }
}
