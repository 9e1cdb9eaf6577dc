//! The characters that are drawn, in one table a kind of terminal: whoever draws takes them from here.

use std::borrow::Cow;

use ratatui::symbols::border;

use crate::ui::blinken::text;

/// The characters of one kind of terminal; each takes one column.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// A lamp that is lit.
    pub lit: char,
    /// A lamp that is dark.
    pub dark: char,
    /// The letter of a lamp that has ended.
    pub ended: char,
    /// Down from the server.
    pub down: char,
    /// Up to the server.
    pub up: char,
    /// A piece of a rule between regions.
    pub rule: char,
    /// The empty part of a bar.
    pub track: char,
    /// The full part of a bar.
    pub full: char,
    /// The last column of a bar's full part, in eighths; of an eighth or less nothing may be seen.
    pub eighths: [&'static str; 8],
    /// The heights of a sparkline, from nothing to full.
    pub sparks: [char; 9],
    /// What stands for text that was cut off.
    pub ellipsis: char,
    /// What stands between two facts on one line.
    pub dot: char,
    /// A character that is typed unseen.
    pub bullet: char,
    /// Where the next character will stand.
    pub cursor: char,
    /// What is chosen in a list.
    pub chosen: char,
    /// Sorted with the first on top, and the other way round.
    pub sorted: [char; 2],
    /// The frame of a box.
    pub border: border::Set<'static>,
    /// What to write where only ASCII is understood.
    ascii: bool,
}

/// All that a terminal with a good font shows.
pub static FULL: Glyphs = Glyphs {
    lit: '●',
    dark: '○',
    ended: '·',
    down: '↓',
    up: '↑',
    rule: '─',
    track: '·',
    full: '█',
    eighths: ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"],
    sparks: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    ellipsis: '…',
    dot: '·',
    bullet: '•',
    cursor: '▏',
    chosen: '▸',
    sorted: ['▾', '▴'],
    border: border::ROUNDED,
    ascii: false,
};

/// What the fonts of the Linux console have, the kernel's own (code page 437) and those of Debian and Fedora alike.
pub static CONSOLE: Glyphs = Glyphs {
    lit: '■',
    dark: '·',
    eighths: ["", "", "", "░", "░", "▒", "▒", "▒"],
    sparks: [' ', '░', '░', '░', '▒', '▒', '▒', '█', '█'],
    ellipsis: '~',
    cursor: '│',
    chosen: '>',
    sorted: ['↓', '↑'],
    border: border::PLAIN,
    ..FULL
};

/// ASCII alone.
pub static ASCII: Glyphs = Glyphs {
    lit: '*',
    dark: '.',
    ended: '.',
    down: 'v',
    up: '^',
    rule: '-',
    track: '.',
    full: '#',
    eighths: ["", "", "", "", "-", "-", "=", "="],
    sparks: [' ', '.', '.', ':', ':', '+', '+', '#', '#'],
    ellipsis: '~',
    dot: '-',
    bullet: '*',
    cursor: '_',
    chosen: '>',
    sorted: ['v', '^'],
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
    ascii: true,
};

impl Glyphs {
    /// `words` as this terminal can show them, in as many columns: our own characters are replaced by their
    /// counterparts, and where only ASCII is understood, what is left of others by question marks.
    pub fn spell<'w>(&self, words: &'w str) -> Cow<'w, str> {
        if words.is_ascii() || !self.ascii && self.ellipsis == FULL.ellipsis {
            return Cow::Borrowed(words);
        }
        let mut spelt = String::new();
        for c in words.chars() {
            match self.counterpart(c) {
                c if c.is_ascii() || !self.ascii => spelt.push(c),
                c => spelt.extend(std::iter::repeat_n('?', text::width(c.encode_utf8(&mut [0; 4])))),
            }
        }
        if self.ascii {
            // A few characters are together not as wide as one by one.
            let columns = text::width(words);
            spelt.truncate(columns);
            spelt.extend(std::iter::repeat_n('?', columns.saturating_sub(spelt.len())));
        }
        Cow::Owned(spelt)
    }

    /// Whether a character can be drawn.
    pub fn has(&self, sign: char) -> bool {
        sign.is_ascii() || !self.ascii
    }

    /// What stands here for a character of the full table that may be part of a sentence.
    fn counterpart(&self, c: char) -> char {
        if c.is_ascii() {
            return c;
        }
        let pairs = [
            (FULL.ellipsis, self.ellipsis),
            (FULL.dot, self.dot),
            (FULL.down, self.down),
            (FULL.up, self.up),
            (FULL.bullet, self.bullet),
            (FULL.cursor, self.cursor),
            (FULL.lit, self.lit),
            (FULL.dark, self.dark),
            (FULL.rule, self.rule),
            (FULL.chosen, self.chosen),
            (FULL.sorted[0], self.sorted[0]),
            (FULL.sorted[1], self.sorted[1]),
        ];
        pairs.iter().find(|pair| pair.0 == c).map_or(c, |pair| pair.1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(glyphs: &Glyphs) -> String {
        let Glyphs { lit, dark, ended, down, up, rule, track, full, ellipsis, dot, bullet, cursor, chosen, .. } =
            glyphs;
        let signs = [lit, dark, ended, down, up, rule, track, full, ellipsis, dot, bullet, cursor, chosen];
        let border = glyphs.border;
        let corners = [border.top_left, border.top_right, border.bottom_left, border.bottom_right];
        let sides = [border.vertical_left, border.vertical_right, border.horizontal_top, border.horizontal_bottom];
        let signs = signs.into_iter().copied().chain(glyphs.sorted).chain(glyphs.sparks).map(String::from);
        signs.chain(glyphs.eighths.into_iter().chain(corners).chain(sides).map(str::to_owned)).collect()
    }

    #[test]
    fn the_ascii_table_is_ascii_and_the_consoles_has_what_every_font_of_it_has() {
        assert!(all(&ASCII).is_ascii());
        let fonts = "·•■█░▒─│┌┐└┘↑↓";
        assert!(all(&CONSOLE).chars().all(|c| c.is_ascii() || fonts.contains(c)), "{}", all(&CONSOLE));
    }

    #[test]
    fn each_sign_takes_one_column() {
        for glyphs in [&FULL, &CONSOLE, &ASCII] {
            assert!(all(glyphs).chars().all(|c| text::width(&c.to_string()) == 1), "{}", all(glyphs));
        }
    }

    #[test]
    fn what_a_terminal_lacks_is_spelt_in_another_way() {
        for (words, console, ascii) in [
            ("Lists/ru…", "Lists/ru~", "Lists/ru~"),
            ("14:03 · nothing new", "14:03 · nothing new", "14:03 - nothing new"),
            ("Entwürfe", "Entwürfe", "Entw?rfe"),
            ("日本", "日本", "????"),
            ("e\u{301}", "e\u{301}", "e"),
            ("❤\u{fe0f}", "❤\u{fe0f}", "??"),
        ] {
            assert_eq!(FULL.spell(words), words);
            assert_eq!(CONSOLE.spell(words), console);
            assert_eq!(ASCII.spell(words), ascii);
        }
    }

    proptest! {
        #[test]
        fn ascii_is_ascii_and_as_wide(words in ".{0,30}") {
            let spelt = ASCII.spell(&words);
            prop_assert!(spelt.is_ascii());
            prop_assert_eq!(text::width(&spelt), text::width(&words));
        }
    }
}
