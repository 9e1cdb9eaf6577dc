//! What is taken from the screen: lines of the log, and wishes for a folder's messages that were left out.

use crate::model::command::{Aside, Command};
use crate::ui::figures::count;
use crate::ui::phrase::Level;

use super::act::Effect;
use super::keys::Meaning;
use super::log::{Line, Room};
use super::logview::Columns;
use super::screen::Screen;
use super::view::{Leaf, Over};

impl Screen {
    /// The whole log as text, with dates.
    pub(super) fn log_text(&self) -> String {
        self.log.all().map(|line| self.line_text(line) + "\n").collect()
    }

    fn line_text(&self, line: &Line) -> String {
        let sign = match line.phrase.level {
            Level::Debug | Level::Info => "",
            Level::Warning => "warning: ",
            Level::Error => "error: ",
        };
        format!("{} {sign}{}", self.local(line.at).format("%Y-%m-%d %H:%M:%S"), line.phrase.line())
    }

    /// What is to be copied; with nothing to copy, what the person has in the clipboard stays there.
    pub(super) fn copy(&mut self) -> Option<Effect> {
        let columns = Columns::new(self, self.sight.0);
        let room = Room { height: self.sight.1, lines: &|line| columns.lines(line) };
        let lines: Vec<String> = self.log.chosen(&room).into_iter().map(|line| self.line_text(line)).collect();
        self.log.let_go();
        if lines.is_empty() {
            self.remark("there is nothing to copy");
            return None;
        }
        let copied = count(lines.len() as u64, "line");
        self.remark(format!("{copied} to the clipboard, if the terminal allows it"));
        Some(Effect::Copy(lines.join("\n")))
    }

    /// The chosen folder, to be looked at.
    pub(super) fn chosen_folder(&self) -> Option<Over> {
        let page = self.table.chosen(&self.book)?;
        Some(Over::Folder(Leaf { account: page.account.clone(), folder: page.folder.clone(), chosen: 0 }))
    }

    /// Whether something was left out of the chosen folder, or of the one that is looked at.
    pub(super) fn has_left_out(&self) -> bool {
        let page = match &self.over {
            Some(Over::Folder(leaf)) => self.book.page(&leaf.account, &leaf.folder),
            _ => self.table.chosen(&self.book),
        };
        page.is_some_and(|page| !page.left_out.is_empty())
    }

    /// What is wished for the chosen message, or for all of the chosen folder's.
    pub(super) fn left_out(&mut self, meaning: Meaning) -> Option<Effect> {
        let (page, message) = if let Some(Over::Folder(leaf)) = &self.over {
            let page = self.book.page(&leaf.account, &leaf.folder)?;
            let last = page.left_out.len().checked_sub(1)?;
            (page, page.left_out.get(leaf.chosen.min(last)).map(|message| (message.side, message.name.clone())))
        } else {
            (self.table.chosen(&self.book).filter(|page| !page.left_out.is_empty())?, None)
        };
        let aside = Aside { account: page.account.clone(), folder: page.folder.clone(), message };
        let retry = meaning == Meaning::Retry;
        self.remark(if retry { "it is tried again" } else { "it is left alone from now on" });
        Some(Effect::Send(if retry { Command::Retry(aside) } else { Command::Ignore(aside) }))
    }
}
