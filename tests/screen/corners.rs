//! What people seldom do, on screens that few have.

use blinkensync::model::command::{Command, Target};
use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::light::Light;
use blinkensync::model::question::{Ask, Question};
use blinkensync::ui::blinken::act::Effect;
use blinkensync::ui::blinken::screen::Screen;
use crossbeam_channel::{Receiver, bounded};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::views::{letters, press, sent};
use super::{played, scene, screen};

fn told(screen: &mut Screen, lamp: u32, kind: EventKind) {
    screen.apply(&Event { at: screen.now, lamp: LampId(lamp), kind });
}

fn control(letter: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)
}

fn asked(screen: &mut Screen) -> Receiver<blinkensync::model::question::Answer> {
    let (reply, answer) = bounded(1);
    let account = AccountName::new("home");
    screen
        .ask(Question { ask: Ask::Password { account, user: "anna".into(), host: "h".into(), refusal: None }, reply });
    answer
}

#[test]
fn what_the_footer_calls_sync_all_does_so_in_the_list_of_accounts_too() {
    let mut screen = played("first-sync");
    assert_eq!(sent(press(&mut screen, "as")), [Command::Sync(Target::All)]);
}

#[test]
fn esc_takes_a_wish_back_and_nothing_else() {
    let mut screen = played("folders");
    press(&mut screen, "/home<Enter>S<Esc>");
    assert!(letters(&mut screen, (80, 24)).contains("looking for home"));
}

#[test]
fn a_filter_that_can_not_be_is_explained_where_it_stands() {
    let mut screen = played("folders");
    press(&mut screen, "Flevel:grave<Enter>");
    let shown = letters(&mut screen, (100, 30));
    assert!(shown.contains("show only level:grave") && shown.contains("there is no level \"grave\""), "{shown}");
}

#[test]
fn a_search_for_folders_that_is_given_up_hides_none() {
    let mut screen = played("folders");
    press(&mut screen, "f/arch");
    assert!(!letters(&mut screen, (80, 24)).contains("INBOX"));
    press(&mut screen, "<Esc>");
    assert!(letters(&mut screen, (80, 24)).contains("INBOX"));
}

#[test]
fn what_is_typed_is_seen_on_the_smallest_screen() {
    let mut screen = played("folders");
    press(&mut screen, "/rust");
    assert!(letters(&mut screen, (20, 5)).contains("/rust"));
    press(&mut screen, "<Esc>q");
    let shown = letters(&mut screen, (20, 5));
    assert!(shown.contains("q again quits at…"), "{shown}");
}

#[test]
fn every_lamp_can_be_read_about_on_the_smallest_screen() {
    for size in [(20, 5), (24, 6), (40, 8), (44, 10), (80, 12)] {
        let mut screen = played("idle");
        press(&mut screen, "l");
        let mut seen = letters(&mut screen, size);
        for _ in 0..Light::ALL.len() {
            press(&mut screen, "<Down>");
            seen += &letters(&mut screen, size);
        }
        for light in Light::ALL {
            let name: String = light.meaning().chars().take(12).collect();
            assert!(seen.contains(&name), "{} at {size:?}:\n{seen}", light.meaning());
        }
    }
}

#[test]
fn lamps_without_room_are_counted() {
    let events = scene("idle");
    for size in [(40, 20), (60, 20), (80, 24)] {
        let mut screen = screen(events[0].at);
        for lamp in 0..70 {
            told(&mut screen, 1000 + lamp, EventKind::ThreadStarted { account: Some(AccountName::new("home")) });
            told(&mut screen, 1000 + lamp, EventKind::Lit { light: Light::Listing });
        }
        let shown = letters(&mut screen, size);
        let row = shown.lines().find(|line| line.contains("] home")).unwrap();
        let lit = row.matches('l').count();
        assert!(row.contains(&format!("+{}", 70 - lit)), "{shown}");
    }
}

#[test]
fn the_overview_is_read_to_its_end() {
    let mut screen = played("many-lights");
    for number in 0..40 {
        let account = AccountName::new(&format!("account{number}"));
        told(&mut screen, 0, EventKind::SyncStarted { account });
    }
    press(&mut screen, "o");
    for size in [(80, 24), (40, 10)] {
        let shown = letters(&mut screen, size);
        assert!(!shown.contains("account39 ") && (size.1 < 16 || shown.contains("below, Down shows more")), "{shown}");
        let mut seen = String::new();
        for _ in 0..60 {
            press(&mut screen, "<Down>");
            let shown = letters(&mut screen, size);
            seen.extend(shown.lines().take_while(|line| !line.contains(" 1 [")).map(|line| line.to_owned() + "\n"));
        }
        assert!(seen.contains("account39"), "{seen}");
        (0..60).for_each(|_| drop(press(&mut screen, "<Up>")));
        assert!(letters(&mut screen, size).contains("down"));
    }
}

#[test]
fn terminals_that_send_control_letters_for_backspace_and_enter_are_understood() {
    let mut screen = played("idle");
    press(&mut screen, "/rusx");
    screen.key(control('h'));
    press(&mut screen, "t");
    screen.key(control('j'));
    assert!(letters(&mut screen, (80, 24)).contains("looking for rust"));
    let _answer = asked(&mut screen);
    press(&mut screen, "pwx");
    screen.key(control('h'));
    match screen.key(control('j')).pop() {
        Some(Effect::Reply(_, blinkensync::model::question::Answer::Password(secret))) => {
            assert_eq!(secret.reveal(), "pw");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_password_is_none() {
    let mut screen = played("idle");
    let _answer = asked(&mut screen);
    assert!(press(&mut screen, "<Enter>").is_empty());
    assert!(letters(&mut screen, (80, 24)).contains("password of anna"));
}

#[test]
fn no_question_stands_in_the_way_of_the_end() {
    let mut screen = played("idle");
    let before = asked(&mut screen);
    told(&mut screen, 0, EventKind::Stopping);
    let after = asked(&mut screen);
    assert!(!letters(&mut screen, (80, 24)).contains("password of anna"));
    // Whoever asked is not told that nobody is there: he waits for the stop.
    assert!(before.try_recv().unwrap_err().is_empty() && after.try_recv().unwrap_err().is_empty());
    assert_eq!(sent(press(&mut screen, "q")), [Command::QuitNow]);
}
