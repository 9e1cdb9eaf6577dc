//! Recorded scenes, drawn at several sizes and written as lines, compared with what is kept under tests/snapshots.
//! `UPDATE_SNAPSHOTS=1` writes them anew; look at the difference before keeping it.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod corners;
mod gone;
mod grounds;
mod lines;
mod machine;
mod notices;
mod picture;
mod plain;
mod properties;
mod pty;
mod schema;
mod shell;
mod themes;
mod touched;
mod views;

use std::fs;
use std::path::{Path, PathBuf};

use blinkensync::model::event::Event;
use blinkensync::ui::blinken::screen::Screen;
use chrono::{DateTime, TimeDelta, Utc};

const SCENES: [&str; 6] = ["first-sync", "idle", "trouble", "many-lights", "hostile", "folders"];

fn path(parts: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(parts)
}

fn scene(name: &str) -> Vec<Event> {
    serde_json::from_str(&fs::read_to_string(path(&format!("screen/scenes/{name}.json"))).unwrap()).unwrap()
}

fn screen(start: DateTime<Utc>) -> Screen {
    Screen::new(start, |time| time.fixed_offset())
}

/// The screen as it is shortly after the last event of a scene.
fn played(name: &str) -> Screen {
    let events = scene(name);
    let mut screen = screen(events[0].at);
    for event in &events {
        screen.apply(event);
    }
    screen.tick(events[events.len() - 1].at + TimeDelta::milliseconds(100));
    screen
}

fn compare(name: &str, shown: &str) {
    let path = path(&format!("snapshots/{name}.txt"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, shown).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == shown, "{} differs; it is now:\n{shown}", path.display());
}
