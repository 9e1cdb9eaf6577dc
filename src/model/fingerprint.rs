//! Fingerprints of certificates, as people write them down.

use std::fmt;

/// How a fingerprint is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// 20 bytes; what old tools show.
    Sha1,
    /// 28 bytes.
    Sha224,
    /// 32 bytes; what most tools show.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Digest {
    /// All of them, the shortest first.
    pub const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// How many hexadecimal digits it has.
    pub fn digits(self) -> usize {
        match self {
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }
}

/// The digest of a certificate's DER form, by which it is told from all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// How it is computed.
    pub digest: Digest,
    /// What it comes to.
    pub bytes: Vec<u8>,
}

impl Fingerprint {
    /// One in hexadecimal digits of any case, with or without colons; its length tells how it is computed.
    ///
    /// # Errors
    /// What was expected, when it isn't one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value = |letter: char| letter.to_digit(16).and_then(|value| u8::try_from(value).ok()).ok_or(letter);
        let digits = text.chars().filter(|letter| *letter != ':').map(value).collect::<Result<Vec<u8>, _>>();
        let digits = digits.map_err(|letter| format!("expected {}; {letter} is no hexadecimal digit", expected()))?;
        let digest = Digest::ALL.into_iter().find(|digest| digest.digits() == digits.len());
        let digest = digest.ok_or_else(|| format!("expected {}; this one has {}", expected(), digits.len()))?;
        let bytes = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        Ok(Self { digest, bytes })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a fingerprint looks like.
fn expected() -> String {
    let kinds: Vec<String> = Digest::ALL.iter().map(|kind| format!("{} for {}", kind.digits(), kind.name())).collect();
    format!("the hexadecimal digits of a fingerprint ({})", kinds.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_length_tells_the_digest() {
        for digest in Digest::ALL {
            let parsed = Fingerprint::parse(&"0f".repeat(digest.digits() / 2)).unwrap();
            assert_eq!((parsed.digest, parsed.bytes), (digest, vec![15; digest.digits() / 2]), "{}", digest.name());
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_told_what_one_looks_like() {
        for (text, words) in [
            ("", "this one has 0"),
            ("00ff", "40 for SHA-1, 56 for SHA-224, 64 for SHA-256, 96 for SHA-384, 128 for SHA-512); this one has 4"),
            (&"a".repeat(39), "this one has 39"),
            (&"a".repeat(130), "this one has 130"),
            (&format!("0x{}", "a".repeat(38)), "x is no hexadecimal digit"),
            (&"é".repeat(40), "é is no hexadecimal digit"),
        ] {
            let said = Fingerprint::parse(text).unwrap_err();
            assert!(said.contains(words), "{text}: {said}");
        }
    }

    proptest! {
        #[test]
        fn case_and_colons_make_no_difference(bytes in proptest::collection::vec(any::<u8>(), 32)) {
            let fingerprint = Fingerprint { digest: Digest::Sha256, bytes };
            let plain = fingerprint.to_string();
            let colons: Vec<String> = fingerprint.bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            for text in [plain.clone(), plain.to_uppercase(), colons.join(":")] {
                prop_assert_eq!(Fingerprint::parse(&text), Ok(fingerprint.clone()));
            }
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = Fingerprint::parse(&text);
        }
    }
}
