//! Options that are misspelt or misplaced.

use super::options::{Kind, OPTIONS};
use super::source::{Source, did_you_mean};

/// Remarks on sections and options that nobody knows, in the whole file.
pub fn spell(source: &mut Source) {
    let names: Vec<String> = source.sections.keys().filter(|name| *name != "DEFAULT").cloned().collect();
    for section in names {
        match kinds(source, &section) {
            Some(kinds) => spell_options(source, &section, &kinds),
            None if section.starts_with("ui.") => {}
            None => {
                let rest = section.split_once(' ').map_or("", |(_, name)| name);
                let account = format!("Account {rest}");
                let repository = format!("Repository {rest}");
                let known = ["general", "mbnames", &account, &repository];
                let hint = did_you_mean(&section, known);
                source.doubtful_section(&section, &format!("this section is not known, and nothing comes of it{hint}"));
            }
        }
    }
}

/// What a section is, by its name and its type; `None` when nobody knows.
fn kinds(source: &Source, section: &str) -> Option<Vec<Kind>> {
    match section {
        "general" => return Some(vec![Kind::General]),
        "mbnames" => return Some(vec![Kind::Mbnames]),
        "ui.Curses.Blinkenlights" => return Some(vec![Kind::Lights]),
        "ui.Noninteractive.Basic" => return Some(vec![Kind::Basic]),
        _ if section.starts_with("Account ") => return Some(vec![Kind::Account]),
        _ if !section.starts_with("Repository ") => return None,
        _ => {}
    }
    let text = source.peek(section, "type").and_then(Result::ok).unwrap_or_default();
    Some(match text.to_lowercase().as_str() {
        "maildir" | "gmailmaildir" => vec![Kind::Repository, Kind::Maildir],
        "imap" => vec![Kind::Repository, Kind::Imap],
        "gmail" => vec![Kind::Repository, Kind::Imap, Kind::Gmail],
        _ => vec![Kind::Repository, Kind::Maildir, Kind::Imap, Kind::Gmail],
    })
}

/// Options whose values are taken as they are, and in which nobody means a comment's sign.
const PLAIN: [&str; 6] = ["metadata", "pythonfile", "localfolders", "remotehost", "remoteuser", "reference"];

fn spell_options(source: &mut Source, section: &str, kinds: &[Kind]) {
    source.comments(section, &PLAIN);
    let referred = source.referred(section);
    let Some(here) = source.sections.get(section) else { return };
    let unknown = here.entries.iter().filter(|(key, _)| !referred.contains(key));
    let fits = |key: &str| OPTIONS.iter().any(|option| option.is(key) && kinds.contains(&option.kind));
    let unknown: Vec<String> = unknown.map(|(key, _)| key.clone()).filter(|key| !fits(key)).collect();
    for key in unknown {
        let elsewhere = OPTIONS.iter().any(|option| option.is(&key));
        let known = OPTIONS.iter().filter(|option| kinds.contains(&option.kind)).map(|option| option.name);
        let message = if elsewhere {
            "this option does not belong in this kind of section, and nothing comes of it".to_owned()
        } else {
            format!("this option is not known, and nothing comes of it{}", did_you_mean(&key, known))
        };
        source.doubtful_option(section, &key, &message);
    }
}
