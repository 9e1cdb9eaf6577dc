//! What a mail reader does to a Maildir.

use std::fs;
use std::path::{Path, PathBuf};

/// Delivers a message of its own into a folder, with these flags.
pub fn deliver(folder: &Path, name: &str, flags: &str) -> PathBuf {
    let text =
        format!("From: me@example.org\nMessage-ID: <{name}@local.example.org>\nSubject: {name}\n\nwritten here\n");
    write(folder, name, flags, text.as_bytes())
}

/// The same, with these bytes.
pub fn write(folder: &Path, name: &str, flags: &str, bytes: &[u8]) -> PathBuf {
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    let (made, delivered) = (folder.join("tmp").join(name), folder.join("cur").join(format!("{name}:2,{flags}")));
    fs::write(&made, bytes).unwrap();
    fs::rename(&made, &delivered).unwrap();
    delivered
}
