//! Any events and any keys, at any size.

use blinkensync::model::command::{Command, Target};
use blinkensync::ui::blinken::screen::Effect;
use blinkensync::ui::blinken::theme::Depth;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;

use super::picture::drawn;
use super::{SCENES, played, scene, screen};

const KEYS: [KeyCode; 12] = [
    KeyCode::Char('q'),
    KeyCode::Char('p'),
    KeyCode::Char('?'),
    KeyCode::Char('1'),
    KeyCode::Char('9'),
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Esc,
];

proptest! {
    #[test]
    fn nothing_panics(
        steps in proptest::collection::vec((0..SCENES.len(), any::<prop::sample::Index>(), 0..KEYS.len()), 1..60),
        width in 1_u16..120,
        height in 1_u16..40,
    ) {
        let scenes: Vec<_> = SCENES.iter().map(|name| scene(name)).collect();
        let mut screen = screen(scenes[0][0].at);
        for (which, event, key) in steps {
            screen.apply(event.get(&scenes[which]));
            screen.key(KeyEvent::new(KEYS[key], KeyModifiers::NONE));
            drawn(&mut screen, Depth::True, (width, height));
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
    assert_eq!(sent('2', 1), [Command::Sync(Target::One(blinkensync::model::ids::AccountName::new("work")))]);
    assert_eq!(sent('9', 1), []);
}
