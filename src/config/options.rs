//! Every option: where it stands, what it is when absent, and what becomes of it today.
//!
//! The one table from which checks, warnings and the documented example are derived. An option that isn't followed yet
//! is either harmless, and only warned about, or refused, because mail could go wrong without it.

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

/// What becomes of an option today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does what it says.
    Followed,
    /// It is accepted, with a warning that nothing comes of it yet.
    Harmless,
    /// Without it mail could go wrong or be less safe, so the account is refused, unless the value is the default, empty
    /// or one of these.
    Refused(&'static [&'static str]),
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
    /// What becomes of it today.
    pub standing: Standing,
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

const fn opt(kind: Kind, name: &'static str, default: &'static str, standing: Standing, about: &'static str) -> Opt {
    Opt { name, kind, default, standing, about }
}

use Kind::{Account, Basic, General, Gmail, Imap, Lights, Maildir, Mbnames, Repository};
use Standing::{Followed, Harmless, Refused};

/// The standing of what must not be ignored, whatever its value.
const NEEDED: Standing = Refused(&[]);

/// All options, section by section.
#[rustfmt::skip]
pub const OPTIONS: &[Opt] = &[
    opt(General, "metadata", "~/.offlineimap", Followed, "the directory of ledgers and locks"),
    opt(General, "accounts", "", Followed, "the accounts to synchronise, separated by commas"),
    opt(General, "maxsyncaccounts", "1", Followed, "how many accounts at once; all of them when one has autorefresh"),
    opt(General, "ui", "", Followed, "the interfaces to try, the first usable one is taken"),
    opt(General, "ignore-readonly", "no", Followed, "no warning about folders that may not be written"),
    opt(General, "pythonfile", "", Followed, "Python that is run before the Python in other options"),
    opt(General, "socktimeout", "60", Followed, "seconds that a server may stay silent"),
    opt(General, "fsync", "yes", Followed, "flush mail to the disk before it is recorded"),
    opt(General, "reopenlog", "no", Followed, "SIGHUP opens the log file anew, and stops nothing"),
    opt(Mbnames, "enabled", "no", Followed, "write a list of all folders for the mail reader"),
    opt(Mbnames, "filename", "", Followed, "where that list is written"),
    opt(Mbnames, "header", "'mailboxes '", Followed, "what it begins with, as Python"),
    opt(Mbnames, "peritem", "\"+%(accountname)s/%(foldername)s\"", Followed, "what stands for each folder"),
    opt(Mbnames, "sep", "' '", Followed, "what stands between folders, as Python"),
    opt(Mbnames, "footer", "'\\n'", Followed, "what it ends with, as Python"),
    opt(Mbnames, "folderfilter", "", Followed, "which folders are listed, as Python"),
    opt(Mbnames, "incremental", "no", Followed, "write the list after each account"),
    opt(Mbnames, "sort_keyfunc", "", Followed, "the order of the list, as Python"),
    opt(Lights, "statuschar", ".", Followed, "the character that a light is drawn with; with . as the program likes"),
    opt(Lights, "theme", "auto", Followed, "colours for a dark or a light ground; auto asks the terminal"),
    opt(Lights, "colourblind", "no", Followed, "colours that people see apart who can't see all of them"),
    opt(Lights, "shapes", "no", Followed, "lights are letters, even where there are colours"),
    opt(Lights, "ascii", "auto", Followed, "draw with ASCII alone; auto does where the locale isn't a UTF-8 one"),
    opt(Lights, "colours", "auto", Followed, "how many colours the terminal has: true, 256, 16 or none"),
    opt(Lights, "mouse", "yes", Followed, "the mouse belongs to the program, rather than to the terminal"),
    opt(Lights, "notify", "", Followed, "what the desktop is told of: mail, errors or both"),
    opt(Lights, "keys", "", Followed, "other keys than the usual ones"),
    opt(Basic, "timestamps", "no", Followed, "begin each line with its time"),
    opt(Account, "localrepository", "", Followed, "the repository on this machine, or another server"),
    opt(Account, "remoterepository", "", Followed, "the repository on the server"),
    opt(Account, "watch", "yes", Followed, "whether what changes between synchronisations is synchronised at once"),
    opt(Account, "autorefresh", "", Followed, "minutes between synchronisations, fractions too"),
    opt(Account, "quick", "0", Followed, "how many quick synchronisations stand between full ones"),
    opt(Account, "presynchook", "", Followed, "a command to run before each synchronisation"),
    opt(Account, "postsynchook", "", Followed, "a command to run after each synchronisation"),
    opt(Account, "newmailhook", "", Followed, "a command to run when new mail has come"),
    opt(Account, "status_backend", "sqlite", Followed, "the kind of cache that OfflineIMAP kept"),
    opt(Account, "maxsize", "", Followed, "leave larger messages alone, in bytes"),
    opt(Account, "maxage", "", Followed, "leave older messages alone, in days or as a date"),
    opt(Account, "maildir-windows-compatible", "no", Followed, "write ! for : in file names"),
    opt(Account, "synclabels", "no", NEEDED, "keep Gmail's labels in a header"),
    opt(Account, "labelsheader", "X-Keywords", Harmless, "the header that holds Gmail's labels"),
    opt(Account, "ignorelabels", "", Harmless, "labels that are left alone"),
    opt(Account, "filterheaders", "", Followed, "headers to remove from messages that are uploaded"),
    opt(Account, "proxy", "", Followed, "a proxy on the way to the server: SOCKS5, SOCKS4 or HTTP"),
    opt(Account, "authproxy", "", Followed, "another proxy on the way to the token service"),
    opt(Account, "utf8foldernames", "no", Followed, "name local folders in UTF-8"),
    opt(Account, "maxdeletes", "", Followed, "how many deletions in a folder need no confirmation"),
    opt(Account, "syncfolderdeletes", "no", Followed, "delete a folder that is gone on the other side"),
    opt(Repository, "type", "", Followed, "Maildir, IMAP, Gmail or GmailMaildir"),
    opt(Repository, "createfolders", "yes", Followed, "missing folders may be made here"),
    opt(Repository, "readonly", "no", Followed, "nothing is ever written here"),
    opt(Repository, "nametrans", "", Followed, "a folder's name on the other side, as Python"),
    opt(Repository, "folderfilter", "", Followed, "which folders are synchronised, as Python"),
    opt(Repository, "folderincludes", "", Followed, "folders that are synchronised whatever the filter says"),
    opt(Repository, "foldersort", "", Followed, "the order of folders, as Python"),
    opt(Repository, "folderpatterns", "", Followed, "which folders are synchronised, as patterns"),
    opt(Repository, "namemap", "", Followed, "a folder's name on the other side, as substitutions"),
    opt(Repository, "sync_deletes", "yes", Followed, "delete on the other side what is gone here; with readonly: no"),
    opt(Repository, "startdate", "", Followed, "leave messages alone that were older from the beginning"),
    opt(Repository, "dynamic_folderfilter", "no", Followed, "ask the filter again at each synchronisation"),
    opt(Maildir, "localfolders", "", Followed, "the directory that holds the folders"),
    opt(Maildir, "sep", ".", Followed, "the character between the parts of a folder's name; / nests directories"),
    opt(Maildir, "restoreatime", "no", Followed, "leave the time of the last access as it was"),
    opt(Maildir, "utime_from_header", "no", Followed, "give files the date of their message"),
    opt(Maildir, "filename_use_mail_timestamp", "no", Followed, "put the message's date into the file's name"),
    opt(Maildir, "customflag_*", "", Followed, "the keyword that this letter stands for"),
    opt(Imap, "remotehost", "", Followed, "the server's name"),
    opt(Imap, "remotehosteval", "", Followed, "the same as Python"),
    opt(Imap, "remoteport", "", Followed, "the server's port: 993 with TLS, else 143"),
    opt(Imap, "remoteporteval", "", Followed, "the same as Python"),
    opt(Imap, "remoteuser", "", Followed, "the user's name"),
    opt(Imap, "remoteusereval", "", Followed, "the same as Python"),
    opt(Imap, "remotepass", "", Followed, "the password, with each % written %%"),
    opt(Imap, "remotepasseval", "", Followed, "the password as Python"),
    opt(Imap, "remotepassfile", "", Followed, "a file whose first line is the password"),
    opt(Imap, "remotepasscmd", "", Followed, "a command whose first line of output is the password"),
    opt(Imap, "keyring", "no", Followed, "take the password from the desktop's keyring"),
    opt(Imap, "remote_identity", "", Followed, "act as this user after logging in"),
    opt(Imap, "auth_mechanisms", "GSSAPI, SCRAM-SHA-256, SCRAM-SHA-1, XOAUTH2, OAUTHBEARER, CRAM-MD5, PLAIN, LOGIN", Followed,
        "the ways to log in, the best first"),
    opt(Imap, "ssl", "yes", Followed, "TLS from the first byte"),
    opt(Imap, "starttls", "yes", Followed, "without ssl: start TLS before anything else"),
    opt(Imap, "sslcacertfile", "OS-DEFAULT", Followed, "certificates to trust; OS-DEFAULT for the system's"),
    opt(Imap, "sslclientcert", "", Followed, "a certificate that shows who we are"),
    opt(Imap, "sslclientkey", "", Followed, "the key of that certificate, when it is in another file"),
    opt(Imap, "cert_fingerprint", "", Followed, "accept only a certificate with one of these fingerprints"),
    opt(Imap, "tls_level", "tls_compat", Followed, "how old a TLS may be; TLS 1.2 is always the least"),
    opt(Imap, "ssl_version", "", Followed, "the oldest version of TLS; TLS 1.2 is always the least"),
    opt(Imap, "ipv6", "", Followed, "use IPv6 only, or IPv4 only"),
    opt(Imap, "preauthtunnel", "", Followed, "a command that speaks to the server, already logged in"),
    opt(Imap, "transporttunnel", "", Followed, "a command that speaks to the server"),
    opt(Imap, "reference", "", Followed, "where the server's folders begin"),
    opt(Imap, "idlefolders", "", Followed, "folders to watch between synchronisations"),
    opt(Imap, "maxconnections", "4", Followed, "how many connections at once"),
    opt(Imap, "holdconnectionopen", "no", Followed, "keep connections between synchronisations"),
    opt(Imap, "keepalive", "", Followed, "seconds between signs of life on kept connections"),
    opt(Imap, "expunge", "yes", Followed, "remove what is deleted from the server for good"),
    opt(Imap, "subscribedonly", "no", Followed, "synchronise only folders that are subscribed to"),
    opt(Imap, "oauth2_client_id", "", Followed, "this program's name at the token service"),
    opt(Imap, "oauth2_client_id_eval", "", Followed, "the same as Python"),
    opt(Imap, "oauth2_client_secret", "", Followed, "this program's password at the token service"),
    opt(Imap, "oauth2_client_secret_eval", "", Followed, "the same as Python"),
    opt(Imap, "oauth2_access_token", "", Followed, "a token to log in with"),
    opt(Imap, "oauth2_access_token_eval", "", Followed, "the same as Python"),
    opt(Imap, "oauth2_refresh_token", "", Followed, "a token to fetch further tokens with"),
    opt(Imap, "oauth2_refresh_token_eval", "", Followed, "the same as Python"),
    opt(Imap, "oauth2_request_url", "", Followed, "the token service's address"),
    opt(Imap, "oauth2_request_url_eval", "", Followed, "the same as Python"),
    opt(Imap, "oauth2_authorize_url", "", Followed, "where the token service asks for permission in a browser"),
    opt(Imap, "oauth2_device_url", "", Followed, "where it gives out a code for permission on another machine"),
    opt(Imap, "oauth2_scope", "", Followed, "the permission to ask for"),
    opt(Imap, "usecompression", "", Followed, "compress the conversation; unless it says no, with servers on other machines"),
    opt(Imap, "decodefoldernames", "no", Followed, "the old name of utf8foldernames"),
    opt(Imap, "singlethreadperfolder", "no", Followed, "no second connection for one folder"),
    opt(Imap, "newmail_hook", "", Followed, "what to run when unread mail has come into INBOX, as Python"),
    opt(Imap, "retrycount", "2", Followed, "how often a failed fetch is tried again over a new connection"),
    opt(Imap, "copy_ignore_eval", "", Followed, "messages that are never copied, as Python"),
    opt(Gmail, "trashfolder", "", Followed, "where deleted messages go"),
    opt(Gmail, "spamfolder", "", Followed, "where unwanted messages are"),
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
