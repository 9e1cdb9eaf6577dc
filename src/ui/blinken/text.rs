//! Fitting text into columns by its width on the screen, never through a wide character.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::theme::glyphs::FULL;

/// How many columns `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `sign` so many times.
pub fn times(sign: char, times: usize) -> String {
    std::iter::repeat_n(sign, times).collect()
}

/// `text` in at most `columns`; what had to go is shown by an ellipsis.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > columns {
            break;
        }
        short.push(c);
    }
    if columns > 0 {
        short.push(FULL.ellipsis);
    }
    short
}

/// The end of `text`, in at most `columns`.
pub fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (place, c) in text.char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return &text[place + c.len_utf8()..];
        }
    }
    text
}

/// `text` in exactly `columns`, at their left.
pub fn left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let room = columns.saturating_sub(text.width());
    text + &" ".repeat(room)
}

/// `text` in exactly `columns`, at their right.
pub fn right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    " ".repeat(columns.saturating_sub(text.width())) + &text
}

/// `text` in exactly `columns`, in their middle.
pub fn middle(text: &str, columns: usize) -> String {
    let room = columns.saturating_sub(text.width());
    left(&(" ".repeat(room.div_ceil(2)) + text), columns)
}

/// `text` in lines of at most `columns`, broken at spaces where there are any; the last of at most `most` lines is
/// cut when there is more.
pub fn wrap(text: &str, columns: usize, most: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text;
    while rest.width() > columns && lines.len() + 1 < most {
        let at = break_at(rest, columns);
        lines.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    lines.push(cut(rest, columns));
    lines
}

/// Where the first line of at most `columns` ends, in bytes; at least one character is taken.
fn break_at(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let mut space = None;
    for (place, c) in text.char_indices() {
        if c == ' ' && place > 0 {
            space = Some(place + 1);
        }
        used += c.width().unwrap_or(0);
        if used > columns {
            return space.unwrap_or(if place == 0 { c.len_utf8() } else { place });
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_characters_are_not_cut() {
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 0), "");
        assert_eq!(left("日本語", 4), "日… ");
        assert_eq!((tail("日本語", 5), tail("日本語", 9), tail("日本語", 0)), ("本語", "日本語", ""));
        assert_eq!(middle("4:59", 8), "  4:59  ");
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two three", 8, 9), ["one two", "three"]);
        assert_eq!(wrap("one two three four", 8, 2), ["one two", "three f…"]);
        assert_eq!(wrap("abcdefgh", 3, 9), ["abc", "def", "gh"]);
    }

    proptest! {
        #[test]
        fn a_column_is_as_wide_as_it_says(text in "[a-z日本 é]{0,40}", columns in 0_usize..30) {
            prop_assert_eq!(left(&text, columns).width(), columns);
            prop_assert_eq!(right(&text, columns).width(), columns);
            prop_assert!(wrap(&text, columns.max(2), 5).iter().all(|line| line.width() <= columns.max(2)));
        }
    }
}
