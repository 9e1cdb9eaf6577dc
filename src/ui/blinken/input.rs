//! Keys, pasted text and resizing, read in a thread of their own.

use std::io;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use crossterm::event::{Event, poll, read};

/// How often the thread looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// The thread that reads the terminal; it ends with this.
#[derive(Debug)]
pub struct Input {
    /// What was read.
    pub events: Receiver<Event>,
    wanted: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Input {
    /// Begins to read.
    pub fn start() -> io::Result<Self> {
        let (sender, events) = bounded(256);
        let (wanted, until) = bounded::<()>(0);
        let thread = Builder::new().name("keys".into()).spawn(move || forward(&sender, &until))?;
        Ok(Self { events, wanted: Some(wanted), thread: Some(thread) })
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
fn forward(sender: &Sender<Event>, until: &Receiver<()>) {
    while until.try_recv() == Err(TryRecvError::Empty) {
        match poll(LOOK).and_then(|there| if there { read().map(Some) } else { Ok(None) }) {
            // What doesn't fit into a full channel is keys that nobody has looked at for a while.
            Ok(Some(event)) => drop(sender.send_timeout(event, LOOK)),
            Ok(None) => {}
            Err(_) => return,
        }
    }
}
