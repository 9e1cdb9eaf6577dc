//! What the mouse does.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::model::ids::AccountName;

use super::act::Effect;
use super::log::Scroll;
use super::screen::Screen;
use super::view::{Leaf, Over, View};

/// What lies somewhere on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A view's tab.
    Tab(View),
    /// The row of the account at this place.
    Account(usize),
    /// A folder that is being worked on.
    Work(AccountName, std::sync::Arc<str>),
    /// The folder at this place of the table.
    Folder(usize),
    /// The line of the log with this number.
    Line(usize),
    /// The chosen message that is left out.
    Message(usize),
}

/// So many lines a turn of the wheel moves.
const WHEEL: usize = 3;

impl Screen {
    /// Takes what the mouse did in.
    pub fn mouse_did(&mut self, event: MouseEvent) -> Vec<Effect> {
        if self.prompts.current().is_some() {
            return Vec::new();
        }
        let target = self.target(Position::new(event.column, event.row));
        match event.kind {
            MouseEventKind::ScrollUp => (0..WHEEL).for_each(|_| self.scroll(Scroll::Up)),
            MouseEventKind::ScrollDown => (0..WHEEL).for_each(|_| self.scroll(Scroll::Down)),
            MouseEventKind::Down(MouseButton::Left) => return self.click(target),
            MouseEventKind::Drag(MouseButton::Left) => self.drag(target),
            _ => {}
        }
        Vec::new()
    }

    /// The topmost of what lies there.
    fn target(&self, at: Position) -> Option<Target> {
        self.targets.iter().rev().find(|(area, _)| area.contains(at)).map(|(_, target)| target.clone())
    }

    fn click(&mut self, target: Option<Target>) -> Vec<Effect> {
        if matches!(self.over, Some(Over::Welcome(_) | Over::Legend(_) | Over::Help(_))) {
            self.over = None;
            return Vec::new();
        }
        match target {
            Some(Target::Tab(view)) => return self.go_to(view),
            Some(Target::Account(place)) => self.over = Some(Over::Accounts(place)),
            Some(Target::Work(account, folder)) => self.over = Some(Over::Folder(Leaf { account, folder, chosen: 0 })),
            Some(Target::Folder(place)) => {
                let again = self.table.place(&self.table.rows(&self.book)) == place;
                self.table.choose(&self.book, place);
                if again {
                    self.over = self.chosen_folder();
                }
            }
            Some(Target::Line(number)) => {
                self.log.let_go();
                self.dragged_from = Some(number);
            }
            Some(Target::Message(place)) => {
                if let Some(Over::Folder(leaf)) = &mut self.over {
                    leaf.chosen = place;
                }
            }
            None => self.over = None,
        }
        Vec::new()
    }

    fn drag(&mut self, target: Option<Target>) {
        if let (Some(from), Some(Target::Line(to))) = (self.dragged_from, target) {
            self.log.choose_between(from, to);
        }
    }
}
