//! What keys do to the screen, and what they ask of the rest of the program.

use crossbeam_channel::Sender;
use crossterm::event::{KeyEvent, KeyModifiers};

use crate::model::command::{Command, Target};
use crate::model::question::Answer;

use super::keys::{Meaning, meaning};
use super::roster::Row;
use super::screen::Screen;

/// What the terminal's side has to do after a key.
#[derive(Debug)]
pub enum Effect {
    /// Send this to the supervisor.
    Send(Command),
    /// Send this answer.
    Reply(Sender<Answer>, Answer),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back and stop until the shell says to go on.
    Suspend,
}

impl Screen {
    /// Takes a key in.
    pub fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let typing = self.prompts.current().is_some();
        let meant = meaning(key);
        let through = key.modifiers.contains(KeyModifiers::CONTROL)
            && matches!(meant, Some(Meaning::Quit | Meaning::Redraw | Meaning::Suspend));
        if typing && !through {
            return self.prompts.key(key).map(|(reply, answer)| Effect::Reply(reply, answer)).into_iter().collect();
        }
        meant.map_or_else(Vec::new, |meant| self.act(meant, key))
    }

    fn act(&mut self, meant: Meaning, key: KeyEvent) -> Vec<Effect> {
        match meant {
            Meaning::Quit => vec![self.quit()],
            Meaning::SyncAll => vec![Effect::Send(Command::Sync(Target::All))],
            Meaning::SyncOne => self.sync_one(key).into_iter().collect(),
            Meaning::Pause => vec![self.pause()],
            Meaning::Help => {
                self.help = !self.help;
                Vec::new()
            }
            Meaning::Close => {
                self.help = false;
                Vec::new()
            }
            Meaning::Move(scroll) => {
                self.log.scroll(scroll, self.page);
                Vec::new()
            }
            Meaning::Redraw => vec![Effect::Redraw],
            Meaning::Suspend => vec![Effect::Suspend],
        }
    }

    fn quit(&mut self) -> Effect {
        self.prompts.clear();
        let again = std::mem::replace(&mut self.stopping, true);
        Effect::Send(if again { Command::QuitNow } else { Command::Quit })
    }

    fn sync_one(&self, key: KeyEvent) -> Option<Effect> {
        let number = key.code.as_char()?.to_digit(10)? as usize;
        let row = self.roster.accounts().get(number.checked_sub(1)?)?;
        Some(Effect::Send(Command::Sync(Target::One(row.account.clone()?))))
    }

    fn pause(&self) -> Effect {
        let all_paused = self.roster.accounts().iter().all(Row::paused);
        let held = all_paused && !self.roster.accounts().is_empty();
        Effect::Send(if held { Command::Resume(Target::All) } else { Command::Pause(Target::All) })
    }
}
