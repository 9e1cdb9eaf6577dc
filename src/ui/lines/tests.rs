use std::time::Duration;

use crossbeam_channel::unbounded;

use super::*;
use crate::model::ids::{AccountName, LampId};

/// Says what it is told to do, and asks for something that nobody answers until it is taken back.
struct Telling {
    said: Sender<&'static str>,
    due: bool,
    holds: bool,
}

impl Style for Telling {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        let said = if matches!(event.kind, EventKind::Ended { .. }) { "end" } else { "event" };
        self.said.send(said).map_err(io::Error::other)
    }

    fn pose(&mut self, _ask: &Ask) -> io::Result<Option<Asker>> {
        self.said.send("question").map_err(io::Error::other)?;
        Ok(Some(Box::new(|_, taken_back| {
            let _ = io::copy(&mut { taken_back }, &mut io::sink());
            Answer::GivenUp
        })))
    }

    fn holds(&self) -> bool {
        self.holds
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        self.due.then(Utc::now)
    }

    fn wake(&mut self, _now: DateTime<Utc>) -> io::Result<()> {
        self.due = false;
        self.said.send("wake").map_err(io::Error::other)
    }

    fn leave(&mut self) -> io::Result<()> {
        self.said.send("leave").map_err(io::Error::other)
    }
}

fn event(kind: EventKind) -> Event {
    Event { at: Utc::now(), lamp: LampId::CONTROL, kind }
}

/// What a style was told to do, in order: a question, an event, and the end.
fn told(holds: bool, due: bool, question: bool) -> Vec<&'static str> {
    let ((said, told), (events, shown)) = (unbounded(), unbounded());
    let ((questions, asked), (commands, _obeyed)) = (unbounded(), unbounded());
    let style = Telling { said, due, holds };
    let ui =
        thread::spawn(move || LineUi::new(style).run(Links { events: shown, questions: asked, commands }).unwrap());
    let next = || told.recv_timeout(Duration::from_secs(30)).unwrap();
    let mut all = Vec::new();
    let (reply, _answer) = bounded(1);
    if question {
        let (account, folder, consequence) = (AccountName::new("home"), "INBOX".into(), String::new());
        questions.send(Question { ask: Ask::Agreement { account, folder, consequence }, reply }).unwrap();
        all.push(next());
    }
    if due {
        all.push(next());
    }
    events.send(event(EventKind::Stopping)).unwrap();
    events.send(event(EventKind::Ended { exit: Exit::Success })).unwrap();
    assert_eq!(ui.join().unwrap(), Exit::Success);
    all.extend(told.try_iter());
    all
}

#[test]
fn what_is_due_is_written_though_nothing_happens() {
    assert_eq!(told(true, true, false), ["wake", "event", "end", "leave"]);
    assert_eq!(told(true, false, false), ["event", "end", "leave"]);
}

#[test]
fn a_question_that_stands_is_taken_back_at_the_end() {
    assert_eq!(told(true, false, true), ["question", "event", "end", "leave"]);
    assert_eq!(told(false, false, true), ["question", "event", "end", "leave"]);
}

#[test]
fn events_wait_only_where_the_question_is_in_their_way() {
    for holds in [true, false] {
        let ((said, told), (taken_back, open)) = (unbounded(), io::pipe().unwrap());
        let mut ui = LineUi::new(Telling { said, due: true, holds });
        let (reply, answer) = bounded(1);
        let thread = thread::spawn(move || drop(taken_back));
        ui.asked = Some(Asked { reply, answer: never(), open, thread });
        ui.event(event(EventKind::Stopping)).unwrap();
        assert_eq!(told.try_recv().is_ok(), !holds);
        // Nor is anything written that is due.
        assert_eq!(ui.alarm().recv_timeout(Duration::from_millis(if holds { 1 } else { 30_000 })).is_ok(), !holds);
        ui.answered(Answer::Agreed).unwrap();
        assert_eq!((answer.try_recv(), told.try_recv().is_ok()), (Ok(Answer::Agreed), holds));
    }
}
