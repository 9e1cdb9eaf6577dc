//! What `--delete-folder` says.

use std::io;

use crate::app::say;
use crate::config::settings::{AccountSettings, LocalSettings, Settings};
use crate::engine::{Afterwards, Doomed, Errand, Removal};
use crate::model::fault::Exit;
use crate::model::utf7;
use crate::ui::clean::clean;
use crate::ui::figures::count;

/// The account that it is about, or why there is none. A person has to be there, unless it is only pretended.
pub fn check(settings: &Settings, pretend: bool, has_terminal: bool) -> Result<AccountSettings, String> {
    let [account] = &settings.accounts[..] else {
        let names: Vec<&str> = settings.accounts.iter().map(|account| account.name.as_str()).collect();
        return Err(format!("--delete-folder is for one account: name it with -a ({})", names.join(", ")));
    };
    if !has_terminal && !pretend {
        return Err(
            "--delete-folder asks first, and there is no terminal to ask on; nothing was deleted. Run it on a \
                    terminal; --dry-run tells what it would delete"
                .to_owned(),
        );
    }
    Ok(account.clone())
}

/// Deletes the folder once a person has agreed, and says what came of it.
pub fn delete(errand: Errand, folder: &str, account: &AccountSettings) -> Exit {
    errand.delete_folder(folder, &mut |removal| match removal {
        Removal::Failed(fault) if fault.is_stop() => {}
        Removal::Failed(fault) => say(&mut io::stderr(), &clean(&fault.to_string())),
        other => {
            for sentence in words(&other, account) {
                say(&mut io::stdout(), &clean(&sentence));
            }
        }
    })
}

fn words(removal: &Removal, account: &AccountSettings) -> Vec<String> {
    match removal {
        Removal::Failed(fault) => vec![fault.to_string()],
        Removal::Declined => vec!["Nothing was deleted.".to_owned()],
        Removal::Pretended(doomed) => {
            let mut words = vec![format!("Dry run: {} would be deleted on {}.", what(doomed), account.remote.host)];
            words.extend(rest(doomed, account));
            words.push("Nothing was deleted.".to_owned());
            words
        }
        Removal::Done(doomed) => {
            let mut words = vec![format!("Deleted {} on {}.", what(doomed), account.remote.host)];
            words.extend(rest(doomed, account));
            words
        }
    }
}

fn what(doomed: &Doomed) -> String {
    let messages = doomed.messages.map_or("an unknown number of messages".to_owned(), |n| count(n.into(), "message"));
    format!("the folder {} with {messages}", utf7::decode(&doomed.name))
}

/// What stays, and what there is to do.
fn rest(doomed: &Doomed, account: &AccountSettings) -> Vec<String> {
    let mut words = Vec::new();
    if !doomed.below.is_empty() {
        let names: Vec<String> = doomed.below.iter().map(|name| utf7::decode(name)).collect();
        words.push(format!("The folders below it stay: {}.", names.join(", ")));
    }
    let path = |name: &String| place(&account.local, name);
    let other = &account.remote.common.name;
    words.push(match &doomed.afterwards {
        Afterwards::NotHere => "It is not on the local side, so nothing brings it back.".to_owned(),
        Afterwards::Stays(name) => {
            format!("What is in {} stays, and isn't sent to the server again.", path(name))
        }
        Afterwards::MadeAgain(name) => format!(
            "The next synchronisation would make it again from {here}: before that, remove or move {here}, or leave the \
             folder out with folderfilter or folderpatterns in [Repository {other}].",
            here = path(name)
        ),
        Afterwards::DeletedToo(name) => format!(
            "The next synchronisation deletes {} as well (syncfolderdeletes), unless there is mail in it that the server \
             didn't have.",
            path(name)
        ),
    });
    words
}

fn place(local: &LocalSettings, name: &str) -> String {
    match local {
        LocalSettings::Maildir(maildir) => maildir.root.join(name).display().to_string(),
        LocalSettings::Imap(server) => format!("{} on {}", utf7::decode(name), server.host),
    }
}
