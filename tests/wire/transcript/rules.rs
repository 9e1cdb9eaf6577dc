//! Who meddles as a transcript says.

use std::sync::{Arc, Mutex};

use crate::odd::proxy::{Answer, Meddler};

/// Where what is said stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Within,
    After,
    Instead,
    /// A part of the answer reads otherwise.
    Is,
}

/// One thing that the server says.
#[derive(Debug, Clone)]
pub struct Rule {
    place: Place,
    /// What the command begins with; empty for the greeting.
    command: String,
    was: Vec<u8>,
    said: Vec<u8>,
    used: bool,
}

impl Rule {
    /// Reads a rule; nothing when the line is none.
    pub fn read(line: &str, block: &[String]) -> Result<Option<Self>, String> {
        let command = |text: &str| if text == "the greeting" { String::new() } else { text.to_owned() };
        if let Some(rest) = line.strip_prefix("in ") {
            let broken = || format!("this is not `in COMMAND, «…» is «…»`: {line}");
            let (where_, rest) = rest.split_once(", «").ok_or_else(broken)?;
            let (was, said) = rest.strip_suffix('»').and_then(|rest| rest.split_once("» is «")).ok_or_else(broken)?;
            let (was, said) = (bytes(was)?, bytes(said)?);
            return Ok(Some(Self { place: Place::Is, command: command(where_), was, said, used: false }));
        }
        let places = [
            ("before ", Place::Before),
            ("within ", Place::Within),
            ("after ", Place::After),
            ("instead of ", Place::Instead),
        ];
        let found = places.into_iter().find_map(|(word, place)| Some((line.strip_prefix(word)?, place)));
        let Some((rest, place)) = found else { return Ok(None) };
        let rest = rest.strip_suffix(':').ok_or_else(|| format!("no colon at the end of: {line}"))?;
        let mut said = Vec::new();
        for line in block {
            match line.strip_suffix("\\c") {
                Some(line) => said.extend(bytes(line)?),
                None => match line.strip_suffix("\\z").filter(|line| !line.is_empty()) {
                    Some(line) => said.extend(bytes(&format!("{line}\\r\\n\\z"))?),
                    None => said.extend(bytes(&format!("{line}\\r\\n"))?),
                },
            }
        }
        Ok(Some(Self { place, command: command(rest), was: Vec::new(), said, used: false }))
    }

    fn matches(&self, command: &str) -> bool {
        command.is_empty() == self.command.is_empty() && begins(command, &self.command)
    }
}

/// Whether a command begins so; … stands for anything.
pub(super) fn begins(command: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let rest = command.strip_prefix(first);
    parts.fold(rest, |rest, part| Some(rest?.split_once(part)?.1)).is_some()
}

/// What a transcript writes for bytes.
fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        all.extend_from_slice(before.as_bytes());
        let (kind, after) = after.split_at_checked(1).ok_or_else(|| format!("a lonely backslash: {text}"))?;
        rest = after;
        match kind {
            "r" => all.push(b'\r'),
            "n" => all.push(b'\n'),
            "t" => all.push(b'\t'),
            "\\" => all.push(b'\\'),
            "z" => all.extend_from_slice(CLOSE),
            "x" => {
                let (digits, after) = after.split_at_checked(2).ok_or_else(|| format!("not a byte: {text}"))?;
                all.push(u8::from_str_radix(digits, 16).map_err(|_| format!("not a byte: {text}"))?);
                rest = after;
            }
            "{" => {
                let (inner, after) = after.split_once('}').ok_or_else(|| format!("no end of repetition: {text}"))?;
                all.extend(repeated(inner)?);
                rest = after;
            }
            _ => return Err(format!("not a byte: \\{kind} in {text}")),
        }
    }
    all.extend_from_slice(rest.as_bytes());
    Ok(all)
}

fn repeated(inner: &str) -> Result<Vec<u8>, String> {
    let (count, text) = inner.split_once(':').ok_or_else(|| format!("not a repetition: {inner}"))?;
    let count: usize = count.parse().map_err(|_| format!("not a number: {count}"))?;
    let text = bytes(&text.replace('|', "\\r\\n"))?;
    let mut all = Vec::new();
    for number in 1..=count {
        let mut parts = text.split(|byte| *byte == b'#');
        all.extend_from_slice(parts.next().unwrap_or_default());
        for part in parts {
            all.extend_from_slice(number.to_string().as_bytes());
            all.extend_from_slice(part);
        }
    }
    Ok(all)
}

/// Stands for the end of the connection in what is said.
const CLOSE: &[u8] = b"\0close\0";

/// The rules of a transcript.
#[derive(Clone)]
pub struct Rules(Arc<Mutex<Vec<Rule>>>);

impl Rules {
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(Arc::new(Mutex::new(rules)))
    }

    /// The rules to which it never came.
    pub fn unused(&self) -> Vec<String> {
        let rules = self.0.lock().unwrap();
        let in_words = |rule: &Rule| format!("{:?} {} «{}»", rule.place, rule.command, rule.was.escape_ascii());
        rules.iter().filter(|rule| !rule.used).map(in_words).collect()
    }

    fn apply(&self, command: &str, said: &[Vec<u8>]) -> Answer {
        let (last, rest) = said.split_last().unwrap();
        let (mut start, mut inside, mut last) = (Vec::new(), rest.concat(), last.clone());
        let tag = String::from_utf8_lossy(&last).split(' ').next().unwrap_or_default().to_owned();
        let mut end = Vec::new();
        for rule in self.0.lock().unwrap().iter_mut().filter(|rule| rule.matches(command)) {
            let more = with_tag(&rule.said, &tag);
            match rule.place {
                Place::Before => start.extend(more),
                Place::Within => inside.extend(more),
                Place::After => end.extend(more),
                Place::Is => {
                    let was = with_tag(&rule.was, &tag);
                    rule.used |= replace(&mut inside, &was, &more) | replace(&mut last, &was, &more);
                    continue;
                }
                Place::Instead => continue,
            }
            rule.used = true;
        }
        cut([start, inside, last, end].concat())
    }
}

/// Ends the connection where the transcript says so.
fn cut(mut bytes: Vec<u8>) -> Answer {
    let place = bytes.windows(CLOSE.len()).position(|window| window == CLOSE);
    bytes.truncate(place.unwrap_or(bytes.len()));
    Answer { bytes, close: place.is_some() }
}

fn with_tag(bytes: &[u8], tag: &str) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    replace(&mut bytes, b"$T", tag.as_bytes());
    bytes
}

fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) -> bool {
    let (mut result, mut rest, mut found) = (Vec::with_capacity(bytes.len()), bytes.as_slice(), false);
    let starts = memchr::memmem::Finder::new(from);
    while let Some(place) = starts.find(rest) {
        result.extend_from_slice(&rest[..place]);
        result.extend_from_slice(to);
        rest = &rest[place + from.len()..];
        found = true;
    }
    result.extend_from_slice(rest);
    *bytes = result;
    found
}

impl Meddler for Rules {
    fn greeting(&mut self, said: Vec<u8>) -> Answer {
        let instead = self.instead("", "");
        instead.unwrap_or_else(|| self.apply("", &[said]))
    }

    fn instead(&mut self, command: &str, tag: &str) -> Option<Answer> {
        let mut rules = self.0.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| rule.place == Place::Instead && rule.matches(command))?;
        rule.used = true;
        Some(cut(with_tag(&rule.said, tag)))
    }

    fn change(&mut self, command: &str, said: Vec<Vec<u8>>) -> Answer {
        self.apply(command, &said)
    }
}
