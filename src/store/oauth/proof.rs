//! What shows that an answer belongs to our question, and that we asked it (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::model::question::Secret;

/// Unpredictable words for one permission.
#[derive(Debug, Clone)]
pub struct Proof {
    /// What only we know until we fetch the token.
    pub verifier: Secret,
    /// What is shown of it before (`S256`).
    pub challenge: String,
    /// What the browser brings back (RFC 6749, section 10.12).
    pub state: String,
}

impl Proof {
    /// Words that nobody can guess.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self::of(Secret::new(word()?), word()?))
    }

    fn of(verifier: Secret, state: String) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.reveal()));
        Self { verifier, challenge, state }
    }
}

/// 256 unpredictable bits in 43 characters.
fn word() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standards_example() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(Proof::of(verifier, String::new()).challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn each_permission_has_words_of_its_own() {
        let (one, other) = (Proof::new().unwrap(), Proof::new().unwrap());
        assert_eq!(one.verifier.reveal().len(), 43);
        assert!(one.verifier != other.verifier && one.state != other.state && one.state != one.verifier.reveal());
    }
}
