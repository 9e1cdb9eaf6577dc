//! Passwords from `.netrc` (netrc(5), as ftp, curl and Python read it).
//!
//! The crates for it are old, and know neither several users of one machine nor quotes; so we read it ourselves.

mod words;

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::question::Secret;
use words::Words;

/// Bytes of a file that are looked at.
const LONGEST: u64 = 1024 * 1024;

/// What the file says of one machine, or of all others.
#[derive(Default)]
struct Entry {
    /// `None` in the entry for all others.
    machine: Option<String>,
    login: Option<String>,
    password: Option<Secret>,
}

impl Entry {
    /// How well it fits: 0 is best.
    fn distance(&self, host: &str, user: &str) -> Option<u8> {
        let machine = match &self.machine {
            Some(machine) if machine.eq_ignore_ascii_case(host) => 0,
            Some(_) => return None,
            None => 2,
        };
        match &self.login {
            Some(login) if login == user => Some(machine),
            Some(_) => None,
            None => Some(machine + 1),
        }
    }
}

/// The files where people keep it: their own, else the machine's.
pub fn usual_files() -> Vec<PathBuf> {
    let own = std::env::home_dir().map(|home| home.join(".netrc"));
    own.into_iter().chain([PathBuf::from("/etc/netrc")]).collect()
}

/// The password of `user` on `host` from the first of these files that is there; `None` when it says nothing of them. A file
/// that others can read is refused when it does, and one that can't be read in any case.
pub fn find(files: &[PathBuf], host: &str, user: &str) -> Result<Option<Secret>, Fault> {
    for path in files {
        match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault(path, &error.to_string()).advise("correct it, or move it away")),
            Ok((text, mode)) => {
                let found = pick(&text, host, user);
                if found.is_some() && mode & 0o077 != 0 {
                    let advice = format!("run: chmod 600 {}", path.display());
                    return Err(fault(path, "others can read it").advise(advice));
                }
                return Ok(found);
            }
        }
    }
    Ok(None)
}

fn fault(path: &Path, cause: &str) -> Fault {
    Fault::new(Reach::Account, FaultKind::Login, format!("reading passwords from {}", path.display()), cause)
}

fn read(path: &Path) -> io::Result<(Zeroizing<String>, u32)> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("it isn't a file"));
    }
    if about.len() > LONGEST {
        return Err(io::Error::other("it is too long to be a list of passwords"));
    }
    let bytes = Zeroizing::new(fs::read(path)?);
    Ok((Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()), about.mode()))
}

/// The password of the entry that fits best, the first of several.
fn pick(text: &str, host: &str, user: &str) -> Option<Secret> {
    let fits = |entry: Entry| Some((entry.distance(host, user)?, entry.password?));
    entries(text).into_iter().filter_map(fits).min_by_key(|(distance, _)| *distance).map(|(_, password)| password)
}

/// What the file says, in order. Words that have no place are passed over.
fn entries(text: &str) -> Vec<Entry> {
    let mut words = Words::new(text);
    let mut entries: Vec<Entry> = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "machine" => {
                let machine = words.value().map(|name| name.to_string());
                entries.push(Entry { machine, ..Entry::default() });
            }
            "default" => entries.push(Entry::default()),
            "macdef" => words.skip_macro(),
            "login" | "user" | "password" | "passwd" | "account" => {
                let Some(value) = words.value() else { break };
                let Some(entry) = entries.last_mut() else { continue };
                match word.as_str() {
                    "login" | "user" => entry.login = Some(value.to_string()),
                    "password" | "passwd" => entry.password = Some(Secret::new(value.to_string())),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    entries
}

#[cfg(test)]
mod tests;
