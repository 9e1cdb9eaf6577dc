//! From an event to its sentence: the one place for wording, so that the same event reads the same in every interface.

use std::sync::Arc;
use std::time::Duration;

use crate::model::event::{Event, EventKind};
use crate::model::fault::{Exit, Fault, FaultKind};
use crate::model::folder::Counts;
use crate::model::ids::{AccountName, Side};
use crate::model::light::Light;
use crate::model::watch::Watch;

use super::clean::clean;
use super::figures::{clock, count, number};

/// How much an event matters to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A detail that somebody asked for.
    Debug,
    /// The course of things.
    Info,
    /// A person should know.
    Warning,
    /// Something failed.
    Error,
}

impl Level {
    /// The number that logs have for it: syslog (RFC 3164, section 4.1.1), and the journal of systemd.
    pub fn severity(self) -> u8 {
        match self {
            Self::Error => 3,
            Self::Warning => 4,
            Self::Info => 6,
            Self::Debug => 7,
        }
    }
}

/// An event in words, clean enough for any terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// How much it matters.
    pub level: Level,
    /// Whose it is, when it is one account's.
    pub account: Option<String>,
    /// The folder it is about.
    pub folder: Option<String>,
    /// The light whose colour it is written in.
    pub light: Light,
    /// The sentence, without account and folder.
    pub text: String,
}

impl Phrase {
    /// The whole sentence for an interface without columns: account, folder and text.
    pub fn line(&self) -> String {
        let mut line = String::new();
        for part in [&self.account, &self.folder].into_iter().flatten() {
            line.push_str(part);
            line.push_str(": ");
        }
        line + &self.text
    }
}

/// The words for `event`; `None` for those that only move lamps, bars and countdowns.
pub fn phrase(event: &Event) -> Option<Phrase> {
    let kind = &event.kind;
    let (light, text) = words(event)?;
    let (account, folder) = whose(kind);
    Some(Phrase {
        level: level(kind),
        account: account.map(|name| clean(name.as_str()).into_owned()),
        folder: folder.map(|name| clean(name).into_owned()),
        light,
        text: clean(&text).into_owned(),
    })
}

/// The account and folder that an event is about.
pub fn whose(kind: &EventKind) -> (Option<&AccountName>, Option<&Arc<str>>) {
    match kind {
        EventKind::FolderCreated { account, folder, .. }
        | EventKind::FolderStarted { account, folder }
        | EventKind::Listing { account, folder, .. }
        | EventKind::Planned { account, folder, .. }
        | EventKind::Progress { account, folder, .. }
        | EventKind::FolderDone { account, folder, .. }
        | EventKind::Counted { account, folder, .. } => (Some(account), Some(folder)),
        EventKind::SyncStarted { account }
        | EventKind::Connecting { account, .. }
        | EventKind::Connected { account, .. }
        | EventKind::FoldersListed { account, .. }
        | EventKind::SyncDone { account, .. }
        | EventKind::Waiting { account, .. }
        | EventKind::Paused { account, .. }
        | EventKind::FoldersKnown { account, .. }
        | EventKind::Watched { account, .. }
        | EventKind::Resumed { account } => (Some(account), None),
        EventKind::Failed { account, folder, .. }
        | EventKind::Warned { account, folder, .. }
        | EventKind::Noted { account, folder, .. } => (account.as_ref(), folder.as_ref()),
        EventKind::Particular { account, what } => (Some(account), what.folder()),
        EventKind::ThreadStarted { account } | EventKind::Detailed { account, .. } => (account.as_ref(), None),
        EventKind::Started { .. }
        | EventKind::ThreadEnded
        | EventKind::Lit { .. }
        | EventKind::Stopping
        | EventKind::Ended { .. } => (None, None),
    }
}

fn level(kind: &EventKind) -> Level {
    match kind {
        EventKind::Failed { fault, .. } if !fault.is_stop() => Level::Error,
        EventKind::Warned { .. } => Level::Warning,
        EventKind::Detailed { .. } => Level::Debug,
        _ => Level::Info,
    }
}

fn words(event: &Event) -> Option<(Light, String)> {
    let kind = &event.kind;
    let (light, text) = match kind {
        EventKind::Started { accounts } => (Light::Control, started(accounts)),
        EventKind::SyncStarted { .. } => (Light::Account, "synchronising".into()),
        EventKind::Connecting { host, port: Some(port), .. } => {
            (Light::Connecting, format!("connecting to {host}, port {port}"))
        }
        EventKind::Connecting { host, port: None, .. } => (Light::Connecting, format!("connecting to {host}")),
        EventKind::Connected { host, security, .. } => (Light::Connecting, format!("connected to {host}, {security}")),
        EventKind::FoldersListed { total, unchanged, .. } => (Light::Account, listed(*total, *unchanged)),
        EventKind::FolderCreated { side, .. } => (Light::Folder, format!("folder created {}", at(*side))),
        EventKind::Listing { side: Side::Remote, messages: Some(messages), .. } => {
            (Light::Listing, format!("listing {}", count(*messages, "message")))
        }
        EventKind::Planned { counts, pretended, .. } => planned(counts, *pretended)?,
        EventKind::FolderDone { counts, failed, .. } => (Light::Folder, done(counts, *failed)?),
        EventKind::Failed { fault, .. } => failed(fault),
        EventKind::Warned { text, .. } => (Light::Waiting, text.clone()),
        EventKind::Noted { text, .. } => (Light::Account, text.clone()),
        // The number is that of the thread.
        EventKind::Detailed { topic, text, .. } => {
            (Light::Connecting, format!("{topic} {}: {text}", event.lamp.number()))
        }
        EventKind::SyncDone { .. } => (Light::Account, ended_sync(kind)?),
        EventKind::Waiting { until: _, retry: Some(why), .. } => (Light::Waiting, format!("{why}; will try again")),
        EventKind::Paused { .. } => (Light::Waiting, "paused".into()),
        EventKind::Resumed { .. } => (Light::Account, "goes on".into()),
        EventKind::Watched { watch, folders, .. } => (Light::Account, watched(*watch, folders.unwrap_or(0))),
        EventKind::Stopping => (Light::Control, "finishing what is in hand".into()),
        EventKind::Ended { exit } => (Light::Control, ended(*exit).into()),
        EventKind::ThreadStarted { .. }
        | EventKind::ThreadEnded
        | EventKind::Lit { .. }
        | EventKind::FolderStarted { .. }
        | EventKind::Listing { .. }
        | EventKind::Progress { .. }
        | EventKind::Counted { .. }
        | EventKind::FoldersKnown { .. }
        | EventKind::Waiting { .. }
        | EventKind::Particular { .. } => return None,
    };
    Some((light, text))
}

fn started(accounts: &[AccountName]) -> String {
    let names: Vec<&str> = accounts.iter().map(AccountName::as_str).collect();
    format!("{}: {}", count(names.len() as u64, "account"), names.join(", "))
}

fn listed(total: u64, unchanged: u64) -> String {
    match total.saturating_sub(unchanged) {
        0 => format!("{}, all unchanged", count(total, "folder")),
        open if unchanged == 0 => format!("{} to look at", count(open, "folder")),
        open => format!("{}: {} unchanged, {} to look at", count(total, "folder"), number(unchanged), number(open)),
    }
}

fn at(side: Side) -> &'static str {
    match side {
        Side::Remote => "on the server",
        Side::Local => "here",
    }
}

/// The parts of `counts` that aren't nothing, each with its verb.
fn parts(counts: &Counts, verbs: [&str; 6]) -> String {
    let numbers = [
        counts.downloads,
        counts.uploads,
        counts.local_deletes,
        counts.remote_deletes,
        counts.local_flags,
        counts.remote_flags,
    ];
    let parts: Vec<String> = numbers
        .into_iter()
        .zip(verbs)
        .filter(|(value, _)| *value > 0)
        .map(|(value, verb)| format!("{} {verb}", number(value)))
        .collect();
    parts.join(", ")
}

/// What counts stand for before it is done.
const TO_DO: [&str; 6] =
    ["to download", "to upload", "to delete here", "to delete on the server", "to flag here", "to flag on the server"];

fn planned(counts: &Counts, pretended: bool) -> Option<(Light, String)> {
    if counts.is_nothing() {
        return None;
    }
    let plan = parts(counts, TO_DO);
    Some(if pretended { (Light::Pretending, format!("dry run: {plan}")) } else { (busiest(counts), plan) })
}

/// The light of the work that weighs most in a plan.
fn busiest(counts: &Counts) -> Light {
    if counts.downloads > 0 {
        Light::Downloading
    } else if counts.uploads > 0 {
        Light::Uploading
    } else if counts.local_deletes + counts.remote_deletes > 0 {
        Light::Deleting
    } else {
        Light::AddingFlags
    }
}

/// What was brought about, in words; `nothing new` for nothing.
pub fn brought(counts: &Counts) -> String {
    if counts.is_nothing() {
        return "nothing new".into();
    }
    parts(
        counts,
        ["downloaded", "uploaded", "deleted here", "deleted on the server", "flagged here", "flagged on the server"],
    )
}

fn done(counts: &Counts, failed: bool) -> Option<String> {
    match (counts.is_nothing(), failed) {
        (true, false) => None,
        (true, true) => Some("left as it is".into()),
        (false, false) => Some(brought(counts)),
        (false, true) => Some(format!("incomplete: {}", brought(counts))),
    }
}

fn failed(fault: &Fault) -> (Light, String) {
    match fault.kind {
        FaultKind::Stopped => (Light::Account, fault.cause.clone()),
        _ => (Light::Deleting, fault.to_string()),
    }
}

fn ended_sync(kind: &EventKind) -> Option<String> {
    let EventKind::SyncDone { counts, folders, failures, took_ms, stopped, pretended, .. } = kind else { return None };
    if *pretended {
        let plan = if counts.is_nothing() { "nothing to do".into() } else { parts(counts, TO_DO) };
        let failed = if *failures > 0 { format!(", {}", count(*failures, "failure")) } else { String::new() };
        return Some(format!("dry run: {}, {plan}{failed}; nothing was changed", count(*folders, "folder")));
    }
    let verb = match (*stopped, *failures) {
        (true, _) => "stopped",
        (false, 0) => "synchronised",
        (false, _) => "not all synchronised",
    };
    let took = clock(Duration::from_millis(*took_ms));
    let mut text = format!("{verb}: {} in {took}, {}", count(*folders, "folder"), brought(counts));
    if *failures > 0 {
        text = format!("{text}, {}", count(*failures, "failure"));
    }
    Some(text)
}

/// How an account is watched, in words.
fn watched(watch: Watch, folders: u64) -> String {
    match watch {
        Watch::Notify => "the server tells of changes in all folders".into(),
        Watch::Idle => format!("the server tells of changes in {}", count(folders, "folder")),
        Watch::Polling => "the server is asked for changes once a minute".into(),
    }
}

/// How the program ended, for the last line on the screen.
pub fn ended(exit: Exit) -> &'static str {
    Exit::TABLE.iter().find(|row| row.0 == exit).map_or("ended", |row| row.2)
}
