//! Those who watch accounts between their runs: begun, listened to, and dismissed.

use std::collections::HashMap;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, bounded, select};

use super::super::both::{Both, server};
use super::super::clocks::Clocks;
use super::super::glance::{Glance, Strangers};
use super::super::held::Held;
use super::super::supervisor::{Depth, Hope, Input, Trouble};
use super::super::watch::{self, FIRST_LAMP, HERE, Latest, Post};
use super::super::worker::{Order, Orders};
use super::{Report, Runtime};
use crate::model::ids::{AccountName, LampId, Side};
use crate::store::imap::Cutter;

/// How often the clocks are compared while something is watched.
const LOOK: Duration = Duration::from_secs(20);
/// How often they are compared otherwise.
const RARELY: Duration = Duration::from_secs(3600);
/// How long those who watch may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Those who watch.
pub(super) struct Guard {
    clocks: Clocks,
    orders: HashMap<LampId, Orders>,
    cutters: HashMap<LampId, Cutter>,
    strangers: HashMap<AccountName, Strangers>,
    latest: HashMap<AccountName, Latest>,
    held: HashMap<(AccountName, Side), Held>,
    /// Held by each of them; the other end tells when all have ended.
    alive: Option<(Sender<()>, Receiver<()>)>,
    dismissed: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            clocks: Clocks::now(),
            orders: HashMap::new(),
            cutters: HashMap::new(),
            strangers: HashMap::new(),
            latest: HashMap::new(),
            held: HashMap::new(),
            alive: Some(bounded(0)),
            dismissed: false,
        }
    }
}

impl Guard {
    /// How long the runtime may sleep.
    pub(super) fn patience(&self) -> Duration {
        if self.orders.is_empty() { RARELY } else { LOOK }
    }

    /// Somebody watches from now on.
    pub(super) fn enlist(&mut self, lamp: LampId, orders: Orders) {
        if self.dismissed {
            orders.give(Order::Stop);
        }
        self.orders.insert(lamp, orders);
    }

    /// The way to cut a connection, if it belongs to somebody who watches; else it is given back.
    pub(super) fn take_cutter(&mut self, lamp: LampId, cutter: Cutter) -> Option<Cutter> {
        if lamp.number() < FIRST_LAMP {
            return Some(cutter);
        }
        if self.dismissed {
            cutter.cut();
        }
        self.cutters.insert(lamp, cutter);
        None
    }

    /// A connection of somebody who watches is no more.
    pub(super) fn forget_cutter(&mut self, lamp: LampId) {
        self.cutters.remove(&lamp);
    }

    /// Nobody watches any more: they have nothing in hand, so their connections are cut.
    pub(super) fn dismiss(&mut self) {
        self.dismissed = true;
        self.orders.values().for_each(|orders| orders.give(Order::Stop));
        self.cutters.values().for_each(Cutter::cut);
    }

    /// Waits for their end, so that nothing is left behind. Somebody may have begun a moment ago and not be known yet, so what
    /// they report is still heard.
    pub(super) fn wait(&mut self, reported: &Receiver<Report>) {
        self.dismiss();
        let Some((here, gone)) = self.alive.take() else { return };
        drop(here);
        let too_long = after(PATIENCE);
        loop {
            select! {
                recv(gone) -> _ => return,
                recv(too_long) -> _ => return,
                recv(reported) -> report => match report {
                    Ok(Report::Watcher { lamp, orders }) => self.enlist(lamp, orders),
                    Ok(Report::Connected { lamp, cutter, .. }) => drop(self.take_cutter(lamp, cutter)),
                    Ok(_) => {}
                    Err(_) => return,
                },
            }
        }
    }
}

impl Runtime {
    /// Begins to watch an account, if that is wished.
    pub(super) fn watch(&mut self, account: &AccountName) {
        let place = self.settings.accounts.iter().position(|settings| settings.name == *account);
        let Some(place) = place.filter(|place| self.settings.accounts[*place].watch) else { return };
        self.remember(account);
        let Some((alive, _)) = self.guard.alive.as_ref().filter(|_| !self.options.pretend && !self.guard.dismissed)
        else {
            return;
        };
        let python = self.python.as_ref().map(|(python, _)| python.clone());
        watch::begin(&Post {
            settings: self.settings.clone(),
            place,
            publisher: self.publisher.clone(),
            reports: self.reports.clone(),
            latest: self.guard.latest.entry(account.clone()).or_default().clone(),
            tokens: self.keepers.both(&self.settings, place, python.as_ref()),
            python,
            alive: alive.clone(),
        });
    }

    /// Where the account's connections are kept between its runs, as far as that is wished and there are several.
    pub(super) fn held(&mut self, account: &AccountName, place: usize) -> Both<Option<Held>> {
        let settings = &self.settings.accounts[place];
        let goes_on = settings.autorefresh.is_some() && !self.options.once && !self.options.pretend;
        Both::of(|side| {
            let watch = &server(settings, side).filter(|server| server.watch.hold && goes_on)?.watch;
            let held = || Held::lively(watch.keepalive);
            Some(self.guard.held.entry((account.clone(), side)).or_insert_with(held).clone())
        })
    }

    /// Lets those who watch know what the last run has connected with.
    pub(super) fn remember(&mut self, account: &AccountName) {
        let trusted = self.trusted.get(account).cloned().unwrap_or_default();
        let latest = self.guard.latest.entry(account.clone()).or_default();
        latest.set(self.credentials.get(account).cloned().unwrap_or_default(), trusted);
    }

    /// When a run finds no room on the server, one of those who watch its account there gives its connection up: the one whose
    /// folder was named last.
    pub(super) fn make_room(&mut self, account: &AccountName, trouble: Option<&Trouble>) {
        if trouble.is_none_or(|trouble| trouble.hope != Hope::Room) {
            return;
        }
        let place = self.settings.accounts.iter().position(|settings| settings.name == *account);
        let Some((first, latest)) =
            place.map(|place| LampId::of(place, FIRST_LAMP)).zip(self.guard.latest.get(account))
        else {
            return;
        };
        let theirs = |lamp: &&LampId| (first.0..first.0 + HERE).contains(&lamp.0);
        if let Some(last) = self.guard.cutters.keys().filter(theirs).max_by_key(|lamp| lamp.0) {
            latest.crowd_out(*last);
            self.guard.cutters[last].cut();
        }
    }

    /// What a run of this kind looks at.
    pub(super) fn glance(&mut self, account: &AccountName, depth: Depth) -> Option<Glance> {
        let Depth::Glance { here } = depth else { return None };
        let strangers = self.guard.strangers.entry(account.clone()).or_default().clone();
        Some(Glance { here, strangers })
    }

    /// Notices when the machine has slept.
    pub(super) fn look_at_the_clocks(&mut self) {
        let now = Clocks::now();
        let slept = std::mem::replace(&mut self.guard.clocks, now).slept_until(&now);
        if slept.is_some() {
            self.handle(Input::Woke);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn who_begins_to_watch_at_the_very_end_is_told_to_stop() {
        let (reports, reported) = bounded(8);
        let mut guard = Guard::default();
        let alive = guard.alive.as_ref().unwrap().0.clone();
        let (orders, obeyed) = Orders::new();
        reports.send(Report::Watcher { lamp: LampId::of(0, FIRST_LAMP), orders }).unwrap();
        let watcher = thread::spawn(move || {
            let told = obeyed.recv_timeout(Duration::from_secs(20));
            drop(alive);
            told
        });
        guard.wait(&reported);
        assert_eq!(watcher.join().unwrap(), Ok(Order::Stop));
    }
}
