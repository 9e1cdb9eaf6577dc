//! Drives the interfaces that write lines.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter};
use std::thread;
use std::time::Instant;

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, Sender, after, bounded, never, select};

use crate::model::event::{Event, EventKind};
use crate::model::fault::Exit;
use crate::model::question::{Answer, Ask, Question};

use super::{FrontEnd, Links};

/// Waits for the answer to a question, in a thread of its own. When the other end of the pipe is closed, nobody wants the answer
/// any more.
pub type Asker = Box<dyn FnOnce(&Ask, &PipeReader) -> Answer + Send>;

/// What tells one interface of lines from another.
pub trait Style {
    /// Writes down what there is to say of `event`.
    ///
    /// # Errors
    /// When its writer can't be written to.
    fn show(&mut self, event: &Event) -> io::Result<()>;

    /// Poses a question, and gives what waits for the answer; `None` when it never does, so that the question counts as given up.
    ///
    /// # Errors
    /// When its writer can't be written to.
    fn pose(&mut self, _ask: &Ask) -> io::Result<Option<Asker>> {
        Ok(None)
    }

    /// Whether events wait as long as a question stands, because it stands where they would.
    fn holds(&self) -> bool {
        true
    }

    /// When it has something to write though nothing happens; `None` for never.
    fn due(&self) -> Option<DateTime<Utc>> {
        None
    }

    /// Writes what is due.
    ///
    /// # Errors
    /// When its writer can't be written to.
    fn wake(&mut self, _now: DateTime<Utc>) -> io::Result<()> {
        Ok(())
    }

    /// Takes away what was only for the moment.
    ///
    /// # Errors
    /// When its writer can't be written to.
    fn leave(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An interface of lines: shows events as they come, and holds them back while a question stands on the terminal.
#[derive(Debug)]
pub struct LineUi<S> {
    style: S,
    waiting: VecDeque<Question>,
    asked: Option<Asked>,
    held: Vec<Event>,
}

/// A question that a person is looking at. Dropping the pipe takes it back.
#[derive(Debug)]
struct Asked {
    reply: Sender<Answer>,
    answer: Receiver<Answer>,
    open: PipeWriter,
    thread: thread::JoinHandle<()>,
}

impl<S: Style> LineUi<S> {
    /// The interface that writes in this style.
    pub fn new(style: S) -> Self {
        Self { style, waiting: VecDeque::new(), asked: None, held: Vec::new() }
    }

    /// Its style, with what it has written.
    pub fn into_style(self) -> S {
        self.style
    }

    fn question(&mut self, question: Question) -> io::Result<()> {
        self.waiting.push_back(question);
        self.ask_next()
    }

    fn ask_next(&mut self) -> io::Result<()> {
        if self.asked.is_some() {
            return Ok(());
        }
        let (ask, reply, asker) = loop {
            let Some(Question { ask, reply }) = self.waiting.pop_front() else { return self.release() };
            if let Some(asker) = self.style.pose(&ask)? {
                break (ask, reply, asker);
            }
        };
        let (taken_back, open) = io::pipe()?;
        let (sender, answer) = bounded(1);
        let thread = thread::Builder::new().name("question".into()).spawn(move || {
            // Nobody waits for the answer when the program has ended meanwhile.
            let _ = sender.send(asker(&ask, &taken_back));
        })?;
        self.asked = Some(Asked { reply, answer, open, thread });
        Ok(())
    }

    fn answered(&mut self, answer: Answer) -> io::Result<()> {
        if let Some(asked) = self.asked.take() {
            // The worker may have been stopped while the person was typing.
            let _ = asked.reply.try_send(answer);
        }
        self.ask_next()
    }

    /// An event, or the end of all events.
    fn news(&mut self, event: Option<Event>) -> io::Result<Option<Exit>> {
        if let Some(event) = event {
            return self.event(event);
        }
        self.take_back();
        self.release()?;
        self.style.leave()?;
        Ok(Some(Exit::Internal))
    }

    fn event(&mut self, event: Event) -> io::Result<Option<Exit>> {
        if let EventKind::Ended { exit } = event.kind {
            self.take_back();
            self.release()?;
            self.style.show(&event)?;
            self.style.leave()?;
            return Ok(Some(exit));
        }
        if !self.is_held() {
            self.style.show(&event)?;
        } else if !event.kind.coalesces() {
            self.held.push(event);
        }
        Ok(None)
    }

    fn is_held(&self) -> bool {
        self.asked.is_some() && self.style.holds()
    }

    /// What tells that something is due.
    fn alarm(&self) -> Receiver<Instant> {
        match self.style.due().filter(|_| !self.is_held()) {
            // A deadline that has passed is due now.
            Some(due) => after(due.signed_duration_since(Utc::now()).to_std().unwrap_or_default()),
            None => never(),
        }
    }

    /// Ends the question on the terminal and waits until the terminal is as it was.
    fn take_back(&mut self) {
        self.waiting.clear();
        if let Some(Asked { open, thread, .. }) = self.asked.take() {
            drop(open);
            let _ = thread.join();
        }
    }

    fn release(&mut self) -> io::Result<()> {
        for event in std::mem::take(&mut self.held) {
            self.style.show(&event)?;
        }
        Ok(())
    }
}

impl<S: Style> FrontEnd for LineUi<S> {
    fn run(&mut self, links: Links) -> io::Result<Exit> {
        let Links { events, mut questions, commands: _commands } = links;
        loop {
            let answer = self.asked.as_ref().map_or_else(never, |asked| asked.answer.clone());
            let alarm = self.alarm();
            select! {
                recv(events) -> event => if let Some(exit) = self.news(event.ok())? { return Ok(exit) },
                recv(questions) -> question => match question {
                    Ok(question) => self.question(question)?,
                    Err(_) => questions = never(),
                },
                recv(alarm) -> _ => self.style.wake(Utc::now())?,
                recv(answer) -> answer => self.answered(answer.unwrap_or(Answer::GivenUp))?,
            }
        }
    }
}

#[cfg(test)]
mod tests;
