//! No file of a floor looks up.

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [(&str, &[&str]); 7] = [
    ("model", &["model"]),
    ("plan", &["plan", "model"]),
    ("config", &["config", "model"]),
    ("store", &["store", "model", "config::settings"]),
    ("engine", &["engine", "model", "plan", "config::settings", "store"]),
    ("ui", &["ui", "model"]),
    ("demo", &["demo", "model"]),
];

fn files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        // A module of tests may use the stores that tests share, and the demonstration's server.
        if path.ends_with("tests") || path.to_string_lossy().ends_with("tests.rs") {
            continue;
        }
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

fn looks_up(text: &str, allowed: &[&str]) -> Vec<String> {
    let paths = text.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        rest[..end.unwrap_or(rest.len())].to_owned()
    });
    // A group of paths would hide where it leads.
    let paths = paths.chain(text.contains("crate::{").then(|| "{".to_owned()));
    let below = |path: &str, floor: &str| path == floor || path.starts_with(&format!("{floor}::"));
    paths.filter(|path| !allowed.iter().any(|floor| below(path, floor))).collect()
}

#[test]
fn a_file_imports_only_from_floors_below() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (floor, allowed) in FLOORS {
        let mut found = Vec::new();
        let (file, dir) = (src.join(format!("{floor}.rs")), src.join(floor));
        if dir.is_dir() {
            files(&dir, &mut found);
        }
        found.extend(Some(file).filter(|file| file.is_file()));
        for file in found {
            for path in looks_up(&fs::read_to_string(&file).unwrap(), allowed) {
                wrong.push(format!("{}: crate::{path}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_look_up_is_found() {
    assert_eq!(looks_up("use crate::ui::X; use crate::model::Y;", &["model"]), ["ui::X"]);
    assert_eq!(looks_up("use crate::{ui, model};", &["model"]), ["", "{"]);
    assert_eq!(looks_up("use crate::config::raw::X;", &["config::settings"]), ["config::raw::X"]);
}
