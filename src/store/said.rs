//! What a program says beside its work, kept so that its last words can be told to a person.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::process::Stdio;

/// Bytes that are looked at, from the end.
const LAST_WORDS: u64 = 4096;

/// A file without a name, into which a program's output goes.
#[derive(Debug)]
pub struct Said(File);

impl Said {
    /// Nothing yet.
    pub fn nothing() -> io::Result<Self> {
        tempfile::tempfile().map(Self)
    }

    /// A way into it, for a child process.
    pub fn way(&self) -> io::Result<Stdio> {
        self.0.try_clone().map(Stdio::from)
    }

    /// The last line that isn't empty, without blanks around it; empty when there is none.
    pub fn last_line(&mut self) -> String {
        let mut text = Vec::new();
        let length = self.0.seek(SeekFrom::End(0)).unwrap_or(0);
        let from = self.0.seek(SeekFrom::Start(length.saturating_sub(LAST_WORDS)));
        if from.and_then(|_| self.0.read_to_end(&mut text)).is_err() {
            return String::new();
        }
        let text = String::from_utf8_lossy(&text);
        text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_last_words_are_found_however_much_was_said() {
        let mut said = Said::nothing().unwrap();
        assert_eq!(said.last_line(), "");
        let script = "seq 100000 >&2; echo ' the end ' >&2; echo >&2";
        assert!(Command::new("sh").args(["-c", script]).stderr(said.way().unwrap()).status().unwrap().success());
        assert_eq!(said.last_line(), "the end");
    }
}
