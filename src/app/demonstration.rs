//! What `--demo` shows: a server of our own, and an ordinary account on it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::config::settings::{AccountSettings, ImapSettings, Settings};
use crate::demo;

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
    let remote = ImapSettings::plain("demo-remote", server.address(), server.user(), server.password());
    let remote = ImapSettings { max_connections: 4, ..remote };
    let account = AccountSettings::plain("demo", root.join("mail"), remote);
    let account = AccountSettings { autorefresh: Some(Duration::from_secs(10)), ..account };
    let settings = Settings::plain(root.join("metadata"), vec![account]);
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
