//! The other views, and what lies above them.

use blinkensync::model::command::{Aside, Command, Target};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::ids::{AccountName, LampId, Side};
use blinkensync::model::question::{Ask, Question};
use blinkensync::ui::blinken::act::Effect;
use blinkensync::ui::blinken::keys::TABLE;
use blinkensync::ui::blinken::log::Room;
use blinkensync::ui::blinken::screen::Screen;
use blinkensync::ui::blinken::theme::Depth;
use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Cell;
use ratatui::style::Modifier;

use super::picture::{drawn, text};
use super::{compare, played};

/// Presses keys: a letter each, `<Enter>` and the like by name.
fn press(screen: &mut Screen, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut rest = keys;
    while let Some(letter) = rest.chars().next() {
        let (code, length) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            Some((name, _)) => (named(name), name.len() + 2),
            None => (KeyCode::Char(letter), letter.len_utf8()),
        };
        effects.extend(screen.key(KeyEvent::new(code, KeyModifiers::NONE)));
        rest = &rest[length..];
    }
    effects
}

fn named(name: &str) -> KeyCode {
    match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Down" => KeyCode::Down,
        "Up" => KeyCode::Up,
        "Tab" => KeyCode::Tab,
        _ => panic!("no key {name}"),
    }
}

fn sent(effects: Vec<Effect>) -> Vec<Command> {
    effects.into_iter().filter_map(|e| if let Effect::Send(command) = e { Some(command) } else { None }).collect()
}

fn letters(screen: &mut Screen, size: (u16, u16)) -> String {
    let whole = text(&drawn(screen, Depth::None, size));
    whole.lines().take(usize::from(size.1)).map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn views_look_as_they_are_kept() {
    for (name, scene, keys, sizes) in [
        ("view-folders", "folders", "f", &[(130, 24), (100, 30), (80, 24), (40, 10), (20, 5)][..]),
        ("view-folders-sorted", "folders", "ftT", &[(80, 24)]),
        ("view-folders-found", "folders", "f/arch<Enter>", &[(80, 24)]),
        ("view-folder", "folders", "f<Down><Down><Down><Down><Enter>", &[(100, 30), (40, 10)]),
        ("view-overview", "folders", "o", &[(100, 30), (80, 24), (40, 10)]),
        ("view-overview-idle", "idle", "o", &[(100, 30)]),
        ("view-legend", "idle", "l", &[(80, 24), (40, 10)]),
        ("view-accounts", "many-lights", "a", &[(80, 24), (40, 10)]),
        ("view-help", "idle", "?", &[(80, 24), (40, 10)]),
        ("view-found", "folders", "/down<Enter>", &[(80, 24)]),
        ("view-filtered", "folders", "Faccount:work<Enter>", &[(80, 24)]),
        ("view-typing", "folders", "Faccount:wo", &[(80, 24)]),
        ("view-chosen", "folders", "v<Up><Up>", &[(80, 24)]),
        ("view-full", "folders", "S", &[(80, 24)]),
        ("view-ending", "folders", "q", &[(100, 30)]),
    ] {
        for size in sizes {
            let mut screen = played(scene);
            // Twice, since how much is in sight is known only after the first picture.
            drawn(&mut screen, Depth::None, *size);
            press(&mut screen, keys);
            compare(&format!("{name}-{}x{}", size.0, size.1), &letters(&mut screen, *size));
        }
    }
}

#[test]
fn the_first_start_is_greeted_until_a_key_or_for_a_while() {
    let mut screen = played("first-sync");
    screen.welcome();
    compare("view-welcome-100x30", &text(&drawn(&mut screen, Depth::True, (100, 30))));
    assert!(sent(press(&mut screen, "<Esc>")).is_empty());
    assert!(!letters(&mut screen, (100, 30)).contains("ACHTUNG"));
    screen.welcome();
    // A key does what it always does.
    assert_eq!(sent(press(&mut screen, "s")), [Command::Sync(Target::All)]);
    screen.welcome();
    screen.tick(screen.now + TimeDelta::seconds(20));
    assert!(!letters(&mut screen, (100, 30)).contains("ACHTUNG"));
    // A question ends it too.
    screen.welcome();
    let (reply, _answer) = crossbeam_channel::bounded(1);
    let (account, folder) = (AccountName::new("home"), "INBOX".into());
    let ask = Ask::Agreement { account, folder, consequence: "All would go.".into() };
    screen.ask(Question { ask, reply });
    assert!(!letters(&mut screen, (100, 30)).contains("ACHTUNG"));
    assert!(matches!(press(&mut screen, "n")[..], [Effect::Reply(..)]));
    assert!(screen.over.is_none());
    // A small screen has no room for it, and is not covered.
    screen.welcome();
    assert!(letters(&mut screen, (40, 10)).contains("blinkensync"));
}

#[test]
fn keys_reach_one_account_or_all_in_full_or_not() {
    let one = |name: &str| Target::One(AccountName::new(name));
    for (keys, commands) in [
        ("s", vec![Command::Sync(Target::All)]),
        ("Ss", vec![Command::SyncFully(Target::All)]),
        ("S2", vec![Command::SyncFully(one("work"))]),
        ("SS1", vec![Command::Sync(one("home"))]),
        ("S<Esc>1", vec![Command::Sync(one("home"))]),
        ("P1", vec![Command::Pause(one("home"))]),
        ("P9", vec![]),
        ("a<Enter>", vec![Command::Sync(one("home"))]),
        ("a<Down>S", vec![Command::SyncFully(one("work"))]),
        ("a<Down><Down>p", vec![Command::Pause(one("work"))]),
        ("a2", vec![Command::Sync(one("work"))]),
        ("f", vec![Command::TellFolders(Target::All)]),
        ("qq", vec![Command::Quit, Command::QuitNow]),
    ] {
        assert_eq!(sent(press(&mut played("first-sync"), keys)), commands, "{keys}");
    }
    // In the idle scene the account work is held.
    assert_eq!(sent(press(&mut played("idle"), "P2")), [Command::Resume(one("work"))]);
}

#[test]
fn what_was_left_out_is_tried_again_or_ignored() {
    let aside = |message: Option<&str>| Aside {
        account: AccountName::new("home"),
        folder: "Lists/rust".into(),
        message: message.map(|name| (Side::Remote, name.to_owned())),
    };
    let open = "f/rust<Enter>";
    for (keys, command) in [
        ("r", Command::Retry(aside(None))),
        ("i", Command::Ignore(aside(None))),
        ("<Enter>r", Command::Retry(aside(Some("17204")))),
        ("<Enter><Down>i", Command::Ignore(aside(Some("9120")))),
        ("<Enter><Down><Down><Down>r", Command::Retry(aside(Some("9120")))),
    ] {
        let mut screen = played("folders");
        press(&mut screen, open);
        assert_eq!(sent(press(&mut screen, keys)), [command], "{keys}");
    }
    // There is nothing to try again in a folder that lacks nothing.
    let mut screen = played("folders");
    press(&mut screen, "f/entw<Enter>");
    assert!(sent(press(&mut screen, "ri<Enter>ri")).is_empty());
}

#[test]
fn esc_undoes_one_thing_after_the_other() {
    let mut screen = played("folders");
    press(&mut screen, "/home<Enter>Flevel:error<Enter>v?");
    assert!(letters(&mut screen, (80, 24)).contains("Keys and lamps"));
    for (there, gone) in
        [("choosing lines", "Keys and lamps"), ("looking for home", "choosing"), ("only level:error", "looking for")]
    {
        press(&mut screen, "<Esc>");
        let shown = letters(&mut screen, (80, 24));
        assert!(shown.contains(there) && !shown.contains(gone), "{there}:\n{shown}");
    }
    press(&mut screen, "<Esc>");
    assert!(!letters(&mut screen, (80, 24)).contains("only level"));
}

#[test]
fn a_filter_that_can_not_be_is_refused_and_can_be_corrected() {
    let mut screen = played("folders");
    press(&mut screen, "Flevel:grave<Enter>");
    assert!(screen.remarked().is_some_and(|remark| remark.contains("no level \"grave\"")));
    assert!(letters(&mut screen, (80, 24)).contains("show only level:grave"));
}

#[test]
fn lines_are_copied_and_the_log_is_saved_as_text() {
    let mut screen = played("folders");
    drawn(&mut screen, Depth::None, (80, 24));
    let effects = press(&mut screen, "v<Up>yw");
    let [Effect::Copy(lines), Effect::Save(log)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.lines().next().is_some_and(|line| line.starts_with("2026-03-01 14:03:22 home: Archive/2019: ")));
    assert!(log.contains("error: home: Lists/rust: ") && log.ends_with(&format!("{lines}\n")));
    assert!(!screen.log.choosing());
}

fn mouse(screen: &mut Screen, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Command> {
    sent(screen.mouse_did(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

#[test]
fn the_mouse_finds_tabs_rows_and_lines() {
    let click = MouseEventKind::Down(MouseButton::Left);
    let mut screen = played("folders");
    let shown = letters(&mut screen, (100, 30));
    let at = |words: &str, shown: &str| {
        let line = shown.lines().position(|line| line.contains(words)).unwrap();
        let column = shown.lines().nth(line).and_then(|text| text.find(words)).unwrap();
        (u16::try_from(column).unwrap(), u16::try_from(line).unwrap())
    };
    // Bytes before the tab's name are rules of three bytes each; the row's number is what matters elsewhere.
    assert_eq!(mouse(&mut screen, click, (12, 1)), [Command::TellFolders(Target::All)]);
    let table = letters(&mut screen, (100, 30));
    let row = at("Lists/rust", &table);
    mouse(&mut screen, click, row);
    letters(&mut screen, (100, 30));
    mouse(&mut screen, click, row);
    assert!(letters(&mut screen, (100, 30)).contains("2 messages left out"));
    press(&mut screen, "<Esc><Esc>");
    drawn(&mut screen, Depth::None, (100, 30));
    mouse(&mut screen, click, at("] work", &shown));
    assert!(letters(&mut screen, (100, 30)).contains("▸ work"));
    mouse(&mut screen, click, (0, 0));
    drawn(&mut screen, Depth::None, (100, 30));
    mouse(&mut screen, MouseEventKind::ScrollUp, (50, 10));
    mouse(&mut screen, click, (50, 10));
    mouse(&mut screen, MouseEventKind::Drag(MouseButton::Left), (50, 12));
    assert!(screen.log.choosing());
    assert_eq!(screen.log.chosen(&Room { height: 1, lines: &|_| 1 }).len(), 3);
}

#[test]
fn the_readme_shows_the_keys_of_the_table() {
    let readme = std::fs::read_to_string(super::path("../README.md")).unwrap();
    for key in TABLE {
        let keys = if key.action == "one" { "1-9".to_owned() } else { key.usual.to_owned() };
        let keys = keys.split(' ').map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
        let row = format!("| {keys} | `{}` | {} |", key.action, key.help);
        assert!(readme.contains(&row), "README lacks: {row}");
    }
}

/// What stands out on the screen.
fn reversed(screen: &mut Screen, size: (u16, u16)) -> String {
    let buffer = drawn(screen, Depth::None, size);
    let stands_out = |cell: &&Cell| cell.modifier.contains(Modifier::REVERSED);
    buffer.content.iter().filter(stands_out).map(Cell::symbol).collect()
}

fn noted(screen: &mut Screen, text: &str) {
    let kind = EventKind::Noted { account: None, folder: None, text: text.into() };
    screen.apply(&Event { at: screen.now, lamp: LampId::CONTROL, kind });
}

#[test]
fn what_is_found_is_marked_where_a_line_is_broken_and_keeps_its_accents() {
    let mut screen = played("idle");
    noted(&mut screen, &format!("{} here words are broken apart and re\u{301}sume\u{301} too", "x".repeat(20)));
    for (words, marked) in
        [("words are broken", "wordsarebroken"), ("re", "rerere\u{301}"), ("\u{301}", "e\u{301}e\u{301}")]
    {
        press(&mut screen, &format!("<Esc>/{words}<Enter>"));
        assert_eq!(reversed(&mut screen, (80, 24)).replace(' ', ""), marked, "{words}");
    }
}

#[test]
fn nothing_is_copied_where_there_is_nothing() {
    let mut screen = played("idle");
    press(&mut screen, "Fno such words<Enter>");
    assert!(press(&mut screen, "y").is_empty());
    assert!(letters(&mut screen, (80, 24)).contains("there is nothing to copy"));
}

#[test]
fn what_is_copied_without_a_choice_is_what_is_in_sight() {
    let mut screen = played("idle");
    (0..50).for_each(|number| noted(&mut screen, &format!("line {number} {}", "of many words ".repeat(8))));
    letters(&mut screen, (80, 24));
    let copied = match press(&mut screen, "y").pop() {
        Some(Effect::Copy(text)) => text.lines().count(),
        other => panic!("{other:?}"),
    };
    // The beginning of the first one has no room.
    assert_eq!(copied, letters(&mut screen, (80, 24)).matches("line ").count() + 1);
}
