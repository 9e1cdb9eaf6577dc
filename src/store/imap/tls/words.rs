//! What the TLS library says, in plain words.

use crate::model::fault::FaultKind;

/// What to look at when a server doesn't speak as it should.
pub(super) const PORT: &str = "check remoteport, ssl and starttls: the port may not speak TLS";

/// What is found in the library's words.
struct Meaning {
    /// Any of this.
    signs: &'static [&'static str],
    /// What it means.
    words: &'static str,
    /// What to do.
    advice: &'static str,
}

impl Meaning {
    fn fits(&self, text: &str) -> bool {
        self.signs.iter().any(|sign| text.contains(sign))
    }
}

/// What a connection is found to be that ended in the middle of it: that of a server which is being started again, for instance.
const LOST: [Meaning; 2] = [
    Meaning { signs: &["unexpected EOF", "unexpected eof"], words: "the server closed the connection", advice: PORT },
    Meaning { signs: &["Connection reset", "Broken pipe"], words: "the connection was lost", advice: PORT },
];

const MEANINGS: [Meaning; 5] = [
    Meaning {
        signs: &["unsupported protocol", "alert protocol version", "version too low", "no protocols available"],
        words: "the server speaks no version of TLS that is new enough",
        advice: "it has to be TLS 1.2, or what ssl_version says",
    },
    Meaning {
        signs: &["wrong version number", "packet length too long", "http request", "record layer failure"],
        words: "what the server says is not TLS",
        advice: PORT,
    },
    Meaning {
        signs: &["certificate required", "peer did not return a certificate"],
        words: "the server wants to see a certificate of ours (sslclientcert)",
        advice: "set sslclientcert and sslclientkey",
    },
    Meaning {
        signs: &["alert bad certificate", "alert unknown ca", "alert certificate unknown", "alert certificate expired"],
        words: "the server refuses our certificate (sslclientcert)",
        advice: "ask the provider for another one",
    },
    Meaning {
        signs: &["alert handshake failure", "no shared cipher"],
        words: "the server agrees to no way of encrypting that is known here",
        advice: "it may want to see a certificate (sslclientcert); ask the provider",
    },
];

/// The words for a failure. What nobody has met yet stays as it is.
pub(in super::super) fn plainly(text: &str) -> String {
    meaning(text).map_or(text, |meaning| meaning.words).to_owned()
}

/// What kind of failure of a handshake it is.
pub(super) fn kind(text: &str) -> FaultKind {
    if LOST.iter().any(|meaning| meaning.fits(text)) { FaultKind::Network } else { FaultKind::Tls }
}

/// What to do about a failure of a handshake.
pub(super) fn advice(text: &str) -> &'static str {
    meaning(text).map_or(PORT, |meaning| meaning.advice)
}

fn meaning(text: &str) -> Option<&'static Meaning> {
    MEANINGS.iter().chain(&LOST).find(|meaning| meaning.fits(text))
}

/// Why a certificate was refused, in the library's words, when that is what they say.
pub(super) fn refusal(text: &str) -> Option<&str> {
    text.contains("certificate verify failed").then(|| {
        let place = text.rfind('(').unwrap_or_default();
        text[place..].trim_matches(['(', ')'])
    })
}
