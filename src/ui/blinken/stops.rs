//! Being stopped and let go on by the shell, as messages.

use std::io;
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, bounded};
use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::iterator::{Handle, Signals};

/// What the shell, or another program, did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It asks the program to stop: the terminal is to be given back first.
    Asked,
    /// It let the program go on after a stop: nothing on the terminal is as it was.
    Over,
}

/// The thread that listens; it ends with this.
#[derive(Debug)]
pub struct Stops {
    /// What was heard.
    pub heard: Receiver<Stop>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Stops {
    /// Begins to listen for SIGTSTP and SIGCONT.
    pub fn start() -> io::Result<Self> {
        let mut signals = Signals::new([SIGTSTP, SIGCONT])?;
        let handle = signals.handle();
        let (sender, heard) = bounded(8);
        let thread = Builder::new().name("stops".into()).spawn(move || {
            for signal in signals.forever() {
                // When the channel is full, what is in it already leads to the same picture.
                let _ = sender.try_send(if signal == SIGTSTP { Stop::Asked } else { Stop::Over });
            }
        })?;
        Ok(Self { heard, handle, thread: Some(thread) })
    }
}

impl Drop for Stops {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
