//! Carries out what the supervisor decides: threads, orders, time.

mod clerk;
mod guard;
mod list;
mod start;
mod vitals;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use crossbeam_channel::{Receiver, Sender, bounded, never, select};

use self::clerk::{Clerk, Errand};
use self::guard::Guard;
use self::vitals::Vitals;
use super::account::Outcome;
use super::both::Both;
use super::pulse::Pulse;
use super::python::Python;
use super::supervisor::{Effect, Input, Moment, Supervisor};
use super::token::Keepers;
use super::worker::{Order, Orders, Publisher};
use crate::config::settings::{AccountSettings, Quick, Settings};
use crate::model::command::Command;
use crate::model::event::{Event, EventKind};
use crate::model::fault::Exit;
use crate::model::fingerprint::Fingerprint;
use crate::model::ids::{AccountName, LampId, Side};
use crate::model::light::Light;
use crate::model::question::Question;
use crate::model::topic::{Topic, Topics};
use crate::store::imap::{Credentials, Cutter, Traffic};
use crate::store::python::{self, Interpreter};

/// Reports that may wait for the runtime.
pub(super) const REPORTS: usize = 256;
/// Lamps of one account.
pub(super) const LAMPS_EACH: u32 = 1000;

/// How this run differs from what the configuration says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Options {
    /// Synchronise once, whatever `autorefresh` says.
    pub once: bool,
    /// Believe plans that delete a lot.
    pub allow_deletes: bool,
    /// Only say what would be done.
    pub pretend: bool,
    /// What is told in detail.
    pub debug: Topics,
    /// Look only where messages have come or gone, whatever `quick` says.
    pub quick: bool,
    /// One connection and one account at a time.
    pub single: bool,
    /// Tell of each message too.
    pub particulars: bool,
}

/// Everything the engine is connected to.
#[derive(Debug)]
pub struct Engine {
    /// What the user wants.
    pub settings: Arc<Settings>,
    /// How this run differs from it.
    pub options: Options,
    /// The interpreter that the configuration was read with, to go on with.
    pub python: Option<Interpreter>,
    /// Where events go.
    pub events: Sender<Event>,
    /// Where questions go.
    pub questions: Sender<Question>,
    /// Where commands come from.
    pub commands: Receiver<Command>,
}

/// What threads tell the runtime.
#[derive(Debug)]
pub(super) enum Report {
    /// A worker listens for orders here.
    Worker { account: AccountName, lamp: LampId, orders: Orders },
    /// A worker has a connection that can be cut.
    Connected { lamp: LampId, side: Side, cutter: Cutter },
    /// Who watches has given a connection up.
    Disconnected { lamp: LampId },
    /// A worker's connection stands, and its bytes are counted here.
    Flows { lamp: LampId, side: Side, traffic: Arc<Traffic> },
    /// What a user was logged in with.
    LoggedIn { account: AccountName, side: Side, credentials: Credentials },
    /// Somebody watches an account, and listens for orders here.
    Watcher { lamp: LampId, orders: Orders },
    /// Something has changed on this side of an account.
    Stirred { account: AccountName, side: Side },
    /// A person trusts a certificate of an account's server, for as long as the program runs.
    Trusted { account: AccountName, side: Side, fingerprint: Fingerprint },
    /// A run has ended.
    Finished { account: AccountName, outcome: Outcome },
    /// The list of all folders is written, or could not be.
    Listed { exit: Exit },
}

impl Engine {
    /// Synchronises until there is nothing more to do or somebody says so; the last event is `Ended`.
    pub fn run(self) -> Exit {
        self.run_watched(never())
    }

    /// The same; who asks for its pulse gets an answer as long as the main loop turns.
    pub fn run_watched(self, asked: Receiver<Sender<Pulse>>) -> Exit {
        let (reports, reported) = bounded(REPORTS);
        let pace = |account: &AccountSettings| if self.options.quick { Quick::Always } else { account.quick };
        let accounts =
            self.settings.accounts.iter().map(|account| {
                (account.name.clone(), account.autorefresh.filter(|_| !self.options.once), pace(account))
            });
        let at_once = if self.options.single { 1 } else { self.settings.max_sync_accounts };
        let mut runtime = Runtime {
            supervisor: Supervisor::new(accounts, at_once, list::lists(&self.settings, self.options))
                .with_chance(fastrand::f64),
            publisher: Publisher::new(self.events)
                .detailing(self.options.debug)
                .with_particulars(self.options.particulars),
            settings: self.settings,
            options: self.options,
            questions: self.questions,
            reports,
            workers: HashMap::new(),
            cutters: HashMap::new(),
            orders: HashMap::new(),
            credentials: HashMap::new(),
            trusted: HashMap::new(),
            keepers: Keepers::default(),
            guard: Guard::default(),
            vitals: Vitals::default(),
            clerk: None,
            interpreter: self.python,
            python: None,
            begun: Instant::now(),
            end: None,
        };
        runtime.begin();
        runtime.listen(self.commands, &reported, asked)
    }
}

struct Runtime {
    supervisor: Supervisor,
    publisher: Publisher,
    settings: Arc<Settings>,
    options: Options,
    questions: Sender<Question>,
    reports: Sender<Report>,
    workers: HashMap<LampId, (AccountName, Orders)>,
    cutters: HashMap<(LampId, Side), Cutter>,
    /// The last order to each account, for workers that begin after it was given.
    orders: HashMap<AccountName, Order>,
    credentials: HashMap<AccountName, Both<Option<Credentials>>>,
    /// Certificates that a person has agreed to trust, of the server on each side.
    trusted: HashMap<AccountName, Both<Vec<Fingerprint>>>,
    /// Those who keep the tokens.
    keepers: Keepers,
    /// Those who watch.
    guard: Guard,
    vitals: Vitals,
    /// Who reads and writes ledgers beside the runs, once somebody wants that.
    clerk: Option<Clerk>,
    /// What the way to Python will lead to.
    interpreter: Option<Interpreter>,
    /// The way to Python, where the configuration needs it, and what ends its questions.
    python: Option<(Python, python::Cutter)>,
    begun: Instant,
    end: Option<Exit>,
}

impl Runtime {
    fn begin(&mut self) {
        let accounts = self.settings.accounts.iter().map(|account| account.name.clone()).collect();
        self.publish(EventKind::Started { accounts });
        self.publish(EventKind::ThreadStarted { account: None });
        self.publish(EventKind::Lit { light: Light::Control });
        self.handle(Input::Begin);
    }

    fn listen(
        mut self,
        mut commands: Receiver<Command>,
        reported: &Receiver<Report>,
        mut asked: Receiver<Sender<Pulse>>,
    ) -> Exit {
        loop {
            self.look_at_the_clocks();
            if let Some(exit) = self.end {
                self.guard.wait(reported);
                self.clerk.take().into_iter().for_each(Clerk::dismiss);
                self.publish(EventKind::ThreadEnded);
                self.publish(EventKind::Ended { exit });
                return exit;
            }
            select! {
                recv(commands) -> command => match command {
                    Ok(command) => self.handle(Input::Command(command)),
                    Err(_) => commands = never(),
                },
                recv(reported) -> report => if let Ok(report) = report { self.report(report) },
                recv(asked) -> whom => match whom {
                    Ok(whom) => self.answer(&whom),
                    Err(_) => asked = never(),
                },
                default(self.patience()) => self.handle(Input::Tick),
            }
        }
    }

    fn patience(&self) -> Duration {
        let longest = self.guard.patience();
        let deadline = self.supervisor.next_deadline();
        deadline.map_or(longest, |deadline| deadline.saturating_sub(self.begun.elapsed())).min(longest)
    }

    fn publish(&self, kind: EventKind) {
        self.publisher.publish(LampId::CONTROL, kind);
    }

    fn handle(&mut self, input: Input) {
        let now = Moment { since_start: self.begun.elapsed(), wall: Utc::now() };
        for effect in self.supervisor.handle(input, now) {
            match effect {
                Effect::Start { account, depth, wishes } => self.start(&account, depth, wishes),
                Effect::Grant(wish) => self.clerk(&wish.aside().account.clone(), Errand::Grant(wish)),
                Effect::Tell(account) => self.clerk(&account, Errand::Tell),
                Effect::Watch(account) => self.watch(&account),
                Effect::Unwatch => self.guard.dismiss(),
                Effect::Order(account, order) => self.order(&account, order),
                Effect::Publish(kind) => self.publish(kind),
                Effect::List => self.list(),
                Effect::Cut => {
                    self.cutters.values().for_each(Cutter::cut);
                    self.python.iter().for_each(|(_, cutter)| cutter.cut());
                }
                Effect::End(exit) => self.end = Some(exit),
            }
        }
    }

    fn order(&mut self, account: &AccountName, order: Order) {
        self.publisher.detail(LampId::CONTROL, Some(account), Topic::Thread, || format!("tells it to {order}"));
        self.orders.insert(account.clone(), order);
        for (_, orders) in self.workers.values().filter(|(name, _)| name == account) {
            orders.give(order);
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Worker { account, lamp, orders } => {
                if let Some(order) = self.orders.get(&account) {
                    orders.give(*order);
                }
                self.workers.insert(lamp, (account, orders));
            }
            Report::Connected { lamp, side, cutter } => {
                if let Some(cutter) = self.guard.take_cutter(lamp, cutter) {
                    self.cutters.insert((lamp, side), cutter);
                }
            }
            Report::Disconnected { lamp } => self.guard.forget_cutter(lamp),
            Report::Flows { lamp, side, traffic } => self.flow(lamp, side, traffic),
            Report::Watcher { lamp, orders } => self.guard.enlist(lamp, orders),
            Report::Stirred { account, side } => self.handle(Input::Stirred { account, side }),
            Report::LoggedIn { account, side, credentials } => {
                *self.credentials.entry(account.clone()).or_default().get_mut(side) = Some(credentials);
                self.remember(&account);
            }
            Report::Trusted { account, side, fingerprint } => {
                self.trusted.entry(account.clone()).or_default().get_mut(side).push(fingerprint);
                self.remember(&account);
            }
            Report::Listed { exit } => self.handle(Input::Listed { exit }),
            Report::Finished { account, outcome } => {
                self.forget(&account);
                self.make_room(&account, outcome.trouble.as_ref());
                self.handle(Input::Finished { account, exit: outcome.exit, trouble: outcome.trouble });
            }
        }
    }

    /// Lets go of everything that belonged to an account's run.
    fn forget(&mut self, account: &AccountName) {
        self.orders.remove(account);
        self.vitals.forget(account);
        let workers = &mut self.workers;
        self.cutters.retain(|(lamp, _), _| workers.get(lamp).is_none_or(|(name, _)| name != account));
        workers.retain(|_, (name, _)| name != account);
    }
}
