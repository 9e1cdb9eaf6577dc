//! Who is due when: a pure machine. It is told what happened and what time it is, and answers with what to do.

mod account;
mod ending;
mod listing;
mod pace;
mod stirred;
mod trouble;

use std::time::Duration;

use chrono::{DateTime, Utc};

use self::account::{Account, Phase, begin, ended, pause, resume, stir, sync_now, wake};
use self::listing::Listing;
pub(super) use self::listing::Lists;
pub(super) use self::pace::Depth;
pub(super) use self::trouble::{Hope, Trouble};
use super::asides::Wish;
use super::worker::Order;
use crate::config::settings::Quick;
use crate::model::command::{Command, Target};
use crate::model::event::EventKind;
use crate::model::fault::Exit;
use crate::model::ids::{AccountName, Side};

/// A moment, by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Since the program began, on a clock that nobody sets.
    pub(super) since_start: Duration,
    /// As people read it.
    pub(super) wall: DateTime<Utc>,
}

/// What the supervisor is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// The program begins.
    Begin,
    /// A person or a signal wants something.
    Command(Command),
    /// A run has ended.
    Finished {
        account: AccountName,
        exit: Exit,
        /// Why it failed as a whole, if it did.
        trouble: Option<Trouble>,
    },
    /// Something has changed on this side of an account, as far as those who watch can tell.
    Stirred { account: AccountName, side: Side },
    /// The machine has slept.
    Woke,
    /// The list of all folders is written, or could not be.
    Listed { exit: Exit },
    /// Time has passed.
    Tick,
}

/// What the runtime is to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// Begin a run that looks as closely as this, and carries these wishes out first.
    Start { account: AccountName, depth: Depth, wishes: Vec<Wish> },
    /// Write a wish down, in the ledger.
    Grant(Wish),
    /// Tell what the ledger knows of an account's folders.
    Tell(AccountName),
    /// Begin to watch an account.
    Watch(AccountName),
    /// Watch nothing any more.
    Unwatch,
    /// Tell all workers of an account.
    Order(AccountName, Order),
    /// Tell the interfaces.
    Publish(EventKind),
    /// Write the list of all folders.
    List,
    /// Cut every connection.
    Cut,
    /// End the program.
    End(Exit),
}

/// Where the program is heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// On and on.
    Going,
    /// To the end of the runs under way.
    LastRound,
    /// To the end of what is in hand.
    Stopping,
}

/// The accounts, and whether the program is ending.
#[derive(Debug)]
pub(super) struct Supervisor {
    accounts: Vec<Account>,
    at_once: usize,
    listing: Listing,
    course: Course,
    /// When the connections of those that still run are cut.
    cut_at: Option<Duration>,
    /// When they are no longer waited for.
    end_at: Option<Duration>,
    cut_on_request: bool,
    ended: bool,
    chance: fn() -> f64,
}

impl Supervisor {
    /// Watches over accounts, each with the time between its runs (`None`: one run is enough) and with which of them are quick;
    /// so many run at once.
    pub(super) fn new(
        accounts: impl IntoIterator<Item = (AccountName, Option<Duration>, Quick)>,
        at_once: usize,
        lists: Lists,
    ) -> Self {
        Self {
            accounts: accounts.into_iter().map(|(name, refresh, quick)| Account::new(name, refresh, quick)).collect(),
            at_once: at_once.max(1),
            listing: Listing::new(lists),
            course: Course::Going,
            cut_at: None,
            end_at: None,
            cut_on_request: false,
            ended: false,
            chance: || 0.0,
        }
    }

    /// The same; pauses after failures are cut short by `chance`, which is from 0 to 1.
    pub(super) fn with_chance(self, chance: fn() -> f64) -> Self {
        Self { chance, ..self }
    }

    /// When it wants to be told the time again, if nothing happens before.
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let deadlines = self.accounts.iter().filter_map(|account| match account.phase {
            Phase::Waiting { until } => Some(until),
            _ => None,
        });
        deadlines.chain(self.cut_at).chain(self.end_at).min()
    }

    /// Decides.
    pub(super) fn handle(&mut self, input: Input, now: Moment) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Begin | Input::Tick => {}
            Input::Listed { exit } => self.listing.written(exit),
            Input::Command(command) => self.command(command, now, &mut effects),
            Input::Stirred { account, side } => self.each(&Target::One(account), |account| stir(account, side)),
            Input::Woke => self.each(&Target::All, wake),
            Input::Finished { account, exit, trouble } => self.finished(&account, exit, trouble, now, &mut effects),
        }
        self.advance(now, &mut effects);
        effects
    }

    fn command(&mut self, command: Command, now: Moment, effects: &mut Vec<Effect>) {
        match command {
            Command::Sync(target) => self.each(&target, |account| sync_now(account, effects)),
            Command::SyncFully(target) => self.each(&target, |account| {
                account.pace.doubt();
                sync_now(account, effects);
            }),
            Command::Pause(target) => self.each(&target, |account| pause(account, now, effects)),
            Command::Resume(target) => self.each(&target, |account| resume(account, now, effects)),
            Command::TellFolders(target) => {
                self.each(&target, |account| effects.push(Effect::Tell(account.name.clone())));
            }
            Command::Retry(aside) => self.wish(&Wish::Retry(aside), effects),
            Command::Ignore(aside) => self.wish(&Wish::Ignore(aside), effects),
            Command::StopAfterSync => self.stop_after_sync(),
            Command::Quit if self.course != Course::Stopping => self.stop(now, effects),
            Command::Quit | Command::QuitNow => {
                if self.course != Course::Stopping {
                    self.stop(now, effects);
                }
                self.cut_on_request |= self.is_busy();
                self.cut_at = Some(now.since_start);
            }
        }
    }

    /// Has a wish written down at once, and again before the next run: one that is under way may write over it.
    fn wish(&mut self, wish: &Wish, effects: &mut Vec<Effect>) {
        self.each(&Target::One(wish.aside().account.clone()), |account| {
            effects.push(Effect::Grant(wish.clone()));
            account.wishes.push(wish.clone());
            if let Wish::Retry(_) = wish {
                sync_now(account, effects);
            }
        });
    }

    fn each(&mut self, target: &Target, mut action: impl FnMut(&mut Account)) {
        if self.course != Course::Stopping {
            self.accounts.iter_mut().filter(|account| target.includes(&account.name)).for_each(&mut action);
        }
    }

    fn is_busy(&self) -> bool {
        self.listing.busy || self.accounts.iter().any(|account| account.phase != Phase::Done)
    }

    fn finished(
        &mut self,
        name: &AccountName,
        exit: Exit,
        trouble: Option<Trouble>,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let (going, chance) = (self.course == Course::Going, self.chance);
        let Some(account) = self.accounts.iter_mut().find(|account| account.name == *name) else {
            return;
        };
        self.listing.run_ended();
        account.exit = exit;
        if going { ended(account, trouble, (now, chance()), effects) } else { account.phase = Phase::Done }
    }

    /// Starts what is due, and ends the program when nothing is left.
    fn advance(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        self.press(now, effects);
        let mut running = self.accounts.iter().filter(|a| matches!(a.phase, Phase::Running { .. })).count();
        for account in &mut self.accounts {
            if matches!(account.phase, Phase::Waiting { until } if until <= now.since_start) {
                account.due(now);
            }
            if account.phase == Phase::Queued && running < self.at_once {
                running += 1;
                effects.push(begin(account));
            }
        }
        if self.listing.begin(&self.accounts) {
            effects.push(Effect::List);
        }
        if !self.ended && !self.is_busy() {
            self.ended = true;
            effects.push(Effect::End(self.exit()));
        }
    }

    fn exit(&self) -> Exit {
        let exit = self.accounts.iter().fold(self.listing.exit, |exit, account| exit.and(account.exit));
        if self.cut_on_request { exit.and(Exit::Cut) } else { exit }
    }
}

#[cfg(test)]
mod tests;
