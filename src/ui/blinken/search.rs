//! Words that are looked for in the log.

use std::ops::Range;

use crate::ui::phrase::Phrase;

/// What is looked for, and where it was found last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    words: String,
    exact: bool,
    /// The number of the line in which it was found last.
    pub found: Option<usize>,
}

impl Search {
    /// Looks for these words: capitals are minded when there are any in them.
    pub fn new(words: &str) -> Self {
        let exact = words.chars().any(char::is_uppercase);
        Self { words: words.to_owned(), exact, found: None }
    }

    /// What is looked for; empty for nothing.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Whether a line has it.
    pub fn is_in(&self, phrase: &Phrase) -> bool {
        let parts = [phrase.account.as_deref(), phrase.folder.as_deref(), Some(&phrase.text)];
        parts.into_iter().flatten().any(|part| self.places(part).next().is_some())
    }

    /// Where it is in `text`, in bytes.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = self.next_in(text, from)?;
            from = found.end;
            Some(found)
        })
    }

    fn next_in(&self, text: &str, from: usize) -> Option<Range<usize>> {
        if self.words.is_empty() {
            return None;
        }
        let starts = text.char_indices().map(|(place, _)| place).skip_while(|place| *place < from);
        starts.into_iter().find_map(|start| Some(start..start + self.length_at(&text[start..])?))
    }

    /// How many bytes of `text` the words take, if it begins with them.
    fn length_at(&self, text: &str) -> Option<usize> {
        if self.exact {
            return text.starts_with(&self.words).then_some(self.words.len());
        }
        let mut rest = text.char_indices();
        for wanted in self.words.chars() {
            let (_, letter) = rest.next()?;
            if letter != wanted && !letter.to_lowercase().eq(wanted.to_lowercase()) {
                return None;
            }
        }
        Some(rest.next().map_or(text.len(), |(place, _)| place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_unless_it_is_minded() {
        for (words, text, places) in [
            ("an", "Banana", "an an"),
            ("AN", "Banana", ""),
            ("Ba", "Banana ba", "Ba"),
            ("übe", "Übergang übel", "Übe übe"),
            ("", "Banana", ""),
            ("日", "日本日", "日 日"),
        ] {
            let search = Search::new(words);
            let found: Vec<&str> = search.places(text).map(|place| &text[place]).collect();
            assert_eq!(found.join(" "), places, "{words} in {text}");
        }
    }
}
