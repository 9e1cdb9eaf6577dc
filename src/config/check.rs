//! The whole configuration, checked: all mistakes are found together.

use std::path::PathBuf;
use std::time::Duration;

use super::apart::{apart, loops};
use super::extent;
use super::labels;
use super::mbnames::mailbox_list;
use super::naming;
use super::proxy;
use super::repository;
use super::screen::screen;
use super::settings::{AccountSettings, Hooks, PythonHook, Settings, UiName};
use super::source::{Source, did_you_mean};
use super::spelling::spell;
use super::value::{self, boolean};
use crate::model::ids::AccountName;

/// How long a server may stay silent when nothing is said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The section of what lines look like.
const BASIC: &str = "ui.Noninteractive.Basic";

/// What interfaces are called in files of any age.
const INTERFACES: [(&str, UiName); 13] = [
    ("blinkenlights", UiName::Blinkenlights),
    ("curses.blinkenlights", UiName::Blinkenlights),
    ("ttyui", UiName::Ttyui),
    ("tty.ttyui", UiName::Ttyui),
    ("basic", UiName::Basic),
    ("noninteractive.basic", UiName::Basic),
    ("quiet", UiName::Quiet),
    ("noninteractive.quiet", UiName::Quiet),
    ("machineui", UiName::Machine),
    ("machine.machineui", UiName::Machine),
    ("jsonui", UiName::Json),
    ("syslog", UiName::Syslog),
    ("noninteractive.syslog", UiName::Syslog),
];

/// The settings of these accounts, or of those that the file lists when none are named. `None`, or settings that must
/// not be used, when the source has remarked on a mistake.
pub fn check(source: &mut Source, wanted: &[String]) -> Option<Settings> {
    spell(source);
    let environment = source.environment;
    let metadata = source.read("general", "metadata", |text| value::path(text, environment));
    let metadata = metadata.map_or_else(|| value::path("~/.offlineimap", environment), Ok);
    let metadata =
        metadata.map_err(|message| source.missing("general", "metadata", &format!("a directory: {message}")));
    let listed = listed(source, wanted);
    let names = if wanted.is_empty() { listed.clone() } else { selected(source, wanted) };
    let accounts: Vec<AccountSettings> = names.iter().filter_map(|name| account(source, name)).collect();
    apart(source, &listed, &names);
    loops(source, &accounts);
    let repeats = accounts.iter().any(|account| account.autorefresh.is_some());
    let usual = if repeats { accounts.len().max(1) } else { 1 };
    Some(Settings {
        metadata: metadata.ok()?,
        ui: interfaces(source),
        ignore_read_only: source.read("general", "ignore-readonly", value::boolean).unwrap_or(false),
        max_sync_accounts: source.read("general", "maxsyncaccounts", value::count).unwrap_or(usual),
        fsync: source.read("general", "fsync", boolean).unwrap_or(true),
        socket_timeout: timeout(source),
        pythonfile: pythonfile(source),
        only: None,
        screen: screen(source),
        timestamps: source.read(BASIC, "timestamps", boolean).unwrap_or(false),
        reopen_log: source.read("general", "reopenlog", boolean).unwrap_or(false),
        mailbox_list: mailbox_list(source),
        accounts,
    })
}

/// Python that is run first, if there is other Python at all.
fn pythonfile(source: &mut Source) -> Option<PathBuf> {
    let environment = source.environment;
    source.read("general", "pythonfile", |text| value::path(text, environment))
}

/// The accounts that the file lists; it needn't list any when others are asked for.
fn listed(source: &mut Source, wanted: &[String]) -> Vec<String> {
    let expected = "the names of the accounts to synchronise";
    let list = |text: &str| Ok(value::list(text));
    let read = if wanted.is_empty() {
        source.required("general", "accounts", expected, list)
    } else {
        source.read("general", "accounts", list)
    };
    let mut names: Vec<String> = Vec::new();
    for name in read.unwrap_or_default() {
        if names.contains(&name) {
            source.doubtful("general", "accounts", &format!("{name} stands here twice; once is enough"));
        } else {
            names.push(name);
        }
    }
    let sections = account_sections(source);
    for name in names.iter().filter(|name| wanted.is_empty() && !sections.contains(name)) {
        let hint = did_you_mean(name, sections.iter().map(String::as_str));
        source.wrong("general", "accounts", &format!("expected a section [Account {name}]{hint}"));
    }
    names
}

/// The accounts that the command line asks for.
fn selected(source: &mut Source, wanted: &[String]) -> Vec<String> {
    let known = account_sections(source);
    let mut names = Vec::new();
    let wanted: Vec<&str> = wanted.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if wanted.is_empty() {
        source.wrong_request(format!("expected the name of an account; the file has {}", known.join(", ")));
    }
    for name in wanted {
        if !known.iter().any(|known| known == name) {
            let message = format!("there is no account {name}; the file has {}", known.join(", "));
            source.wrong_request(message);
        } else if !names.iter().any(|earlier| earlier == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn account_sections(source: &Source) -> Vec<String> {
    source.sections.keys().filter_map(|name| Some(name.strip_prefix("Account ")?.trim().to_owned())).collect()
}

fn account(source: &mut Source, name: &str) -> Option<AccountSettings> {
    let section = format!("Account {name}");
    if !source.sections.contains_key(&section) {
        return None;
    }
    if name.contains(|c: char| c == '/' || c.is_control()) {
        source.wrong_section(&section, "expected a name without /, since files are named after the account");
    }
    let minute = Duration::from_secs(60);
    let autorefresh = source.read(&section, "autorefresh", |text| value::time(text, minute, "a number of minutes"));
    let watch = source.read(&section, "watch", value::boolean).unwrap_or(true);
    let quick = source.read(&section, "quick", value::quick).unwrap_or_default();
    // Either kind is taken over when it is there; only a typing error matters.
    let _ = source.read(&section, "status_backend", |text| {
        let known = ["sqlite", "plain"].iter().any(|kind| text.eq_ignore_ascii_case(kind));
        if known { Ok(()) } else { Err("expected sqlite or plain".to_owned()) }
    });
    let max_deletes = source.read(&section, "maxdeletes", value::whole);
    let sync_folder_deletes = source.read(&section, "syncfolderdeletes", value::boolean).unwrap_or(false);
    let mut hook = |key| source.read(&section, key, |text| Ok(text.to_owned()));
    let (before, after, new_mail) = (hook("presynchook"), hook("postsynchook"), hook("newmailhook"));
    let local = repository(source, &section, "localrepository");
    let remote = repository(source, &section, "remoterepository");
    let inbox = remote.as_ref().and_then(|section| inbox_hook(source, section));
    let hooks = Hooks { before, after, new_mail, inbox };
    let extent = extent::extent(source, &section, local.as_deref(), remote.as_deref());
    let never_copied = remote.as_ref().and_then(|section| extent::ignored(source, section));
    let windows = source.read(&section, "maildir-windows-compatible", value::boolean).unwrap_or(false);
    let labels = labels::labels(source, &section, local.as_deref(), remote.as_deref());
    let proxies = proxy::read(source, &section);
    let local = local.and_then(|section| repository::local(source, &section, windows, proxies.clone()));
    let remote = remote.and_then(|section| repository::remote(source, &section, proxies));
    let decode = source.read(&section, "utf8foldernames", value::boolean).unwrap_or(false);
    let mut left_out = source.read(&section, "filterheaders", value::fields).unwrap_or_default();
    let (mut local, mut remote) = (local?, remote?);
    left_out.extend(labels.iter().flat_map(labels::left_out));
    local.leave_out(&left_out);
    remote.left_out = left_out;
    remote.keep_labels(labels.clone());
    local.keep_labels(labels);
    local.tell_apart(&mut remote);
    remote.listing.decode |= decode;
    if local.imap().is_some() && std::mem::take(&mut remote.listing.decode) {
        let message = "two servers spell names in the same way, so they are kept as they are";
        source.doubtful(&section, "utf8foldernames", message);
    }
    Some(AccountSettings {
        name: AccountName::new(name),
        autorefresh: autorefresh.flatten(),
        watch,
        quick,
        max_deletes,
        extent,
        never_copied,
        sync_folder_deletes,
        hooks,
        local,
        remote,
    })
}

/// `newmail_hook`, which stands in the remote repository.
fn inbox_hook(source: &mut Source, section: &str) -> Option<PythonHook> {
    let code = naming::function_like(source, section, "newmail_hook", "lambda: os.system('beep')")?;
    Some(PythonHook { option: format!("[{section}] newmail_hook"), code })
}

/// The section of the repository that an account names.
fn repository(source: &mut Source, section: &str, key: &str) -> Option<String> {
    let sections: Vec<String> =
        source.sections.keys().filter_map(|name| Some(name.strip_prefix("Repository ")?.to_owned())).collect();
    source.required(section, key, "the name of a [Repository …] section", |text| {
        let found = sections.iter().find(|name| *name == text).map(|name| format!("Repository {name}"));
        let hint = did_you_mean(text, sections.iter().map(String::as_str));
        found.ok_or_else(|| format!("expected a section [Repository {text}]{hint}"))
    })
}

fn interfaces(source: &mut Source) -> Vec<UiName> {
    let names = source.read("general", "ui", |text| Ok(value::list(text))).unwrap_or_default();
    let mut found = Vec::new();
    for name in names {
        if let Some((_, ui)) = INTERFACES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
            found.push(*ui);
        } else {
            let hint = did_you_mean(&name, INTERFACES.iter().map(|(known, _)| *known));
            source.doubtful("general", "ui", &format!("{name} is not known, and passed over{hint}"));
        }
    }
    found
}

fn timeout(source: &mut Source) -> Duration {
    let second = Duration::from_secs(1);
    match source.read("general", "socktimeout", |text| value::time(text, second, "a number of seconds")) {
        Some(Some(time)) => time,
        Some(None) => {
            source.doubtful("general", "socktimeout", "waiting for ever is not available; 60 seconds are taken");
            TIMEOUT
        }
        None => TIMEOUT,
    }
}
