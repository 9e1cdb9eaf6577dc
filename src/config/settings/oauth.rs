//! How a user shows tokens instead of a password (OAuth 2.0, RFC 6749).

use super::TokenRoute;
use crate::model::question::Secret;

/// A word that stands in the configuration, or that Python comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It stands there.
    Written(Secret),
    /// What this Python comes to.
    Python(Secret),
}

/// Who gives the tokens out, as far as there is something to say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Provider {
    /// Gmail.
    Google,
    /// Outlook, Exchange Online.
    Microsoft,
    /// Anybody else.
    #[default]
    Other,
}

/// What stands in the configuration about tokens, and what is known without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OAuthSettings {
    /// This program's name at the token service.
    pub client_id: Option<Word>,
    /// Its password there.
    pub client_secret: Option<Word>,
    /// A token to log in with.
    pub access_token: Option<Word>,
    /// A token to fetch others with.
    pub refresh_token: Option<Word>,
    /// Who gives the tokens out.
    pub provider: Provider,
    /// Where tokens are fetched (RFC 6749, section 3.2).
    pub token_url: Option<String>,
    /// Where a person gives permission in a browser on this machine (RFC 6749, section 3.1).
    pub authorize_url: Option<String>,
    /// Where a code is given out with which a person gives permission on any machine (RFC 8628, section 3.1).
    pub device_url: Option<String>,
    /// By which way they are reached.
    pub route: TokenRoute,
    /// What permission is asked for (RFC 6749, section 3.3); empty: what the service gives unasked.
    pub scope: String,
}

impl OAuthSettings {
    /// Whether anything says that tokens are to be used.
    pub fn is_wanted(&self) -> bool {
        self.client_id.is_some() || self.access_token.is_some() || self.refresh_token.is_some()
    }

    /// Whether anything of it has to be worked out by Python.
    pub fn needs_python(&self) -> bool {
        let words = [&self.client_id, &self.client_secret, &self.access_token, &self.refresh_token];
        words.into_iter().any(|word| matches!(word, Some(Word::Python(_))))
    }
}
