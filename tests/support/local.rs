//! What a mail reader does to a Maildir.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Of every file and directory: inode, time and bytes.
pub type Files = BTreeMap<PathBuf, (u64, (i64, i64), Vec<u8>)>;

/// Delivers a message of its own into a folder, with these flags.
pub fn deliver(folder: &Path, name: &str, flags: &str) -> PathBuf {
    let text =
        format!("From: me@example.org\nMessage-ID: <{name}@local.example.org>\nSubject: {name}\n\nwritten here\n");
    write(folder, name, flags, text.as_bytes())
}

/// The same, with these bytes.
pub fn write(folder: &Path, name: &str, flags: &str, bytes: &[u8]) -> PathBuf {
    make(folder);
    let (made, delivered) = (folder.join("tmp").join(name), folder.join("cur").join(format!("{name}:2,{flags}")));
    fs::write(&made, bytes).unwrap();
    fs::rename(&made, &delivered).unwrap();
    delivered
}

/// An empty folder.
pub fn make(folder: &Path) {
    for part in ["tmp", "new", "cur"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
}

/// The files of a folder's messages, sorted by name.
pub fn messages(folder: &Path) -> Vec<PathBuf> {
    let parts = ["cur", "new"].map(|part| fs::read_dir(folder.join(part)).unwrap());
    let mut files: Vec<PathBuf> = parts.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Gives a message exactly these flags.
pub fn flag(file: &Path, flags: &str) -> PathBuf {
    let name = file.file_name().unwrap().to_str().unwrap();
    let base = name.split(":2,").next().unwrap();
    let flagged = file.parent().unwrap().with_file_name("cur").join(format!("{base}:2,{flags}"));
    fs::rename(file, &flagged).unwrap();
    flagged
}

/// All files and directories below a directory, sorted.
pub fn tree(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut tree(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

/// Every file and directory at and below a directory; none where it isn't there.
pub fn everything(root: &Path) -> Files {
    if !root.exists() {
        return Files::new();
    }
    let describe = |path: PathBuf| {
        let about = fs::symlink_metadata(&path).unwrap();
        let bytes = if about.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        (path, (about.ino(), (about.mtime(), about.mtime_nsec()), bytes))
    };
    tree(root).into_iter().chain([root.to_owned()]).map(describe).collect()
}

/// The file of the message that has this subject.
pub fn find(folder: &Path, subject: &str) -> Option<PathBuf> {
    let line = format!("Subject: {subject}");
    let is_it = |file: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
        text.lines().any(|one| one.trim_end() == line)
    };
    messages(folder).into_iter().find(is_it)
}
