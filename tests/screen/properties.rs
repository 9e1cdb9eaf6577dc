//! Any events and any keys, at any size.

use blinkensync::model::command::{Command, Target};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::{Fault, FaultKind, Reach};
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::ui::blinken::act::Effect;
use blinkensync::ui::blinken::screen::Screen;
use blinkensync::ui::blinken::theme::Depth;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Cell;

use super::picture::{drawn, drawn_in};
use super::themes;
use super::{SCENES, played, scene, screen};

/// Every letter that means something, and some that don't.
fn keys() -> impl Strategy<Value = KeyEvent> {
    let named = [
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Esc,
        KeyCode::Enter,
        KeyCode::Tab,
        KeyCode::Backspace,
    ];
    let letters = "qsSpPafol/?tTrinNFeWwvym19hä".chars().map(KeyCode::Char);
    let codes: Vec<KeyCode> = letters.chain(named).collect();
    prop::sample::select(codes).prop_map(|code| KeyEvent::new(code, KeyModifiers::NONE))
}

fn pointer() -> impl Strategy<Value = MouseEvent> {
    let left = MouseButton::Left;
    let kinds = [
        MouseEventKind::Down(left),
        MouseEventKind::Drag(left),
        MouseEventKind::Up(left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
    ];
    (prop::sample::select(kinds.to_vec()), 0_u16..130, 0_u16..45).prop_map(|(kind, column, row)| MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    })
}

proptest! {
    #[test]
    fn nothing_panics(
        steps in proptest::collection::vec(
            (0..SCENES.len(), any::<prop::sample::Index>(), keys(), proptest::option::of(pointer())),
            1..60,
        ),
        width in 1_u16..120,
        height in 1_u16..40,
        theme in any::<prop::sample::Index>(),
    ) {
        let theme = *theme.get(&themes::all().collect::<Vec<_>>());
        let scenes: Vec<_> = SCENES.iter().map(|name| scene(name)).collect();
        let mut screen = screen(scenes[0][0].at);
        for (which, event, key, pointer) in steps {
            screen.apply(event.get(&scenes[which]));
            screen.key(key);
            if let Some(pointer) = pointer {
                screen.mouse_did(pointer);
            }
            drawn_in(&mut screen, theme, (width, height));
        }
    }
}

fn sent(code: char, times: usize) -> Vec<Command> {
    let mut screen = played("first-sync");
    let key = KeyEvent::new(KeyCode::Char(code), KeyModifiers::NONE);
    let effects = (0..times).flat_map(|_| screen.key(key)).collect::<Vec<_>>();
    effects.into_iter().filter_map(|e| if let Effect::Send(command) = e { Some(command) } else { None }).collect()
}

#[test]
fn keys_become_commands() {
    assert_eq!(sent('q', 2), [Command::Quit, Command::QuitNow]);
    assert_eq!(sent('s', 1), [Command::Sync(Target::All)]);
    assert_eq!(sent('p', 1), [Command::Pause(Target::All)]);
    assert_eq!(sent('p', 2), [Command::Pause(Target::All), Command::Pause(Target::All)]);
    assert_eq!(sent('2', 1), [Command::Sync(Target::One(AccountName::new("work")))]);
    assert_eq!(sent('9', 1), []);
}

#[test]
fn pause_holds_those_that_go_on_and_lets_go_when_all_are_held() {
    let mut screen = played("first-sync");
    let press = |screen: &mut Screen| match screen.key(KeyEvent::new(KeyCode::Char('p'), KeyModifiers::NONE)).pop() {
        Some(Effect::Send(command)) => command,
        other => panic!("{other:?}"),
    };
    for (held, command) in [
        (None, Command::Pause(Target::All)),
        (Some("home"), Command::Pause(Target::All)),
        (Some("work"), Command::Resume(Target::All)),
    ] {
        if let Some(name) = held {
            let kind = EventKind::Paused { account: AccountName::new(name), left_ms: None };
            screen.apply(&Event { at: screen.now, lamp: LampId::CONTROL, kind });
        }
        assert_eq!(press(&mut screen), command, "{held:?}");
    }
}

#[test]
fn a_fault_can_be_read_to_its_end() {
    let mut screen = played("idle");
    let cause = "a reason that goes on and on, ".repeat(9);
    let fault =
        Fault::new(Reach::Account, FaultKind::Disk, "writing to INBOX", cause).advise("free some space, then go");
    let kind = EventKind::Failed { account: None, folder: None, fault: fault.clone() };
    screen.apply(&Event { at: screen.now, lamp: LampId::CONTROL, kind });
    let buffer = drawn(&mut screen, Depth::True, (80, 24));
    let shown: String = buffer.content.iter().map(Cell::symbol).collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let said = fault.to_string();
    let said: Vec<&str> = said.split_whitespace().collect();
    assert!(words.windows(said.len()).any(|window| window == said), "{words:?}");
}
