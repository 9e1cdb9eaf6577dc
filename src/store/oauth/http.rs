//! One request to a token service, and its answer.

use std::io::{self, Read};
use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Proxy, ProxyProtocol};
use zeroize::Zeroizing;

use super::failure::{Error, Failure};
use super::form::Form;
use crate::config::settings::{self, ProxyKind, TokenRoute};

/// Bytes of an answer that are read. Tokens with a signature have a few thousand.
const LONGEST: u64 = 64 * 1024;

/// What the service answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
    /// What was sent.
    pub(super) form: Form,
}

/// Sends a form. Neither the request nor the answer may take longer than `limit` in all.
pub(super) fn post(url: &str, form: Form, limit: Duration, route: &TokenRoute) -> Result<Reply, Failure> {
    let lost = |error| lost(url, route, error);
    let request = agent(url, limit, route)?.post(url).header("Accept", "application/json");
    let request = request.content_type("application/x-www-form-urlencoded");
    let mut response = request.send(form.text()).map_err(lost)?;
    let mut body = Zeroizing::new(Vec::with_capacity(8 * 1024));
    let read = response.body_mut().as_reader().take(LONGEST + 1).read_to_end(&mut body);
    read.map_err(|error| lost(error.into()))?;
    if body.len() as u64 > LONGEST {
        let cause = format!("the answer of {} has no end", host(url));
        return Err(Failure::new(Error::Nonsense, cause));
    }
    Ok(Reply { status: response.status().as_u16(), body, form })
}

fn agent(url: &str, limit: Duration, route: &TokenRoute) -> Result<Agent, Failure> {
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
    // A proxy on the way to this machine would see what it must not.
    let plain = !url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
    let proxy = match route {
        _ if plain => None,
        TokenRoute::Environment => Proxy::try_from_env(),
        TokenRoute::Direct => None,
        TokenRoute::Through(proxy) => Some(through(proxy).map_err(|error| lost(url, route, error))?),
    };
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .user_agent(concat!("blinkensync/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(limit))
        .max_redirects(0)
        .http_status_as_error(false)
        .build();
    Ok(Agent::new_with_config(config))
}

/// A proxy of ours as the library knows it; names are resolved there.
fn through(proxy: &settings::Proxy) -> Result<Proxy, ureq::Error> {
    let kind = match proxy.kind {
        ProxyKind::Socks5 => ProxyProtocol::Socks5h,
        ProxyKind::Socks4 => ProxyProtocol::Socks4A,
        ProxyKind::Http => ProxyProtocol::Http,
    };
    let host = if proxy.host.contains(':') { format!("[{}]", proxy.host) } else { proxy.host.clone() };
    let built = Proxy::builder(kind).host(&host).port(proxy.port).resolve_target(false);
    match &proxy.user {
        Some(user) => built.username(&user.name).password(user.password.reveal()).build(),
        None => built.build(),
    }
}

/// The name of the machine at an address.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

fn lost(url: &str, route: &TokenRoute, error: ureq::Error) -> Failure {
    let proxied = !matches!(route, TokenRoute::Environment);
    let (kind, cause) = match error {
        ureq::Error::NativeTls(error) => (Error::Tls, why(&error.to_string())),
        ureq::Error::Tls(error) => (Error::Tls, error.to_owned()),
        ureq::Error::Timeout(_) => (Error::Network, "no answer within the time limit (socktimeout)".to_owned()),
        ureq::Error::HostNotFound => (Error::Network, "its name is not known".to_owned()),
        ureq::Error::Io(error) => (Error::Network, broken(&error)),
        ureq::Error::ConnectionFailed => (Error::Network, "it can't be reached".to_owned()),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl if proxied => {
            (Error::Network, "the proxy lets nothing through".to_owned())
        }
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
            (Error::Network, "the proxy of the environment (HTTPS_PROXY) lets nothing through".to_owned())
        }
        _ => (Error::Nonsense, "what it answers is no HTTP".to_owned()),
    };
    let way = match route {
        TokenRoute::Through(proxy) => format!(" (through {proxy})"),
        TokenRoute::Environment | TokenRoute::Direct => String::new(),
    };
    Failure::new(kind, format!("{}{way}: {cause}", host(url)))
}

fn broken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused; nothing listens there".to_owned(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => "it ended the connection".to_owned(),
        _ => error.to_string(),
    }
}

fn why(text: &str) -> String {
    if !text.contains("certificate verify failed") {
        return text.to_owned();
    }
    let reason = text.rfind('(').map_or(text, |place| text[place..].trim_matches(['(', ')']));
    format!("its certificate is refused ({reason}), so nothing was sent")
}
