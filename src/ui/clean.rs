//! Text from outside, made safe for a terminal.
//!
//! Folder names, subjects and server messages are written by strangers. What could move the cursor, change colours,
//! retitle the window or turn the reading direction is shown as a visible character instead; nothing is dropped, so
//! that two names that differ still look different.

use std::borrow::Cow;

/// `text` with everything a terminal might obey replaced: control characters by their pictures (U+2400 and on), C1
/// controls, line separators, and characters that are invisible or turn the direction of writing by U+FFFD.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| safe(c) == c) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().map(safe).collect()) }
}

fn safe(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_becomes_visible() {
        for (foreign, shown) in [
            ("INBOX", "INBOX"),
            ("Entwürfe/日本", "Entwürfe/日本"),
            ("\x1b[31mred", "␛[31mred"),
            ("\x1b]0;title\x07", "␛]0;title␇"),
            ("a\r\nb\tc", "a␍␊b␉c"),
            ("\u{9b}2J", "\u{fffd}2J"),
            ("evil\u{202e}txt", "evil\u{fffd}txt"),
            ("a\u{200b}b\x7f", "a\u{fffd}b␡"),
        ] {
            assert_eq!(clean(foreign), shown);
        }
    }

    proptest! {
        #[test]
        fn no_control_character_is_left(text in any::<String>()) {
            let shown = clean(&text);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert_eq!(shown.chars().count(), text.chars().count());
            prop_assert_eq!(clean(&shown).into_owned(), shown.into_owned());
        }
    }
}
