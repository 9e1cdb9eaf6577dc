//! Which folders take part, said by patterns: `INBOX, Lists/*, !Lists/noise*`.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// Bytes that one pattern may need when it is made ready; far more than any honest one does.
const MOST_BYTES: usize = 1 << 20;

/// A list of patterns, of which the last one that fits a name decides. Where none fits, a list of exceptions only (each with
/// `!`) lets a name pass, and any other list doesn't.
#[derive(Clone)]
pub struct Patterns {
    rules: Vec<Rule>,
}

#[derive(Clone)]
struct Rule {
    /// As it was written.
    text: String,
    wanted: bool,
    regex: Regex,
}

impl Patterns {
    /// Reads patterns: `*` stands for any characters, `?` for one, and `!` in front excludes. An error says which of them can't
    /// be used.
    pub fn parse<'t>(patterns: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let rules = patterns.into_iter().map(rule).collect::<Result<Vec<_>, _>>()?;
        if rules.is_empty() { Err("expected at least one pattern".to_owned()) } else { Ok(Self { rules }) }
    }

    /// Whether a folder that goes by these names takes part, and the pattern that decided it, if one did.
    pub fn decide(&self, names: &[&str]) -> (bool, Option<&str>) {
        let last = self.rules.iter().rev().find(|rule| names.iter().any(|name| rule.regex.is_match(name)));
        let otherwise = self.rules.iter().all(|rule| !rule.wanted);
        last.map_or((otherwise, None), |rule| (rule.wanted, Some(&rule.text)))
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.rules.iter().map(|rule| &rule.text).eq(other.rules.iter().map(|rule| &rule.text))
    }
}

impl Eq for Patterns {}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rules.iter().map(|rule| &rule.text)).finish()
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let wanted = !text.starts_with('!');
    let pattern = text.trim_start_matches('!').trim();
    if pattern.is_empty() {
        return Err("expected a folder's name after !".to_owned());
    }
    let mut expression = String::from("^");
    for letter in pattern.chars() {
        match letter {
            '*' => expression += ".*",
            '?' => expression.push('.'),
            other => expression += &regex::escape(other.encode_utf8(&mut [0; 4])),
        }
    }
    expression.push('$');
    let regex = RegexBuilder::new(&expression).dot_matches_new_line(true).size_limit(MOST_BYTES).build();
    let regex = regex.map_err(|_| format!("expected a shorter pattern than {text}"))?;
    Ok(Rule { text: text.to_owned(), wanted, regex })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decides(patterns: &[&str], name: &str) -> bool {
        Patterns::parse(patterns.iter().copied()).unwrap().decide(&[name]).0
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let patterns = ["INBOX", "Lists/*", "!Lists/noise*", "Lists/noise-but-good"];
        for (name, wanted) in [
            ("INBOX", true),
            ("INBOX/below", false),
            ("Lists/a", true),
            ("Lists/a/b", true),
            ("Lists", false),
            ("Lists/noise", false),
            ("Lists/noise/x", false),
            ("Lists/noise-but-good", true),
            ("other", false),
        ] {
            assert_eq!(decides(&patterns, name), wanted, "{name}");
        }
    }

    #[test]
    fn exceptions_alone_let_the_rest_pass() {
        let patterns = ["!Spam", "!Trash*"];
        assert!(decides(&patterns, "INBOX") && !decides(&patterns, "Spam") && !decides(&patterns, "Trash/old"));
    }

    #[test]
    fn of_several_names_each_may_fit() {
        let patterns = Patterns::parse(["Lists*", "!Lists/b"]).unwrap();
        assert!(patterns.decide(&["Lists/a", "Lists.a"]).0 && !patterns.decide(&["Lists/b", "Lists.b"]).0);
    }

    #[test]
    fn what_is_special_elsewhere_stands_for_itself() {
        for name in ["a.b", "a(b", "[Gmail]/All Mail", "a+b", "Entwürfe", "a\nb", "x\\y"] {
            assert!(decides(&[name], name), "{name}");
        }
        assert!(!decides(&["a.b"], "axb"));
        assert!(decides(&["a?b"], "axb") && !decides(&["a?b"], "ab") && decides(&["*ü*e"], "Entwürfe"));
    }

    #[test]
    fn the_pattern_that_decided_is_named() {
        let patterns = Patterns::parse(["*", "!Spam"]).unwrap();
        assert_eq!(patterns.decide(&["Spam"]), (false, Some("!Spam")));
        assert_eq!(patterns.decide(&["x"]), (true, Some("*")));
        assert!(Patterns::parse(["!"]).is_err() && Patterns::parse([]).is_err());
    }

    proptest! {
        #[test]
        fn any_name_fits_itself_and_the_star(name in "[^*?!\\s]{1,40}") {
            prop_assert!(decides(&[&name], &name) && decides(&["*"], &name));
        }
    }
}
