//! SCRAM (RFC 5802, RFC 7677): both sides prove that they know the password, and it isn't sent.
//!
//! Where TLS tells both ends something that only they know, the proof covers that too (`-PLUS`), so that nobody in between
//! can pass it on.

use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::Digest;
use hmac::{EagerHash, Hmac, KeyInit, Mac};

use super::{Exchange, Person, Place, Words, escape};

/// The fewest rounds that make guessing dear (RFC 7677, section 4).
const FEWEST_ROUNDS: u32 = 4096;
/// The most that are computed, some seconds' worth; more would only keep us busy.
const MOST_ROUNDS: u32 = 5_000_000;
/// Bytes of chance in our nonce.
const CHANCE: usize = 18;

/// Our side of it.
pub(super) struct Scram<D> {
    password: Words,
    /// What stands before the first message proper, and says whether the connection is covered (RFC 5802, section 7).
    header: String,
    binding: Vec<u8>,
    bare: String,
    nonce: String,
    state: State,
    reason: Option<String>,
    digest: PhantomData<D>,
}

enum State {
    /// Nothing was said.
    Begun,
    /// We have named ourselves.
    Named,
    /// We have shown our proof; this is the server's, still to come.
    Shown(Words),
    /// The server has shown its own.
    Proven,
}

impl<D: EagerHash + Digest> Scram<D> {
    /// Or why this user name can't be used so.
    pub(super) fn new(person: Person<'_>, place: Place<'_>) -> Result<Self, String> {
        let mut chance = [0; CHANCE];
        getrandom::fill(&mut chance).map_err(|error| format!("there is no chance to be had: {error}"))?;
        Self::with_nonce(person, place, STANDARD.encode(chance))
    }

    pub(super) fn with_nonce(person: Person<'_>, place: Place<'_>, nonce: String) -> Result<Self, String> {
        let user = stringprep::saslprep(person.user)
            .map_err(|_| "the user name holds a character that it may not hold".to_owned())?;
        // A password with characters from after that rule was made is taken as it is.
        let password = match stringprep::saslprep(person.secret) {
            Ok(prepared) => Words::new(prepared.as_bytes().to_vec()),
            Err(_) => Words::new(person.secret.as_bytes().to_vec()),
        };
        let covered = match (place.binding, place.binds) {
            (Some(_), true) => "p=tls-server-end-point",
            (Some(_), false) => "y",
            (None, _) => "n",
        };
        let identity = person.identity.map(|name| format!("a={}", escape(name))).unwrap_or_default();
        let binding = place.binding.filter(|_| place.binds).unwrap_or_default().to_vec();
        let bare = format!("n={},r={nonce}", escape(&user));
        let header = format!("{covered},{identity},");
        Ok(Self { password, header, binding, bare, nonce, state: State::Begun, reason: None, digest: PhantomData })
    }

    /// The answer to the server's first message (RFC 5802, section 3).
    fn show(&mut self, challenge: &str) -> Result<Words, String> {
        let garbled = || "the server's challenge makes no sense".to_owned();
        let [nonce, salt, rounds] = fields(challenge, ["r=", "s=", "i="]).ok_or_else(garbled)?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err("the server's challenge isn't an answer to ours".to_owned());
        }
        let salt = STANDARD.decode(salt).map_err(|_| garbled())?;
        let rounds: u32 = rounds.parse().map_err(|_| garbled())?;
        if !(FEWEST_ROUNDS..=MOST_ROUNDS).contains(&rounds) {
            return Err(format!(
                "the server asks for {rounds} rounds, and only {FEWEST_ROUNDS} to {MOST_ROUNDS} are safe"
            ));
        }
        let mut salted = Words::new(vec![0; <D as Digest>::output_size()]);
        pbkdf2::pbkdf2::<Hmac<D>>(&self.password, &salt, rounds, &mut salted).map_err(|error| error.to_string())?;
        let client_key = mac::<D>(&salted, b"Client Key")?;
        let stored_key = D::digest(&*client_key);
        let covered = STANDARD.encode([self.header.as_bytes(), &self.binding].concat());
        let unproven = format!("c={covered},r={nonce}");
        let all = format!("{},{challenge},{unproven}", self.bare);
        let mut proof = mac::<D>(&stored_key, all.as_bytes())?;
        proof.iter_mut().zip(client_key.iter()).for_each(|(one, other)| *one ^= other);
        let server_key = mac::<D>(&salted, b"Server Key")?;
        self.state = State::Shown(mac::<D>(&server_key, all.as_bytes())?);
        Ok(Words::new(format!("{unproven},p={}", STANDARD.encode(&*proof)).into_bytes()))
    }
}

impl<D: EagerHash + Digest> Exchange for Scram<D> {
    fn first(&mut self) -> Option<Words> {
        self.state = State::Named;
        Some(Words::new(format!("{}{}", self.header, self.bare).into_bytes()))
    }

    fn answer(&mut self, challenge: &[u8]) -> Result<Words, String> {
        let challenge = std::str::from_utf8(challenge).map_err(|_| "the server's challenge isn't text".to_owned())?;
        match &self.state {
            State::Named => self.show(challenge),
            State::Shown(wanted) => {
                if let Some(reason) = challenge.strip_prefix("e=") {
                    self.reason = Some(reason.to_owned());
                    return Ok(Words::default());
                }
                let shown = challenge.split(',').next().and_then(|field| field.strip_prefix("v="));
                let shown = shown.and_then(|text| STANDARD.decode(text).ok());
                if shown.as_deref() != Some(&**wanted) {
                    return Err(UNPROVEN.to_owned());
                }
                self.state = State::Proven;
                Ok(Words::default())
            }
            State::Begun | State::Proven => Err("the server asks for more than was promised".to_owned()),
        }
    }

    fn proven(&self) -> Result<(), String> {
        if matches!(self.state, State::Proven) { Ok(()) } else { Err(UNPROVEN.to_owned()) }
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// What is said of a server that doesn't know the password.
const UNPROVEN: &str = "the server has not proven that it knows the password, so it may not be the one it claims to be";

/// The values of a message that begins with fields of these names. What follows them is for extensions.
fn fields<'a, const N: usize>(message: &'a str, names: [&str; N]) -> Option<[&'a str; N]> {
    let mut parts = message.split(',');
    let values: Vec<&str> = names.iter().map_while(|name| parts.next()?.strip_prefix(name)).collect();
    values.try_into().ok()
}

fn mac<D: EagerHash>(key: &[u8], text: &[u8]) -> Result<Words, String> {
    let mut mac = <Hmac<D> as KeyInit>::new_from_slice(key).map_err(|error| error.to_string())?;
    mac.update(text);
    Ok(Words::new(mac.finalize().into_bytes().to_vec()))
}
