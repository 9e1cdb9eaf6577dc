//! Keeps what we log in with out of what is quoted of a server: some repeat in their refusal what they were told.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::{Credentials, Refusal};
use crate::model::question::Secret;
use crate::store::imap::quote::quote;
use crate::store::imap::status::{Code, LONGEST_TEXT, Status};

/// What stands for a secret.
const MASK: &str = "***";
/// Bytes of a secret that are recognised inside a word, or where a text was cut off. Fewer may stand anywhere by chance.
const SHORTEST: usize = 4;

/// The secrets of one log-in, in the forms in which they can be repeated, in small letters.
pub(super) struct Hush {
    /// As they are, as IMAP quotes them, and as they look where they are taken for another character set.
    plain: Vec<Zeroizing<String>>,
    /// What base64 makes of them, wherever they stand in what is encoded.
    encoded: Vec<Zeroizing<String>>,
}

impl Hush {
    pub(super) fn of(credentials: &Credentials) -> Self {
        let mut hush = Self { plain: Vec::new(), encoded: Vec::new() };
        let secrets = [&credentials.password, &credentials.token].into_iter().flatten().map(Secret::reveal);
        for secret in secrets.filter(|secret| !secret.is_empty()) {
            let misread = Some(secret.bytes().map(char::from).collect());
            let quoted = quote(secret).map(|quoted| quoted[1..quoted.len() - 1].to_owned());
            for mut form in [Some(secret.to_owned()), quoted, misread].into_iter().flatten().map(Zeroizing::new) {
                form.make_ascii_lowercase();
                hush.plain.push(form);
            }
            if secret.len() >= SHORTEST {
                hush.encoded.extend((0..3).map(|place| encoded(secret.as_bytes(), place)));
            }
        }
        hush
    }

    /// The same refusal without secrets in what went wrong.
    pub(super) fn refusal(&self, mut refusal: Refusal) -> Refusal {
        refusal.fault.cause = self.text(&refusal.fault.cause);
        refusal
    }

    /// The same status without secrets in its words.
    pub(super) fn status(&self, mut status: Status) -> Status {
        status.text = self.text(&status.text);
        if let Code::Other(code) = &mut status.code {
            *code = self.text(code);
        }
        status
    }

    /// The same text without secrets.
    pub(super) fn text(&self, text: &str) -> String {
        let mut found = self.found(text);
        found.sort_by_key(|range| range.start);
        let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
        for range in found {
            if range.start >= done {
                masked += &text[done..range.start];
                masked += MASK;
            }
            done = done.max(range.end);
        }
        masked + &text[done..]
    }

    /// Where secrets are in a text.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let small = Zeroizing::new(text.to_ascii_lowercase());
        let standard = Zeroizing::new(small.replace('-', "+").replace('_', "/"));
        let mut found = Vec::new();
        for form in &self.plain {
            let is_word = |place: usize, end: usize| {
                !text[..place].ends_with(char::is_alphanumeric) && !text[end..].starts_with(char::is_alphanumeric)
            };
            let places = places(&small, form).filter(|range| form.len() >= SHORTEST || is_word(range.start, range.end));
            found.extend(places.chain(tail(&small, form)));
        }
        for form in &self.encoded {
            // What stands beside it was encoded with it, and holds some bits of it.
            found.extend(places(&standard, form).chain(tail(&standard, form)).map(|range| stretched(text, range)));
        }
        found
    }
}

fn places<'a>(text: &'a str, form: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    text.match_indices(form).map(|(place, _)| place..place + form.len())
}

/// The beginning of a secret at the end of a text that is so long that it was cut off.
fn tail(text: &str, form: &str) -> Option<Range<usize>> {
    if text.len() + char::MAX.len_utf8() <= LONGEST_TEXT {
        return None;
    }
    let mut ends = form.char_indices().map(|(place, _)| place).filter(|place| *place >= SHORTEST);
    let longest = ends.rfind(|end| text.ends_with(&form[..*end]))?;
    Some(text.len() - longest..text.len())
}

/// As far as letters of base64 go.
fn stretched(text: &str, range: Range<usize>) -> Range<usize> {
    let other = |c: char| !c.is_ascii_alphanumeric() && !"+/-_=".contains(c);
    let start = text[..range.start].trim_end_matches(|c| !other(c)).len();
    let end = text[range.end..].find(other).map_or(text.len(), |length| range.end + length);
    start..end
}

/// What base64 makes of a secret behind so many other bytes, without the letters in which its neighbours have a part.
fn encoded(secret: &[u8], place: usize) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(place + secret.len()));
    bytes.resize(place, 0);
    bytes.extend_from_slice(secret);
    let mut whole = Zeroizing::new(STANDARD_NO_PAD.encode(&*bytes));
    whole.make_ascii_lowercase();
    Zeroizing::new(whole[(8 * place).div_ceil(6)..8 * bytes.len() / 6].to_owned())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    fn hush(password: &str) -> Hush {
        Hush::of(&Credentials::of_password(password))
    }

    #[test]
    fn a_secret_is_masked_however_it_is_repeated() {
        for (password, said, heard) in [
            ("hunter2", "wrong password hunter2", "wrong password ***"),
            ("hunter2", "hunter2, HUNTER2 (Hunter2hunter2)", "***, *** (******)"),
            ("pa \"s\\", r#"not "pa \"s\\" nor pa "s\"#, r#"not "***" nor ***"#),
            ("pä", "what is pä? pÃ¤?", "what is ***? ***?"),
            // Where it is read, it is no secret any more; where it is part of a word, it says nothing.
            ("a", "a bad attempt", "*** bad attempt"),
            ("", "wrong", "wrong"),
        ] {
            assert_eq!(hush(password).text(said), heard);
        }
    }

    #[test]
    fn a_secret_is_masked_within_whatever_base64_holds_it() {
        for password in ["hunter2", "four", "a longer one with ÿ~ÿ? in it"] {
            for before in ["", "\0", "\0me\0", "user=me\x01auth=Bearer ", "\0somebody\0"] {
                for after in ["", "\x01\x01", "!!"] {
                    let words = format!("{before}{password}{after}");
                    for coded in [STANDARD.encode(&words), URL_SAFE.encode(&words)] {
                        let heard = hush(password).text(&format!("you said \"{coded}\" to me"));
                        assert_eq!(heard, "you said \"***\" to me", "{words:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_cut_leaves_of_a_secret_is_masked() {
        let long = format!("{}{}", "x ".repeat(490), "a-token-that-goes-on");
        for length in 990..1000 {
            let heard = hush(&"a-token-that-goes-on-and-on".repeat(100)).text(&long[..length.max(997)]);
            assert!(heard.ends_with("x ***"), "{heard}");
        }
        assert_eq!(hush("wrongful").text("you are wrong"), "you are wrong");
    }

    #[test]
    fn both_secrets_of_a_log_in_are_masked() {
        let token = Some(Secret::new("a-token".into()));
        let hush = Hush::of(&Credentials { token, ..Credentials::of_password("hunter2") });
        assert_eq!(hush.text("neither a-token nor hunter2"), "neither *** nor ***");
    }
}
