//! CRAM-MD5 (RFC 2195): a proof that we know the password, computed from it and the server's challenge.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;

use super::{Exchange, Person, Words};

/// Our side of it.
pub(super) struct Cram {
    user: String,
    password: Words,
    answered: bool,
}

impl Cram {
    pub(super) fn new(person: Person<'_>) -> Self {
        let password = Words::new(person.secret.as_bytes().to_vec());
        Self { user: person.user.to_owned(), password, answered: false }
    }
}

impl Exchange for Cram {
    fn first(&mut self) -> Option<Words> {
        None
    }

    fn answer(&mut self, challenge: &[u8]) -> Result<Words, String> {
        if std::mem::replace(&mut self.answered, true) {
            return Err("the server asks for more than was promised".to_owned());
        }
        let mut mac = <Hmac<Md5> as KeyInit>::new_from_slice(&self.password).map_err(|error| error.to_string())?;
        mac.update(challenge);
        let mut words = format!("{} ", self.user);
        for byte in mac.finalize().into_bytes() {
            // Writing to a String can't fail.
            let _ = write!(words, "{byte:02x}");
        }
        Ok(Words::new(words.into_bytes()))
    }
}
