//! What a server says of itself and of a user's place on it: ID (RFC 2971), NAMESPACE (RFC 2342), QUOTA (RFC 9208, and
//! RFC 2087 before it).
//!
//! It is for people to read; nothing is decided by it.

use super::token::{Token, Tokens};

/// Entries of a list that are kept.
const MOST: usize = 100;

/// A response that says something of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Id(Vec<(String, String)>),
    Namespaces(Namespaces),
    Quota(Quota),
}

/// Where a user's folders are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Namespaces {
    /// The user's own.
    pub personal: Vec<Namespace>,
    /// Those of other users.
    pub others: Vec<Namespace>,
    /// Those that several share.
    pub shared: Vec<Namespace>,
}

/// One place where folders are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// What the names begin with.
    pub prefix: String,
    /// What separates the parts of a name; `None`: there is no hierarchy.
    pub separator: Option<char>,
}

/// How much room there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// The name of what shares the room; often empty.
    pub root: String,
    /// What is limited: its name, how much of it is used, and how much there may be. `STORAGE` counts units of 1024 bytes.
    pub resources: Vec<(String, u64, u64)>,
}

/// Reads what follows the name of a response, where it is one of these.
pub(super) fn parse(name: &str, tokens: Tokens<'_>) -> Option<About> {
    match name {
        "ID" => Some(About::Id(id(tokens))),
        "NAMESPACE" => Some(About::Namespaces(namespaces(tokens))),
        "QUOTA" => quota(tokens).map(About::Quota),
        _ => None,
    }
}

/// Names and values by turns; a value that is NIL says nothing.
fn id(mut tokens: Tokens<'_>) -> Vec<(String, String)> {
    let mut members = Vec::new();
    tokens.each_member(|member| {
        if members.len() < 2 * MOST {
            members.push(if member.is("NIL") { String::new() } else { member.text() });
        }
    });
    let pairs = members.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

fn namespaces(mut tokens: Tokens<'_>) -> Namespaces {
    let mut next = || group(&mut tokens);
    Namespaces { personal: next(), others: next(), shared: next() }
}

/// `NIL`, or a list of lists that begin with prefix and separator.
fn group(tokens: &mut Tokens<'_>) -> Vec<Namespace> {
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    let mut members: Vec<Token<'_>> = Vec::new();
    for token in tokens.by_ref() {
        match token {
            Token::Open => depth += 1,
            Token::Close => {
                if depth == 2 && found.len() < MOST {
                    found.extend(namespace(&members));
                    members.clear();
                }
                depth = depth.saturating_sub(1);
            }
            token if depth == 2 && members.len() < 2 => members.push(token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn namespace(members: &[Token<'_>]) -> Option<Namespace> {
    let [prefix, separator] = members else { return None };
    let separator = if separator.is("NIL") { None } else { separator.text().chars().next() };
    Some(Namespace { prefix: prefix.text(), separator })
}

fn quota(mut tokens: Tokens<'_>) -> Option<Quota> {
    let root = tokens.next()?.text();
    let mut members = Vec::new();
    tokens.each_member(|member| {
        if members.len() < 3 * MOST {
            members.push(member);
        }
    });
    let resource = |three: &[Token<'_>]| Some((three[0].text(), three[1].number()?, three[2].number()?));
    Some(Quota { root, resources: members.chunks_exact(3).filter_map(resource).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<About> {
        let (name, rest) = text.split_once(' ').unwrap();
        parse(name, Tokens::new(rest.as_bytes()))
    }

    fn place(prefix: &str, separator: Option<char>) -> Namespace {
        Namespace { prefix: prefix.to_owned(), separator }
    }

    #[test]
    fn the_examples_of_the_standards() {
        let id = About::Id(vec![("name".into(), "Cyrus".into()), ("version".into(), "1.5".into())]);
        assert_eq!(parsed("ID (\"name\" \"Cyrus\" \"version\" \"1.5\" \"os\" NIL)\r\n"), Some(id));
        assert_eq!(parsed("ID NIL\r\n"), Some(About::Id(Vec::new())));
        let namespaces = Namespaces {
            personal: vec![place("", Some('/')), place("#mh/", Some('/'))],
            others: vec![place("~", Some('/'))],
            shared: vec![place("#news.", None)],
        };
        let text = "NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) ((\"~\" \"/\")) ((\"#news.\" NIL))\r\n";
        assert_eq!(parsed(text), Some(About::Namespaces(namespaces)));
        let only = Namespaces { personal: vec![place("", None)], ..Namespaces::default() };
        assert_eq!(parsed("NAMESPACE ((\"\" NIL)) NIL NIL\r\n"), Some(About::Namespaces(only)));
        let resources = vec![("STORAGE".to_owned(), 10, 512), ("MESSAGE".to_owned(), 3, 50)];
        let quota = About::Quota(Quota { root: String::new(), resources });
        assert_eq!(parsed("QUOTA \"\" (STORAGE 10 512 MESSAGE 3 50)\r\n"), Some(quota));
    }

    #[test]
    fn nonsense_says_nothing() {
        assert_eq!(parsed("QUOTA "), None);
        let nothing = |root: &str| Some(About::Quota(Quota { root: root.to_owned(), resources: Vec::new() }));
        assert_eq!(parsed("QUOTA x (STORAGE ten 512)"), nothing("x"));
        assert_eq!(parsed("QUOTA x"), nothing("x"));
        assert_eq!(parsed("ID (\"name\""), Some(About::Id(Vec::new())));
        for text in ["NAMESPACE ((((", "NAMESPACE )))", "NAMESPACE ((\"\")) x (y)"] {
            assert_eq!(parsed(text), Some(About::Namespaces(Namespaces::default())), "{text}");
        }
    }
}
