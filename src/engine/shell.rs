//! Commands of the user's that run beside the work: each in a process group of its own, for a limited time.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::worker::Worker;
use crate::model::fault::Fault;
use crate::store::child;

/// How a command ended.
#[derive(Debug)]
pub(super) enum End {
    /// By itself.
    Exited(ExitStatus),
    /// It was ended, with everything that it started, because it took too long.
    TooLong,
}

/// A command that is running. Dropping it ends it, and everything that it started.
#[derive(Debug)]
pub(super) struct Running {
    /// The shell that carries it out, for what it says.
    pub(super) child: Child,
    over: bool,
}

impl Running {
    /// Starts `text` by way of the shell. It has no input; where its output goes is the caller's choice.
    pub(super) fn start(text: &str, prepare: impl FnOnce(&mut Command)) -> io::Result<Self> {
        let mut command = child::shell(text);
        command.stdin(Stdio::null()).process_group(0);
        prepare(&mut command);
        Ok(Self { child: command.spawn()?, over: false })
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }

    /// Waits until it ends, but no longer than `limit`. A stop that the worker is told is a fault.
    pub(super) fn wait(mut self, worker: &Worker, limit: Duration) -> Result<io::Result<End>, Fault> {
        let (tell, ended) = bounded(1);
        let pid = self.pid();
        let watching = thread::Builder::new().name("command".into()).spawn(move || {
            // It stays to be collected, so that its number is nobody else's as long as we may have to end it.
            let _ = pid.map(|pid| waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT));
            let _ = tell.send(());
        });
        if let Err(error) = watching {
            return Ok(Err(error));
        }
        if worker.wait_for(&ended, limit)?.is_none() {
            return Ok(Ok(End::TooLong));
        }
        self.over = true;
        Ok(self.child.wait().map(End::Exited))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        if let Some(group) = self.pid() {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}
