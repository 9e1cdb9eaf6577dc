//! What keys do to the screen, and what they ask of the rest of the program.

use crossbeam_channel::Sender;
use crossterm::event::{KeyEvent, KeyModifiers};

use crate::model::command::{Command, Target};
use crate::model::ids::AccountName;
use crate::model::question::Answer;

use super::chord::Chord;
use super::filter::Filter;
use super::keys::{Meaning, Place, TABLE};
use super::log::{Room, Scroll};
use super::logview::Columns;
use super::roster::Row;
use super::screen::Screen;
use super::search::Search;
use super::table::moved;
use super::view::{Armed, Over, View};

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
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Put this where the terminal's user can paste it.
    Copy(String),
    /// Write this to a file.
    Save(String),
}

/// What most keys ask of the rest of the program.
const NOTHING: Vec<Effect> = Vec::new();

impl Screen {
    /// Where keys count now.
    pub fn place(&self) -> Place {
        match &self.over {
            Some(Over::Accounts(_)) => Place::Accounts,
            Some(Over::Folder(_)) => Place::Folder,
            _ => self.view.place(),
        }
    }

    /// Takes a key in.
    pub fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let meant = self.bindings.meaning(Chord::from(key), self.place());
        let held = key.modifiers.contains(KeyModifiers::CONTROL);
        let through = held && matches!(meant, Some((Meaning::Quit | Meaning::Redraw | Meaning::Suspend, _)));
        if !through {
            if self.prompts.current().is_some() {
                let answer = self.prompts.key(key);
                return answer.map(|(reply, answer)| Effect::Reply(reply, answer)).into_iter().collect();
            }
            if self.entry.is_some() {
                self.type_in(key);
                return NOTHING;
            }
        }
        if matches!(self.over, Some(Over::Welcome(_))) {
            self.over = None;
            if matches!(meant, Some((Meaning::Close, _))) {
                return NOTHING;
            }
        }
        let armed = self.armed.take();
        meant.map_or(NOTHING, |(meaning, which)| self.act(meaning, which, armed))
    }

    fn act(&mut self, meaning: Meaning, which: usize, armed: Option<Armed>) -> Vec<Effect> {
        match meaning {
            Meaning::Quit => return vec![self.quit()],
            Meaning::SyncAll | Meaning::One | Meaning::Pause => return self.wish(meaning, which, armed),
            Meaning::Full if self.place() == Place::Accounts => return self.sync(self.chosen_account(), true),
            Meaning::Full => self.arm(armed, Armed::Full),
            Meaning::PauseOne => self.arm(armed, Armed::PauseOne),
            Meaning::Open if self.place() == Place::Accounts => return self.sync(self.chosen_account(), false),
            Meaning::Move(scroll) => self.scroll(scroll),
            Meaning::Redraw => return vec![Effect::Redraw],
            Meaning::Suspend => return vec![Effect::Suspend],
            Meaning::Mouse => return self.toggle_mouse(),
            Meaning::Save => return vec![Effect::Save(self.log_text())],
            Meaning::Copy => return self.copy().into_iter().collect(),
            Meaning::Retry | Meaning::Ignore => return self.left_out(meaning).into_iter().collect(),
            Meaning::Folders | Meaning::Overview | Meaning::NextView => return self.show_view(meaning),
            Meaning::Accounts | Meaning::Help | Meaning::Legend | Meaning::Open | Meaning::Close => self.lay(meaning),
            Meaning::Sort => self.table.sort_on(),
            Meaning::Reverse => self.table.reversed = !self.table.reversed,
            Meaning::Search | Meaning::Filter => self.begin_to_type(meaning),
            Meaning::Next => self.find(true),
            Meaning::Previous => self.find(false),
            Meaning::Level => self.log.show(self.log.filter().next_level()),
            Meaning::Wrap => self.cut = !self.cut,
            Meaning::Mark => self.log.toggle_choice(),
        }
        NOTHING
    }

    fn quit(&mut self) -> Effect {
        self.prompts.shelve();
        self.entry = None;
        let again = std::mem::replace(&mut self.stopping, true);
        Effect::Send(if again { Command::QuitNow } else { Command::Quit })
    }

    /// The second time it is undone.
    fn arm(&mut self, before: Option<Armed>, armed: Armed) {
        self.armed = if before == Some(armed) { None } else { Some(armed) };
    }
}

/// Wishes to synchronise and to pause.
impl Screen {
    fn wish(&mut self, meaning: Meaning, which: usize, armed: Option<Armed>) -> Vec<Effect> {
        let full = armed == Some(Armed::Full);
        match meaning {
            Meaning::One if armed == Some(Armed::PauseOne) => self.pause_one(self.account(which)),
            Meaning::One => self.sync(self.account(which), full),
            Meaning::SyncAll if self.place() == Place::Accounts => self.sync(self.chosen_account(), full),
            Meaning::SyncAll => vec![Effect::Send(sync(Target::All, full))],
            _ if self.place() == Place::Accounts => self.pause_one(self.chosen_account()),
            _ => vec![self.pause()],
        }
    }

    fn account(&self, place: usize) -> Option<AccountName> {
        self.roster.accounts().get(place).and_then(|row| row.account.clone())
    }

    fn chosen_account(&self) -> Option<AccountName> {
        if let Some(Over::Accounts(chosen)) = self.over { self.account(chosen) } else { None }
    }

    fn sync(&mut self, account: Option<AccountName>, full: bool) -> Vec<Effect> {
        let Some(account) = account else { return NOTHING };
        let words = if full { "looking at everything in" } else { "synchronising" };
        self.remark(format!("{words} {account}"));
        vec![Effect::Send(sync(Target::One(account), full))]
    }

    fn pause(&self) -> Effect {
        let all_paused = self.roster.accounts().iter().all(Row::paused);
        let held = all_paused && !self.roster.accounts().is_empty();
        Effect::Send(if held { Command::Resume(Target::All) } else { Command::Pause(Target::All) })
    }

    fn pause_one(&self, account: Option<AccountName>) -> Vec<Effect> {
        let Some(account) = account else { return NOTHING };
        let held = self.roster.accounts().iter().any(|row| row.account.as_ref() == Some(&account) && row.paused());
        let target = Target::One(account);
        vec![Effect::Send(if held { Command::Resume(target) } else { Command::Pause(target) })]
    }
}

fn sync(target: Target, full: bool) -> Command {
    if full { Command::SyncFully(target) } else { Command::Sync(target) }
}

/// What is in sight.
impl Screen {
    fn show_view(&mut self, meaning: Meaning) -> Vec<Effect> {
        let wanted = match meaning {
            Meaning::Folders => View::Folders,
            Meaning::Overview => View::Overview,
            _ => self.view.next(),
        };
        let back = self.view == wanted && self.over.is_none();
        self.go_to(if back { View::Lights } else { wanted })
    }

    /// Fills the screen with another view.
    pub fn go_to(&mut self, view: View) -> Vec<Effect> {
        self.over = None;
        self.view = view;
        // What the ledger knows may have changed since it was told last.
        if view == View::Folders { vec![Effect::Send(Command::TellFolders(Target::All))] } else { NOTHING }
    }

    /// Lays something above the rest, or takes it away.
    fn lay(&mut self, meaning: Meaning) {
        self.over = match (meaning, self.over.take()) {
            (Meaning::Help, Some(Over::Help(_)))
            | (Meaning::Legend, Some(Over::Legend))
            | (Meaning::Accounts, Some(Over::Accounts(_))) => None,
            (Meaning::Help, _) => Some(Over::Help(0)),
            (Meaning::Legend, _) => Some(Over::Legend),
            (Meaning::Accounts, _) => Some(Over::Accounts(0)),
            (Meaning::Open, _) => self.chosen_folder(),
            (_, Some(_)) => None,
            (_, None) => {
                self.undo();
                None
            }
        };
    }

    /// With nothing above, Esc takes back what was chosen: lines, what is searched, what is shown, then the view.
    fn undo(&mut self) {
        if self.view == View::Folders && !self.table.wanted.is_empty() {
            self.table.wanted.clear();
        } else if self.view != View::Lights {
            self.view = View::Lights;
        } else if self.log.choosing() {
            self.log.let_go();
        } else if !self.search.words().is_empty() {
            self.search = Search::default();
        } else if !self.log.filter().is_nothing() {
            self.log.show(Filter::default());
        } else {
            self.scroll_log(Scroll::Last);
        }
    }

    /// Moves through whatever is in front.
    pub fn scroll(&mut self, scroll: Scroll) {
        let last_account = self.roster.accounts().len().saturating_sub(1);
        match &mut self.over {
            Some(Over::Help(top)) => {
                *top = moved(*top, scroll, self.page).min(TABLE.len().saturating_sub(self.page));
            }
            Some(Over::Accounts(chosen)) => *chosen = moved(*chosen, scroll, self.page).min(last_account),
            Some(Over::Folder(leaf)) => {
                let messages = self.book.page(&leaf.account, &leaf.folder).map_or(0, |page| page.left_out.len());
                leaf.chosen = moved(leaf.chosen, scroll, self.page).min(messages.saturating_sub(1));
            }
            Some(Over::Legend | Over::Welcome(_)) => {}
            None => match self.view {
                View::Lights => self.scroll_log(scroll),
                View::Folders => self.table.scroll(&self.book, scroll, self.page),
                View::Overview => {}
            },
        }
    }

    fn scroll_log(&mut self, scroll: Scroll) {
        let columns = Columns::new(self, self.sight.0);
        self.log.scroll(scroll, &Room { height: self.sight.1, lines: &|line| columns.lines(line) });
    }

    /// Sees to it that the log fills its room, after the room or the log has changed.
    pub fn settle(&mut self) {
        let columns = Columns::new(self, self.sight.0);
        self.log.settle(&Room { height: self.sight.1, lines: &|line| columns.lines(line) });
    }

    fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.mouse = !self.mouse;
        self.remark(if self.mouse { "the mouse works here" } else { "the mouse is the terminal's" });
        vec![Effect::Mouse(self.mouse)]
    }
}
