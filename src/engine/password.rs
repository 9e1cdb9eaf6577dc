//! Where the first password comes from: the configuration, a file, a command, or a person.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;
use zeroize::Zeroizing;

use super::connect::ask;
use super::python::Python;
use super::shell::{End, Running};
use super::worker::Worker;
use crate::config::settings::{ImapSettings, PasswordSource};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::question::{Answer, Secret};
use crate::store::python::LIMIT;
use crate::store::said::Said;
use crate::store::{keyring, netrc};

/// How long a command may take to give the password. Somebody may have to unlock a key for it first.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of its output that are looked at, which is more than a pipe holds before it is read.
const MOST_OUTPUT: u64 = 64 * 1024;

/// The password to begin with.
pub(super) fn first(worker: &Worker, settings: &ImapSettings, python: Option<&Python>) -> Result<Secret, Fault> {
    if let Some(secret) = found(worker, settings, python)? {
        return Ok(secret);
    }
    asked(worker, settings)
}

/// The password, as the place has it now where the configuration says that it is; nothing, where only a person knows it.
pub(super) fn found(
    worker: &Worker,
    settings: &ImapSettings,
    python: Option<&Python>,
) -> Result<Option<Secret>, Fault> {
    match &settings.password {
        PasswordSource::Given(secret) => Ok(Some(secret.clone())),
        PasswordSource::File(path) => read(path).map(Some),
        PasswordSource::Command(command) => told(worker, command.reveal(), PATIENCE).map(Some),
        PasswordSource::Python(code) => worked_out(worker, code, python).map(Some),
        PasswordSource::Keyring | PasswordSource::Ask => {
            if settings.password == PasswordSource::Keyring
                && let Some(secret) = kept(worker, settings)?
            {
                return Ok(Some(secret));
            }
            netrc::find(&netrc::usual_files(), &settings.host, &settings.user)
        }
    }
}

/// What a person says.
fn asked(worker: &Worker, settings: &ImapSettings) -> Result<Secret, Fault> {
    let (cause, advice) = match ask(worker, settings, None)? {
        Some(Answer::Password(secret)) => return Ok(secret),
        Some(_) => ("no password was given", "give it next time, or set remotepassfile or remotepasscmd"),
        None => (
            "there is no password, and nobody to ask for it",
            "set remotepassfile or remotepasscmd, or use an interface that can ask",
        ),
    };
    let doing = format!("logging in as {} on {} (account {})", settings.user, settings.called(), worker.account());
    Err(Fault::new(Reach::Account, FaultKind::Login, doing, cause).advise(advice))
}

/// What the desktop's keyring has.
fn kept(worker: &Worker, settings: &ImapSettings) -> Result<Option<Secret>, Fault> {
    let fault = |cause: String| {
        let doing = format!("asking the keyring for the password of {} on {}", settings.user, settings.called());
        let doing = format!("{doing} (account {})", worker.account());
        Fault::new(Reach::Account, FaultKind::Login, doing, cause).advise("check keyring, or use remotepasscmd")
    };
    let (tell, told) = bounded(1);
    let (host, user) = (settings.host.clone(), settings.user.clone());
    // In a thread of its own, so that a stop needn't wait until somebody has unlocked it.
    let asking = thread::Builder::new().name("keyring".into()).spawn(move || {
        let _ = tell.send(keyring::find(&host, &user, PATIENCE));
    });
    asking.map_err(|error| fault(error.to_string()))?;
    let answer = worker.wait_for(&told, PATIENCE)?;
    let late = || Err(format!("it did not answer within {} seconds", PATIENCE.as_secs()));
    answer.unwrap_or_else(late).map_err(fault)
}

/// What Python comes to. Somebody may have to unlock something for it, so it has more time than other Python.
fn worked_out(worker: &Worker, code: &Secret, python: Option<&Python>) -> Result<Secret, Fault> {
    let lost = || {
        let doing = format!("working out the password of the account {}", worker.account());
        Fault::new(Reach::Account, FaultKind::Internal, doing, "a mistake in this program")
    };
    let code = code.clone();
    python.ok_or_else(lost)?.ask(move |python| {
        python.set_limit(PATIENCE);
        let password = python.text("remotepasseval", code.reveal());
        python.set_limit(LIMIT);
        password.map(Secret::new)
    })
}

/// The first line of what a command says.
fn told(worker: &Worker, command: &str, limit: Duration) -> Result<Secret, Fault> {
    let fault = |cause: String| {
        let doing = format!("running remotepasscmd for the account {}", worker.account());
        Fault::new(Reach::Account, FaultKind::Login, doing, cause).advise("try the command in a shell")
    };
    let wrong = |error: &std::io::Error| fault(error.to_string());
    let mut complaints = Said::nothing().map_err(|error| wrong(&error))?;
    let stderr = complaints.way().map_err(|error| wrong(&error))?;
    let mut running = Running::start(command, |command| {
        command.stdout(Stdio::piped()).stderr(stderr);
    })
    .map_err(|error| wrong(&error))?;
    let mut output = running.child.stdout.take();
    match running.wait(worker, limit)?.map_err(|error| wrong(&error))? {
        End::TooLong => Err(fault(format!("it did not end within {} seconds", limit.as_secs()))),
        End::Exited(status) if !status.success() => {
            let said = complaints.last_line();
            Err(fault(if said.is_empty() { format!("it failed ({status})") } else { format!("it failed: {said}") }))
        }
        End::Exited(_) => {
            let mut text = Zeroizing::new(Vec::with_capacity(1024));
            if let Some(output) = &mut output {
                // Whoever it left behind in the background may hold the pipe open: what is there by now is all that counts.
                let limited = rustix::io::ioctl_fionread(&*output).map_err(|error| fault(error.to_string()))?;
                let limited = limited.min(MOST_OUTPUT);
                output.take(limited).read_to_end(&mut text).map_err(|error| wrong(&error))?;
            }
            first_line(&text).ok_or_else(|| fault("it said nothing, or nothing that is text".into()))
        }
    }
}

/// The first line, without its end; `None` when there is nothing in it.
fn first_line(text: &[u8]) -> Option<Secret> {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = std::str::from_utf8(line).ok().filter(|line| !line.is_empty())?;
    Some(Secret::new(line.to_owned()))
}

/// The first line of a file that nobody else may read.
fn read(path: &Path) -> Result<Secret, Fault> {
    let fault = |cause: String| {
        Fault::new(Reach::Account, FaultKind::Login, format!("reading the password file {}", path.display()), cause)
    };
    let file = fs::File::open(path).map_err(|error| fault(error.to_string()).advise("check remotepassfile"))?;
    let mode = file.metadata().map_err(|error| fault(error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(fault("others can read it".into()).advise(format!("run: chmod 600 {}", path.display())));
    }
    let mut line = String::new();
    BufReader::new(file).read_line(&mut line).map_err(|error| fault(error.to_string()))?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::unbounded;

    use super::super::worker::Publisher;
    use super::*;
    use crate::model::ids::{AccountName, LampId};

    #[test]
    fn a_password_file_that_others_can_read_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "secret \nmore\n").unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        let fault = read(file.path()).unwrap_err();
        assert!(fault.to_string().contains("chmod 600"), "{fault}");
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(file.path()).unwrap().reveal(), "secret ");
    }

    fn ask_command(command: &str, limit: Duration) -> Result<String, String> {
        let (events, _seen) = unbounded();
        let (_orders, obeyed) = unbounded();
        let (questions, _) = unbounded();
        let name = AccountName::new("home");
        let worker = Worker::new(name, LampId(1), Publisher::new(events), obeyed, questions);
        told(&worker, command, limit).map(|secret| secret.reveal().to_owned()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn the_first_line_of_a_command_is_the_password() {
        let patience = Duration::from_secs(60);
        assert_eq!(ask_command("printf 'p w\\r\\nmore\\n'", patience).as_deref(), Ok("p w"));
        assert_eq!(ask_command("printf pw", patience).as_deref(), Ok("pw"));
        // Something that stays behind, as an agent does, holds nothing up.
        assert_eq!(ask_command("printf pw; sleep 100 &", patience).as_deref(), Ok("pw"));
        for (command, words) in [
            ("echo 'no such key' >&2; exit 3", "it failed: no such key"),
            ("exit 3", "it failed (exit status: 3)"),
            ("true", "it said nothing"),
            ("printf '\\nsecond'", "it said nothing"),
            ("printf '\\377'", "nothing that is text"),
        ] {
            let error = ask_command(command, patience).unwrap_err();
            assert!(error.contains(words), "{command}: {error}");
        }
        let error = ask_command("sleep 100", Duration::from_millis(50)).unwrap_err();
        assert!(error.contains("did not end"), "{error}");
    }
}
