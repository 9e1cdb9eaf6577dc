//! What a side calls its folders to the other side, said by substitutions: `s/^INBOX\.//; s/\//./g`.

use std::fmt;

use regex::{NoExpand, Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind, Look};

/// Bytes that one expression may need when it is made ready.
const MOST_BYTES: usize = 1 << 20;

/// Substitutions, carried out one after the other; and the way back, where it can be derived from them.
#[derive(Clone)]
pub struct NameMap {
    text: String,
    forth: Vec<Substitution>,
    back: Option<Vec<Substitution>>,
}

#[derive(Debug, Clone)]
struct Substitution {
    regex: Regex,
    /// With `$1` for the first group; `Plain` where nothing in it is special.
    replacement: Replacement,
    everywhere: bool,
}

#[derive(Debug, Clone)]
enum Replacement {
    Plain(String),
    Groups(String),
}

impl NameMap {
    /// Reads `s/expression/replacement/flags`, several of them with `;` or on lines of their own. Any sign may stand in place of
    /// `/`; `\1` is the first group; the flags are `g` (everywhere) and `i` (in any case). An error says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let (mut forth, mut back) = (Vec::new(), Some(Vec::new()));
        while !rest.is_empty() {
            let (written, after) = Written::take(rest)?;
            forth.push(written.substitution()?);
            // The way back undoes the last one first.
            back = back.zip(written.reverse()).map(|(mut all, one)| {
                all.insert(0, one);
                all
            });
            rest = after.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
        }
        if forth.is_empty() {
            return Err("expected a substitution like s/^INBOX\\.//".to_owned());
        }
        Ok(Self { text: text.trim().to_owned(), forth, back })
    }

    /// The name on the other side.
    pub fn forth(&self, name: &str) -> String {
        run(&self.forth, name)
    }

    /// The name on this side that becomes `name` on the other; `None` where it can't be derived. That it is right is certain
    /// only when [`Self::forth`] gives `name` again.
    pub fn back(&self, name: &str) -> Option<String> {
        // INBOX keeps its name wherever the substitutions leave it alone.
        if self.forth(name) == name && name == "INBOX" {
            return Some(name.to_owned());
        }
        self.back.as_ref().map(|back| run(back, name))
    }
}

impl PartialEq for NameMap {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for NameMap {}

impl fmt::Debug for NameMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn run(substitutions: &[Substitution], name: &str) -> String {
    substitutions.iter().fold(name.to_owned(), |name, one| {
        let limit = usize::from(!one.everywhere);
        match &one.replacement {
            Replacement::Plain(text) => one.regex.replacen(&name, limit, NoExpand(text)).into_owned(),
            Replacement::Groups(text) => one.regex.replacen(&name, limit, text.as_str()).into_owned(),
        }
    })
}

/// A substitution as it was written.
struct Written {
    expression: String,
    replacement: String,
    everywhere: bool,
    any_case: bool,
}

impl Written {
    /// Reads one at the beginning of `text`; the rest of it.
    fn take(text: &str) -> Result<(Self, &str), String> {
        let wrong = || format!("expected s/expression/replacement/, not {text}");
        let inner = text.strip_prefix('s').ok_or_else(wrong)?;
        let sign = inner.chars().next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && *c != '\\');
        let sign = sign.ok_or_else(wrong)?;
        let (expression, rest) = part(&inner[sign.len_utf8()..], sign).ok_or_else(wrong)?;
        let (replacement, rest) = part(rest, sign).ok_or_else(wrong)?;
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (flags, rest) = rest.split_at(end);
        if let Some(flag) = flags.chars().find(|flag| !matches!(flag, 'g' | 'i')) {
            return Err(format!("expected the flags g or i, not {flag}"));
        }
        let (everywhere, any_case) = (flags.contains('g'), flags.contains('i'));
        Ok((Self { expression, replacement, everywhere, any_case }, rest))
    }

    fn substitution(&self) -> Result<Substitution, String> {
        let regex = RegexBuilder::new(&self.expression).case_insensitive(self.any_case).size_limit(MOST_BYTES).build();
        let regex = regex.map_err(|error| {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("expected a regular expression, but in {} there is this: {last}", self.expression)
        })?;
        let replacement = replacement(&self.replacement, regex.captures_len() - 1)?;
        Ok(Substitution { regex, replacement, everywhere: self.everywhere })
    }

    /// The substitution that undoes it, where both of its sides are plain text, perhaps at the beginning or the end of the name.
    fn reverse(&self) -> Option<Substitution> {
        let hir = regex_syntax::parse(&self.expression).ok().filter(|_| !self.any_case)?;
        let place = Place::of(&hir)?;
        let Replacement::Plain(replacement) = replacement(&self.replacement, 0).ok()? else { return None };
        // Nothing can be found again in the middle of a name; and of several, only all of them.
        let anywhere = !place.at_start && !place.at_end;
        if anywhere && (replacement.is_empty() || place.text.is_empty() || !self.everywhere) {
            return None;
        }
        let (start, end) = (if place.at_start { "^" } else { "" }, if place.at_end { "$" } else { "" });
        let regex = Regex::new(&format!("{start}{}{end}", regex::escape(&replacement))).ok()?;
        Some(Substitution { regex, replacement: Replacement::Plain(place.text), everywhere: self.everywhere })
    }
}

/// Plain text, and where in a name it stands.
struct Place {
    text: String,
    at_start: bool,
    at_end: bool,
}

impl Place {
    /// `None` when the expression is more than that.
    fn of(hir: &Hir) -> Option<Self> {
        let mut place = Self { text: String::new(), at_start: false, at_end: false };
        let parts = match hir.kind() {
            HirKind::Concat(parts) => parts.as_slice(),
            _ => std::slice::from_ref(hir),
        };
        for (index, part) in parts.iter().enumerate() {
            match part.kind() {
                HirKind::Empty => {}
                HirKind::Look(Look::Start) if index == 0 => place.at_start = true,
                HirKind::Look(Look::End) if index + 1 == parts.len() => place.at_end = true,
                HirKind::Literal(literal) => place.text += std::str::from_utf8(&literal.0).ok()?,
                _ => return None,
            }
        }
        Some(place)
    }
}

/// The text up to the next `sign` that has no backslash before it, and what follows that sign.
fn part(text: &str, sign: char) -> Option<(String, &str)> {
    let (mut part, mut escaped) = (String::new(), false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => {
                // The sign itself is meant; whatever else has a backslash keeps it.
                if letter != sign {
                    part.push('\\');
                }
                part.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if letter == sign => return Some((part, &text[place + letter.len_utf8()..])),
            _ => part.push(letter),
        }
    }
    None
}

/// Reads a replacement, in which `\1` is the first of so many groups, and `\\` a backslash.
fn replacement(text: &str, groups: usize) -> Result<Replacement, String> {
    let (mut plain, mut expanded, mut special) = (String::new(), String::new(), false);
    let mut letters = text.chars();
    while let Some(first) = letters.next() {
        let escaped = first == '\\';
        let letter = if escaped { letters.next().ok_or("expected something after the last \\")? } else { first };
        match letter.to_digit(10).filter(|_| escaped) {
            Some(group) if group as usize > groups => {
                return Err(format!("expected a group between parentheses for \\{group}"));
            }
            Some(group) => {
                special = true;
                expanded.extend(["${", &group.to_string(), "}"]);
            }
            None => {
                plain.push(letter);
                expanded.push(letter);
                // A dollar sign is special to the expander.
                expanded += if letter == '$' { "$" } else { "" };
            }
        }
    }
    Ok(if special { Replacement::Groups(expanded) } else { Replacement::Plain(plain) })
}

#[cfg(test)]
mod tests;
