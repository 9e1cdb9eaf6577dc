//! The server's part of the page.

use chrono::{DateTime, Utc};

use super::page::Page;
use super::quirks::quirks;
use crate::config::settings::{ImapSettings, PasswordSource, Security};
use crate::engine::inspection::{Access, Inspection};
use crate::store::imap::{Certificate, Introduction, Namespace, Namespaces, Quota};
use crate::ui::figures::{count, number, size};

pub fn describe(page: &mut Page, remote: &ImapSettings, inspection: &Inspection) {
    page.line(1, &format!("server: [Repository {}]", remote.common.name));
    settings(page, remote);
    if remote.common.read_only {
        page.entry(2, "readonly", "nothing is ever written there");
    }
    match &inspection.introduction {
        Ok(introduction) => introduce(page, introduction),
        Err(fault) => page.entry(2, "trouble", &fault.to_string()),
    }
    match &inspection.access {
        Some(Ok(access)) => admit(page, access, inspection.introduction.as_ref().ok()),
        Some(Err(fault)) => page.entry(2, "trouble", &fault.to_string()),
        None => {}
    }
}

/// What the configuration says of a server.
pub fn settings(page: &mut Page, server: &ImapSettings) {
    let port = if server.tunnel.is_some() { String::new() } else { format!(", port {}", server.port) };
    page.entry(2, "host", &format!("{}{port}", server.host));
    if let Some(proxy) = &server.proxy {
        page.entry(2, "through", &proxy.to_string());
    }
    page.entry(2, "user", &server.user);
    page.entry(2, "password", source(server));
    page.entry(2, "protection", protection(server));
    let limit = count(server.max_connections as u64, "connection");
    page.entry(2, "at once", &format!("at most {limit} (maxconnections); how many the server allows isn't known"));
}

fn source(remote: &ImapSettings) -> &'static str {
    match (&remote.tunnel, &remote.password) {
        (Some(tunnel), _) if tunnel.logs_in => "none: the command of preauthtunnel logs in",
        (_, PasswordSource::Given(_)) => "in the configuration",
        (_, PasswordSource::File(_)) => "in a file (remotepassfile)",
        (_, PasswordSource::Command(_)) => "from a command (remotepasscmd)",
        (_, PasswordSource::Python(_)) => "from Python (remotepasseval)",
        (_, PasswordSource::Keyring) => "in the desktop's keyring, else asked for",
        (_, PasswordSource::Ask) => "in .netrc, else asked for",
    }
}

fn protection(remote: &ImapSettings) -> &'static str {
    match (&remote.tunnel, remote.security) {
        (Some(_), _) => "left to the command that speaks to the server",
        (None, Security::Tls) => "TLS from the first byte, version 1.2 or later",
        (None, Security::StartTls) => "STARTTLS, required; TLS version 1.2 or later",
        (None, Security::None) => "none: everybody on the way can read along",
    }
}

fn introduce(page: &mut Page, introduction: &Introduction) {
    if let Some(certificate) = &introduction.certificate {
        certify(page, certificate);
    }
    page.entry(2, "greeting", &introduction.greeting);
    if introduction.preauth {
        page.more(2, "(it has logged us in already)");
    }
    identify(page, &introduction.id);
    page.entry(2, "before log-in", &introduction.capabilities.join(" "));
}

fn identify(page: &mut Page, id: &[(String, String)]) {
    if !id.is_empty() {
        let id: Vec<String> = id.iter().map(|(name, value)| format!("{name} {value}")).collect();
        page.entry(2, "calls itself", &id.join(", "));
    }
}

fn certify(page: &mut Page, certificate: &Certificate) {
    match &certificate.words {
        Some(words) => {
            page.entry(2, "certificate", &format!("of {}", words.subject));
            page.more(2, &format!("issued by {}", words.issuer));
            if !words.names.is_empty() {
                page.more(2, &format!("for {}", words.names.join(", ")));
            }
            page.more(2, &format!("from {} to {}", day(words.from), day(words.until)));
        }
        None => page.entry(2, "certificate", "it can't be read"),
    }
    let digest: Vec<String> = certificate.sha256.iter().map(|byte| format!("{byte:02X}")).collect();
    let (first, second) = digest.split_at(digest.len() / 2);
    page.entry(2, "SHA-256", &format!("{}:", first.join(":")));
    page.more(2, &second.join(":"));
}

fn day(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
    time.map_or_else(|| "a day beyond all calendars".to_owned(), |time| time.format("%Y-%m-%d").to_string())
}

fn admit(page: &mut Page, access: &Access, before: Option<&Introduction>) {
    let known = &access.acquaintance;
    if before.is_none_or(|before| before.id != known.id) {
        identify(page, &known.id);
    }
    page.entry(2, "after log-in", &known.capabilities.join(" "));
    let mut label = "quirks";
    for quirk in quirks(&known.capabilities) {
        page.entry(2, label, &quirk);
        label = "";
    }
    page.entry(2, "separator", &access.separator.map_or("none: there is no hierarchy".to_owned(), String::from));
    if let Some(namespaces) = &known.namespaces {
        names(page, namespaces);
    }
    for quota in &known.quotas {
        page.entry(2, "quota", &room(quota));
    }
    page.entry(2, "folders", &number(access.folders as u64));
}

fn names(page: &mut Page, namespaces: &Namespaces) {
    let places =
        [("your own", &namespaces.personal), ("other users'", &namespaces.others), ("shared", &namespaces.shared)];
    let mut label = "namespaces";
    for (whose, places) in places.into_iter().filter(|(_, places)| !places.is_empty()) {
        let places: Vec<String> = places.iter().map(place).collect();
        page.entry(2, label, &format!("{whose}: {}", places.join(", ")));
        label = "";
    }
}

fn place(namespace: &Namespace) -> String {
    let separator = namespace.separator.map_or("no separator".to_owned(), |separator| format!("separator {separator}"));
    if namespace.prefix.is_empty() {
        format!("without a prefix, {separator}")
    } else {
        format!("{}, {separator}", namespace.prefix)
    }
}

/// How much is used of what there is. STORAGE is in units of 1024 bytes (RFC 9208, section 5.1).
fn room(quota: &Quota) -> String {
    let resource = |(name, used, limit): &(String, u64, u64)| match name.to_ascii_uppercase().as_str() {
        "STORAGE" => format!("{} of {}", size(used.saturating_mul(1024)), size(limit.saturating_mul(1024))),
        "MESSAGE" => format!("{} of {}", number(*used), count(*limit, "message")),
        "MAILBOX" => format!("{} of {}", number(*used), count(*limit, "folder")),
        _ => format!("{name} {} of {}", number(*used), number(*limit)),
    };
    let used: Vec<String> = quota.resources.iter().map(resource).collect();
    let used = if used.is_empty() { "no limit".to_owned() } else { used.join(", ") };
    if quota.root.is_empty() { used } else { format!("{used} ({})", quota.root) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_told_in_units_that_people_know() {
        let quota = |root: &str, resources: &[(&str, u64, u64)]| {
            let resources = resources.iter().map(|(name, used, limit)| ((*name).to_owned(), *used, *limit)).collect();
            room(&Quota { root: root.to_owned(), resources })
        };
        assert_eq!(
            quota("", &[("STORAGE", 1000, 2_000_000), ("MESSAGE", 5, 1000)]),
            "1.0 MB of 2.0 GB, 5 of 1,000 messages"
        );
        assert_eq!(quota("User quota", &[("X-NUM", 1, u64::MAX)]).split(' ').next(), Some("X-NUM"));
        assert_eq!(quota("User quota", &[]), "no limit (User quota)");
    }
}
