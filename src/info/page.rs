//! Lines of text that fit a terminal of 80 columns, with nothing in them that a terminal would obey.

use unicode_width::UnicodeWidthStr;

use crate::ui::clean::clean;

/// Columns of a line. A single word that is longer is not broken, so that it can be copied.
const WIDTH: usize = 80;
/// Columns of a label, with the space after it.
const LABEL: usize = 15;
/// Columns of one step to the right.
const STEP: usize = 2;

/// A page under way.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// A line of its own.
    pub fn line(&mut self, depth: usize, words: &str) {
        self.wrap(&" ".repeat(depth * STEP), depth * STEP + STEP, words);
    }

    /// Words with a label before them; what doesn't fit goes on below the words.
    pub fn entry(&mut self, depth: usize, label: &str, words: &str) {
        let indent = depth * STEP;
        let start = format!("{}{label:width$}", " ".repeat(indent), width = LABEL);
        self.wrap(&start, indent + LABEL, words);
    }

    /// More words under the same label.
    pub fn more(&mut self, depth: usize, words: &str) {
        self.entry(depth, "", words);
    }

    /// What was written.
    pub fn into_text(self) -> String {
        self.0
    }

    fn wrap(&mut self, start: &str, indent: usize, words: &str) {
        let words = clean(words);
        let mut line = start.to_owned();
        let mut is_empty = true;
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            if !is_empty && line.width() + 1 + word.width() > WIDTH {
                self.end(&line);
                line = " ".repeat(indent);
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.end(&line);
    }

    fn end(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_words_stay_whole_and_the_rest_fits() {
        let mut page = Page::default();
        page.line(0, "Account home");
        page.entry(1, "first", &"word ".repeat(20));
        page.entry(1, "path", &format!("/{} and more", "x".repeat(90)));
        page.more(1, "nothing \x1b[31m else");
        let expected = format!(
            "Account home\n  first          {}\n                 {}\n  path           /{}\n                 and more\n                 nothing ␛[31m else\n",
            ["word"; 12].join(" "),
            ["word"; 8].join(" "),
            "x".repeat(90)
        );
        assert_eq!(page.into_text(), expected);
    }

    proptest! {
        #[test]
        fn no_line_of_short_words_is_too_long(words in proptest::collection::vec("[a-z日本é\\x00-\\x1f]{1,20}", 0..40), depth in 0_usize..4) {
            let mut page = Page::default();
            page.entry(depth, "label", &words.join(" "));
            let text = page.into_text();
            prop_assert!(text.lines().all(|line| line.width() <= WIDTH), "{}", text);
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
