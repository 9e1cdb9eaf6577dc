//! Every option: where it stands, what it is when absent, and what it is for.
//!
//! The one table from which checks, the manual and the documented example are derived. All of them are followed.

/// The sections that options belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[general]`.
    General,
    /// `[mbnames]`.
    Mbnames,
    /// `[ui.Curses.Blinkenlights]`.
    Lights,
    /// `[ui.Noninteractive.Basic]`.
    Basic,
    /// `[Account X]`.
    Account,
    /// `[Repository X]` of every type.
    Repository,
    /// `[Repository X]` of type Maildir.
    Maildir,
    /// `[Repository X]` of type IMAP, and of Gmail too.
    Imap,
    /// `[Repository X]` of type Gmail.
    Gmail,
}

/// One option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opt {
    /// Its name in lower case; a `*` at the end stands for one letter.
    pub name: &'static str,
    /// Where it may stand.
    pub kind: Kind,
    /// What it is when absent; empty for nothing.
    pub default: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
}

impl Opt {
    /// Whether this is the option that a file calls `key`, in lower case.
    pub fn is(&self, key: &str) -> bool {
        match self.name.strip_suffix('*') {
            None => self.name == key,
            Some(stem) => key.strip_prefix(stem).is_some_and(|rest| {
                let mut letters = rest.chars();
                letters.next().is_some_and(|letter| letter.is_ascii_lowercase()) && letters.next().is_none()
            }),
        }
    }
}

/// Whether an option's value may never be shown. Misspelt names count too, so that a typing error shows no password.
pub fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    key != "remotepassfile"
        && (["pas", "secret", "token", "pwd"].iter().any(|part| key.contains(part))
            || ["proxy", "authproxy", "preauthtunnel", "transporttunnel"].contains(&key.as_str()))
}

const fn opt(kind: Kind, name: &'static str, default: &'static str, about: &'static str) -> Opt {
    Opt { name, kind, default, about }
}

use Kind::{Account, Basic, General, Gmail, Imap, Lights, Maildir, Mbnames, Repository};

/// All options, section by section.
#[rustfmt::skip]
pub const OPTIONS: &[Opt] = &[
    opt(General, "metadata", "~/.offlineimap", "the directory of ledgers and locks"),
    opt(General, "accounts", "", "the accounts to synchronise, separated by commas"),
    opt(General, "maxsyncaccounts", "1", "how many accounts at once; all of them when one has autorefresh"),
    opt(General, "ui", "", "the interfaces to try, the first usable one is taken"),
    opt(General, "ignore-readonly", "no", "no warning about folders that may not be written"),
    opt(General, "pythonfile", "", "Python that is run before the Python in other options"),
    opt(General, "socktimeout", "60", "seconds that a server may stay silent"),
    opt(General, "fsync", "yes", "flush mail to the disk before it is recorded"),
    opt(General, "reopenlog", "no", "SIGHUP opens the log file anew, and stops nothing"),
    opt(Mbnames, "enabled", "no", "write a list of all folders for the mail reader"),
    opt(Mbnames, "filename", "", "where that list is written"),
    opt(Mbnames, "header", "'mailboxes '", "what it begins with, as Python"),
    opt(Mbnames, "peritem", "\"+%(accountname)s/%(foldername)s\"", "what stands for each folder"),
    opt(Mbnames, "sep", "' '", "what stands between folders, as Python"),
    opt(Mbnames, "footer", "'\\n'", "what it ends with, as Python"),
    opt(Mbnames, "folderfilter", "", "which folders are listed, as Python"),
    opt(Mbnames, "incremental", "no", "write the list after each account"),
    opt(Mbnames, "sort_keyfunc", "", "the order of the list, as Python"),
    opt(Lights, "statuschar", ".", "the character that a light is drawn with; with . as the program likes"),
    opt(Lights, "theme", "auto", "colours for a dark or a light ground; auto asks the terminal"),
    opt(Lights, "colourblind", "no", "colours that people see apart who can't see all of them"),
    opt(Lights, "shapes", "no", "lights are letters, even where there are colours"),
    opt(Lights, "ascii", "auto", "draw with ASCII alone; auto does where the locale isn't a UTF-8 one"),
    opt(Lights, "colours", "auto", "how many colours the terminal has: true, 256, 16 or none"),
    opt(Lights, "mouse", "yes", "the mouse belongs to the program, rather than to the terminal"),
    opt(Lights, "notify", "", "what the desktop is told of: mail, errors or both"),
    opt(Lights, "keys", "", "other keys than the usual ones"),
    opt(Basic, "timestamps", "no", "begin each line with its time"),
    opt(Account, "localrepository", "", "the repository on this machine, or another server"),
    opt(Account, "remoterepository", "", "the repository on the server"),
    opt(Account, "watch", "yes", "whether what changes between synchronisations is synchronised at once"),
    opt(Account, "autorefresh", "", "minutes between synchronisations, fractions too"),
    opt(Account, "quick", "0", "how many quick synchronisations stand between full ones"),
    opt(Account, "presynchook", "", "a command to run before each synchronisation"),
    opt(Account, "postsynchook", "", "a command to run after each synchronisation"),
    opt(Account, "newmailhook", "", "a command to run when new mail has come"),
    opt(Account, "status_backend", "sqlite", "the kind of cache that OfflineIMAP kept"),
    opt(Account, "maxsize", "", "leave larger messages alone, in bytes"),
    opt(Account, "maxage", "", "leave older messages alone, in days or as a date"),
    opt(Account, "maildir-windows-compatible", "no", "write ! for : in file names"),
    opt(Account, "synclabels", "no", "keep Gmail's labels in a header"),
    opt(Account, "labelsheader", "X-Keywords", "the header that holds Gmail's labels"),
    opt(Account, "ignorelabels", "", "labels that are left alone"),
    opt(Account, "filterheaders", "", "headers to remove from messages that are uploaded"),
    opt(Account, "proxy", "", "a proxy on the way to the server: SOCKS5, SOCKS4 or HTTP"),
    opt(Account, "authproxy", "", "another proxy on the way to the token service"),
    opt(Account, "utf8foldernames", "no", "name local folders in UTF-8"),
    opt(Account, "maxdeletes", "", "how many deletions in a folder need no confirmation"),
    opt(Account, "syncfolderdeletes", "no", "delete a folder that is gone on the other side"),
    opt(Repository, "type", "", "Maildir, IMAP, Gmail or GmailMaildir"),
    opt(Repository, "createfolders", "yes", "missing folders may be made here"),
    opt(Repository, "readonly", "no", "nothing is ever written here"),
    opt(Repository, "nametrans", "", "a folder's name on the other side, as Python"),
    opt(Repository, "folderfilter", "", "which folders are synchronised, as Python"),
    opt(Repository, "folderincludes", "", "folders that are synchronised whatever the filter says"),
    opt(Repository, "foldersort", "", "the order of folders, as Python"),
    opt(Repository, "folderpatterns", "", "which folders are synchronised, as patterns"),
    opt(Repository, "namemap", "", "a folder's name on the other side, as substitutions"),
    opt(Repository, "sync_deletes", "yes", "delete on the other side what is gone here; with readonly: no"),
    opt(Repository, "startdate", "", "leave messages alone that were older from the beginning"),
    opt(Repository, "dynamic_folderfilter", "no", "ask the filter again at each synchronisation"),
    opt(Maildir, "localfolders", "", "the directory that holds the folders"),
    opt(Maildir, "sep", ".", "the character between the parts of a folder's name; / nests directories"),
    opt(Maildir, "restoreatime", "no", "leave the time of the last access as it was"),
    opt(Maildir, "utime_from_header", "no", "give files the date of their message"),
    opt(Maildir, "filename_use_mail_timestamp", "no", "put the message's date into the file's name"),
    opt(Maildir, "customflag_*", "", "the keyword that this letter stands for"),
    opt(Imap, "remotehost", "", "the server's name"),
    opt(Imap, "remotehosteval", "", "the same as Python"),
    opt(Imap, "remoteport", "", "the server's port: 993 with TLS, else 143"),
    opt(Imap, "remoteporteval", "", "the same as Python"),
    opt(Imap, "remoteuser", "", "the user's name"),
    opt(Imap, "remoteusereval", "", "the same as Python"),
    opt(Imap, "remotepass", "", "the password, with each % written %%"),
    opt(Imap, "remotepasseval", "", "the password as Python"),
    opt(Imap, "remotepassfile", "", "a file whose first line is the password"),
    opt(Imap, "remotepasscmd", "", "a command whose first line of output is the password"),
    opt(Imap, "keyring", "no", "take the password from the desktop's keyring"),
    opt(Imap, "remote_identity", "", "act as this user after logging in"),
    opt(Imap, "auth_mechanisms", "GSSAPI, SCRAM-SHA-256, SCRAM-SHA-1, XOAUTH2, OAUTHBEARER, CRAM-MD5, PLAIN, LOGIN",
        "the ways to log in, the best first"),
    opt(Imap, "ssl", "yes", "TLS from the first byte"),
    opt(Imap, "starttls", "yes", "without ssl: start TLS before anything else"),
    opt(Imap, "sslcacertfile", "OS-DEFAULT", "certificates to trust; OS-DEFAULT for the system's"),
    opt(Imap, "sslclientcert", "", "a certificate that shows who we are"),
    opt(Imap, "sslclientkey", "", "the key of that certificate, when it is in another file"),
    opt(Imap, "cert_fingerprint", "", "accept only a certificate with one of these fingerprints"),
    opt(Imap, "tls_level", "tls_compat", "how old a TLS may be; TLS 1.2 is always the least"),
    opt(Imap, "ssl_version", "", "the oldest version of TLS; TLS 1.2 is always the least"),
    opt(Imap, "ipv6", "", "use IPv6 only, or IPv4 only"),
    opt(Imap, "preauthtunnel", "", "a command that speaks to the server, already logged in"),
    opt(Imap, "transporttunnel", "", "a command that speaks to the server"),
    opt(Imap, "reference", "", "where the server's folders begin"),
    opt(Imap, "idlefolders", "", "folders to watch between synchronisations"),
    opt(Imap, "maxconnections", "4", "how many connections at once"),
    opt(Imap, "holdconnectionopen", "no", "keep connections between synchronisations"),
    opt(Imap, "keepalive", "", "seconds between signs of life on kept connections"),
    opt(Imap, "expunge", "yes", "remove what is deleted from the server for good"),
    opt(Imap, "subscribedonly", "no", "synchronise only folders that are subscribed to"),
    opt(Imap, "oauth2_client_id", "", "this program's name at the token service"),
    opt(Imap, "oauth2_client_id_eval", "", "the same as Python"),
    opt(Imap, "oauth2_client_secret", "", "this program's password at the token service"),
    opt(Imap, "oauth2_client_secret_eval", "", "the same as Python"),
    opt(Imap, "oauth2_access_token", "", "a token to log in with"),
    opt(Imap, "oauth2_access_token_eval", "", "the same as Python"),
    opt(Imap, "oauth2_refresh_token", "", "a token to fetch further tokens with"),
    opt(Imap, "oauth2_refresh_token_eval", "", "the same as Python"),
    opt(Imap, "oauth2_request_url", "", "the token service's address"),
    opt(Imap, "oauth2_request_url_eval", "", "the same as Python"),
    opt(Imap, "oauth2_authorize_url", "", "where the token service asks for permission in a browser"),
    opt(Imap, "oauth2_device_url", "", "where it gives out a code for permission on another machine"),
    opt(Imap, "oauth2_scope", "", "the permission to ask for"),
    opt(Imap, "usecompression", "", "compress the conversation; unless it says no, with servers on other machines"),
    opt(Imap, "decodefoldernames", "no", "the old name of utf8foldernames"),
    opt(Imap, "singlethreadperfolder", "no", "no second connection for one folder"),
    opt(Imap, "newmail_hook", "", "what to run when unread mail has come into INBOX, as Python"),
    opt(Imap, "retrycount", "2", "how often a failed fetch is tried again over a new connection"),
    opt(Imap, "copy_ignore_eval", "", "messages that are never copied, as Python"),
    opt(Gmail, "trashfolder", "", "where deleted messages go"),
    opt(Gmail, "spamfolder", "", "where unwanted messages are"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_in_their_section_and_lower_case() {
        for (index, one) in OPTIONS.iter().enumerate() {
            assert_eq!(one.name, one.name.to_lowercase());
            assert!(
                OPTIONS[..index].iter().all(|other| (other.name, other.kind) != (one.name, one.kind)),
                "{}",
                one.name
            );
        }
    }

    #[test]
    fn a_star_stands_for_one_letter() {
        let flag = OPTIONS.iter().find(|opt| opt.name == "customflag_*").unwrap();
        for (key, wanted) in [
            ("customflag_a", true),
            ("customflag_z", true),
            ("customflag_", false),
            ("customflag_ab", false),
            ("customflag_1", false),
        ] {
            assert_eq!(flag.is(key), wanted, "{key}");
        }
    }

    #[test]
    fn secrets_are_known_by_name() {
        for key in [
            "remotepass",
            "RemotePass",
            "remotepas",
            "remotepasseval",
            "oauth2_client_secret",
            "oauth2_refresh_token_eval",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["remotepassfile", "remoteuser", "localfolders"] {
            assert!(!is_secret(key), "{key}");
        }
    }
}
