//! What `--info` shows: servers, folders, rules, and what a synchronisation would do first.

mod folder;
mod page;
mod quirks;
mod server;

use std::io;

use crate::app::say;
use crate::config::settings::{AccountSettings, LocalSettings, Settings};
use crate::engine::Errand;
use crate::engine::inspection::Inspection;
use crate::model::fault::Exit;
use crate::ui::clean::clean;
use crate::ui::figures::count;
use page::Page;

/// Shows each account of the errand's settings as soon as it has been looked at.
pub fn show(errand: Errand) -> Exit {
    let settings = errand.settings.clone();
    let shown = errand.inspect(&mut |account, inspection| match inspection {
        Ok(inspection) => say(&mut io::stdout(), &describe(&settings, &inspection)),
        Err(fault) if fault.is_stop() => {}
        Err(fault) => say(&mut io::stderr(), &clean(&format!("{account}: {fault}"))),
    });
    shown.unwrap_or_else(|fault| {
        say(&mut io::stderr(), &clean(&fault.to_string()));
        fault.kind.into()
    })
}

fn describe(settings: &Settings, inspection: &Inspection) -> String {
    let account = &settings.accounts[inspection.place];
    let mut page = Page::default();
    page.line(0, &format!("Account {}", account.name));
    server::describe(&mut page, &account.remote, inspection);
    describe_local(&mut page, &account.local, inspection);
    describe_ledger(&mut page, inspection);
    for fault in &inspection.faults {
        page.entry(1, "trouble", &fault.to_string());
    }
    describe_folders(&mut page, account, inspection);
    page.into_text()
}

fn describe_local(page: &mut Page, local: &LocalSettings, inspection: &Inspection) {
    let common = local.common();
    page.line(1, &format!("here: [Repository {}]", common.name));
    match local {
        LocalSettings::Maildir(maildir) => {
            page.entry(2, "Maildir", &maildir.root.display().to_string());
            page.entry(2, "separator", &maildir.separator.to_string());
        }
        LocalSettings::Imap(server) => server::settings(page, server),
    }
    match &inspection.local {
        None => page.entry(2, "folders", "the directory isn't there yet"),
        Some(Ok(folders)) => page.entry(2, "folders", &folders.to_string()),
        Some(Err(fault)) => page.entry(2, "trouble", &fault.to_string()),
    }
    if common.read_only {
        page.entry(2, "readonly", "nothing is ever written here");
    }
}

fn describe_ledger(page: &mut Page, inspection: &Inspection) {
    page.line(1, "ledger: what both sides had after the last synchronisation");
    page.entry(2, "file", &inspection.ledger.display().to_string());
    match &inspection.known {
        Ok(0) if inspection.taken_over => {
            page.entry(
                2,
                "folders",
                "none yet; what OfflineIMAP has synchronised is taken over with the first synchronisation",
            );
        }
        Ok(0) => page.entry(2, "folders", "no folder has been synchronised yet"),
        Ok(known) => page.entry(2, "folders", &known.to_string()),
        Err(fault) => page.entry(2, "trouble", &fault.to_string()),
    }
}

fn describe_folders(page: &mut Page, account: &AccountSettings, inspection: &Inspection) {
    page.line(1, &count(inspection.folders.len() as u64, "folder"));
    for seen in &inspection.folders {
        folder::describe(page, account, seen);
    }
}
