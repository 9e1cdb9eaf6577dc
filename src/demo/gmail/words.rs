//! Gmail's own words in commands, taken out by hand so that the rest can be read like any other command.

/// What a command says of Gmail's attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) enum Gmail {
    /// FETCH asks for these.
    Fetch(Vec<Item>),
    /// STORE changes labels: gives them (`None`), adds them (`true`) or takes them away (`false`).
    Store(Option<bool>, Vec<String>),
    /// SEARCH looks for the message of this X-GM-MSGID.
    Search(u64),
}

/// An attribute of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Item {
    Identity,
    Thread,
    Labels,
}

impl Item {
    const TABLE: [(&'static str, Self); 3] =
        [("X-GM-MSGID", Self::Identity), ("X-GM-THRID", Self::Thread), ("X-GM-LABELS", Self::Labels)];

    pub(super) fn name(self) -> &'static str {
        Self::TABLE.iter().find(|(_, item)| *item == self).map_or("", |(name, _)| name)
    }
}

/// A command without Gmail's words, and what they said; `None` when it has none.
pub(in crate::demo) fn take_out(command: &[u8]) -> Option<(Vec<u8>, Gmail)> {
    let text = String::from_utf8_lossy(command).into_owned();
    let upper = text.to_ascii_uppercase();
    if !upper.contains("X-GM-") {
        return None;
    }
    let words: Vec<&str> = upper.split(' ').map(str::trim_end).collect();
    let verb = if words.get(1) == Some(&"UID") { words.get(2) } else { words.get(1) };
    match *verb? {
        "FETCH" => Some(fetch(text, &upper)),
        "STORE" => store(&text, &upper),
        "SEARCH" => search(&text, &upper),
        _ => None,
    }
}

fn fetch(mut rest: String, upper: &str) -> (Vec<u8>, Gmail) {
    let items = Item::TABLE.iter().filter(|(name, _)| upper.contains(name)).map(|(_, item)| *item).collect();
    for (name, _) in Item::TABLE {
        while let Some(place) = rest.to_ascii_uppercase().find(name) {
            // Something has to be asked for; a UID is never wrong.
            rest.replace_range(place..place + name.len(), "UID");
        }
    }
    (rest.into_bytes(), Gmail::Fetch(items))
}

fn store(text: &str, upper: &str) -> Option<(Vec<u8>, Gmail)> {
    let place = upper.find("X-GM-LABELS")?;
    let (how, start) = match text.as_bytes().get(place.checked_sub(1)?)? {
        b'+' => (Some(true), place - 1),
        b'-' => (Some(false), place - 1),
        _ => (None, place),
    };
    let rest = text.get(place + "X-GM-LABELS".len()..)?;
    let (action, list) = rest.split_once(' ')?;
    let command = format!("{}+FLAGS{action} ()\r\n", text.get(..start)?);
    Some((command.into_bytes(), Gmail::Store(how, labels(list.trim_end())?)))
}

fn search(text: &str, upper: &str) -> Option<(Vec<u8>, Gmail)> {
    let place = upper.find("X-GM-MSGID ")?;
    let digits = text.get(place + "X-GM-MSGID ".len()..)?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let command = format!("{}ALL{}", text.get(..place)?, digits.get(end..)?);
    Some((command.into_bytes(), Gmail::Search(digits.get(..end)?.parse().ok()?)))
}

/// The members of a list: atoms, quoted strings and literals.
fn labels(list: &str) -> Option<Vec<String>> {
    let mut rest = list.strip_prefix('(').map_or(Some(list), |list| list.strip_suffix(')'))?;
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches(' ');
        let Some(first) = rest.chars().next() else { return Some(labels) };
        let (label, left) = match first {
            '"' => quoted(&rest[1..])?,
            '{' => {
                let (size, left) = rest[1..].split_once("}\r\n")?;
                let size: usize = size.trim_end_matches('+').parse().ok()?;
                (left.get(..size)?.to_owned(), left.get(size..)?)
            }
            _ => {
                let end = rest.find(' ').unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        labels.push(label);
        rest = left;
    }
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut label, mut escaped) = (String::new(), false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => {
                escaped = false;
                label.push(letter);
            }
            '\\' => escaped = true,
            '"' => return Some((label, &text[place + 1..])),
            _ => label.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gmails_words_are_taken_out_of_commands() {
        let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        for (command, rest, said) in [
            (
                "a UID FETCH 1:* (FLAGS X-GM-LABELS X-GM-MSGID)\r\n",
                "a UID FETCH 1:* (FLAGS UID UID)\r\n",
                Gmail::Fetch(vec![Item::Identity, Item::Labels]),
            ),
            (
                "a UID STORE 3 +X-GM-LABELS.SILENT (\\Inbox \"a \\\"b\\\"\" {3+}\r\nc d)\r\n",
                "a UID STORE 3 +FLAGS.SILENT ()\r\n",
                Gmail::Store(Some(true), labels(&["\\Inbox", "a \"b\"", "c d"])),
            ),
            ("a STORE 3 X-GM-LABELS ()\r\n", "a STORE 3 +FLAGS ()\r\n", Gmail::Store(None, labels(&[]))),
            ("a UID SEARCH X-GM-MSGID 17\r\n", "a UID SEARCH ALL\r\n", Gmail::Search(17)),
        ] {
            let (text, gmail) = take_out(command.as_bytes()).unwrap();
            assert_eq!((String::from_utf8(text).unwrap().as_str(), gmail), (rest, said));
        }
        assert_eq!(take_out(b"a UID FETCH 1:* (FLAGS)\r\n"), None);
    }
}
