//! What leaves the screen: lines for the clipboard, and the log in a file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset};

/// The most bytes of text that are handed to a terminal at once; many take no more.
const MOST: usize = 74_000;

/// What tells the terminal to put `text` into its user's clipboard (xterm's control sequence OSC 52). Of a text that is
/// too long for most terminals, the end is taken.
pub fn to_clipboard(text: &str) -> String {
    let start = text.len().saturating_sub(MOST);
    let start = (start..text.len()).find(|place| text.is_char_boundary(*place)).unwrap_or(0);
    format!("\x1b]52;c;{}\x07", STANDARD.encode(&text[start..]))
}

/// Writes `text` to a new file in the current directory, for its owner alone, and says where it is.
///
/// # Errors
/// A sentence, when it can't be written.
pub fn save(text: &str, now: DateTime<FixedOffset>) -> Result<String, String> {
    let stem = format!("blinkensync-{}", now.format("%Y-%m-%d-%H%M%S"));
    for number in 1..100 {
        let name = if number == 1 { format!("{stem}.log") } else { format!("{stem}-{number}.log") };
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&name);
        let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
        match written {
            Ok(()) => return Ok(format!("the log is in {name}")),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("writing the log to {name}: {error}")),
        }
    }
    Err(format!("there are too many files called {stem} already"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_arrives_whole_or_from_its_end() {
        assert_eq!(to_clipboard("abc"), "\x1b]52;c;YWJj\x07");
        let long = "ü".repeat(MOST);
        let sent = to_clipboard(&long);
        let text = STANDARD.decode(&sent[7..sent.len() - 1]).unwrap();
        assert!(text.len() <= MOST && String::from_utf8(text).is_ok());
    }
}
