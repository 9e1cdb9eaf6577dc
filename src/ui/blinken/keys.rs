//! The keys: one table from which come what a key does, the footer, the help and the README.

use super::log::Scroll;

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// End gracefully; the second time, at once.
    Quit,
    /// Synchronise all accounts now.
    SyncAll,
    /// Synchronise the account with the number of the key.
    One,
    /// The next wish to synchronise is for everything.
    Full,
    /// Hold everything, or go on.
    Pause,
    /// The next number holds that account, or lets it go on.
    PauseOne,
    /// Show the list of accounts.
    Accounts,
    /// Show the folders, or the lights again.
    Folders,
    /// Show the overview, or the lights again.
    Overview,
    /// Show the next view.
    NextView,
    /// Show or hide what the colours mean.
    Legend,
    /// Show or hide the help.
    Help,
    /// Leave the mouse to the terminal, or take it again.
    Mouse,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// Close what lies above the rest, or undo what was chosen.
    Close,
    /// Move through what is in sight.
    Move(Scroll),
    /// Look for words.
    Search,
    /// On to the next place that was found.
    Next,
    /// Back to the one before.
    Previous,
    /// Show only some lines.
    Filter,
    /// Show only what matters so much.
    Level,
    /// Break long lines, or cut them.
    Wrap,
    /// Write the log to a file.
    Save,
    /// Begin or end the choice of lines.
    Mark,
    /// Copy the chosen lines.
    Copy,
    /// Sort by the next column.
    Sort,
    /// Sort the other way round.
    Reverse,
    /// Show more of what is chosen, or do what is usually done with it.
    Open,
    /// Try again what was left out.
    Retry,
    /// Leave alone for good what was left out.
    Ignore,
}

/// Where a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The lights and the log.
    Log,
    /// The table of folders.
    Table,
    /// One folder.
    Folder,
    /// The overview.
    Overview,
    /// The list of accounts.
    Accounts,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// What the configuration calls it.
    pub action: &'static str,
    /// The keys that it has unless the configuration gives it others, with spaces between them.
    pub usual: &'static str,
    /// The word in the footer; empty when it isn't shown there.
    pub short: &'static str,
    /// What help says.
    pub help: &'static str,
    /// What it means.
    pub meaning: Meaning,
    /// Where it counts; everywhere if there is none.
    pub places: &'static [Place],
}

const fn key(
    action: &'static str,
    usual: &'static str,
    short: &'static str,
    help: &'static str,
    meaning: Meaning,
    places: &'static [Place],
) -> Key {
    Key { action, usual, short, help, meaning, places }
}

/// Nine keys, shown as one.
pub const NUMBERS: &str = "1 2 3 4 5 6 7 8 9";

const EVERYWHERE: &[Place] = &[];
const LOG: &[Place] = &[Place::Log];
const FOUND: &[Place] = &[Place::Log, Place::Table];
const TABLE_ONLY: &[Place] = &[Place::Table];
const LEFT_OUT: &[Place] = &[Place::Table, Place::Folder];
const CHOSEN: &[Place] = &[Place::Table, Place::Accounts];

/// All keys, in the order of the footer and of the help.
#[rustfmt::skip]
pub const TABLE: [Key; 36] = [
    key("quit", "q Ctrl-C", "quit", "finish what is in hand and quit; again: at once", Meaning::Quit, EVERYWHERE),
    key("sync", "s", "sync all", "synchronise all accounts now", Meaning::SyncAll, EVERYWHERE),
    key("one", NUMBERS, "one", "synchronise one account now", Meaning::One, EVERYWHERE),
    key("full", "S", "", "the next s or number takes nothing for unchanged", Meaning::Full, EVERYWHERE),
    key("pause", "p", "pause", "pause everything, or go on", Meaning::Pause, EVERYWHERE),
    key("pause-one", "P", "", "the next number pauses one, or lets it go on", Meaning::PauseOne, EVERYWHERE),
    key("accounts", "a", "", "list the accounts, those beyond nine too", Meaning::Accounts, EVERYWHERE),
    key("folders", "f", "folders", "show the folders, or the lights", Meaning::Folders, EVERYWHERE),
    key("overview", "o", "overview", "show the overview, or the lights", Meaning::Overview, EVERYWHERE),
    key("next-view", "Tab", "", "show the next view", Meaning::NextView, EVERYWHERE),
    key("search", "/", "find", "look for words", Meaning::Search, FOUND),
    key("legend", "l", "legend", "say what the colours mean", Meaning::Legend, EVERYWHERE),
    key("open", "Enter", "open", "show more, or synchronise the account", Meaning::Open, CHOSEN),
    key("sort", "t", "sort", "sort by the next column", Meaning::Sort, TABLE_ONLY),
    key("reverse", "T", "", "sort the other way round", Meaning::Reverse, TABLE_ONLY),
    key("retry", "r", "retry", "try again what was left out", Meaning::Retry, LEFT_OUT),
    key("ignore", "i", "ignore", "leave alone what was left out", Meaning::Ignore, LEFT_OUT),
    key("next", "n", "", "the next place that was found", Meaning::Next, LOG),
    key("previous", "N", "", "the one before", Meaning::Previous, LOG),
    key("filter", "F", "", "show only some lines", Meaning::Filter, LOG),
    key("level", "e", "", "only warnings, only errors, or all", Meaning::Level, LOG),
    key("wrap", "W", "", "break long lines, or cut them", Meaning::Wrap, LOG),
    key("save", "w", "", "write the log to a file", Meaning::Save, LOG),
    key("mark", "v", "", "choose lines", Meaning::Mark, LOG),
    key("copy", "y", "", "copy the chosen lines, or all in sight", Meaning::Copy, LOG),
    key("help", "?", "help", "show or hide this help", Meaning::Help, EVERYWHERE),
    key("up", "Up k", "", "one line up", Meaning::Move(Scroll::Up), EVERYWHERE),
    key("down", "Down j", "", "one line down", Meaning::Move(Scroll::Down), EVERYWHERE),
    key("page-up", "PgUp", "", "one page up", Meaning::Move(Scroll::PageUp), EVERYWHERE),
    key("page-down", "PgDn Space", "", "one page down", Meaning::Move(Scroll::PageDown), EVERYWHERE),
    key("first", "Home g", "", "to the first line", Meaning::Move(Scroll::First), EVERYWHERE),
    key("last", "End G", "", "to the last line, and follow", Meaning::Move(Scroll::Last), EVERYWHERE),
    key("mouse", "m", "", "leave the mouse to the terminal, or take it", Meaning::Mouse, EVERYWHERE),
    key("redraw", "Ctrl-L", "", "draw the screen anew", Meaning::Redraw, EVERYWHERE),
    key("suspend", "Ctrl-Z", "", "suspend; fg comes back", Meaning::Suspend, EVERYWHERE),
    key("close", "Esc", "", "close, or undo what was chosen", Meaning::Close, EVERYWHERE),
];

impl Key {
    /// Whether it counts there.
    pub fn counts_at(&self, place: Place) -> bool {
        self.places.is_empty() || self.places.contains(&place)
    }

    /// Whether both count at one place.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.places.is_empty() || other.places.is_empty() || self.places.iter().any(|place| other.counts_at(*place))
    }
}
