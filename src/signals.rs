//! Signals as commands.

use std::io;
use std::thread;

use crossbeam_channel::Sender;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::{Handle, Signals};

use crate::model::command::{Command, Target};

/// Listens for signals until it is dropped.
#[derive(Debug)]
pub struct Listener {
    handle: Handle,
    thread: Option<thread::JoinHandle<()>>,
}

impl Listener {
    /// Turns SIGUSR1 into "sync now", SIGUSR2 into "stop after the sync", and SIGTERM, SIGINT and SIGHUP into "stop"; a
    /// second one of these means at once. With `reopen`, SIGHUP stops nothing, and a word goes there instead.
    ///
    /// # Errors
    /// When the system refuses handlers or threads.
    pub fn start(commands: Sender<Command>, reopen: Option<Sender<()>>) -> io::Result<Self> {
        let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2])?;
        let handle = signals.handle();
        let thread = thread::Builder::new().name("signals".into()).spawn(move || {
            let mut stopping = false;
            for signal in signals.forever() {
                if let Some(reopen) = reopen.as_ref().filter(|_| signal == SIGHUP) {
                    // One that is waiting already is enough.
                    let _ = reopen.try_send(());
                    continue;
                }
                let command = command(signal, &mut stopping);
                if commands.send(command).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { handle, thread: Some(thread) })
    }
}

fn command(signal: i32, stopping: &mut bool) -> Command {
    match signal {
        SIGUSR1 => Command::Sync(Target::All),
        SIGUSR2 => Command::StopAfterSync,
        _ if std::mem::replace(stopping, true) => Command::QuitNow,
        _ => Command::Quit,
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // Its only way to fail is a panic, which has been reported.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_stop_means_at_once() {
        let mut stopping = false;
        assert_eq!(command(SIGUSR1, &mut stopping), Command::Sync(Target::All));
        assert_eq!(command(SIGTERM, &mut stopping), Command::Quit);
        assert_eq!(command(SIGUSR2, &mut stopping), Command::StopAfterSync);
        assert_eq!(command(SIGINT, &mut stopping), Command::QuitNow);
    }
}
