//! `proxy` and `authproxy` in `[Account X]`: by which way servers and token services are reached.

use percent_encoding::percent_decode_str;

use super::settings::{Proxy, ProxyKind, ProxyUser, TokenRoute};
use super::source::Source;
use super::value;
use crate::model::question::Secret;

/// What is said of a value that makes no sense; the value itself is not shown, since it may hold a password.
const EXPECTED: &str = "expected SOCKS5:host:port, SOCKS4:host:port or HTTP:host:port, with :user:password after it where \
                        the proxy wants them, or the same as socks5://user:password@host:port";

/// The longest name or password that SOCKS 5 can carry (RFC 1929, section 2), in bytes.
const LONGEST: usize = 255;

/// The proxies of one account.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// On the way to the mail server.
    pub mail: Option<Proxy>,
    /// On the way to the token service.
    pub tokens: TokenRoute,
}

/// What the section of an account says. Tokens go by the way of the mail unless `authproxy` says something else; an empty one
/// says that they go straight.
pub fn read(source: &mut Source, section: &str) -> Proxies {
    let mail = one(source, section, "proxy");
    let straight = source.peek(section, "authproxy").is_some_and(|value| value.is_ok_and(|text| is_nothing(&text)));
    let tokens = match one(source, section, "authproxy").or_else(|| mail.clone()) {
        _ if straight => TokenRoute::Direct,
        Some(proxy) => TokenRoute::Through(proxy),
        None => TokenRoute::Environment,
    };
    Proxies { mail, tokens }
}

fn one(source: &mut Source, section: &str, key: &str) -> Option<Proxy> {
    source.read(section, key, |text| if is_nothing(text) { Ok(None) } else { parse(text).map(Some) }).flatten()
}

/// OfflineIMAP's example writes nothing as two quotes.
fn is_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "''" | "\"\"")
}

fn parse(text: &str) -> Result<Proxy, String> {
    let proxy = match text.split_once("://") {
        Some((scheme, rest)) => from_url(scheme, rest),
        None => from_parts(text),
    };
    let proxy = proxy.ok_or(EXPECTED)?;
    let control = |text: &str| text.contains(char::is_control);
    if proxy.host.is_empty()
        || proxy.host.contains(|c: char| c.is_whitespace() || "/@[]".contains(c))
        || control(&proxy.host)
    {
        return Err(EXPECTED.to_owned());
    }
    let Some(user) = &proxy.user else { return Ok(proxy) };
    let parts = [user.name.as_str(), user.password.reveal()];
    if user.name.is_empty() || parts.iter().any(|part| control(part) || part.len() > LONGEST) {
        return Err(format!("expected a user and a password of at most {LONGEST} bytes, without control characters"));
    }
    match proxy.kind {
        ProxyKind::Socks4 if !user.password.reveal().is_empty() => {
            Err("expected no password, since SOCKS4 knows none; SOCKS5 does".to_owned())
        }
        ProxyKind::Socks5 if user.password.reveal().is_empty() => {
            Err("expected a password after the user, since SOCKS5 takes no name without one".to_owned())
        }
        ProxyKind::Http if user.name.contains(':') => {
            Err("expected a user without a colon, since HTTP can't send one".to_owned())
        }
        _ => Ok(proxy),
    }
}

/// `TYPE:host:port`, as OfflineIMAP has it, with `:user:password` after it; an address of IPv6 stands in brackets.
fn from_parts(text: &str) -> Option<Proxy> {
    let (name, rest) = text.split_once(':')?;
    let (host, rest) = host(rest)?;
    let mut parts = rest.splitn(3, ':');
    let port = value::port(parts.next()?.trim()).ok()?;
    let user = parts.next().map(|name| user(name.to_owned(), parts.next().unwrap_or_default().to_owned()));
    Some(Proxy { kind: kind(name.trim())?, host, port, user })
}

/// `host:port` after a scheme, with `user:password@` before it; what has a meaning in addresses is written with `%`.
fn from_url(scheme: &str, rest: &str) -> Option<Proxy> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (who, place) = rest.rsplit_once('@').map_or((None, rest), |(who, place)| (Some(who), place));
    let (host, port) = host(place)?;
    let plain = |text: &str| percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let user = match who {
        None => None,
        Some(who) => {
            let (name, password) = who.split_once(':').unwrap_or((who, ""));
            Some(user(plain(name)?, plain(password)?))
        }
    };
    Some(Proxy { kind: kind(scheme)?, host, port: value::port(port).ok()?, user })
}

fn user(name: String, password: String) -> ProxyUser {
    ProxyUser { name, password: Secret::new(password) }
}

/// A host, and what follows the colon after it.
fn host(text: &str) -> Option<(String, &str)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => {
            let (address, rest) = inner.split_once(']')?;
            (address, rest.strip_prefix(':')?)
        }
        None => text.split_once(':')?,
    };
    Some((host.trim().to_owned(), rest))
}

/// A kind by any of its names; `PySocks` has longer ones too, and addresses say with an `h` or `a` that names are resolved there,
/// which is what we do anyway.
fn kind(name: &str) -> Option<ProxyKind> {
    let name = name.to_ascii_uppercase();
    match name.strip_prefix("PROXY_TYPE_").unwrap_or(&name) {
        "SOCKS5" | "SOCKS5H" | "SOCKS" => Some(ProxyKind::Socks5),
        "SOCKS4" | "SOCKS4A" => Some(ProxyKind::Socks4),
        "HTTP" => Some(ProxyKind::Http),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(kind: ProxyKind, host: &str, port: u16, who: Option<(&str, &str)>) -> Proxy {
        let user = who.map(|(name, password)| user(name.to_owned(), password.to_owned()));
        Proxy { kind, host: host.to_owned(), port, user }
    }

    #[test]
    fn both_forms_are_read() {
        use ProxyKind::{Http, Socks4, Socks5};
        for (text, wanted) in [
            ("SOCKS5:127.0.0.1:9050", proxy(Socks5, "127.0.0.1", 9050, None)),
            ("socks4:tor.example:1", proxy(Socks4, "tor.example", 1, None)),
            ("PROXY_TYPE_HTTP:p.example:3128", proxy(Http, "p.example", 3128, None)),
            ("SOCKS5:[::1]:1080", proxy(Socks5, "::1", 1080, None)),
            ("SOCKS5:h:1:me:pass:with:colons@", proxy(Socks5, "h", 1, Some(("me", "pass:with:colons@")))),
            ("SOCKS4:h:1:me", proxy(Socks4, "h", 1, Some(("me", "")))),
            ("socks5://h:1", proxy(Socks5, "h", 1, None)),
            ("socks5h://me:p%40ss@h:1/", proxy(Socks5, "h", 1, Some(("me", "p@ss")))),
            ("http://me@[fe80::1]:8080", proxy(Http, "fe80::1", 8080, Some(("me", "")))),
        ] {
            assert_eq!(parse(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told_apart_without_being_shown() {
        let long = format!("SOCKS5:h:1:me:{}", "hush".repeat(100));
        for (text, words) in [
            ("127.0.0.1:9050", EXPECTED),
            ("SOCKS5:h", EXPECTED),
            ("SOCKS5:h:0", EXPECTED),
            ("SOCKS6:h:1", EXPECTED),
            ("https://h:1", EXPECTED),
            ("SOCKS5::1", EXPECTED),
            ("SOCKS5:a b:1", EXPECTED),
            ("socks5://me:hush%@h", EXPECTED),
            ("SOCKS5:h:1:me", "a password after the user"),
            ("SOCKS5:h:1::hush", "at most 255"),
            (&long, "at most 255"),
            ("SOCKS4:h:1:me:hush", "SOCKS4 knows none"),
            ("http://a%3Ab:hush@h:1", "without a colon"),
        ] {
            let message = parse(text).unwrap_err();
            assert!(message.contains(words) && !message.contains("hush"), "{text}: {message}");
        }
    }

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let proxy = parse("socks5://me:hush@[::1]:9").unwrap();
        assert_eq!(proxy.to_string(), "the SOCKS5 proxy [::1]:9");
        assert!(!format!("{proxy:?}").contains("hush"));
    }
}
