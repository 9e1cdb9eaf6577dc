//! The program as a service: whoever looks after services (systemd, or another manager that speaks its protocol) is told when the
//! program is ready, what it does, that it gets on, and that it ends.
//!
//! A `teller` says all that to the manager's `socket`: a `status` at a gentle `pace`, and by way of a `watchdog` that the engine is
//! alive.

mod pace;
mod socket;
mod status;
mod teller;
mod watchdog;

use std::env;
use std::ffi::OsString;
use std::thread;
use std::time::{Duration, Instant};

use chrono::Local;
use crossbeam_channel::{Receiver, Sender, bounded, never};

use self::pace::Pace;
use self::socket::Socket;
use self::status::Status;
use self::teller::{Teller, Ways};
use self::watchdog::Watchdog;
use crate::config::settings::Settings;
use crate::engine::{Pulse, longest_silence};
use crate::model::event::{Event, EventKind};
use crate::records::missing;
use crate::ui::beside::Record;

/// Events that may wait for whoever tells of them.
const EVENTS: usize = 1024;
/// Warnings that may wait.
const WARNINGS: usize = 8;

/// What connects the manager with the rest of the program. Where there is no manager, nothing does.
pub struct Links {
    /// Hears of all events.
    pub record: Option<Box<dyn Record>>,
    /// Where the engine is asked for its pulse.
    pub pulse: Receiver<Sender<Pulse>>,
    /// What people should know.
    pub warnings: Receiver<String>,
}

impl Links {
    fn none() -> Self {
        Self { record: None, pulse: never(), warnings: never() }
    }
}

/// Begins to tell the manager that the environment speaks of, if it speaks of one.
pub fn begin(settings: &Settings) -> Links {
    let Some(wish) = Wish::of(|name| env::var_os(name), std::process::id()) else { return Links::none() };
    wish.begin(longest_silence(settings)).unwrap_or_else(|trouble| {
        let text = format!("telling the service manager at {} how things are: {trouble}", wish.socket.display());
        Links { record: Some(missing(text)), ..Links::none() }
    })
}

/// What the manager wants.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    /// To be told at this address.
    socket: OsString,
    /// To be told within each such time that the program gets on.
    watchdog: Option<Duration>,
}

impl Wish {
    /// What the environment says to the process of this number (`sd_notify(3)`, `sd_watchdog_enabled(3)`).
    fn of(env: impl Fn(&str) -> Option<OsString>, process: u32) -> Option<Self> {
        let socket = env("NOTIFY_SOCKET").filter(|name| !name.is_empty())?;
        let number = |name| env(name).map(|value| value.to_str().and_then(|value| value.parse::<u64>().ok()));
        // What another process was told is not for this one, nor is what makes no sense.
        let is_ours = number("WATCHDOG_PID").is_none_or(|named| named == Some(process.into()));
        let limit = number("WATCHDOG_USEC").flatten().filter(|limit| *limit > 0 && is_ours);
        Some(Self { socket, watchdog: limit.map(Duration::from_micros) })
    }

    fn begin(&self, longest_silence: Duration) -> Result<Links, String> {
        let ((events, heard), (reply, answers)) = (bounded(EVENTS), bounded(1));
        let ((ask, pulse), (warnings, told)) = (bounded(1), bounded(WARNINGS));
        let now = Instant::now();
        let teller = Teller {
            socket: Socket::named(&self.socket).map_err(|error| error.to_string())?,
            status: Status::new(|time| time.with_timezone(&Local).fixed_offset()),
            pace: Pace::new(now),
            watchdog: self.watchdog.map(|limit| Watchdog::new(limit, longest_silence, now)),
            ways: Ways { ask, reply, warnings },
            stopping: false,
            lost: false,
        };
        let thread = thread::Builder::new().name("service".into());
        let thread = thread.spawn(move || teller.run(&heard, &answers)).map_err(|error| error.to_string())?;
        let service = Service { events: Some(events), thread: Some(thread) };
        Ok(Links { record: Some(Box::new(service)), pulse, warnings: told })
    }
}

/// The way to whoever tells the manager.
struct Service {
    events: Option<Sender<Event>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Record for Service {
    fn take(&mut self, event: &Event) -> Result<(), String> {
        if let Some(events) = &self.events {
            // It lives as long as this does; a panic in it has been reported.
            let _ = events.send(event.clone());
        }
        if let EventKind::Ended { .. } = event.kind {
            self.finish();
        }
        Ok(())
    }
}

impl Service {
    /// Waits until all is told.
    fn finish(&mut self) {
        self.events = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use chrono::Utc;

    use super::*;
    use crate::model::fault::Exit;
    use crate::model::ids::{AccountName, LampId};

    #[test]
    fn the_environment_says_what_the_manager_wants_of_this_process() {
        let wish =
            |limit: Option<u64>| Some(Wish { socket: "/run/x".into(), watchdog: limit.map(Duration::from_micros) });
        for (pairs, wanted) in [
            (&[][..], None),
            (&[("NOTIFY_SOCKET", "")], None),
            (&[("WATCHDOG_USEC", "5")], None),
            (&[("NOTIFY_SOCKET", "/run/x")], wish(None)),
            (&[("NOTIFY_SOCKET", "/run/x"), ("WATCHDOG_USEC", "5")], wish(Some(5))),
            (&[("NOTIFY_SOCKET", "/run/x"), ("WATCHDOG_USEC", "5"), ("WATCHDOG_PID", "7")], wish(Some(5))),
            (&[("NOTIFY_SOCKET", "/run/x"), ("WATCHDOG_USEC", "5"), ("WATCHDOG_PID", "8")], wish(None)),
            (&[("NOTIFY_SOCKET", "/run/x"), ("WATCHDOG_USEC", "5"), ("WATCHDOG_PID", "x")], wish(None)),
            (&[("NOTIFY_SOCKET", "/run/x"), ("WATCHDOG_USEC", "0")], wish(None)),
            (&[("NOTIFY_SOCKET", "/run/x"), ("WATCHDOG_USEC", "soon")], wish(None)),
        ] {
            let env = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.into());
            assert_eq!(Wish::of(env, 7), wanted, "{pairs:?}");
        }
    }
    #[test]
    fn an_engine_that_hangs_is_not_told_of_and_its_answer_makes_good() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let patience = Duration::from_secs(60);
        manager.set_read_timeout(Some(patience)).unwrap();
        let heard = || {
            let mut buffer = [0; 1000];
            let count = manager.recv(&mut buffer).unwrap();
            String::from_utf8(buffer[..count].to_vec()).unwrap()
        };
        let wish = Wish { socket: path.into_os_string(), watchdog: Some(Duration::from_millis(300)) };
        let Links { record, pulse, warnings } = wish.begin(patience).unwrap();
        let mut record = record.unwrap();
        let happens = |record: &mut Box<dyn Record>, kind| {
            record.take(&Event { at: Utc::now(), lamp: LampId::CONTROL, kind }).unwrap();
        };
        happens(&mut record, EventKind::Started { accounts: vec![AccountName::new("home")] });
        let text = warnings.recv_timeout(patience).unwrap();
        assert!(text.starts_with("the engine does not answer; "), "{text}");
        let mut told = String::new();
        while !(told.contains("READY=1\n") && told.contains("STATUS=the engine does not answer")) {
            told += &heard();
        }
        assert!(!told.contains("WATCHDOG"), "{told}");
        let reply = pulse.recv_timeout(patience).unwrap();
        reply.send(Pulse { runs: Vec::new() }).unwrap();
        assert_eq!(
            std::iter::repeat_with(heard).find(|text| !text.starts_with("STATUS=")).as_deref(),
            Some("WATCHDOG=1")
        );
        happens(&mut record, EventKind::Ended { exit: Exit::Success });
        let rest: Vec<String> =
            std::iter::repeat_with(heard).take_while(|text| !text.starts_with("STOPPING=1")).collect();
        assert!(rest.iter().all(|text| text.starts_with("STATUS=")), "{rest:?}");
    }
    #[test]
    fn a_manager_that_hears_nothing_is_complained_of_once() {
        let wish = Wish { socket: "/nowhere/at/all".into(), watchdog: None };
        let Links { record, warnings, .. } = wish.begin(Duration::from_secs(60)).unwrap();
        let mut record = record.unwrap();
        let accounts = vec![AccountName::new("home")];
        for kind in [EventKind::Started { accounts }, EventKind::Stopping, EventKind::Ended { exit: Exit::Success }] {
            record.take(&Event { at: Utc::now(), lamp: LampId::CONTROL, kind }).unwrap();
        }
        let told: Vec<String> = warnings.iter().collect();
        assert!(told.len() == 1 && told[0].ends_with("; it is tried again"), "{told:?}");
    }
}
