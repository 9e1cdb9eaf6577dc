//! Connections for workers: made, logged in, with a person's help where a password is missing or wrong.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crossbeam_channel::Sender;

use super::runtime::Report;
use super::worker::Worker;
use crate::config::settings::{ImapSettings, PasswordSource, Security};
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::light::Light;
use crate::model::question::{Answer, Ask, Secret};
use crate::store::imap::{Greeted, ImapRepository};

/// How often a person is asked for a password before the account gives up.
const ATTEMPTS: usize = 3;
/// What a refusal begins with, which the question says in its own way.
const SERVER_SAYS: &str = "the server says: ";

/// Connects and logs in. `password` holds what worked before, if anything did, and afterwards what worked now.
pub(super) fn connect(
    worker: &Worker,
    settings: &ImapSettings,
    timeout: Duration,
    reports: &Sender<Report>,
    password: &mut Option<Secret>,
) -> Result<ImapRepository, Fault> {
    worker.light(Light::Connecting);
    let mut secret = match password.clone() {
        Some(known) => known,
        None if settings.tunnel.as_ref().is_some_and(|tunnel| tunnel.logs_in) => Secret::new(String::new()),
        None => first_password(worker, settings)?,
    };
    let mut asked = 0;
    loop {
        worker.checkpoint()?;
        let (account, host) = (worker.account(), settings.host.clone());
        let port = settings.tunnel.is_none().then_some(settings.port);
        worker.publish(EventKind::Connecting { account, host, port });
        let greeted =
            Greeted::connect(settings, &worker.account(), timeout).map_err(|fault| unless_stopped(worker, fault))?;
        if let Ok(cutter) = greeted.cutter() {
            let _ = reports.send(Report::Connected { lamp: worker.lamp(), cutter });
        }
        match greeted.log_in(&secret) {
            Ok(repository) => {
                announce(worker, settings);
                *password = Some(secret);
                return Ok(repository);
            }
            Err(fault) if fault.kind == FaultKind::Login && asked < ATTEMPTS => {
                asked += 1;
                match ask(worker, settings, Some(fault.cause.trim_start_matches(SERVER_SAYS).to_owned())) {
                    Some(answer) => secret = answer,
                    None => return Err(fault),
                }
            }
            Err(fault) => return Err(unless_stopped(worker, fault)),
        }
    }
}

/// A connection that fails after a stop was asked for was cut by us; that is no fault of the server's.
fn unless_stopped(worker: &Worker, fault: Fault) -> Fault {
    worker.checkpoint().err().unwrap_or(fault)
}

fn announce(worker: &Worker, settings: &ImapSettings) {
    let security = match (&settings.tunnel, settings.security) {
        (Some(_), _) => "by a command",
        (None, Security::Tls) => "TLS",
        (None, Security::StartTls) => "STARTTLS",
        (None, Security::None) => "not encrypted",
    };
    let (account, host) = (worker.account(), settings.host.clone());
    worker.publish(EventKind::Connected { account, host, security: security.to_owned() });
}

fn first_password(worker: &Worker, settings: &ImapSettings) -> Result<Secret, Fault> {
    match &settings.password {
        PasswordSource::Given(secret) => Ok(secret.clone()),
        PasswordSource::File(path) => read_password(path),
        PasswordSource::Ask => ask(worker, settings, None).ok_or_else(|| {
            let doing = format!("logging in as {} on {} (account {})", settings.user, settings.host, worker.account());
            Fault::new(Reach::Account, FaultKind::Login, doing, "there is no password, and nobody to ask for it")
                .advise("set remotepassfile, or use an interface that can ask")
        }),
    }
}

fn ask(worker: &Worker, settings: &ImapSettings, refusal: Option<String>) -> Option<Secret> {
    let (account, user, host) = (worker.account(), settings.user.clone(), settings.host.clone());
    match worker.ask(Ask::Password { account, user, host, refusal }) {
        Answer::Password(secret) => Some(secret),
        Answer::Agreed | Answer::GivenUp => None,
    }
}

/// The first line of a file that nobody else may read.
fn read_password(path: &Path) -> Result<Secret, Fault> {
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
    use super::*;

    #[test]
    fn a_password_file_that_others_can_read_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "secret \nmore\n").unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        let fault = read_password(file.path()).unwrap_err();
        assert!(fault.to_string().contains("chmod 600"), "{fault}");
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read_password(file.path()).unwrap().reveal(), "secret ");
    }
}
