//! Tokens in place of passwords (OAuth 2.0): when they are fetched, and how long they are used.
//!
//! Each account has a keeper, a thread that outlives its runs. It fetches a token when the first connection asks for one, and
//! gives the same to all others until its time is over, or until the server refuses it. So no two connections fetch at once,
//! and a new refresh token that comes along is never lost between them.

use std::collections::HashMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::both::{Both, server};
use super::password::PATIENCE;
use super::python::Python;
use super::worker::Worker;
use crate::config::settings::{AccountSettings, ImapSettings, OAuthSettings, PasswordSource, Settings, Word};
use crate::model::event::EventKind;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::ids::{AccountName, Side};
use crate::model::question::Secret;
use crate::store::oauth::kept::Kept;
use crate::store::oauth::{Client, Error, Grant, login_command, resolve};
use crate::store::python::LIMIT;

/// How long a worker waits for its keeper: several questions to Python, and one to the token service.
pub(super) const LONGEST: Duration = Duration::from_secs(900);

/// The keepers of all accounts that use tokens.
#[derive(Debug, Default)]
pub(super) struct Keepers(HashMap<(AccountName, Side), Tokens>);

impl Keepers {
    /// The ways to the keepers of an account, who begin now if there are none; `None` for a side that uses no tokens.
    pub(super) fn both(&mut self, settings: &Settings, place: usize, python: Option<&Python>) -> Both<Option<Tokens>> {
        Both::of(|side| self.of(settings, place, side, python))
    }

    /// The way to the keeper of one side.
    fn of(&mut self, settings: &Settings, place: usize, side: Side, python: Option<&Python>) -> Option<Tokens> {
        let account = settings.accounts.get(place)?;
        let server = server(account, side).filter(|server| uses_tokens(server))?;
        let (metadata, limit) = (&settings.metadata, settings.socket_timeout);
        let begin = || Tokens::start(Keeper::new((account, side, server), metadata, limit, python.cloned()));
        Some(self.0.entry((account.name.clone(), side)).or_insert_with(begin).clone())
    }
}

fn uses_tokens(remote: &ImapSettings) -> bool {
    let logged_in = remote.tunnel.as_ref().is_some_and(|tunnel| tunnel.logs_in);
    !logged_in && remote.oauth.is_wanted() && remote.mechanisms.iter().any(|way| way.takes_token())
}

/// What a keeper is asked for: a token, but not this one.
#[derive(Debug)]
struct Wish {
    refused: Option<Secret>,
    reply: Sender<Result<Answer, Fault>>,
}

/// What a keeper answers.
#[derive(Debug, Default)]
struct Answer {
    token: Option<Secret>,
    /// What a person should know.
    warning: Option<String>,
}

/// The way to an account's keeper, who ends with the last of them.
#[derive(Debug, Clone)]
pub(super) struct Tokens(Sender<Wish>);

impl Tokens {
    fn start(mut keeper: Keeper) -> Self {
        let (wishes, asked) = unbounded();
        let thread = thread::Builder::new().name(format!("token of {}", keeper.account));
        // Without a thread nobody listens, and who asks is told so.
        let _ = thread.spawn(move || keeper.listen(&asked));
        Self(wishes)
    }

    /// A token other than `refused`; `None` when the configuration leads to none, or to no other. A stop is a fault.
    pub(super) fn get(&self, worker: &Worker, refused: Option<&Secret>) -> Result<Option<Secret>, Fault> {
        let doing = || format!("getting a token for the account {}", worker.account());
        let lost = || Fault::new(Reach::Account, FaultKind::Internal, doing(), "a mistake in this program");
        let (reply, answers) = bounded(1);
        self.0.send(Wish { refused: refused.cloned(), reply }).map_err(|_| lost())?;
        let answer = worker.wait_for(&answers, LONGEST)?.ok_or_else(lost)??;
        if let Some(text) = answer.warning {
            worker.publish(EventKind::Warned { account: Some(worker.account()), folder: None, text });
        }
        Ok(answer.token)
    }
}

/// Where a refresh token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Configuration,
    File,
}

/// Who keeps an account's token.
struct Keeper {
    account: AccountName,
    settings: OAuthSettings,
    /// Whether a password has to be asked for where there is no token.
    no_password: bool,
    kept: Kept,
    limit: Duration,
    python: Option<Python>,
    /// The token in use, and until when it is.
    current: Option<(Secret, Option<SystemTime>)>,
    /// A refresh token, and the one that the service gave in place of it.
    renewed: Option<(Secret, Secret)>,
    warned: bool,
}

impl Keeper {
    fn new(
        (account, side, server): (&AccountSettings, Side, &ImapSettings),
        metadata: &Path,
        limit: Duration,
        python: Option<Python>,
    ) -> Self {
        let owner = match side {
            Side::Remote => account.name.to_string(),
            Side::Local => format!("{} (local)", account.name),
        };
        Self {
            account: account.name.clone(),
            settings: server.oauth.clone(),
            no_password: server.password == PasswordSource::Ask,
            kept: Kept::of(metadata, &owner),
            limit,
            python,
            current: None,
            renewed: None,
            warned: false,
        }
    }

    fn listen(&mut self, asked: &Receiver<Wish>) {
        for wish in asked {
            // Who has stopped meanwhile needs no answer; the token is kept for the next one.
            let _ = wish.reply.send(self.answer(wish.refused.as_ref()));
        }
    }

    fn answer(&mut self, refused: Option<&Secret>) -> Result<Answer, Fault> {
        if let Some((token, until)) = &self.current {
            let fresh = until.is_none_or(|until| SystemTime::now() < until);
            if fresh && refused != Some(token) {
                return Ok(Answer { token: Some(token.clone()), warning: None });
            }
        }
        self.current = None;
        if let Some(refresh) = self.resolve("oauth2_refresh_token", |settings| &settings.refresh_token)? {
            return self.fetch(&refresh, Origin::Configuration);
        }
        if let Some(access) = self.resolve("oauth2_access_token", |settings| &settings.access_token)? {
            let token = Some(access).filter(|access| refused != Some(access));
            self.current = token.clone().map(|token| (token, None));
            return Ok(Answer { token, warning: None });
        }
        match self.kept.read()? {
            Some(refresh) => self.fetch(&refresh, Origin::File),
            None => self.nothing(),
        }
    }

    /// Fetches a token, and keeps a new refresh token that comes with it.
    fn fetch(&mut self, refresh: &Secret, origin: Origin) -> Result<Answer, Fault> {
        let client = self.client()?;
        let shown = match &self.renewed {
            Some((old, new)) if old == refresh => new.clone(),
            _ => refresh.clone(),
        };
        let grant = client.refresh(&shown).map_err(|failure| {
            let fault = failure.fault(self.doing(&client), self.account.as_str());
            let stays = origin == Origin::Configuration && failure.error == Error::InvalidGrant;
            let advice = format!("{}, and take oauth2_refresh_token out of the configuration", fault.advice);
            if stays { fault.advise(advice) } else { fault }
        })?;
        self.current = Some((grant.access.clone(), grant.fresh_until(SystemTime::now())));
        let warning = self.keep(refresh, &shown, &grant, origin);
        Ok(Answer { token: Some(grant.access), warning })
    }

    /// Keeps a refresh token that came in place of the one that was shown; says what a person has to do about it.
    fn keep(&mut self, refresh: &Secret, shown: &Secret, grant: &Grant, origin: Origin) -> Option<String> {
        let new = grant.refresh.as_ref().filter(|new| *new != shown)?;
        self.renewed = Some((refresh.clone(), new.clone()));
        if origin == Origin::File {
            let told =
                |fault| format!("the new refresh token is used until the program ends, but could not be kept: {fault}");
            return self.kept.replace(refresh, new).err().map(told);
        }
        if std::mem::replace(&mut self.warned, true) {
            return None;
        }
        let command = login_command(self.account.as_str());
        Some(format!(
            "the token service has given a new refresh token in place of oauth2_refresh_token, which may be good for nothing \
             soon; take it out of the configuration and run {command}, so that new ones can be kept"
        ))
    }

    /// What there is to say when there is no token at all.
    fn nothing(&mut self) -> Result<Answer, Fault> {
        if !self.no_password || self.resolve("oauth2_client_id", |settings| &settings.client_id)?.is_none() {
            return Ok(Answer::default());
        }
        let doing = format!("getting a token for the account {}", self.account);
        Err(Fault::new(Reach::Account, FaultKind::Login, doing, "the permission was not given yet")
            .advise(format!("give it with {}", login_command(self.account.as_str()))))
    }

    fn client(&self) -> Result<Client, Fault> {
        let client = Client::of(&self.settings, self.limit, &mut |option, code| self.work_out(option, code))?;
        client.ok_or_else(|| {
            let doing = format!("getting a token for the account {}", self.account);
            let missing = if self.settings.token_url.is_none() { "oauth2_request_url" } else { "oauth2_client_id" };
            let cause = format!("there is no {missing}");
            Fault::new(Reach::Account, FaultKind::Config, doing, cause).advise(format!("set {missing}"))
        })
    }

    fn doing(&self, client: &Client) -> String {
        format!("getting a token for the account {} from {}", self.account, client.host())
    }

    fn resolve(&self, option: &str, word: impl Fn(&OAuthSettings) -> &Option<Word>) -> Result<Option<Secret>, Fault> {
        resolve(option, word(&self.settings).as_ref(), &mut |option, code| self.work_out(option, code))
    }

    /// What Python comes to. Somebody may have to unlock something for it, so it has more time than other Python.
    fn work_out(&self, option: &str, code: &Secret) -> Result<Option<String>, Fault> {
        let doing = || format!("working out {option} of the account {}", self.account);
        let lost = || Fault::new(Reach::Account, FaultKind::Internal, doing(), "a mistake in this program");
        let (option, code) = (option.to_owned(), code.clone());
        self.python.as_ref().ok_or_else(lost)?.ask(move |python| {
            python.set_limit(PATIENCE);
            let text = python.optional_text(&option, code.reveal());
            python.set_limit(LIMIT);
            text
        })
    }
}

#[cfg(test)]
mod tests;
