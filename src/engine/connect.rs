//! Connections for workers: made, logged in, with a person's help where a password is missing or wrong.

use std::time::Duration;

use crossbeam_channel::Sender;

use super::password;
use super::python::Python;
use super::runtime::Report;
use super::token::Tokens;
use super::trust::{self, Trust};
use super::worker::Worker;
use crate::config::settings::{ImapSettings, PasswordSource, Security};
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind};
use crate::model::ids::{AccountName, Side};
use crate::model::light::Light;
use crate::model::mechanism::Mechanism;
use crate::model::question::{Answer, Ask, Secret};
use crate::model::topic::Topic;
use crate::store::imap::{Credentials, Greeted, ImapRepository, Refusal};
use crate::store::oauth::login_command;

/// How often a person is asked for a password before the account gives up.
const ATTEMPTS: usize = 3;
/// What a refusal begins with, which the question says in its own way.
const SERVER_SAYS: &str = "the server says: ";

/// What a connection is made with.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    /// The side that the server is on.
    pub(super) side: Side,
    /// The way to Python, where the account needs it.
    pub(super) python: Option<&'a Python>,
    /// The way to tokens, where the account uses them.
    pub(super) tokens: Option<&'a Tokens>,
    /// Where the way to cut the connection is told.
    pub(super) reports: &'a Sender<Report>,
    /// Which certificates a person trusts.
    pub(super) trust: &'a Trust,
}

/// Connects and logs in. `known` holds what worked before, if anything did, and afterwards what worked now.
pub(super) fn connect(
    worker: &Worker,
    settings: &ImapSettings,
    timeout: Duration,
    means: Means<'_>,
    known: &mut Option<Credentials>,
) -> Result<ImapRepository, Fault> {
    worker.light(Light::Connecting);
    let mut credentials = begin(worker, settings, means, known.as_ref())?;
    let (mut asked, mut renewed) = (0, false);
    loop {
        worker.checkpoint()?;
        let (account, host) = (worker.account(), settings.called());
        let port = settings.tunnel.is_none().then_some(settings.port);
        worker.publish(EventKind::Connecting { account, host, port });
        let mut tell = |cutter| {
            let _ = means.reports.send(Report::Connected { lamp: worker.lamp(), side: means.side, cutter });
        };
        let greeted = trust::meet(worker, settings, means, |settings| {
            let tellers = [worker.teller(Topic::Imap), worker.notes()];
            Greeted::connect_telling(settings, &worker.account(), timeout, &mut tell, tellers)
        });
        let greeted = greeted.map_err(|fault| unless_stopped(worker, fault))?;
        match greeted.log_in(&credentials) {
            Ok(repository) => {
                let (lamp, side, traffic) = (worker.lamp(), means.side, repository.traffic());
                let _ = means.reports.send(Report::Flows { lamp, side, traffic });
                announce(worker, settings);
                credentials.way = repository.way();
                *known = Some(credentials);
                return Ok(repository);
            }
            // A ticket that doesn't do is no reason to give up.
            Err(Refusal { fault, .. }) if credentials.ticket && fault.kind == FaultKind::Login => {
                let text = format!("the Kerberos ticket is of no use here, so a password is needed: {}", fault.cause);
                worker.publish(EventKind::Noted { account: Some(worker.account()), folder: None, text });
                let password = password::first(worker, settings, means.python)?;
                credentials = Credentials { password: Some(password), ..Credentials::default() };
            }
            Err(Refusal { fault, by_token: true, ask_again }) => {
                let refused = credentials.token.take().filter(|_| ask_again && !std::mem::replace(&mut renewed, true));
                credentials.token = newer(worker, means, refused.as_ref())?;
                if credentials.token.is_none() {
                    return Err(unless_stopped(worker, fault.advise(token_advice(&worker.account()))));
                }
            }
            Err(Refusal { fault, ask_again: true, .. }) if asked < ATTEMPTS => {
                let from_before = asked == 0 && known.as_ref().is_some_and(|known| known.password.is_some());
                let anew =
                    from_before.then(|| changed(worker, settings, means, credentials.password.as_ref())).flatten();
                asked += 1;
                let words = fault.cause.trim_start_matches(SERVER_SAYS).to_owned();
                let answer = match anew {
                    Some(secret) => Some(Answer::Password(secret)),
                    None => ask(worker, settings, Some(words))?,
                };
                match answer {
                    Some(Answer::Password(answer)) => credentials.password = Some(answer),
                    _ => return Err(fault),
                }
            }
            Err(Refusal { fault, .. }) => return Err(unless_stopped(worker, fault)),
        }
    }
}

/// What to begin with: what is known, a token, a Kerberos ticket, a password, or a token and a password.
fn begin(
    worker: &Worker,
    settings: &ImapSettings,
    means: Means<'_>,
    known: Option<&Credentials>,
) -> Result<Credentials, Fault> {
    let token = means.tokens.map_or(Ok(None), |tokens| tokens.get(worker, None))?;
    let (password, way) = known.map(|known| (known.password.clone(), known.way)).unwrap_or_default();
    let credentials = Credentials { password, token, way, ticket: way == Some(Mechanism::Gssapi) };
    let logged_in = settings.tunnel.as_ref().is_some_and(|tunnel| tunnel.logs_in);
    // Nobody is asked for a password who has a token.
    let has_token = credentials.token.is_some() && settings.password == PasswordSource::Ask;
    if logged_in || has_token || credentials.password.is_some() || credentials.ticket {
        return Ok(credentials);
    }
    if credentials.token.is_none() && settings.mechanisms.contains(&Mechanism::Gssapi) {
        let ticket = Credentials::of_ticket();
        if ticket.ticket {
            return Ok(ticket);
        }
    }
    let password = password::first(worker, settings, means.python)?;
    Ok(Credentials { password: Some(password), ..credentials })
}

/// The password that the configuration leads to by now, if that is another one than the one that was refused.
fn changed(worker: &Worker, settings: &ImapSettings, means: Means<'_>, refused: Option<&Secret>) -> Option<Secret> {
    let found = password::found(worker, settings, means.python).ok().flatten();
    found.filter(|found| Some(found) != refused)
}

/// A token in place of one that was refused.
fn newer(worker: &Worker, means: Means<'_>, refused: Option<&Secret>) -> Result<Option<Secret>, Fault> {
    match (means.tokens, refused) {
        (Some(tokens), Some(refused)) => tokens.get(worker, Some(refused)),
        _ => Ok(None),
    }
}

fn token_advice(account: &AccountName) -> String {
    format!("check remoteuser and the oauth2_ options, or run {}", login_command(account.as_str()))
}

/// Ends a connection politely.
pub(super) fn disconnect(worker: &Worker, remote: ImapRepository) {
    let traffic = remote.traffic();
    remote.log_out();
    worker.detail(Topic::Thread, || {
        let (received, sent, turns) = (traffic.received(), traffic.sent(), traffic.turns());
        format!("closed its connection after {turns} turns, {received} bytes received and {sent} sent")
    });
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
    worker.detail(Topic::Thread, || format!("opened a connection to {}", settings.called()));
    let (account, host) = (worker.account(), settings.called());
    worker.publish(EventKind::Connected { account, host, security: security.to_owned() });
}

/// Asks a person for the password, as [`Worker::ask`] does; `refusal` is what the server said to the last one.
pub(super) fn ask(worker: &Worker, settings: &ImapSettings, refusal: Option<String>) -> Result<Option<Answer>, Fault> {
    let (account, user, host) = (worker.account(), settings.user.clone(), settings.called());
    worker.ask(Ask::Password { account, user, host, refusal })
}
