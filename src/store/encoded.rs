//! Encoded words: how header fields hold what isn't ASCII (RFC 2047).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A header field's text with its encoded words decoded, as far as they are in a known character set (UTF-8, ISO 8859-1, ASCII).
/// What can't be decoded stays as it is. White space between two encoded words is no text (section 6.2).
pub fn decode(text: &str) -> String {
    let (mut out, mut rest, mut behind_word) = (String::with_capacity(text.len()), text, false);
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some((word, after)) = word(from) else {
            out.push_str(before);
            out.push_str("=?");
            (rest, behind_word) = (&from[2..], false);
            continue;
        };
        if !(behind_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        out.push_str(&word);
        (rest, behind_word) = (after, true);
    }
    out + rest
}

/// The encoded word that the text begins with, decoded, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (encoded, after) = rest.split_once("?=")?;
    if encoded.contains(char::is_whitespace) {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => BASE64_STANDARD.decode(encoded).ok()?,
        "Q" | "q" => quoted(encoded)?,
        _ => return None,
    };
    // A language may follow the character set (RFC 2231, section 5).
    let charset = charset.split('*').next().unwrap_or_default().to_ascii_lowercase();
    let decoded = match charset.as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => return None,
    };
    Some((decoded, after))
}

/// What the "Q" encoding stands for.
fn quoted(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit()? << 4 | digit()?
            }
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_decoded_and_the_rest_stays() {
        for (text, meant) in [
            ("plain", "plain"),
            ("=?utf-8?Q?Caf=C3=A9,_Work?=", "Café, Work"),
            ("=?UTF-8*de?B?w4Q=?= und =?iso-8859-1?q?=E4?=", "Ä und ä"),
            ("=?utf-8?Q?a?=\t =?utf-8?Q?b?= c", "ab c"),
            ("a =?utf-8?Q?b?=", "a b"),
            (
                "=?koi8-r?Q?a?= =?utf-8?X?a?= =?utf-8?Q?=C3?= =?utf-8?B?*?= =?",
                "=?koi8-r?Q?a?= =?utf-8?X?a?= =?utf-8?Q?=C3?= =?utf-8?B?*?= =?",
            ),
            ("=?utf-8?Q?a b?= =?utf-8?Q?=4?=", "=?utf-8?Q?a b?= =?utf-8?Q?=4?="),
        ] {
            assert_eq!(decode(text), meant, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_decoded_somehow(text in "(=\\?|\\?=|utf-8|\\?Q\\?|\\?B\\?|=C3=A9|w6k=|é| |\\PC){0,12}") {
            let _ = decode(&text);
        }
    }
}
