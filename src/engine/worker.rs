//! What every worker thread has: a lamp, a way to say what happens, and an ear for orders.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, after, bounded, never, select};

pub(super) use super::orders::{Order, Orders};
pub(super) use super::publisher::Publisher;

use crate::model::event::EventKind;
use crate::model::fault::Fault;
use crate::model::ids::{AccountName, LampId};
use crate::model::light::Light;
use crate::model::particular::Particular;
use crate::model::question::{Answer, Ask, Question};
use crate::model::topic::Topic;
use crate::store::teller::Teller;

/// One worker thread's side of the conversation. Dropping it says that the thread has ended.
#[derive(Debug)]
pub(super) struct Worker {
    account: AccountName,
    lamp: LampId,
    publisher: Publisher,
    orders: Receiver<Order>,
    questions: Sender<Question>,
    light: Cell<Light>,
    stopped: Cell<bool>,
    paused: Cell<bool>,
}

impl Worker {
    pub(super) fn new(
        account: AccountName,
        lamp: LampId,
        publisher: Publisher,
        orders: Receiver<Order>,
        questions: Sender<Question>,
    ) -> Self {
        publisher.publish(lamp, EventKind::ThreadStarted { account: Some(account.clone()) });
        let worker = Self {
            account,
            lamp,
            publisher,
            orders,
            questions,
            light: Cell::new(Light::Ended),
            stopped: Cell::new(false),
            paused: Cell::new(false),
        };
        let name = || thread::current().name().map_or_else(String::new, |name| format!(" ({name})"));
        worker.detail(Topic::Thread, || format!("the thread begins{}", name()));
        worker
    }

    /// The account it works for.
    pub(super) fn account(&self) -> AccountName {
        self.account.clone()
    }

    /// Its lamp.
    pub(super) fn lamp(&self) -> LampId {
        self.lamp
    }

    /// Says that something happened.
    pub(super) fn publish(&self, kind: EventKind) {
        self.publisher.publish(self.lamp, kind);
    }

    /// Tells a detail, if it is wanted.
    pub(super) fn detail(&self, topic: Topic, words: impl FnOnce() -> String) {
        self.publisher.detail(self.lamp, Some(&self.account), topic, words);
    }

    /// Tells a particular, if it is wanted.
    pub(super) fn particular(&self, what: impl FnOnce() -> Particular) {
        self.publisher.particular(self.lamp, &self.account, what);
    }

    /// Tells several of them, if they are wanted.
    pub(super) fn each_particular(&self, tell: impl FnOnce(&mut dyn FnMut(Particular))) {
        if self.publisher.tells_particulars() {
            tell(&mut |what| self.publisher.particular(self.lamp, &self.account, || what));
        }
    }

    /// What tells details of this topic in this worker's name; nothing, where they aren't wanted.
    pub(super) fn teller(&self, topic: Topic) -> Teller {
        if !self.publisher.details(topic) {
            return Teller::silent();
        }
        let (publisher, lamp, account) = (self.publisher.clone(), self.lamp, self.account.clone());
        Teller::new(move |text| publisher.detail(lamp, Some(&account), topic, || text))
    }

    /// What makes a note of the account of all that it is told.
    pub(super) fn notes(&self) -> Teller {
        let (publisher, lamp, account) = (self.publisher.clone(), self.lamp, self.account.clone());
        Teller::new(move |text| {
            publisher.publish(lamp, EventKind::Noted { account: Some(account.clone()), folder: None, text });
        })
    }

    /// Changes its light.
    pub(super) fn light(&self, light: Light) {
        if self.light.replace(light) != light {
            self.publish(EventKind::Lit { light });
        }
    }

    /// Where a worker may be held or ended: between two messages, never within one. Waits out a pause; a stop is a fault.
    pub(super) fn checkpoint(&self) -> Result<(), Fault> {
        self.publisher.signs().give();
        loop {
            let order = if self.paused.get() && !self.stopped.get() {
                self.orders.recv().map_err(|_| TryRecvError::Disconnected)
            } else {
                self.orders.try_recv()
            };
            match order {
                Ok(order) => self.obey(order),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    // Whoever gave the orders is gone, and with him the reason to go on.
                    self.stopped.set(true);
                    break;
                }
            }
        }
        if self.stopped.get() { Err(Fault::stopped()) } else { Ok(()) }
    }

    /// Does nothing for a while; a stop ends it, and is a fault.
    pub(super) fn rest(&self, time: Duration) -> Result<(), Fault> {
        let until = Instant::now() + time;
        while !self.stopped.get() {
            match self.orders.recv_deadline(until) {
                Ok(order) => self.obey(order),
                Err(_) => break,
            }
        }
        self.checkpoint()
    }

    /// Waits for news, but no longer than `limit`; a stop ends it, and is a fault.
    pub(super) fn wait_for<T>(&self, news: &Receiver<T>, limit: Duration) -> Result<Option<T>, Fault> {
        let too_long = after(limit);
        while !self.stopped.get() {
            select! {
                recv(news) -> what => return Ok(what.ok()),
                recv(too_long) -> _ => return Ok(None),
                recv(self.orders) -> order => match order {
                    Ok(order) => self.obey(order),
                    // Whoever gave the orders is gone, and with him the reason to go on.
                    Err(_) => self.stopped.set(true),
                },
            }
        }
        Err(Fault::stopped())
    }

    fn obey(&self, order: Order) {
        match order {
            Order::Stop => self.stopped.set(true),
            Order::Pause => self.paused.set(true),
            Order::Resume => self.paused.set(false),
        }
    }

    /// Asks a person, and waits for the answer; `None` where there is nobody to ask. A stop ends it, and is a fault.
    pub(super) fn ask(&self, ask: Ask) -> Result<Option<Answer>, Fault> {
        let _asking = self.publisher.signs().asking();
        let (reply, answers) = bounded(1);
        if self.questions.send(Question { ask, reply }).is_err() {
            return Ok(None);
        }
        let mut orders = self.orders.clone();
        while !self.stopped.get() {
            select! {
                recv(answers) -> answer => match answer {
                    Ok(answer) => return Ok(Some(answer)),
                    Err(_) => break,
                },
                recv(orders) -> order => match order {
                    Ok(order) => self.obey(order),
                    Err(_) => orders = never(),
                },
            }
        }
        // An interface that is ending takes its questions back before anybody hears of the stop.
        self.checkpoint().map(|()| None)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.detail(Topic::Thread, || "the thread ends".to_owned());
        self.publish(EventKind::ThreadEnded);
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::unbounded;

    use super::*;
    use crate::model::event::Event;

    fn worker() -> (Worker, Sender<Order>, Receiver<Question>, Receiver<Event>) {
        let (events, seen) = unbounded();
        let (orders, obeyed) = unbounded();
        let (questions, asked) = unbounded();
        let name = AccountName::new("home");
        (Worker::new(name, LampId(1), Publisher::new(events), obeyed, questions), orders, asked, seen)
    }

    fn ask() -> Ask {
        Ask::Password { account: AccountName::new("home"), user: "u".into(), host: "h".into(), refusal: None }
    }

    #[test]
    fn a_stop_stays_known() {
        let (worker, orders, _, _) = worker();
        assert!(worker.checkpoint().is_ok());
        orders.send(Order::Stop).unwrap();
        assert!(worker.checkpoint().unwrap_err().is_stop());
        assert!(worker.checkpoint().unwrap_err().is_stop());
    }

    #[test]
    fn a_pause_lasts_until_it_ends() {
        let (worker, orders, _, _) = worker();
        orders.send(Order::Pause).unwrap();
        orders.send(Order::Resume).unwrap();
        assert!(worker.checkpoint().is_ok());
        orders.send(Order::Pause).unwrap();
        orders.send(Order::Stop).unwrap();
        assert!(worker.checkpoint().is_err());
    }

    #[test]
    fn a_stop_ends_a_rest() {
        let (worker, orders, _, _) = worker();
        orders.send(Order::Stop).unwrap();
        assert!(worker.rest(Duration::from_secs(3600)).unwrap_err().is_stop());
    }

    #[test]
    fn a_stop_ends_a_question_and_stays_known() {
        let (worker, orders, _asked, _) = worker();
        orders.send(Order::Stop).unwrap();
        assert!(worker.ask(ask()).unwrap_err().is_stop());
        assert!(worker.checkpoint().is_err());
    }

    #[test]
    fn who_gives_a_question_up_is_told_from_nobody_at_all() {
        let (one, _orders, asked, _) = worker();
        let person = thread::spawn(move || asked.recv().unwrap().reply.send(Answer::GivenUp).unwrap());
        assert_eq!(one.ask(ask()), Ok(Some(Answer::GivenUp)));
        person.join().unwrap();
        assert_eq!(one.ask(ask()), Ok(None));
        let (other, _orders, asked, _) = worker();
        let interface = thread::spawn(move || drop(asked.recv().unwrap()));
        assert_eq!(other.ask(ask()), Ok(None));
        interface.join().unwrap();
    }

    #[test]
    fn the_lamp_goes_dark_when_the_worker_ends() {
        let (worker, _, _, seen) = worker();
        worker.light(Light::Listing);
        worker.light(Light::Listing);
        drop(worker);
        let kinds: Vec<EventKind> = seen.try_iter().map(|event| event.kind).collect();
        assert_eq!(kinds[1..], [EventKind::Lit { light: Light::Listing }, EventKind::ThreadEnded],);
    }
    #[test]
    fn checkpoints_and_events_are_signs_of_life() {
        let (worker, _orders, _, _seen) = worker();
        let given = || worker.publisher.signs().given();
        let before = given();
        worker.checkpoint().unwrap();
        assert_eq!(given(), before + 1);
        worker.light(Light::Listing);
        assert_eq!(given(), before + 2);
    }
}
