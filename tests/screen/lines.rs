//! The same scenes as lines, on each interface that writes some.

use std::num::NonZero;
use std::os::unix::net::UnixDatagram;

use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::question::{Answer, Ask, Question, Secret};
use blinkensync::ui::basic::Basic;
use blinkensync::ui::beside::Record;
use blinkensync::ui::json::Json;
use blinkensync::ui::lines::{LineUi, Style};
use blinkensync::ui::machine::Machine;
use blinkensync::ui::quiet::Quiet;
use blinkensync::ui::syslog::Syslog;
use blinkensync::ui::ttyui::Ttyui;
use blinkensync::ui::{FrontEnd, Links};
use crossbeam_channel::{bounded, unbounded};

use super::{SCENES, compare, scene};

/// The scenes that are written as lines: all that are drawn, and one in which much is told that lights don't show.
pub const LINES: [&str; 6] = [SCENES[0], SCENES[1], SCENES[2], SCENES[3], SCENES[4], "particulars"];

fn ended() -> Event {
    Event { at: scene("idle")[0].at, lamp: LampId::CONTROL, kind: EventKind::Ended { exit: Exit::Partial } }
}

fn whole(name: &str) -> impl Iterator<Item = Event> {
    scene(name).into_iter().chain([ended()])
}

fn played<S: Style>(style: S, name: &str) -> S {
    let (events, shown) = unbounded();
    whole(name).for_each(|event| events.send(event).unwrap());
    let mut ui = LineUi::new(style);
    let links = Links { events: shown, questions: bounded(1).1, commands: bounded(1).0 };
    assert_eq!(ui.run(links).unwrap(), Exit::Partial);
    ui.into_style()
}

/// What a scene leaves, event by event, whatever the time is here.
pub fn shown<S: Style>(mut style: S, name: &str, into: impl Fn(S) -> Vec<u8>) -> String {
    whole(name).for_each(|event| style.show(&event).unwrap());
    style.leave().unwrap();
    String::from_utf8(into(style)).unwrap()
}

/// What syslog hears of a scene, without time and process.
fn heard(name: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let (daemon, mut syslog) = (UnixDatagram::bind(&path).unwrap(), Syslog::at(&path).unwrap());
    daemon.set_nonblocking(true).unwrap();
    let (mut lines, mut buffer) = (Vec::new(), [0; 4096]);
    for event in whole(name) {
        syslog.take(&event).unwrap();
        while let Ok(count) = daemon.recv(&mut buffer) {
            let line = std::str::from_utf8(&buffer[..count]).unwrap();
            let priority = line.split_once('>').unwrap().0;
            lines.push(format!("{priority}>{}\n", line.split_once("]: ").unwrap().1));
        }
    }
    lines.concat()
}

fn clean(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\n')
}

#[test]
fn scenes_read_as_they_are_kept() {
    for name in LINES {
        let basic = String::from_utf8(played(Basic::new(Vec::new()), name).into_inner()).unwrap();
        let ttyui = String::from_utf8(played(Ttyui::on_the_terminal(Vec::new()), name).into_inner()).unwrap();
        let quiet = String::from_utf8(played(Quiet::new(Vec::new()), name).into_inner()).unwrap();
        let stamped = Basic::new(Vec::new()).stamped(|time| time.fixed_offset());
        let stamped = shown(stamped, name, Basic::into_inner);
        let machine = shown(Machine::new(Vec::new()), name, Machine::into_inner);
        let json = shown(Json::new(Vec::new()), name, Json::into_inner);
        let syslog = heard(name);
        assert_eq!(ttyui, basic);
        assert!(stamped.lines().map(|line| line.split_at(20).1).eq(basic.lines()), "{stamped}");
        assert!(machine.lines().all(|line| line.is_ascii() && line.split(':').count() == 4), "{machine}");
        for (interface, text) in [
            ("basic", basic),
            ("quiet", quiet),
            ("stamped", stamped),
            ("machineui", machine),
            ("jsonui", json),
            ("syslog", syslog),
        ] {
            assert!(clean(&text), "{text}");
            compare(&format!("{name}-{interface}"), &text);
        }
    }
}

#[test]
fn on_a_terminal_a_line_below_the_others_says_how_far_it_is() {
    for name in LINES {
        let text = shown(Ttyui::on_the_terminal(Vec::new()).with_bar(|| 60), name, Ttyui::into_inner);
        // A bar stands at the beginning of a line, and nothing but that is obeyed by the terminal.
        let rest = text.replace("\r\x1b[K", "").replace("\x1b[K", "");
        assert!(!rest.contains(|c: char| c.is_control() && c != '\n' && c != '\r'), "{rest:?}");
        for line in text.lines() {
            let (bars, line) = line.rsplit_once("\r\x1b[K").unwrap_or(("", line));
            assert!(!line.contains('\r'), "{line:?} stands in a bar's place");
            let widths = bars.split('\r').map(|bar| bar.trim_end_matches("\x1b[K").chars().count());
            assert!(widths.max() < Some(60), "{bars:?}");
        }
        // In the end only the lines stand there, but for a character that this terminal doesn't know.
        let size = |number| NonZero::new(number).unwrap();
        let mut terminal = vt100::Parser::new(size(200), size(400), 0);
        terminal.process(text.replace('\n', "\r\n").as_bytes());
        let plain = shown(Ttyui::on_the_terminal(Vec::new()), name, Ttyui::into_inner);
        assert_eq!(terminal.screen().contents().trim_end(), plain.replace('\u{fffd}', "").trim_end());
        compare(&format!("{name}-ttyui-bar"), &text.replace('\r', "\\r").replace('\x1b', "\\e"));
    }
}

fn asked<S: Style + Send + 'static>(style: S) -> Option<Answer> {
    let (events, shown) = bounded(1);
    let (questions, questioned) = bounded(1);
    let (reply, answer) = bounded(1);
    let links = Links { events: shown, questions: questioned, commands: bounded(1).0 };
    let ui = std::thread::spawn(move || LineUi::new(style).run(links).unwrap());
    let (account, user, host) = (AccountName::new("home"), "anna".into(), "imap.example".into());
    questions.send(Question { ask: Ask::Password { account, user, host, refusal: None }, reply }).unwrap();
    let answer = answer.recv().ok();
    events.send(ended()).unwrap();
    assert_eq!(ui.join().unwrap(), Exit::Partial);
    answer
}

#[test]
fn basic_never_asks_and_ttyui_passes_on_what_is_typed() {
    assert_eq!(asked(Basic::new(Vec::new())), None);
    assert_eq!(asked(Quiet::new(Vec::new())), None);
    let typed = Ttyui::asking(Vec::new(), |_, _| Answer::Password(Secret::new("hunter2".into())));
    assert_eq!(asked(typed), Some(Answer::Password(Secret::new("hunter2".into()))));
    let typed = Machine::asking(Vec::new(), || Box::new(|_, _| Answer::Password(Secret::new("hunter2".into()))));
    assert_eq!(asked(typed), Some(Answer::Password(Secret::new("hunter2".into()))));
}
