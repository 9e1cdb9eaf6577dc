//! The plain literals of Python, which need no Python to be understood.

/// What needs no Python to be understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A quoted string.
    Text(String),
    /// A number, as it was written.
    Number(String),
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
    /// A list or tuple of strings.
    List(Vec<String>),
}

impl Literal {
    /// Whether it says nothing: `None`, or without an item or a letter.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::None => true,
            Self::Number(_) | Self::Bool(_) => false,
        }
    }
}

/// The literal that the text is; `None` when only Python could tell.
pub fn literal(text: &str) -> Option<Literal> {
    let text = text.trim();
    match text {
        "None" => return Some(Literal::None),
        "True" => return Some(Literal::Bool(true)),
        "False" => return Some(Literal::Bool(false)),
        _ => {}
    }
    let inner = [('[', ']'), ('(', ')')].iter().find_map(|(from, to)| text.strip_prefix(*from)?.strip_suffix(*to));
    if let Some(inner) = inner {
        // Brackets around a single item are no tuple to Python.
        let bare = text.starts_with('(') && !inner.contains(',') && !inner.trim().is_empty();
        return if bare { literal(inner) } else { strings(inner).map(Literal::List) };
    }
    if let Some((string, rest)) = string(text) {
        return rest.is_empty().then_some(Literal::Text(string));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.parse::<f64>().is_ok();
    number.then(|| Literal::Number(text.to_owned()))
}

fn strings(inner: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let (item, after) = string(rest)?;
        items.push(item);
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
    Some(items)
}

/// A quoted string at the beginning, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let (raw, quoted) = match text.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix(['u', 'U']).unwrap_or(text)),
    };
    let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") {
        return None;
    }
    let mut out = String::new();
    let mut letters = quoted.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\n' => return None,
            '\\' => {
                let (_, escaped) = letters.next()?;
                match escaped {
                    _ if raw => out.extend(['\\', escaped]),
                    '\\' | '\'' | '"' => out.push(escaped),
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    _ => return None,
                }
            }
            _ if letter == quote => return Some((out, &quoted[at + 1..])),
            _ => out.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_need_no_python() {
        let texts = |items: &[&str]| Literal::List(items.iter().map(|&item| item.to_owned()).collect());
        for (text, wanted) in [
            ("'a'", Some(Literal::Text("a".into()))),
            ("\"it's\"", Some(Literal::Text("it's".into()))),
            (r"'it\'s'", Some(Literal::Text("it's".into()))),
            (r"r'^a\.b'", Some(Literal::Text(r"^a\.b".into()))),
            ("['a', \"b\",]", Some(texts(&["a", "b"]))),
            ("['a',\n'b']", Some(texts(&["a", "b"]))),
            ("('a', 'b')", Some(texts(&["a", "b"]))),
            ("('a')", Some(Literal::Text("a".into()))),
            ("[]", Some(texts(&[]))),
            ("993", Some(Literal::Number("993".into()))),
            ("True", Some(Literal::Bool(true))),
            ("None", Some(Literal::None)),
            ("lambda f: f", None),
            ("'a' + 'b'", None),
            ("['a' 'b']", None),
            ("'a", None),
            ("os.environ['A']", None),
            ("infinity", None),
        ] {
            assert_eq!(literal(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_literal_or_not(text in "(?s).{0,40}|[\\[\\]()'\"\\\\,ru a0-9.-]{0,12}") {
            literal(&text);
        }

        #[test]
        fn a_quoted_string_is_itself(text in "[^'\\\\\n]{0,20}") {
            prop_assert_eq!(literal(&format!("'{text}'")), Some(Literal::Text(text)));
        }
    }
}
