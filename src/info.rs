//! What `--info` shows: accounts, their folders, and messages that could not be copied, all from the ledgers.

use std::fmt::Write;

use chrono::{DateTime, Local};

use crate::config::settings::{AccountSettings, Settings};
use crate::model::fault::Fault;
use crate::model::ids::Side;
use crate::store::ledger::sqlite::{SqliteLedger, ledger_path};
use crate::store::ledger::{FolderRecord, Ledger, Quarantined, State};
use crate::ui::clean::clean;

/// The whole text, or the sentence that says why a ledger can't be read.
pub fn describe(settings: &Settings) -> Result<String, String> {
    let mut text = String::new();
    for account in &settings.accounts {
        describe_account(&mut text, settings, account).map_err(|fault| fault.to_string())?;
    }
    Ok(text)
}

fn describe_account(text: &mut String, settings: &Settings, account: &AccountSettings) -> Result<(), Fault> {
    let path = ledger_path(&settings.metadata, account.name.as_str());
    let (remote, local) = (&account.remote, &account.local);
    line(text, 0, &format!("Account {}", account.name));
    line(text, 1, &format!("remote: {} on {}, port {}", remote.user, remote.host, remote.port));
    line(text, 1, &format!("local: {}, separator {}", local.root.display(), local.separator));
    line(text, 1, &format!("ledger: {}", path.display()));
    let mut ledger = SqliteLedger::open_read_only(&path)?;
    let folders = ledger.folders()?;
    if folders.is_empty() {
        line(text, 1, "no folder has been synchronised yet");
    }
    for folder in &folders {
        describe_folder(text, &mut ledger, folder)?;
    }
    Ok(())
}

fn describe_folder(text: &mut String, ledger: &mut SqliteLedger, folder: &FolderRecord) -> Result<(), Fault> {
    let rows = ledger.rows(folder.id)?;
    let kept = rows.iter().filter(|row| row.state == State::Kept).count();
    let mut about = format!("folder {}: {} messages on both sides", folder.local, rows.len() - kept);
    if folder.remote != folder.local {
        let _ = write!(about, ", {} on the server", folder.remote);
    }
    if kept > 0 {
        let _ = write!(about, ", {kept} kept on one side");
    }
    line(text, 1, &about);
    for message in ledger.quarantined(folder.id)? {
        describe_message(text, &message);
    }
    Ok(())
}

fn describe_message(text: &mut String, message: &Quarantined) {
    let place = match message.side {
        Side::Remote => format!("UID {} on the server", message.name),
        Side::Local => format!("the file {}", message.name),
    };
    let subject = if message.subject.is_empty() { String::new() } else { format!(" (\"{}\")", message.subject) };
    let tried = DateTime::from_timestamp(message.tried, 0)
        .map(|time| time.with_timezone(&Local).format(", tried last on %Y-%m-%d %H:%M").to_string());
    line(text, 2, &format!("left out: {place}{subject}: {}{}", message.reason, tried.unwrap_or_default()));
}

fn line(text: &mut String, depth: usize, words: &str) {
    // Writing to a String can't fail.
    let _ = writeln!(text, "{}{}", "  ".repeat(depth), clean(words));
}
