//! Keys, pasted text and resizing, read in a thread of their own.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::model::screen::Ground;
use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use crossterm::event::{Event, poll, read};

use super::background::{self, Sieve, Sifted};
use rustix::event::{PollFd, PollFlags, Timespec};

/// How often the thread looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// The thread that reads the terminal; it ends with this.
#[derive(Debug)]
pub struct Input {
    /// What was read.
    pub events: Receiver<Event>,
    /// What the terminal says is behind its letters, when it was asked.
    pub grounds: Receiver<Ground>,
    wanted: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Input {
    /// Begins to read.
    pub fn start() -> io::Result<Self> {
        let (sender, events) = bounded(256);
        let (told, grounds) = bounded(1);
        let (wanted, until) = bounded::<()>(0);
        let terminal = terminal()?;
        let thread = Builder::new().name("keys".into()).spawn(move || {
            let mut sorter = Sorter { events: sender, grounds: told, sieve: Sieve::default() };
            forward(&mut sorter, &until, &terminal);
        })?;
        Ok(Self { events, grounds, wanted: Some(wanted), thread: Some(thread) })
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.wanted = None;
        // Room for whatever the thread is about to hand over, so that it comes to its end.
        for _ in self.events.try_iter() {}
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Hands over what is read until nobody wants it, or until the terminal is gone.
///
/// crossterm takes a terminal that has hung up for one where nobody types, and would look at it again and again.
fn forward(sorter: &mut Sorter, until: &Receiver<()>, terminal: &impl AsFd) {
    while until.try_recv() == Err(TryRecvError::Empty) && !hangs_up(terminal) {
        match poll(LOOK).and_then(|there| if there { read().map(Some) } else { Ok(None) }) {
            Ok(Some(event)) => sorter.take(event),
            Ok(None) => {}
            Err(_) => return,
        }
    }
}

/// Tells what was typed from what the terminal says by itself.
struct Sorter {
    events: Sender<Event>,
    grounds: Sender<Ground>,
    sieve: Sieve,
}

impl Sorter {
    fn take(&mut self, event: Event) {
        match self.sieve.take(event) {
            Sifted::Held => {}
            // What doesn't fit into a full channel is keys that nobody has looked at for a while.
            Sifted::Keys(keys) => keys.into_iter().for_each(|key| drop(self.events.send_timeout(key, LOOK))),
            // Nor does a second answer, before the first one was looked at.
            Sifted::Answer(colour) => drop(self.grounds.try_send(background::ground(colour))),
        }
    }
}

/// The terminal that crossterm reads: standard input if it is one, else the process' own.
fn terminal() -> io::Result<OwnedFd> {
    let input = io::stdin();
    if input.is_terminal() { input.as_fd().try_clone_to_owned() } else { Ok(File::open("/dev/tty")?.into()) }
}

/// Whether the terminal is gone.
fn hangs_up(terminal: &impl AsFd) -> bool {
    let mut waiting = [PollFd::new(terminal, PollFlags::IN)];
    let looked = rustix::event::poll(&mut waiting, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    looked.is_ok() && waiting[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
}
