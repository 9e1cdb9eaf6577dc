//! The questions that wait for a person, one at a time, and what has been typed so far.

use std::collections::VecDeque;

use crossbeam_channel::Sender;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

use crate::model::ids::AccountName;
use crate::model::question::{Answer, Ask, Question, Secret};

/// No password is longer than this many bytes; more room is never needed, so what was typed is never copied about.
const LONGEST: usize = 1024;

/// The queue of questions.
#[derive(Debug)]
pub struct Prompts {
    waiting: VecDeque<Question>,
    /// Those that nobody is to answer any more. Whoever asked waits for the stop: without a reply from here, he would take it for
    /// the word that nobody is there.
    shelved: Vec<Question>,
    typed: Zeroizing<String>,
}

impl Default for Prompts {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), shelved: Vec::new(), typed: blank() }
    }
}

fn blank() -> Zeroizing<String> {
    Zeroizing::new(String::with_capacity(LONGEST))
}

impl Prompts {
    /// Puts a question behind those that wait.
    pub fn push(&mut self, question: Question) {
        self.waiting.push_back(question);
    }

    /// The question to be shown, and how many characters have been typed.
    pub fn current(&self) -> Option<(&Ask, usize)> {
        self.waiting.front().map(|question| (&question.ask, self.typed.chars().count()))
    }

    /// Whether one of them is about this account.
    pub fn concern(&self, account: &AccountName) -> bool {
        self.waiting.iter().any(|question| question.ask.account() == account)
    }

    /// How many wait behind the one that is shown.
    pub fn behind(&self) -> usize {
        self.waiting.len().saturating_sub(1)
    }

    /// Lays all questions aside, since the program is ending, and wipes what was typed.
    pub fn shelve(&mut self) {
        self.shelved.extend(self.waiting.drain(..));
        self.typed = blank();
    }

    /// A key; gives the answer back when there is one now, with where it goes.
    pub fn key(&mut self, key: KeyEvent) -> Option<(Sender<Answer>, Answer)> {
        if let Some((Ask::Agreement { .. } | Ask::Removal { .. } | Ask::Certificate { .. }, _)) = self.current() {
            return match key.code {
                KeyCode::Char('y' | 'Y') => self.answer(Answer::Agreed),
                KeyCode::Char('n' | 'N') | KeyCode::Esc | KeyCode::Enter => self.answer(Answer::GivenUp),
                _ => None,
            };
        }
        match key.code {
            // No password is empty.
            KeyCode::Enter if self.typed.is_empty() => None,
            KeyCode::Enter => {
                let typed = std::mem::replace(&mut self.typed, blank());
                self.answer(Answer::Password(Secret::new(typed.as_str().to_owned())))
            }
            KeyCode::Esc => self.answer(Answer::GivenUp),
            KeyCode::Backspace => {
                self.typed.pop();
                None
            }
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.typed = blank();
                None
            }
            KeyCode::Char(c) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                self.add(c);
                None
            }
            _ => None,
        }
    }

    /// Text that was pasted; of several lines only the first is meant.
    pub fn paste(&mut self, text: &str) {
        text.chars().take_while(|c| !matches!(c, '\r' | '\n')).for_each(|c| self.add(c));
    }

    fn add(&mut self, c: char) {
        let typing = matches!(self.current(), Some((Ask::Password { .. }, _)));
        if typing && self.typed.len() + c.len_utf8() <= LONGEST {
            self.typed.push(c);
        }
    }

    fn answer(&mut self, answer: Answer) -> Option<(Sender<Answer>, Answer)> {
        self.typed = blank();
        self.waiting.pop_front().map(|question| (question.reply, answer))
    }
}
