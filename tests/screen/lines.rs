//! The same scenes as lines.

use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::fault::Exit;
use blinkensync::model::ids::{AccountName, LampId};
use blinkensync::model::question::{Answer, Ask, Question, Secret};
use blinkensync::ui::basic::Basic;
use blinkensync::ui::lines::{LineUi, Style};
use blinkensync::ui::quiet::Quiet;
use blinkensync::ui::ttyui::Ttyui;
use blinkensync::ui::{FrontEnd, Links};
use crossbeam_channel::{bounded, unbounded};

use super::{SCENES, compare, scene};

fn ended() -> Event {
    Event { at: scene("idle")[0].at, lamp: LampId::CONTROL, kind: EventKind::Ended { exit: Exit::Partial } }
}

fn played<S: Style>(style: S, name: &str) -> S {
    let (events, shown) = unbounded();
    scene(name).into_iter().chain([ended()]).for_each(|event| events.send(event).unwrap());
    let mut ui = LineUi::new(style);
    let links = Links { events: shown, questions: bounded(1).1, commands: bounded(1).0 };
    assert_eq!(ui.run(links).unwrap(), Exit::Partial);
    ui.into_style()
}

#[test]
fn scenes_read_as_they_are_kept() {
    for name in SCENES {
        let basic = String::from_utf8(played(Basic::new(Vec::new()), name).into_inner()).unwrap();
        let ttyui = String::from_utf8(played(Ttyui::on_the_terminal(Vec::new()), name).into_inner()).unwrap();
        let quiet = String::from_utf8(played(Quiet::new(Vec::new()), name).into_inner()).unwrap();
        assert_eq!(ttyui, basic);
        assert!(!basic.contains(|c: char| c.is_control() && c != '\n'));
        compare(&format!("{name}-basic"), &basic);
        compare(&format!("{name}-quiet"), &quiet);
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
    let typed = Ttyui::asking(Vec::new(), |_, _| Answer::Password(Secret::new("hunter2".into())));
    assert_eq!(asked(typed), Some(Answer::Password(Secret::new("hunter2".into()))));
}
