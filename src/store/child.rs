//! Other programs that this one starts.

use std::ffi::OsStr;
use std::process::Command;

/// What a service manager says to this process alone. A child that heard it could speak to the manager in our name, and one
/// that is itself made for services would.
const FOR_US_ALONE: [&str; 3] = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

/// A command that is about to run this program. All of ours begin here.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in FOR_US_ALONE {
        command.env_remove(name);
    }
    command
}

/// A line of the user's, about to be carried out by the shell.
pub fn shell(line: &str) -> Command {
    let mut command = command("/bin/sh");
    command.arg("-c").arg(line);
    command
}
