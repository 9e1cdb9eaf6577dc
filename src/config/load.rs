//! Finding the file, reading it, and putting everything together.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::check::check;
use super::literal::{Literal, literal};
use super::raw;
use super::settings::Settings;
use super::source::Source;
use super::value::{Environment, Python};

/// The smallest file that does something.
const MINIMAL: &str = include_str!("../../assets/blinkensync.conf.minimal");

/// Keys whose values are secrets themselves, rather than ways to them.
const KEPT_SECRETS: [&str; 4] = ["remotepass", "oauth2_client_secret", "oauth2_access_token", "oauth2_refresh_token"];

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The file to read (`-c`); `None`: wherever one is found.
    pub file: Option<PathBuf>,
    /// The accounts to synchronise (`-a`); none: those that the file lists.
    pub accounts: Vec<String>,
    /// Overrides (`-k`), each `[section:]option=value`.
    pub overrides: Vec<String>,
}

/// What the configuration says.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings, without a mistake.
    pub settings: Settings,
    /// What may not be meant, each a line for a person.
    pub warnings: Vec<String>,
}

/// Finds and reads the configuration. `python` works out the Python in it that is needed to understand it.
///
/// # Errors
/// A finished text for a person: every mistake on a line of its own with file, line, section and key, or where the file
/// was looked for.
pub fn load(request: &Request, python: &Python<'_>) -> Result<Loaded, String> {
    let variable = |name: &str| std::env::var(name).ok();
    let environment =
        Environment { home: std::env::home_dir(), variable: &variable, is_file: &|path| path.is_file(), python };
    let path = match &request.file {
        Some(path) => path.clone(),
        None => find(&environment)?,
    };
    let (text, open_to_others) = read(&path)?;
    let mut loaded = parse(&text, &path, request, &environment)?;
    if open_to_others && holds_secret(&text) {
        let path = path.display();
        loaded.warnings.push(format!("{path}: it holds a password, and others can read it; run: chmod 600 '{path}'"));
    }
    Ok(loaded)
}

/// What this text says; `path` only names it in messages, and nothing is touched but through `environment`.
///
/// # Errors
/// Every mistake, each on a line of its own, and then what may be one.
pub fn parse(text: &str, path: &Path, request: &Request, environment: &Environment) -> Result<Loaded, String> {
    let mut source = Source::new(text, path, environment);
    request.overrides.iter().for_each(|text| source.set(text));
    let settings = check(&mut source, &request.accounts);
    let (mistakes, warnings) = source.finish();
    match settings.filter(|_| mistakes.is_empty()) {
        Some(settings) => Ok(Loaded { settings, warnings }),
        None => Err([mistakes, warnings].concat().join("\n")),
    }
}

/// Where the file is looked for, in this order.
fn places(environment: &Environment) -> Vec<PathBuf> {
    // The base directory specification has relative paths ignored.
    let given = (environment.variable)("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = given.or_else(|| environment.home.as_ref().map(|home| home.join(".config")));
    let ours = base.as_ref().map(|base| base.join("blinkensync/config"));
    let classic = environment.home.as_ref().map(|home| home.join(".offlineimaprc"));
    let modern = base.as_ref().map(|base| base.join("offlineimap/config"));
    [ours, classic, modern].into_iter().flatten().collect()
}

fn find(environment: &Environment) -> Result<PathBuf, String> {
    let places = places(environment);
    if let Some(path) = places.iter().find(|path| (environment.is_file)(path)) {
        return Ok(path.clone());
    }
    let mut text = String::from("There is no configuration file. It was looked for here:\n");
    for path in &places {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}", path.display());
    }
    text += "To see the program at work without one: blinkensync --demo\n";
    text += "To begin, put this into the first of these files, with your own server and name:\n\n";
    text += MINIMAL;
    Err(text)
}

/// The file's text, and whether others than its owner can read it.
fn read(path: &Path) -> Result<(String, bool), String> {
    let doing = |cause: &dyn std::fmt::Display| format!("reading the configuration {}: {cause}", path.display());
    let mut file = fs::File::open(path).map_err(|error| doing(&error))?;
    let mode = file.metadata().map_err(|error| doing(&error))?.permissions().mode();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| doing(&error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', good).count() + 1;
        format!("{}:{line}: expected text in UTF-8; convert the file, with iconv perhaps", path.display())
    })?;
    Ok((text, mode & 0o044 != 0))
}

fn holds_secret(text: &str) -> bool {
    let sections = raw::read(text).sections;
    sections.values().flat_map(|section| &section.entries).any(|(key, entry)| {
        let secret = |stem: &str| KEPT_SECRETS.contains(&stem.trim_end_matches('_'));
        let quoted =
            key.strip_suffix("eval").is_some_and(secret) && matches!(literal(&entry.value), Some(Literal::Text(_)));
        quoted || (KEPT_SECRETS.contains(&key.as_str()) && !entry.value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(config_home: Option<&str>, there: &[&str]) -> Result<PathBuf, String> {
        let variable = |name: &str| config_home.filter(|_| name == "XDG_CONFIG_HOME").map(str::to_owned);
        let is_file = |path: &Path| there.iter().any(|name| path == Path::new(name));
        find(&Environment {
            home: Some(PathBuf::from("/h")),
            variable: &variable,
            is_file: &is_file,
            python: &|_, _, _| Err(String::new()),
        })
    }

    #[test]
    fn the_first_file_that_is_there_is_taken() {
        let all = ["/h/.config/blinkensync/config", "/h/.offlineimaprc", "/h/.config/offlineimap/config"];
        for from in 0..all.len() {
            assert_eq!(looked(None, &all[from..]).as_deref(), Ok(Path::new(all[from])));
            assert_eq!(looked(Some("relative"), &all[from..]).as_deref(), Ok(Path::new(all[from])));
        }
        assert_eq!(looked(Some("/x"), &["/x/offlineimap/config"]).as_deref(), Ok(Path::new("/x/offlineimap/config")));
    }

    #[test]
    fn without_a_file_it_says_where_it_looked_and_how_to_begin() {
        let text = looked(Some("/x"), &[]).unwrap_err();
        for part in ["/x/blinkensync/config", "/h/.offlineimaprc", "/x/offlineimap/config", "--demo", MINIMAL] {
            assert!(text.contains(part), "{part}");
        }
    }
}
