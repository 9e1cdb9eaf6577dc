//! Fitting text into columns by its width on the screen, never through a wide character.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

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
    let mut short = text[..fitting(text, columns.saturating_sub(1))].to_owned();
    if columns > 0 {
        short.push(FULL.ellipsis);
    }
    short
}

/// How many bytes of `text` take at most `columns`. Some characters are wider or narrower together than each by itself, so they
/// are measured together with those before them, back to one of ASCII, which is no part of anything that comes before it.
fn fitting(text: &str, columns: usize) -> usize {
    let (mut end, mut from, mut before) = (0, 0, 0);
    for (place, c) in text.char_indices() {
        if c.is_ascii() {
            before += text[from..place].width();
            from = place;
        }
        let next = place + c.len_utf8();
        if before + text[from..next].width() > columns {
            break;
        }
        end = next;
    }
    end
}

/// The end of `text`, in at most `columns`.
pub fn tail(text: &str, columns: usize) -> &str {
    let starts = text.char_indices().map(|(place, _)| place);
    starts.map(|start| &text[start..]).find(|rest| rest.width() <= columns).unwrap_or("")
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
    broken(text, columns, most).into_iter().map(|part| cut(&text[part], columns.max(1))).collect()
}

/// Where in `text` these lines stand, the last one uncut.
pub fn broken(text: &str, columns: usize, most: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let (mut lines, mut from) = (Vec::new(), 0);
    while text[from..].width() > columns && lines.len() + 1 < most {
        let rest = &text[from..];
        let at = break_at(rest, columns);
        lines.push(from..from + rest[..at].trim_end().len());
        from += at + (rest[at..].len() - rest[at..].trim_start().len());
    }
    lines.push(from..text.len());
    lines
}

/// Where the first line of at most `columns` ends, in bytes; at least one character is taken.
fn break_at(text: &str, columns: usize) -> usize {
    let end = fitting(text, columns);
    if end == text.len() {
        return end;
    }
    // The space after the last word that fits may itself have no room.
    let space = text[..end].rfind(' ').map(|space| space + 1);
    let space = if text[end..].starts_with(' ') { Some(end + 1) } else { space };
    let first = text.chars().next().map_or(0, char::len_utf8);
    space.filter(|space| *space > 1).unwrap_or(end.max(first))
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
        fn a_column_is_as_wide_as_it_says(text in "[a-z日本 é❤\u{fe0f}🇩🇪👍🏽กำक्षि]{0,40}", columns in 0_usize..30) {
            prop_assert_eq!(left(&text, columns).width(), columns);
            prop_assert_eq!(right(&text, columns).width(), columns);
            prop_assert!(wrap(&text, columns.max(2), 5).iter().all(|line| line.width() <= columns.max(2)));
        }
    }
}
