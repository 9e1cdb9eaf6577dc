//! What keeps a record of the events beside the interface: the log file, syslog, the timing trace.

use chrono::Utc;
use crossbeam_channel::{Receiver, Sender, never, select_biased};

use crate::model::event::{Event, EventKind};
use crate::model::ids::LampId;

/// One record of what happens.
pub trait Record: Send {
    /// Takes an event in.
    ///
    /// # Errors
    /// A sentence for a person, when it can't be kept. Whoever returned it once says nothing more of the same trouble.
    fn take(&mut self, event: &Event) -> Result<(), String>;

    /// Begins anew in a file of the same name, if it is kept in one: what has been written may have another name by now.
    ///
    /// # Errors
    /// A sentence for a person, when there can't be one.
    fn reopen(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// Hands events on until they end, and lets each record take them in first; at each word from `reopen`, lets them begin anew.
/// What comes from `warnings`, and what a record can't keep is told as a warning, and the events are still handed on. They are
/// recorded to their end, even when nobody takes them any more. `Ended` is the last one, whoever could still speak.
pub fn keep(
    events: &Receiver<Event>,
    mut reopen: Receiver<()>,
    mut warnings: Receiver<String>,
    to: &Sender<Event>,
    records: &mut [Box<dyn Record>],
) {
    let mut last = false;
    loop {
        let (lamp, troubles) = select_biased! {
            recv(reopen) -> word => {
                if word.is_err() {
                    reopen = never();
                }
                (LampId::CONTROL, told(records, |record| record.reopen()))
            }
            recv(warnings) -> text => {
                if text.is_err() {
                    warnings = never();
                }
                (LampId::CONTROL, text.into_iter().collect())
            }
            recv(events) -> event => {
                let Ok(event) = event else { return };
                let (lamp, troubles) = (event.lamp, told(records, |record| record.take(&event)));
                last = matches!(event.kind, EventKind::Ended { .. });
                let _ = to.send(event);
                (lamp, troubles)
            }
        };
        for text in troubles {
            let _ = to.send(warning(lamp, text));
        }
        if last {
            return;
        }
    }
}

/// What the records can't do.
fn told(
    records: &mut [Box<dyn Record>],
    mut what: impl FnMut(&mut Box<dyn Record>) -> Result<(), String>,
) -> Vec<String> {
    records.iter_mut().filter_map(|record| what(record).err()).collect()
}

fn warning(lamp: LampId, text: String) -> Event {
    Event { at: Utc::now(), lamp, kind: EventKind::Warned { account: None, folder: None, text } }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use crossbeam_channel::{RecvTimeoutError, unbounded};

    use super::*;
    use crate::model::fault::Exit;

    struct Fussy(usize);

    impl Record for Fussy {
        fn take(&mut self, _event: &Event) -> Result<(), String> {
            self.0 += 1;
            if self.0 == 1 { Err("no room".into()) } else { Ok(()) }
        }
    }

    #[test]
    fn every_event_goes_on_and_a_trouble_is_told_once() {
        let ((put, events), (to, out)) = (unbounded(), unbounded());
        let event = Event { at: Utc::now(), lamp: LampId(1), kind: EventKind::ThreadEnded };
        for _ in 0..3 {
            put.send(event.clone()).unwrap();
        }
        drop(put);
        keep(&events, never(), never(), &to, &mut [Box::new(Fussy(0)), Box::new(Fussy(1))]);
        let out: Vec<Event> = out.try_iter().collect();
        assert_eq!(out.iter().filter(|one| **one == event).count(), 3);
        assert!(matches!(&out[1].kind, EventKind::Warned { text, .. } if text == "no room"), "{out:?}");
        assert_eq!(out.len(), 4);
    }

    struct Counting(Sender<Event>);

    impl Record for Counting {
        fn take(&mut self, event: &Event) -> Result<(), String> {
            self.0.send(event.clone()).map_err(|error| error.to_string())
        }
    }

    #[test]
    fn what_nobody_sees_any_more_is_recorded_to_its_end() {
        let ((put, events), (to, out), (counted, count)) = (unbounded(), unbounded(), unbounded());
        for _ in 0..3 {
            put.send(Event { at: Utc::now(), lamp: LampId(1), kind: EventKind::ThreadEnded }).unwrap();
        }
        drop((put, out));
        keep(&events, never(), never(), &to, &mut [Box::new(Counting(counted))]);
        assert_eq!(count.len(), 3);
    }

    #[test]
    fn the_end_is_the_end_whoever_could_still_speak() {
        let ((put, events), (to, out)) = (unbounded(), unbounded());
        let exit = Exit::Success;
        put.send(Event { at: Utc::now(), lamp: LampId::CONTROL, kind: EventKind::Ended { exit } }).unwrap();
        let keeping = thread::spawn(move || keep(&events, never(), never(), &to, &mut []));
        let patience = Duration::from_secs(20);
        out.recv_timeout(patience).unwrap();
        assert_eq!(out.recv_timeout(patience), Err(RecvTimeoutError::Disconnected));
        keeping.join().unwrap();
        drop(put);
    }
}
