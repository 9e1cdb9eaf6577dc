//! What `--demo` shows: a server of our own, and an ordinary account on it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::config::settings::{AccountSettings, CommonSettings, Hooks, ImapSettings, MaildirSettings, Quick, Settings};
use crate::demo;
use crate::model::ids::AccountName;

/// The server, and its directory unless the user keeps it.
pub(super) struct Demo {
    _server: demo::Server,
    _directory: Option<TempDir>,
}

/// Starts the server, and says how to reach it. The mail is kept in `directory`, or nowhere.
pub(super) fn begin(directory: Option<PathBuf>) -> io::Result<(Settings, Demo)> {
    let server = demo::Server::start(demo::Options::demonstration())?;
    let (root, temporary) = if let Some(path) = directory {
        (empty_directory(&path)?, None)
    } else {
        let temporary = tempfile::Builder::new().prefix("blinkensync-demo-").tempdir()?;
        (temporary.path().to_path_buf(), Some(temporary))
    };
    let address = server.address();
    let account = AccountSettings {
        name: AccountName::new("demo"),
        autorefresh: Some(Duration::from_secs(10)),
        quick: Quick::Never,
        max_deletes: None,
        sync_folder_deletes: false,
        hooks: Hooks::default(),
        local: MaildirSettings { common: CommonSettings::open("demo-local"), root: root.join("mail"), separator: '.' },
        remote: ImapSettings {
            max_connections: 4,
            ..ImapSettings::plain("demo-remote", address, server.user(), server.password())
        },
    };
    let settings = Settings {
        metadata: root.join("metadata"),
        ui: Vec::new(),
        max_sync_accounts: 1,
        ignore_read_only: false,
        fsync: true,
        socket_timeout: Duration::from_secs(60),
        pythonfile: None,
        only: None,
        lamp: None,
        mailbox_list: None,
        accounts: vec![account],
    };
    Ok((settings, Demo { _server: server, _directory: temporary }))
}

/// The directory that is to keep the demonstration's mail. The server begins anew each time, and would take what is there
/// already for the user's wishes; so nothing may be there.
fn empty_directory(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let first = match std::fs::read_dir(&path) {
        Ok(mut entries) => entries.next(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(io::Error::other(format!("{}: {error}", path.display()))),
    };
    match first {
        Some(_) => Err(io::Error::other(format!("{} is not empty; name a new directory", path.display()))),
        None => Ok(path),
    }
}
