//! `oauth2_*`: tokens instead of a password.

use ureq::http::Uri;

use super::literal::{Literal, literal};
use super::naming;
use super::provider::known;
use super::settings::{OAuthSettings, Provider, TokenRoute, Word, is_this_machine};
use super::source::Source;
use crate::model::question::Secret;

/// What the section of a repository on `host` says about tokens.
pub fn read(source: &mut Source, section: &str, host: &str) -> OAuthSettings {
    let given = request_url(source, section);
    let known = known(given.as_deref(), host);
    let [authorize, device] = ["oauth2_authorize_url", "oauth2_device_url"].map(|key| {
        let text = source.text(section, key)?;
        checked(source, section, key, text)
    });
    let scope = source.text(section, "oauth2_scope");
    let settings = OAuthSettings {
        client_id: word(source, section, "oauth2_client_id"),
        client_secret: word(source, section, "oauth2_client_secret"),
        access_token: word(source, section, "oauth2_access_token"),
        refresh_token: word(source, section, "oauth2_refresh_token"),
        provider: known.as_ref().map_or(Provider::Other, |known| known.provider),
        token_url: given.or_else(|| known.as_ref().map(|known| known.token.clone())),
        authorize_url: authorize.or_else(|| known.as_ref().map(|known| known.authorize.clone())),
        device_url: device.or_else(|| known.as_ref().and_then(|known| known.device.clone())),
        // It stands in the account's section.
        route: TokenRoute::default(),
        scope: scope.or_else(|| known.map(|known| known.scope.to_owned())).unwrap_or_default(),
    };
    if settings.token_url.is_none() && settings.refresh_token.is_some() {
        let message = "there is no oauth2_request_url, so no token can be fetched with it";
        source.doubtful_option(section, "oauth2_refresh_token", message);
    }
    settings
}

/// The value of `key`, else what `<key>_eval` comes to: in this order, as OfflineIMAP has it. What only Python can tell is
/// worked out when it is needed.
fn word(source: &mut Source, section: &str, key: &str) -> Option<Word> {
    if let Some(text) = source.text(section, key) {
        return Some(Word::Written(Secret::new(text)));
    }
    let eval = format!("{key}_eval");
    let code = source.text(section, &eval)?;
    match literal(&code) {
        None => Some(Word::Python(Secret::new(naming::code(&code)))),
        Some(Literal::Text(text)) if !text.is_empty() => Some(Word::Written(Secret::new(text))),
        Some(literal) if literal.is_empty() => None,
        Some(_) => {
            source.wrong(section, &eval, "expected a quoted string, or Python that comes to text");
            None
        }
    }
}

fn request_url(source: &mut Source, section: &str) -> Option<String> {
    let eval = "oauth2_request_url_eval";
    match word(source, section, "oauth2_request_url")? {
        Word::Written(text) => checked(source, section, "oauth2_request_url", text.reveal().to_owned()),
        Word::Python(code) => match naming::work_out(source, section, eval, code.reveal()) {
            Ok(Literal::Text(text)) => checked(source, section, eval, text),
            Ok(Literal::None) => None,
            Ok(_) => {
                source.wrong(section, eval, "expected Python that comes to text");
                None
            }
            Err(message) => {
                source.wrong(section, eval, &message);
                None
            }
        },
    }
}

/// The address, if secrets may be sent there.
fn checked(source: &mut Source, section: &str, key: &str, text: String) -> Option<String> {
    match address(&text) {
        Ok(()) => Some(text),
        Err(message) => {
            source.wrong_option(section, key, message);
            None
        }
    }
}

fn address(text: &str) -> Result<(), &'static str> {
    let wrong = "expected an address that begins with https://";
    let uri: Uri = text.parse().map_err(|_| wrong)?;
    let host = uri.host().map(|host| host.trim_matches(['[', ']'])).filter(|host| !host.is_empty()).ok_or(wrong)?;
    let plain = match uri.scheme_str() {
        Some("https") => false,
        Some("http") => true,
        _ => return Err(wrong),
    };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(
            "expected an address without a user and a password; there are oauth2_client_id and _secret for them",
        );
    }
    if text.contains('#') {
        return Err("expected an address without #");
    }
    if plain && !is_this_machine(host) {
        return Err("expected https:// in front, since http:// would show tokens to everybody on the way");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_sent_only_where_nobody_listens() {
        for good in
            ["https://a.example/token", "http://127.0.0.1:8/t", "http://localhost/", "http://[::1]:1/", "HTTPS://a/"]
        {
            assert_eq!(address(good), Ok(()), "{good}");
        }
        for (bad, words) in [
            ("", "https://"),
            ("token", "https://"),
            ("/token", "https://"),
            ("ftp://a/", "https://"),
            ("https:///token", "https://"),
            ("https://a b/", "https://"),
            ("http://a.example/token", "on the way"),
            ("http://127.0.0.1.example/", "on the way"),
            ("http://localhost@a.example/", "without a user"),
            ("https://id:secret@a.example/", "without a user"),
            ("https://a.example/#x", "without #"),
        ] {
            assert!(address(bad).is_err_and(|message| message.contains(words)), "{bad}: {:?}", address(bad));
        }
    }
}
