//! Options that are misspelt, misplaced, or not followed yet.

use super::literal::literal;
use super::options::{Kind, OPTIONS, Opt, Standing};
use super::source::{Source, did_you_mean};
use super::value::boolean;

/// What a refused option is told.
const REFUSED: &str = "not followed yet; without it mail could go wrong or be less safe, so the account is refused";

/// Remarks on what isn't followed yet in a section that is used, as one of these kinds.
pub fn judge(source: &mut Source, section: &str, kinds: &[Kind]) {
    for option in OPTIONS.iter().filter(|option| kinds.contains(&option.kind)) {
        if option.standing == Standing::Followed {
            continue;
        }
        for key in written(source, section, option) {
            let Some(text) = source.text(section, &key).filter(|text| !same(text, option.default)) else { continue };
            match option.standing {
                Standing::Followed => {}
                Standing::Harmless => source.doubtful(section, &key, "accepted, but not followed yet"),
                Standing::Refused(neutral) => {
                    let nothing = literal(&text).is_some_and(|literal| literal.is_empty());
                    if !nothing && !neutral.iter().any(|value| same(&text, value)) {
                        source.wrong(section, &key, REFUSED);
                    }
                }
            }
        }
    }
}

/// The keys by which a section, or `[DEFAULT]`, writes this option.
fn written(source: &Source, section: &str, option: &Opt) -> Vec<String> {
    let places = [section, "DEFAULT"].into_iter().filter_map(|name| source.sections.get(name));
    let mut keys: Vec<String> =
        places.flat_map(|place| place.entries.keys()).filter(|key| option.is(key)).cloned().collect();
    keys.sort();
    keys.dedup();
    keys
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || boolean(one).is_ok_and(|one| boolean(other) == Ok(one))
}

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
