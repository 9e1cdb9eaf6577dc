//! Tokens instead of passwords (OAuth 2.0): what is said to the service that gives them out, and where they are kept.
//!
//! What is promised:
//!
//! - **Secrets go to the configured address and nowhere else.** Nothing is redirected, certificates are verified, and plain
//!   HTTP is for this machine only, which the configuration has checked.
//! - **No secret is in a failure.** What the service says about its refusal is shown, shortened and without what was sent.
//! - **It never holds us up.** A request and its answer have one time limit, and an answer has a greatest length.
//! - **A failure says what it is for the caller**: whether to ask again, later, or never; see [`Failure`].

mod answer;
mod failure;
mod form;
mod http;
pub mod kept;
pub mod proof;
pub mod redirect;

use std::time::{Duration, SystemTime};

pub use answer::Device;
pub use failure::{Error, Failure, login_command};

use form::Form;
use proof::Proof;

use crate::config::settings::{OAuthSettings, TokenRoute, Word};
use crate::model::fault::Fault;
use crate::model::question::Secret;

/// How long before its end a token isn't used any more; never more than half of its life.
const MARGIN: Duration = Duration::from_secs(60);

/// What the service gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The token to log in with.
    pub access: Secret,
    /// How long it is good for, where the service says that.
    pub lifetime: Option<Duration>,
    /// A token to fetch others with from now on, when there is a new one.
    pub refresh: Option<Secret>,
}

impl Grant {
    /// Until when the token is used that was given at `now`; `None`: until it is refused.
    pub fn fresh_until(&self, now: SystemTime) -> Option<SystemTime> {
        self.lifetime.and_then(|lifetime| now.checked_add(lifetime.saturating_sub(MARGIN.min(lifetime / 2))))
    }
}

/// Works out a word of the configuration in Python: the option's name, and the code. `None` is Python's `None`.
pub type Evaluate<'a> = dyn FnMut(&str, &Secret) -> Result<Option<String>, Fault> + 'a;

/// What `word`, the value of `option`, comes to; nothing where it is empty.
pub fn resolve(option: &str, word: Option<&Word>, evaluate: &mut Evaluate<'_>) -> Result<Option<Secret>, Fault> {
    let text = match word {
        None => None,
        Some(Word::Written(secret)) => return Ok(Some(secret.clone())),
        Some(Word::Python(code)) => evaluate(&format!("{option}_eval"), code)?,
    };
    let trimmed = text.map(Secret::new).map(|text| Secret::new(text.reveal().trim().to_owned()));
    Ok(trimmed.filter(|text| !text.reveal().is_empty()))
}

/// This program as the token service knows it.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its name.
    pub id: Secret,
    /// Its password; installed programs often have none (RFC 8252, section 8.5).
    pub secret: Option<Secret>,
    /// Where tokens are fetched.
    pub token_url: String,
    /// By which way it is reached.
    pub route: TokenRoute,
    /// How long a request and its answer may take.
    pub limit: Duration,
}

impl Client {
    /// What the settings say about us; `None` when there is no client id, or no address.
    pub fn of(settings: &OAuthSettings, limit: Duration, evaluate: &mut Evaluate<'_>) -> Result<Option<Self>, Fault> {
        let id = resolve("oauth2_client_id", settings.client_id.as_ref(), evaluate)?;
        let secret = resolve("oauth2_client_secret", settings.client_secret.as_ref(), evaluate)?;
        let route = settings.route.clone();
        let client = |(id, token_url)| Self { id, secret, token_url, route, limit };
        Ok(id.zip(settings.token_url.clone()).map(client))
    }

    /// A token for the right to fetch it that `refresh` gives (RFC 6749, section 6).
    pub fn refresh(&self, refresh: &Secret) -> Result<Grant, Failure> {
        let form = self.form("refresh_token").with("refresh_token", refresh.reveal());
        answer::grant(&self.post(&self.token_url, form)?)
    }

    /// A token for the code that the browser brought to `redirect` (RFC 6749, section 4.1.3; RFC 7636, section 4.5).
    pub fn exchange(&self, code: &Secret, redirect: &str, proof: &Proof) -> Result<Grant, Failure> {
        let form = self.form("authorization_code").with("code", code.reveal()).with("redirect_uri", redirect);
        answer::grant(&self.post(&self.token_url, form.with("code_verifier", proof.verifier.reveal()))?)
    }

    /// A code with which a person gives permission on any machine (RFC 8628, section 3.1).
    pub fn device(&self, url: &str, scope: &str) -> Result<Device, Failure> {
        let form = Form::default().with("client_id", self.id.reveal());
        let form = if scope.is_empty() { form } else { form.with("scope", scope) };
        answer::device(&self.post(url, form)?)
    }

    /// Whether the person has given permission by now (RFC 8628, section 3.4).
    pub fn poll(&self, device: &Device) -> Result<Grant, Failure> {
        let form = self.form("urn:ietf:params:oauth:grant-type:device_code");
        answer::grant(&self.post(&self.token_url, form.with("device_code", device.code.reveal()))?)
    }

    /// The address at which a person gives permission in a browser (RFC 6749, section 4.1.1).
    pub fn permission(&self, settings: &OAuthSettings, url: &str, user: &str, redirect: &str, proof: &Proof) -> String {
        let form = Form::default()
            .with("response_type", "code")
            .with("client_id", self.id.reveal())
            .with("redirect_uri", redirect)
            .with("state", &proof.state)
            .with("code_challenge", &proof.challenge)
            .with("code_challenge_method", "S256")
            .with("login_hint", user);
        let form = if settings.scope.is_empty() { form } else { form.with("scope", &settings.scope) };
        // What stands in the address already has to stay (RFC 6749, section 3.1).
        format!("{url}{}{}", if url.contains('?') { '&' } else { '?' }, form.text())
    }

    /// The name of the machine where tokens are fetched.
    pub fn host(&self) -> &str {
        http::host(&self.token_url)
    }

    fn form(&self, grant: &str) -> Form {
        let form = Form::default().with("grant_type", grant).with("client_id", self.id.reveal());
        match &self.secret {
            Some(secret) => form.with("client_secret", secret.reveal()),
            None => form,
        }
    }

    fn post(&self, url: &str, form: Form) -> Result<http::Reply, Failure> {
        http::post(url, form, self.limit, &self.route)
    }
}

#[cfg(test)]
mod tests;
