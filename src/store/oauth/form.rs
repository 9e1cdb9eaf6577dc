//! Names and values as forms and addresses hold them (`application/x-www-form-urlencoded`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::model::question::Secret;

/// What is written otherwise: all but letters, digits and what RFC 3986, section 2.3 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A form. Its memory is wiped when it goes.
#[derive(Default)]
pub struct Form {
    text: Zeroizing<String>,
    /// The values that no answer may show.
    secrets: Vec<Secret>,
}

/// The fields that are no secrets.
const OPEN: [&str; 4] = ["client_id", "grant_type", "redirect_uri", "scope"];

impl Form {
    /// The same with one more field.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let between = if self.text.is_empty() { "" } else { "&" };
        // Made anew each time, in a room of the right size, so that no piece of a secret stays behind where it grew.
        let mut text = Zeroizing::new(String::with_capacity(self.text.len() + name.len() + 2 + 3 * value.len()));
        text.push_str(&self.text);
        text.push_str(between);
        text.push_str(name);
        text.push('=');
        text.extend(utf8_percent_encode(value, RESERVED));
        self.text = text;
        if !OPEN.contains(&name) && !value.is_empty() {
            self.secrets.push(Secret::new(value.to_owned()));
        }
        self
    }

    /// As it is sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What others may see of a text that somebody wrote who has seen the form: one line without any of its secrets.
    pub fn without_secrets(&self, text: &str) -> String {
        let hidden = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.reveal(), "***"));
        hidden
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The value of `name` in a query, where it stands there.
pub fn value(query: &str, name: &str) -> Option<Secret> {
    let fields = query.split('&').filter_map(|field| field.split_once('='));
    let (_, value) = fields.into_iter().find(|(key, _)| *key == name)?;
    let spaced = Zeroizing::new(value.replace('+', " "));
    percent_decode_str(&spaced).decode_utf8().ok().map(|text| Secret::new(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_form_is_written_as_browsers_do() {
        let form = Form::default().with("grant_type", "a b").with("client_secret", "ü&=+%/").with("scope", "");
        assert_eq!(form.text(), "grant_type=a%20b&client_secret=%C3%BC%26%3D%2B%25%2F&scope=");
        assert_eq!(value("a=1&state=x+y%2Bz&b", "state").unwrap().reveal(), "x y+z");
        assert_eq!(value("state", "state"), None);
        assert_eq!(value("code=%ff", "code"), None);
    }

    #[test]
    fn what_was_sent_is_not_shown_again() {
        let form = Form::default().with("grant_type", "refresh_token").with("refresh_token", "hunter2");
        assert_eq!(form.without_secrets("refresh_token\r\n hunter2\tis bad "), "refresh_token *** is bad");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in ".{0,40}") {
            let form = Form::default().with("x", "1").with("name", &text);
            prop_assert_eq!(value(form.text(), "name").unwrap().reveal().to_owned(), text);
        }
    }
}
