//! `[Repository X]`: an IMAP server's mailboxes, and what repositories of all types have.

use super::fetching::fetching;
use super::gmail::{self, gmail};
use super::literal::{Literal, literal};
use super::maildir;
use super::naming;
use super::oauth;
use super::proxy::Proxies;
use super::settings::{
    CommonSettings, ImapSettings, LocalSettings, OAuthSettings, PasswordSource, Security, Tunnel, is_this_machine,
};
use super::source::{Source, did_you_mean};
use super::tls;
use super::value::{self, boolean};
use super::watch::watch;
use crate::model::mechanism::Mechanism;
use crate::model::question::Secret;

/// The port of IMAP over TLS (RFC 8314, section 3.2).
const TLS_PORT: u16 = 993;

/// The port of plain IMAP and of STARTTLS (RFC 3501, section 2.1).
const PLAIN_PORT: u16 = 143;

/// How many connections a server is asked for when nothing is said.
const CONNECTIONS: usize = 4;

/// The types of repositories, as they are written.
const TYPES: [&str; 4] = ["Maildir", "IMAP", "Gmail", "GmailMaildir"];

/// The local side in this section; `windows`: its account wants names for file systems without colons. `None` when a mistake was
/// remarked on.
pub fn local(source: &mut Source, section: &str, windows: bool, proxies: Proxies) -> Option<LocalSettings> {
    match kind(source, section)? {
        "Maildir" | "GmailMaildir" => {
            maildir::maildir(source, section, windows).map(|maildir| LocalSettings::Maildir(Box::new(maildir)))
        }
        kind => {
            let server = server(source, section, kind == "Gmail", proxies);
            server.map(|server| LocalSettings::Imap(Box::new(server)))
        }
    }
}

/// The remote side in this section; `None` when a mistake was remarked on.
pub fn remote(source: &mut Source, section: &str, proxies: Proxies) -> Option<ImapSettings> {
    let is_gmail = match kind(source, section)? {
        "IMAP" => false,
        "Gmail" => true,
        _ => {
            source.wrong(section, "type", "expected IMAP or Gmail for a remote repository");
            return None;
        }
    };
    server(source, section, is_gmail, proxies)
}

/// A server, on either side.
fn server(source: &mut Source, section: &str, is_gmail: bool, proxies: Proxies) -> Option<ImapSettings> {
    let common = common(source, section);
    let tunnel = tunnel(source, section);
    let host = host(source, section, is_gmail, tunnel.as_ref());
    let user = user(source, section, tunnel.as_ref());
    let given_port = evaluated(source, section, "remoteport", value::port);
    let password = password(source, section);
    let mail_host = if is_gmail { Some(gmail::HOST) } else { host.as_deref() };
    let oauth = oauth::read(source, section, mail_host.unwrap_or_default());
    let oauth = OAuthSettings { route: proxies.tokens, ..oauth };
    let security = match tunnel {
        // Whether it is safe is up to the command.
        Some(_) => Security::None,
        None => security(source, section, host.as_deref().filter(|_| proxies.mail.is_none()), given_port),
    };
    if tunnel.is_some() && proxies.mail.is_some() {
        source
            .doubtful_section(section, "the account's proxy is of no use to it, since a command makes the connection");
    }
    let here = host.as_deref().is_some_and(is_this_machine) && proxies.mail.is_none();
    let near = tunnel.is_some() || here;
    let compress = source.read(section, "usecompression", boolean).unwrap_or(!near);
    let tls = tls::read(source, section, security);
    let expunge = source.read(section, "expunge", boolean).unwrap_or(true);
    let listing = naming::listing(source, section);
    let max_connections = source.read(section, "maxconnections", value::count).unwrap_or(CONNECTIONS);
    let usual = if security == Security::Tls { TLS_PORT } else { PLAIN_PORT };
    let port = given_port.unwrap_or(usual);
    Some(ImapSettings {
        common,
        host: host?,
        // Only the account knows.
        has_namesake: false,
        port,
        ipv6: source.read(section, "ipv6", boolean),
        user: user?,
        identity: source.text(section, "remote_identity").filter(|name| !name.is_empty()),
        mechanisms: mechanisms(source, section),
        password,
        oauth,
        security,
        proxy: proxies.mail.filter(|_| tunnel.is_none()),
        tunnel,
        compress,
        listing,
        tls,
        expunge,
        gmail: is_gmail.then(|| gmail(source, section)),
        max_connections,
        fetching: fetching(source, section),
        // It stands in the account's section.
        left_out: Vec::new(),
        watch: watch(source, section),
    })
}

pub(super) fn kind(source: &mut Source, section: &str) -> Option<&'static str> {
    source.required(section, "type", "Maildir, IMAP, Gmail or GmailMaildir", |text| {
        let known = TYPES.into_iter().find(|name| name.eq_ignore_ascii_case(text));
        known.ok_or_else(|| format!("expected Maildir, IMAP, Gmail or GmailMaildir{}", did_you_mean(text, TYPES)))
    })
}

pub(super) fn common(source: &mut Source, section: &str) -> CommonSettings {
    let read_only = source.read(section, "readonly", boolean).unwrap_or(false);
    let common = CommonSettings {
        name: section.strip_prefix("Repository ").unwrap_or(section).trim().to_owned(),
        read_only,
        create_folders: source.read(section, "createfolders", boolean).unwrap_or(true),
        // Whoever copies a side that is never written to wants to have what was there.
        sync_deletes: source.read(section, "sync_deletes", boolean).unwrap_or(!read_only),
        patterns: naming::patterns(source, section),
        map: naming::map(source, section),
        includes: naming::names(source, section, "folderincludes"),
        nametrans: naming::function(source, section, "nametrans"),
        folderfilter: naming::function(source, section, "folderfilter"),
        foldersort: naming::function(source, section, "foldersort"),
    };
    naming::one_way(source, section, &common);
    common
}

/// The value of `key`, or what `<key>eval` comes to; `None` when absent or wrong.
fn evaluated<T>(
    source: &mut Source,
    section: &str,
    key: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let eval = format!("{key}eval");
    let Some(python) = source.text(section, &eval) else {
        return source.read(section, key, parse);
    };
    let value = match literal(&python) {
        Some(literal) => Ok(literal),
        None => naming::work_out(source, section, &eval, &python),
    };
    let parsed = match value {
        Ok(Literal::None) => return source.read(section, key, parse),
        Ok(Literal::Text(text) | Literal::Number(text)) => parse(&text),
        Ok(_) => Err("expected a quoted string, or Python that comes to text".to_owned()),
        Err(message) => Err(message),
    };
    parsed.map_err(|message| source.wrong(section, &eval, &message)).ok()
}

/// The same for a value that must be there.
fn named<T>(
    source: &mut Source,
    section: &str,
    key: &str,
    expected: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let before = source.count();
    let found = evaluated(source, section, key, parse);
    if found.is_none() && source.count() == before {
        source.missing(section, key, expected);
    }
    found
}

/// The command that speaks to the server for us, if there is one.
fn tunnel(source: &mut Source, section: &str) -> Option<Tunnel> {
    let given = |text: &str| Ok((!text.is_empty()).then(|| text.to_owned()));
    let [inside, outside] = ["preauthtunnel", "transporttunnel"].map(|key| source.read(section, key, given).flatten());
    if inside.is_some() && outside.is_some() {
        let message = "there is preauthtunnel as well; expected one of the two";
        source.wrong(section, "transporttunnel", message);
    }
    let logs_in = inside.is_some();
    inside.or(outside).map(|command| Tunnel { command, logs_in })
}

fn user(source: &mut Source, section: &str, tunnel: Option<&Tunnel>) -> Option<String> {
    let any = |text: &str| Ok(text.to_owned());
    if !tunnel.is_some_and(|tunnel| tunnel.logs_in) {
        return named(source, section, "remoteuser", "the user's name", any);
    }
    let before = source.count();
    let found = evaluated(source, section, "remoteuser", any);
    found.or_else(|| (source.count() == before).then(String::new))
}

fn host(source: &mut Source, section: &str, gmail: bool, tunnel: Option<&Tunnel>) -> Option<String> {
    let before = source.count();
    let sound = |text: &str| {
        let wrong = text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/');
        if wrong { Err("expected a server's name or address alone".to_owned()) } else { Ok(text.to_owned()) }
    };
    let usual = match (tunnel, gmail) {
        (Some(_), _) => "the tunnel",
        (None, true) => gmail::HOST,
        (None, false) => return named(source, section, "remotehost", "the server's name", sound),
    };
    let found = evaluated(source, section, "remotehost", sound);
    found.or_else(|| (source.count() == before).then(|| usual.to_owned()))
}

fn password(source: &mut Source, section: &str) -> PasswordSource {
    if let Some(code) = source.text(section, "remotepasseval").filter(|code| literal(code).is_none()) {
        return PasswordSource::Python(Secret::new(naming::code(&code)));
    }
    if let Some(text) = evaluated(source, section, "remotepass", |text| Ok(text.to_owned())) {
        return PasswordSource::Given(Secret::new(text));
    }
    let environment = source.environment;
    let file = source.read(section, "remotepassfile", |text| value::path(text, environment));
    let command = source.read(section, "remotepasscmd", |text| Ok(Secret::new(text.to_owned())));
    let file = file.map(PasswordSource::File);
    let keyring = source.read(section, "keyring", boolean).unwrap_or(false);
    let otherwise = if keyring { PasswordSource::Keyring } else { PasswordSource::Ask };
    file.or(command.map(PasswordSource::Command)).unwrap_or(otherwise)
}

/// How the connection is protected. Files from the time when `ssl` was off unless asked for say so by their port: they
/// get STARTTLS.
fn security(source: &mut Source, section: &str, host: Option<&str>, port: Option<u16>) -> Security {
    let ssl = source.read(section, "ssl", boolean);
    let starttls = source.read(section, "starttls", boolean).unwrap_or(true);
    match (ssl, starttls) {
        (Some(true), _) => Security::Tls,
        (None, _) if port != Some(PLAIN_PORT) => Security::Tls,
        (_, true) => Security::StartTls,
        (Some(false), false) => {
            if !host.is_some_and(is_this_machine) {
                source.doubtful(section, "ssl", "password and mail travel unprotected, since starttls = no too");
            }
            Security::None
        }
        (None, false) => {
            let message = "port 143 would be unprotected; expected yes, or ssl = no as well if that is meant";
            source.wrong(section, "starttls", message);
            Security::StartTls
        }
    }
}

/// The ways to log in that are allowed, in order.
fn mechanisms(source: &mut Source, section: &str) -> Vec<Mechanism> {
    let read = source.read(section, "auth_mechanisms", |text| {
        let known = || Mechanism::ALL.map(Mechanism::name);
        let one = |name: String| {
            Mechanism::named(&name).ok_or_else(|| {
                format!("{name} is not known; expected some of {}{}", known().join(", "), did_you_mean(&name, known()))
            })
        };
        let names: Vec<Mechanism> = value::list(text).into_iter().map(one).collect::<Result<_, _>>()?;
        match *names {
            [] => Err(format!("expected some of {}", known().join(", "))),
            [Mechanism::Gssapi] if !cfg!(feature = "gssapi") => {
                Err("expected another one beside GSSAPI, which is not built in".to_owned())
            }
            _ => Ok(names),
        }
    });
    read.unwrap_or_else(|| Mechanism::ALL.to_vec())
}
