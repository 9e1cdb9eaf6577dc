//! The picture: letters and colours.

use std::fmt::Write;

use blinkensync::model::ids::AccountName;
use blinkensync::model::question::{Answer, Ask, Question};
use blinkensync::ui::blinken::act::Effect;
use blinkensync::ui::blinken::draw::draw;
use blinkensync::ui::blinken::screen::Screen;
use blinkensync::ui::blinken::theme::{Depth, Theme};
use blinkensync::ui::blinken::view::Over;
use crossbeam_channel::bounded;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Style};
use unicode_width::UnicodeWidthStr;

use super::{SCENES, compare, played};

pub fn drawn(screen: &mut Screen, depth: Depth, size: (u16, u16)) -> Buffer {
    drawn_in(screen, Theme::new(depth), size)
}

pub fn drawn_in(screen: &mut Screen, theme: Theme, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(screen, theme, frame.buffer_mut())).unwrap();
    terminal.backend().buffer().clone()
}

/// Letters, then the same grid with a letter for each style, then what those letters mean.
pub fn text(buffer: &Buffer) -> String {
    let (mut letters, mut colours) = (String::new(), String::new());
    let mut styles: Vec<Style> = vec![Style::reset()];
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        let (mut line, mut shades, mut column) = (String::new(), String::new(), 0);
        while let Some(cell) = row.get(column) {
            line.push_str(cell.symbol());
            let place = styles.iter().position(|style| *style == cell.style()).unwrap_or(styles.len());
            if place == styles.len() {
                styles.push(cell.style());
            }
            let width = cell.symbol().width().max(1);
            let plain = place == 0 || cell.symbol() == " " && cell.bg == Color::Reset;
            let shade = if plain { ' ' } else { char::from(b'@' + u8::try_from(place).unwrap()) };
            shades.extend(std::iter::repeat_n(shade, width));
            column += width;
        }
        writeln!(letters, "{}", line.trim_end()).unwrap();
        writeln!(colours, "{}", shades.trim_end()).unwrap();
    }
    let legend: String = styles.iter().enumerate().skip(1).fold(String::new(), |mut legend, (place, style)| {
        let letter = char::from(b'@' + u8::try_from(place).unwrap());
        let ground = style
            .bg
            .filter(|ground| *ground != Color::Reset)
            .map_or_else(String::new, |ground| format!(" on {ground:?}"));
        writeln!(legend, "{letter} {:?} {:?}{ground}", style.fg, style.add_modifier).unwrap();
        legend
    });
    format!("{letters}{colours}{legend}")
}

#[test]
fn scenes_look_as_they_are_kept() {
    for name in SCENES {
        for size in [(100, 30), (80, 24), (40, 10), (20, 5)] {
            let picture = text(&drawn(&mut played(name), Depth::True, size));
            compare(&format!("{name}-{}x{}", size.0, size.1), &picture);
        }
        compare(&format!("{name}-sixteen"), &text(&drawn(&mut played(name), Depth::Sixteen, (80, 24))));
        compare(&format!("{name}-letters"), &text(&drawn(&mut played(name), Depth::None, (80, 24))));
    }
}

#[test]
fn a_password_is_asked_for_without_showing_it() {
    let mut screen = played("first-sync");
    let (reply, _answer) = bounded(1);
    let ask = Ask::Password {
        account: AccountName::new("home"),
        user: "anna".into(),
        host: "imap.home.example".into(),
        refusal: Some("[AUTHENTICATIONFAILED] no\x1b[2J".into()),
    };
    screen.ask(Question { ask, reply });
    screen.paste("hunter2\nnot this");
    for size in [(80, 24), (40, 10), (20, 5)] {
        compare(&format!("password-{}x{}", size.0, size.1), &text(&drawn(&mut screen, Depth::True, size)));
    }
}

#[test]
fn a_lot_is_deleted_only_when_somebody_agrees() {
    let mut screen = played("first-sync");
    let (reply, answers) = bounded(1);
    let consequence = "48 of its 50 messages would be deleted on the server, because they are gone here.";
    let ask = Ask::Agreement {
        account: AccountName::new("home"),
        folder: "Lists/rust\x1b[2J".into(),
        consequence: consequence.into(),
    };
    let question = Question { ask, reply };
    screen.ask(question.clone());
    screen.paste("y");
    assert!(screen.key(KeyEvent::from(KeyCode::Char('x'))).is_empty());
    for size in [(80, 24), (40, 10), (20, 5)] {
        compare(&format!("agreement-{}x{}", size.0, size.1), &text(&drawn(&mut screen, Depth::True, size)));
    }
    for (code, expected) in [
        (KeyCode::Enter, Answer::GivenUp),
        (KeyCode::Char('n'), Answer::GivenUp),
        (KeyCode::Esc, Answer::GivenUp),
        (KeyCode::Char('y'), Answer::Agreed),
    ] {
        screen.ask(question.clone());
        let effects = screen.key(KeyEvent::from(code));
        let [Effect::Reply(_, answer)] = &effects[..] else { panic!("{code:?}: {effects:?}") };
        assert_eq!(*answer, expected, "{code:?}");
    }
    assert!(answers.is_empty());
}

#[test]
fn help_shows_keys_and_lamps() {
    let mut screen = played("idle");
    screen.over = Some(Over::Help(0));
    compare("help-100x30", &text(&drawn(&mut screen, Depth::True, (100, 30))));
}

#[test]
fn no_control_character_reaches_the_screen() {
    let buffer = drawn(&mut played("hostile"), Depth::True, (100, 30));
    assert!(!buffer.content.iter().any(|cell| cell.symbol().contains(|c: char| c.is_control() || c == '\u{202e}')));
    let summary = played("hostile").summary().join("");
    assert!(!summary.contains(char::is_control));
}
