//! What stands in the list of all folders that mail readers are given, and how an entry of it is written.

use serde::{Deserialize, Serialize};

/// One folder of that list, in the words of OfflineIMAP's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listed {
    /// Its account.
    #[serde(rename = "accountname")]
    pub account: String,
    /// What it is called on the local side.
    #[serde(rename = "foldername")]
    pub folder: String,
    /// The directory that holds the account's folders.
    #[serde(rename = "localfolders")]
    pub root: String,
}

/// What may stand between `%(` and `)s`.
const NAMES: [&str; 3] = ["accountname", "foldername", "localfolders"];

impl Listed {
    /// The folder's values with their names, in the order in which they are documented.
    pub fn fields(&self) -> [(&'static str, &str); 3] {
        let values = [&self.account, &self.folder, &self.root];
        std::array::from_fn(|place| (NAMES[place], values[place].as_str()))
    }
}

/// How an entry is written: text with values in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A value, by its place in [`Listed::fields`].
    Field(usize),
}

impl Template {
    /// The template that a text is: each `%(name)s` stands for a value, and `%%` for a percent sign.
    ///
    /// # Errors
    /// The names that there are, after any other percent sign.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((plain, after)) = rest.split_once('%') {
            pieces.push(Piece::Text(plain.to_owned()));
            if let Some(after) = after.strip_prefix('%') {
                pieces.push(Piece::Text("%".to_owned()));
                rest = after;
                continue;
            }
            let reference = after.strip_prefix('(').and_then(|after| after.split_once(')'));
            let (name, after) = reference.unwrap_or(("", ""));
            match (NAMES.iter().position(|known| *known == name), after.strip_prefix('s')) {
                (Some(place), Some(after)) => {
                    pieces.push(Piece::Field(place));
                    rest = after;
                }
                _ => return Err(wrong(name)),
            }
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The entry for a folder.
    pub fn fill(&self, listed: &Listed) -> String {
        let fields = listed.fields();
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Field(place) => fields[*place].1.to_owned(),
        };
        self.0.iter().map(piece).collect()
    }
}

fn wrong(name: &str) -> String {
    let [first, second, third] = NAMES.map(|name| format!("%({name})s"));
    let other = if name.is_empty() { String::new() } else { format!(", not %({name})") };
    format!("expected {first}, {second} or {third}{other}; a percent sign is written %%")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed() -> Listed {
        Listed { account: "Home".into(), folder: "Lists.%(a)s".into(), root: "/m".into() }
    }

    #[test]
    fn names_stand_for_values_and_the_rest_for_itself() {
        for (text, wanted) in [
            ("", ""),
            ("+%(accountname)s/%(foldername)s", "+Home/Lists.%(a)s"),
            ("\"%(localfolders)s/%(foldername)s\"\\n", "\"/m/Lists.%(a)s\"\\n"),
            ("100%% %%(foldername)s", "100% %(foldername)s"),
        ] {
            assert_eq!(Template::parse(text).unwrap().fill(&listed()), wanted, "{text}");
        }
    }

    #[test]
    fn what_else_begins_with_a_percent_sign_is_told_the_names_there_are() {
        for text in ["%", "50% off", "%(folder)s", "%(foldername)d", "%(foldername", "%(Accountname)s", "%s"] {
            let said = Template::parse(text).unwrap_err();
            for known in NAMES {
                assert!(said.contains(known), "{text}: {said}");
            }
        }
        assert!(Template::parse("%(folder)s").unwrap_err().contains("not %(folder);"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_template_or_not(text in ".{0,40}|[%()s a]{0,12}") {
            let _ = Template::parse(&text);
        }

        #[test]
        fn text_without_percent_signs_is_itself(text in "[^%]{0,40}") {
            prop_assert_eq!(Template::parse(&text).unwrap().fill(&listed()), text);
        }
    }
}
