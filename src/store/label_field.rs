//! The field of a message's header that holds its labels, as `OfflineIMAP` writes it and mail programs read it.
//!
//! In `X-Label` and `Keywords` labels are separated by spaces, in any other field by commas. A label that would be torn apart by
//! that is written in quotes, which `OfflineIMAP` does not do.

use super::encoded;
use crate::model::labels::Labels;
use crate::model::utf7;

/// Fields with spaces between labels, in lower case.
const SPACED: [&str; 2] = ["x-label", "keywords"];

/// The longest line that is written, in bytes; RFC 5322 allows 998 (section 2.1.1).
const LONGEST: usize = 900;

/// A field that holds labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelField {
    name: String,
    separator: char,
}

impl LabelField {
    /// The field of this name.
    pub fn new(name: &str) -> Self {
        let spaced = SPACED.iter().any(|spaced| spaced.eq_ignore_ascii_case(name));
        Self { name: name.to_owned(), separator: if spaced { ' ' } else { ',' } }
    }

    /// The field with these labels, its line ends in this form. Without labels it is there as well, and empty.
    pub fn write(&self, labels: &Labels, line_end: &str) -> String {
        let mut text = format!("{}:", self.name);
        let mut line = text.len();
        for (place, label) in labels.iter().enumerate() {
            let label = self.written(label);
            let fold = line + label.len() > LONGEST;
            if place > 0 && (self.separator == ',' || !fold) {
                text.push(self.separator);
            }
            if fold {
                text.push_str(line_end);
                line = 0;
            }
            if fold || place == 0 {
                text.push(' ');
            }
            text.push_str(&label);
            line += label.len() + 2;
        }
        text + line_end
    }

    /// The labels in a message's header, given up to the empty line behind it; `None` where there is no such field. What is in
    /// several fields of that name counts together.
    pub fn read(&self, header: &[u8]) -> Option<Labels> {
        // A line may have been folded at a space, with another kind of white space in its place; no label holds one of those.
        let header = as_text(header).replace('\t', " ");
        let (mut found, mut current): (Vec<String>, bool) = (Vec::new(), false);
        for line in header.lines() {
            if line.starts_with(' ') {
                if let Some(value) = found.last_mut().filter(|_| current) {
                    value.push_str(line);
                }
                continue;
            }
            let value = line.split_once(':').filter(|(name, _)| name.trim_end().eq_ignore_ascii_case(&self.name));
            current = value.is_some();
            found.extend(value.map(|(_, value)| value.to_owned()));
        }
        if found.is_empty() { None } else { Some(found.iter().flat_map(|value| self.parse(value)).collect()) }
    }

    fn written(&self, label: &str) -> String {
        let decoded = utf7::read(label).is_some_and(|read| read != label);
        if !self.parts(label) && !label.starts_with('"') && !label.contains("=?") && !decoded {
            return label.to_owned();
        }
        format!("\"{}\"", label.replace('\\', "\\\\").replace('"', "\\\""))
    }

    /// Whether it holds what stands between labels.
    fn parts(&self, text: &str) -> bool {
        text.contains(|letter| self.is_between(letter))
    }

    fn is_between(&self, letter: char) -> bool {
        letter == self.separator || (self.separator == ' ' && letter.is_whitespace())
    }

    /// The labels of a field's value. What stands in quotes is taken as it is; what doesn't may hold encoded words (mail programs
    /// write them, and put quotes into them as well), or be in IMAP's modified UTF-7 (`OfflineIMAP` does).
    fn parse(&self, value: &str) -> Vec<String> {
        self.split(value, |plain| {
            let decoded = encoded::decode(plain);
            if decoded == plain { self.plain(plain) } else { self.split(&decoded, |plain| self.plain(plain)) }
        })
    }

    /// The labels of a text: what stands in quotes, and what becomes of the rest.
    fn split(&self, text: &str, plainly: impl Fn(&str) -> Vec<String>) -> Vec<String> {
        let (mut labels, mut rest) = (Vec::new(), text);
        loop {
            rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || self.is_between(letter));
            if rest.is_empty() {
                return labels;
            }
            if let Some((label, after)) = in_quotes(rest) {
                labels.push(label);
                rest = after;
                continue;
            }
            let (plain, after) = rest.split_at(self.next_quotes(rest));
            labels.extend(plainly(plain));
            rest = after;
        }
    }

    /// The labels of a text without quotes.
    fn plain(&self, text: &str) -> Vec<String> {
        let parts = text.split(|letter| self.is_between(letter)).map(str::trim);
        parts.map(|label| utf7::read(label).unwrap_or_else(|| label.to_owned())).collect()
    }

    /// Where the next label in quotes begins.
    fn next_quotes(&self, text: &str) -> usize {
        let begins = |place: usize| {
            let before = text[..place].trim_end_matches(char::is_whitespace);
            let spaced = before.len() < place && self.separator == ' ';
            spaced || before.ends_with(self.separator)
        };
        let quotes = text.match_indices('"').map(|(place, _)| place);
        let mut starts = quotes.filter(|place| *place > 0 && begins(*place) && in_quotes(&text[*place..]).is_some());
        starts.next().unwrap_or(text.len())
    }
}

/// What isn't UTF-8 is taken for ISO 8859-1, line by line, so that nothing is lost.
fn as_text(header: &[u8]) -> String {
    let text = |line: &[u8]| match std::str::from_utf8(line) {
        Ok(line) => line.to_owned(),
        Err(_) => line.iter().copied().map(char::from).collect(),
    };
    header.split_inclusive(|byte| *byte == b'\n').map(text).collect()
}

/// What stands in the quotes that the text begins with, and what follows them.
fn in_quotes(text: &str) -> Option<(String, &str)> {
    let quoted = text.strip_prefix('"')?;
    let (mut label, mut escaped) = (String::new(), false);
    for (place, letter) in quoted.char_indices() {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((label, &quoted[place + 1..])),
            letter => {
                label.push(letter);
                escaped = false;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(name: &str, header: &str) -> Option<String> {
        LabelField::new(name).read(header.as_bytes()).map(|labels| labels.to_string())
    }

    #[test]
    fn what_programs_write_is_read() {
        for (name, header, meant) in [
            ("X-Keywords", "Subject: a\n\n", None),
            ("X-Keywords", "Subject: X-Keywords: a\n X-Keywords: b\n\n", None),
            ("X-Keywords", "X-Keywords:\n\n", Some("")),
            ("X-Keywords", "Subject: a\r\nx-keywords : b,\\Inbox,a b\r\n\r\n", Some("\\Inbox, a b, b")),
            ("X-Keywords", "X-Keywords: a,\n\tb\nTo: x\nX-Keywords: c,,a\n\n", Some("a, b, c")),
            ("X-Label", "X-Label: a \\Inbox\n b\n\n", Some("\\Inbox, a, b")),
            ("keywords", "Keywords: a,b c\n\n", Some("a,b, c")),
            // mutt, of labels with letters that aren't ASCII; OfflineIMAP.
            ("X-Label", "X-Label: =?utf-8?Q?Caf=C3=A9_Work?=\n\n", Some("Café, Work")),
            ("X-Keywords", "X-Keywords: Caf&AOk-,R&D\n\n", Some("Café, R&D")),
            // neomutt, which also encodes the quotes that we have written.
            (
                "X-Label",
                "X-Label: a =?utf-8?Q?Caf=C3=A9_=22sea_food=22_Work_=C3=9Cber?=\n\n",
                Some("Café, Work, a, sea food, Über"),
            ),
            // Folded at a space of a label.
            ("X-Keywords", "X-Keywords: a,Sea\n\tfood,\r\n\tb\n\n", Some("Sea food, a, b")),
            ("X-Keywords", "X-Keywords: \"a, b\",c \"d\" , \"e\n\n", Some("\"e, a, b, c \"d\"")),
        ] {
            assert_eq!(read(name, header).as_deref(), meant, "{header:?}");
        }
    }

    #[test]
    fn what_is_not_utf8_is_read_as_latin1() {
        let header = b"Subject: Caf\xc3\xa9\nX-Label: Caf\xe9 a\nX-Label: \xc3\xa9\n\n";
        assert_eq!(LabelField::new("X-Label").read(header).unwrap().to_string(), "Café, a, é");
    }

    #[test]
    fn what_is_written_is_plain_where_it_can_be() {
        let labels = Labels::from_iter(["\\Inbox", "Work", "sea, food", "two words", "Café"]);
        let written = |name| LabelField::new(name).write(&labels, "\n");
        assert_eq!(written("X-Keywords"), "X-Keywords: Café,Work,\\Inbox,\"sea, food\",two words\n");
        assert_eq!(written("X-Label"), "X-Label: Café Work \\Inbox \"sea, food\" \"two words\"\n");
        assert_eq!(LabelField::new("X-Label").write(&Labels::default(), "\r\n"), "X-Label:\r\n");
    }

    #[test]
    fn long_fields_are_folded() {
        for name in ["X-Keywords", "X-Label"] {
            let labels: Labels = (0..500).map(|number| format!("label{number}")).collect();
            let text = LabelField::new(name).write(&labels, "\r\n");
            assert!(text.lines().all(|line| line.len() < 998) && text.lines().count() > 3, "{text}");
            assert_eq!(LabelField::new(name).read(text.as_bytes()), Some(labels));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            labels in proptest::collection::vec("([a-c]|[, \"&\\\\=?-]|é|AOk|utf-8|\\PC){0,8}", 0..5), spaced: bool,
        ) {
            let field = LabelField::new(if spaced { "X-Label" } else { "X-Keywords" });
            let labels: Labels = labels.into_iter().collect();
            let text = field.write(&labels, "\n");
            prop_assert_eq!(field.read(text.as_bytes()), Some(labels), "{}", text);
        }

        #[test]
        fn any_header_is_read_somehow(header: Vec<u8>) {
            let _ = LabelField::new("X").read(&header);
        }
    }
}
