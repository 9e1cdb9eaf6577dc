//! What a token service answers (RFC 6749, section 5; RFC 8628, section 3.2).

use std::time::Duration;

use serde_json::{Map, Value};

use super::Grant;
use super::failure::{Error, Failure};
use super::http::Reply;
use crate::model::question::Secret;

/// How often the service is asked whether the person has agreed, when it says nothing about that (RFC 8628, section 3.2).
const INTERVAL: Duration = Duration::from_secs(5);
/// The longest that a service may have us wait between two questions.
const LONGEST_INTERVAL: Duration = Duration::from_secs(60);
/// More than any token lives.
const AGES: f64 = 1e9;

/// A code with which a person gives permission on any machine (RFC 8628, section 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What we show to get the token.
    pub code: Secret,
    /// What the person types.
    pub user_code: String,
    /// Where.
    pub address: String,
    /// How long both are good for, where the service says that.
    pub lifetime: Option<Duration>,
    /// How long to wait between two questions.
    pub interval: Duration,
}

/// The tokens in an answer.
pub(super) fn grant(reply: &Reply) -> Result<Grant, Failure> {
    let mut answer = object(reply)?;
    let access =
        token(&mut answer, "access_token")?.ok_or_else(|| nonsense("there is no access_token in its answer"))?;
    let kind = text(&mut answer, "token_type");
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(nonsense("its token is of a kind that mail servers don't take"));
    }
    let refresh = token(&mut answer, "refresh_token")?;
    Ok(Grant { access, lifetime: seconds(&answer, "expires_in"), refresh })
}

/// The code for another machine in an answer.
pub(super) fn device(reply: &Reply) -> Result<Device, Failure> {
    let mut answer = object(reply)?;
    let code = token(&mut answer, "device_code")?.ok_or_else(|| nonsense("there is no device_code in its answer"))?;
    let user_code = text(&mut answer, "user_code").ok_or_else(|| nonsense("there is no user_code in its answer"))?;
    // Google's name for it is older than the standard's.
    let address = text(&mut answer, "verification_uri").or_else(|| text(&mut answer, "verification_url"));
    let address = address.ok_or_else(|| nonsense("there is no verification_uri in its answer"))?;
    let interval = seconds(&answer, "interval").unwrap_or(INTERVAL).clamp(Duration::from_secs(1), LONGEST_INTERVAL);
    Ok(Device { code, user_code, address, lifetime: seconds(&answer, "expires_in"), interval })
}

fn nonsense(cause: &str) -> Failure {
    Failure::new(Error::Nonsense, format!("the token service makes no sense: {cause}"))
}

/// The object that an answer is, unless it says that we are refused.
fn object(reply: &Reply) -> Result<Map<String, Value>, Failure> {
    let object = match serde_json::from_slice(&reply.body) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    if let Some(mut object) = object {
        if let Some(code) = text(&mut object, "error") {
            let said = text(&mut object, "error_description").unwrap_or_default();
            let shown = |text: &str| reply.form.without_secrets(text);
            return Err(Failure::refused(&shown(&code), &shown(&said)));
        }
        if (200..300).contains(&reply.status) {
            return Ok(object);
        }
    }
    Err(match reply.status {
        200..300 => nonsense("its answer is no object in JSON"),
        300..400 => nonsense("it sends us to another address, where no secret is sent"),
        429 | 500..600 => {
            Failure::new(Error::Busy, format!("the token service can't do it now (HTTP {})", reply.status))
        }
        status => nonsense(&format!("it answers with HTTP {status}")),
    })
}

/// A text that isn't empty.
fn text(object: &mut Map<String, Value>, key: &str) -> Option<String> {
    match object.remove(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A token, of the characters that tokens are made of (RFC 6749, appendix A.12), without a blank.
fn token(object: &mut Map<String, Value>, key: &str) -> Result<Option<Secret>, Failure> {
    let Some(text) = text(object, key).map(Secret::new) else { return Ok(None) };
    if text.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Some(text))
    } else {
        Err(nonsense(&format!("its {key} holds characters that can't be sent")))
    }
}

/// A time in seconds, which some services write in quotes. None that is negative.
fn seconds(object: &Map<String, Value>, key: &str) -> Option<Duration> {
    let number = match object.get(key)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    (number.is_finite()).then(|| Duration::from_secs_f64(number.clamp(0.0, AGES)))
}
