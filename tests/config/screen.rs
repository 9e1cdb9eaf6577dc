//! How the screen is to look and to behave.

use blinkensync::config::settings::ScreenSettings;
use blinkensync::model::screen::{Depth, Ground, Notify};

use crate::{file, read};

/// A file with this in the section of the lights.
fn lights(text: &str) -> String {
    file(&format!("[ui.Curses.Blinkenlights]\n{text}"), "", "", "")
}

fn screen(text: &str) -> ScreenSettings {
    let loaded = read(&lights(text)).unwrap();
    assert_eq!(loaded.warnings, [""; 0], "{text}");
    loaded.settings.screen
}

#[test]
fn each_wish_is_read() {
    let usual = ScreenSettings::default;
    let notify = |mail, errors| Notify { mail, errors };
    for (text, wanted) in [
        ("", usual()),
        ("theme = auto\nascii = AUTO\ncolours = auto\nmouse = yes\nnotify =\nkeys =", usual()),
        ("theme = Light", ScreenSettings { ground: Some(Ground::Light), ..usual() }),
        ("theme = dark", ScreenSettings { ground: Some(Ground::Dark), ..usual() }),
        ("colourblind = yes", ScreenSettings { colour_blind: true, ..usual() }),
        ("shapes = on", ScreenSettings { shapes: true, ..usual() }),
        ("ascii = yes", ScreenSettings { ascii: Some(true), ..usual() }),
        ("ascii = no", ScreenSettings { ascii: Some(false), ..usual() }),
        ("colours = true", ScreenSettings { colours: Some(Depth::True), ..usual() }),
        ("colours = 256", ScreenSettings { colours: Some(Depth::Cube), ..usual() }),
        ("colours = 16", ScreenSettings { colours: Some(Depth::Sixteen), ..usual() }),
        ("colours = none", ScreenSettings { colours: Some(Depth::None), ..usual() }),
        ("mouse = no", ScreenSettings { mouse: false, ..usual() }),
        ("notify = mail", ScreenSettings { notify: notify(true, false), ..usual() }),
        ("notify = Errors, mail", ScreenSettings { notify: notify(true, true), ..usual() }),
    ] {
        let found = ScreenSettings { keys_at: String::new(), ..screen(text) };
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn keys_are_read_with_the_place_where_they_stand() {
    let found = screen("keys = quit: x Ctrl-Q,\n  find: : /");
    let pair = |action: &str, keys: &[&str]| (action.to_owned(), keys.iter().map(|&key| key.to_owned()).collect());
    assert_eq!(found.keys, [pair("quit", &["x", "Ctrl-Q"]), pair("find", &[":", "/"])]);
    assert_eq!(found.keys_at, "rc:4: [ui.Curses.Blinkenlights] keys");
}

#[test]
fn each_mistake_is_told_with_what_was_expected() {
    for (text, wanted) in [
        ("theme = bright", "theme = bright: expected auto, dark or light"),
        ("ascii = maybe", "ascii = maybe: expected auto, yes or no"),
        ("colours = 8", "colours = 8: expected auto, true, 256, 16 or none"),
        ("mouse = cat", "mouse = cat: expected yes or no"),
        ("notify = mails", "notify = mails: expected mail, errors or both; did you mean mail?"),
        ("keys = quit: x, pause", "keys = quit: x, pause: expected a list of actions, each with its keys"),
        ("keys = quit:", "keys = quit:: expected a list of actions, each with its keys"),
        ("keys = : x", "keys = : x: expected a list of actions, each with its keys"),
    ] {
        let said = read(&lights(text)).unwrap_err();
        assert!(said.starts_with(&format!("rc:4: [ui.Curses.Blinkenlights] {wanted}")), "{said}");
    }
}
