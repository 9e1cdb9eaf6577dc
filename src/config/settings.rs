//! The configuration after every check, as the rest of the program uses it.

mod imap;
mod labels;
mod local;
mod mailbox_list;
mod oauth;
mod proxy;
mod tls;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use crate::model::extent::Extent;
use crate::model::flags::Keyword;
use crate::model::ids::AccountName;
use crate::model::namemap::NameMap;
use crate::model::patterns::Patterns;
pub use crate::model::screen::ScreenSettings;

pub use imap::{Fetching, GmailSettings, ImapSettings, Listing, PasswordSource, Tunnel, is_this_machine};
pub use labels::LabelSettings;
pub use local::LocalSettings;
pub use mailbox_list::MailboxList;
pub use oauth::{OAuthSettings, Provider, Word};
pub use proxy::{Proxy, ProxyKind, ProxyUser, TokenRoute};
pub use tls::{ClientCertificate, Roots, Security, TlsSettings, TlsVersion};
pub use watch::WatchSettings;

/// Everything that one run needs to know.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Settings {
    /// The directory of ledgers and locks.
    pub metadata: PathBuf,
    /// The interfaces the file names, first usable first; empty when it names none.
    pub ui: Vec<UiName>,
    /// How many accounts are synchronised at once; at least 1.
    pub max_sync_accounts: usize,
    /// No warning about folders that may only be read.
    pub ignore_read_only: bool,
    /// Whether mail is flushed to the disk before it is recorded.
    pub fsync: bool,
    /// How long a connect, a handshake or a read may take.
    pub socket_timeout: Duration,
    /// Python that is run before all other.
    pub pythonfile: Option<PathBuf>,
    /// The only folders to synchronise, whatever else the configuration says; `None`: all that it says.
    pub only: Option<Patterns>,
    /// How the full screen looks and behaves.
    pub screen: ScreenSettings,
    /// Whether plain lines begin with their time.
    pub timestamps: bool,
    /// Whether SIGHUP opens the log file anew, rather than stops the program.
    pub reopen_log: bool,
    /// The list of all folders to write, if one is wanted.
    pub mailbox_list: Option<MailboxList>,
    /// The accounts to synchronise, in the order of `accounts`.
    pub accounts: Vec<AccountSettings>,
}

impl Settings {
    /// These accounts, with their state in this directory; everything else is as if nothing had been written down.
    pub fn plain(metadata: PathBuf, accounts: Vec<AccountSettings>) -> Self {
        Self {
            metadata,
            ui: Vec::new(),
            max_sync_accounts: 1,
            ignore_read_only: false,
            fsync: true,
            socket_timeout: Duration::from_secs(60),
            pythonfile: None,
            only: None,
            screen: ScreenSettings::default(),
            timestamps: false,
            reopen_log: false,
            mailbox_list: None,
            accounts,
        }
    }
}

/// The interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UiName {
    /// Full screen, with lights.
    Blinkenlights,
    /// Plain text on a terminal; may ask.
    Ttyui,
    /// For logs and cron; never asks.
    Basic,
    /// Errors and serious warnings only.
    Quiet,
    /// Nothing here; the log goes to syslog.
    Syslog,
    /// For programs, as OfflineIMAP's.
    Machine,
    /// For programs, as JSON.
    Json,
}

/// What to run beside the synchronisations: commands, each by way of the shell, and a Python function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    /// Before each.
    pub before: Option<String>,
    /// After each that got as far as the folders.
    pub after: Option<String>,
    /// After each that brought messages.
    pub new_mail: Option<String>,
    /// A Python function to call after each that brought unread messages into INBOX.
    pub inbox: Option<PythonHook>,
}

/// A Python function without arguments, called for what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonHook {
    /// The option that it is the value of, with its section.
    pub option: String,
    /// What stands there.
    pub code: String,
}

/// Which synchronisations look only where messages have come or gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quick {
    /// None.
    #[default]
    Never,
    /// All.
    Always,
    /// So many after each full one; the first is full.
    Between(u64),
}

/// One account.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Its name.
    pub name: AccountName,
    /// How long to wait between synchronisations; `None`: once is enough.
    pub autorefresh: Option<Duration>,
    /// Whether it is watched between synchronisations, so that what changes is synchronised at once.
    pub watch: bool,
    /// Which synchronisations are quick.
    pub quick: Quick,
    /// How many deletions in a folder need no confirmation; `None`: half of it, and at least 10.
    pub max_deletes: Option<u64>,
    /// What of its mail is looked at.
    pub extent: Extent,
    /// A Python function that gives, for a folder's name, the UIDs of messages that are never copied from the server.
    pub never_copied: Option<PythonHook>,
    /// Whether a folder that is gone on one side is deleted on the other.
    pub sync_folder_deletes: bool,
    /// What is run beside it.
    pub hooks: Hooks,
    /// The local side.
    pub local: LocalSettings,
    /// The remote side.
    pub remote: ImapSettings,
}

impl AccountSettings {
    /// A server and a tree of Maildirs with points between the parts of names; everything else is as if nothing had been
    /// written down.
    pub fn plain(name: &str, root: PathBuf, remote: ImapSettings) -> Self {
        let common = CommonSettings::open(&format!("{name}-local"));
        Self {
            name: AccountName::new(name),
            autorefresh: None,
            watch: true,
            quick: Quick::Never,
            max_deletes: None,
            extent: Extent::ALL,
            never_copied: None,
            sync_folder_deletes: false,
            hooks: Hooks::default(),
            local: LocalSettings::Maildir(Box::new(MaildirSettings::plain(common, root))),
            remote,
        }
    }

    /// Whether anything in it has to be worked out by Python.
    pub fn needs_python(&self) -> bool {
        let sides = [self.local.common(), &self.remote.common];
        let functions = |common: &CommonSettings| {
            common.nametrans.is_some() || common.folderfilter.is_some() || common.foldersort.is_some()
        };
        let hooks = self.hooks.inbox.is_some() || self.never_copied.is_some();
        let secrets =
            |server: &ImapSettings| matches!(server.password, PasswordSource::Python(_)) || server.oauth.needs_python();
        let servers = self.local.imap().into_iter().chain([&self.remote]);
        sides.into_iter().any(functions) || servers.into_iter().any(secrets) || hooks
    }
}

/// What repositories of all types have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommonSettings {
    /// The section's name without `Repository`.
    pub name: String,
    /// Nothing may ever be written there.
    pub read_only: bool,
    /// Folders that are missing there may be made.
    pub create_folders: bool,
    /// What is gone there is deleted on the other side.
    pub sync_deletes: bool,
    /// Which folders take part; all without it.
    pub patterns: Option<Patterns>,
    /// What its folders are called on the other side; the same without it.
    pub map: Option<NameMap>,
    /// Folders that take part whatever the patterns or the filter say.
    pub includes: Vec<String>,
    /// A Python function that gives a folder's name on the other side.
    pub nametrans: Option<String>,
    /// A Python function that says whether a folder takes part.
    pub folderfilter: Option<String>,
    /// A Python function that puts folders into an order.
    pub foldersort: Option<String>,
}

impl CommonSettings {
    /// A repository of this name in which everything is allowed.
    pub fn open(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            read_only: false,
            create_folders: true,
            sync_deletes: true,
            patterns: None,
            map: None,
            includes: Vec::new(),
            nametrans: None,
            folderfilter: None,
            foldersort: None,
        }
    }
}

/// A tree of Maildirs.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct MaildirSettings {
    /// What all repositories have.
    pub common: CommonSettings,
    /// The directory that holds the folders.
    pub root: PathBuf,
    /// What joins the parts of a folder's name; `/` nests directories.
    pub separator: char,
    /// Whether names have `!` where a colon usually stands.
    pub windows: bool,
    /// The keywords that small letters stand for, each once.
    pub letters: Vec<(char, Keyword)>,
    /// Whether files get the time at which their message was written, as its header says.
    pub dated_by_header: bool,
    /// Whether their names begin with that time.
    pub named_by_date: bool,
    /// Header fields that are left out of what is copied from here, in lower case.
    pub left_out: Vec<String>,
    /// Whether what is read keeps the time at which it was last read.
    pub keep_atime: bool,
    /// Where Gmail's labels are kept, if they are.
    pub labels: Option<LabelSettings>,
}

impl MaildirSettings {
    /// A tree with points between the parts of names; everything else is as if nothing had been written down.
    pub fn plain(common: CommonSettings, root: PathBuf) -> Self {
        Self {
            common,
            root,
            separator: '.',
            windows: false,
            letters: Vec::new(),
            dated_by_header: false,
            named_by_date: false,
            left_out: Vec::new(),
            keep_atime: false,
            labels: None,
        }
    }
}
