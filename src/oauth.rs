//! `--oauth2-login`: a person gives the permission to read mail, and the token that comes of it is kept.
//!
//! Where the service gives out codes for other machines (RFC 8628), the person types one at a page of its own, with any
//! browser anywhere. Else a browser on this machine brings the answer to a port that is open for as long (RFC 8252).

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossbeam_channel::after;

use crate::config::settings::{AccountSettings, OAuthSettings, Provider, Settings};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::question::Secret;
use crate::store::oauth::kept::Kept;
use crate::store::oauth::proof::Proof;
use crate::store::oauth::redirect::{Brought, Landing};
use crate::store::oauth::{Client, Device, Error, Failure, Grant, login_command};
use crate::store::python::Interpreter;
use crate::ui::clean::clean;

/// How long a person may take.
const LIMIT: Duration = Duration::from_secs(600);
/// How much longer to wait between two questions when the service says so (RFC 8628, section 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// Gets the permission for this account, and keeps the token. What the person has to do is written to `out`.
pub fn log_in(
    settings: &Settings,
    account: &AccountSettings,
    python: Option<Interpreter>,
    out: &mut dyn Write,
) -> Result<(), Fault> {
    let name = account.name.as_str();
    let client = client(settings, account, python)?;
    let mut ask = Ask { account, client, out, until: Instant::now() + LIMIT };
    let grant = ask.permission()?;
    let missing = || {
        let cause = "the token service gave a token for now, but none to fetch others with";
        ask_fault(account, FaultKind::Login, cause)
            .advise("allow this program access while you are away (offline_access in oauth2_scope)")
    };
    let refresh = grant.refresh.ok_or_else(missing)?;
    let kept = Kept::of(&settings.metadata, name);
    kept.write(&refresh)?;
    let mut text = format!("The permission for the account {name} is kept in {}.", kept.path().display());
    let written = &account.remote.oauth;
    for (option, word) in
        [("oauth2_refresh_token", &written.refresh_token), ("oauth2_access_token", &written.access_token)]
    {
        if word.is_some() {
            text = format!("{text} Take {option} out of the configuration now, since that comes first.");
        }
    }
    tell(ask.out, &text)
}

/// Who we are to the service.
fn client(settings: &Settings, account: &AccountSettings, mut python: Option<Interpreter>) -> Result<Client, Fault> {
    let oauth = &account.remote.oauth;
    let fault = |cause: &str| ask_fault(account, FaultKind::Config, cause);
    if oauth.token_url.is_none() {
        return Err(fault("it isn't known who gives tokens for it")
            .advise("set oauth2_request_url, and oauth2_device_url or oauth2_authorize_url"));
    }
    let python = python.get_or_insert_with(|| Interpreter::new(settings.pythonfile.clone()));
    let client =
        Client::of(oauth, settings.socket_timeout, &mut |option, code| python.optional_text(option, code.reveal()))?;
    client.ok_or_else(|| fault("there is no oauth2_client_id").advise(where_clients_are_made(oauth.provider)))
}

fn where_clients_are_made(provider: Provider) -> &'static str {
    match provider {
        Provider::Google => {
            "make a client of the kind \"Desktop app\" at https://console.cloud.google.com/apis/credentials, and set \
             oauth2_client_id and oauth2_client_secret"
        }
        Provider::Microsoft => {
            "register an application that allows public client flows at https://entra.microsoft.com (App registrations), and \
             set oauth2_client_id"
        }
        Provider::Other => "register this program with your provider, and set the oauth2_client_id that you get",
    }
}

fn ask_fault(account: &AccountSettings, kind: FaultKind, cause: &str) -> Fault {
    Fault::new(Reach::Account, kind, doing(account), cause)
}

fn doing(account: &AccountSettings) -> String {
    format!("asking for the permission to read the mail of the account {}", account.name)
}

/// Text that may hold words of others, for a person.
fn tell(out: &mut dyn Write, text: &str) -> Result<(), Fault> {
    let shown: Vec<_> = text.lines().map(clean).collect();
    writeln!(out, "{}", shown.join("\n"))
        .and_then(|()| out.flush())
        .map_err(|error| Fault::new(Reach::Program, FaultKind::Disk, "writing what there is to do", error))
}

/// A permission that is asked for.
struct Ask<'a> {
    account: &'a AccountSettings,
    client: Client,
    out: &'a mut dyn Write,
    until: Instant,
}

impl Ask<'_> {
    fn permission(&mut self) -> Result<Grant, Fault> {
        let oauth = &self.account.remote.oauth;
        match (&oauth.device_url, &oauth.authorize_url) {
            (Some(url), _) => self.by_code(url, oauth),
            (None, Some(url)) => self.by_browser(url, oauth),
            (None, None) => Err(ask_fault(self.account, FaultKind::Config, "it isn't known where to ask")
                .advise("set oauth2_device_url or oauth2_authorize_url")),
        }
    }

    fn failed(&self, failure: &Failure) -> Fault {
        failure.fault(doing(self.account), self.account.name.as_str())
    }

    fn too_late(&self) -> Fault {
        let advice = format!("run {} again", login_command(self.account.name.as_str()));
        ask_fault(self.account, FaultKind::Login, "nobody gave the permission in time").advise(advice)
    }

    /// With a code that the person types somewhere (RFC 8628).
    fn by_code(&mut self, url: &str, oauth: &OAuthSettings) -> Result<Grant, Fault> {
        let device = self.client.device(url, &oauth.scope).map_err(|failure| self.failed(&failure))?;
        let Device { address, user_code, .. } = &device;
        let text = format!(
            "Open this page in a browser on any machine:\n\n  {address}\n\nand type this code there:\n\n  {user_code}\n\n\
             Waiting for the permission, for 10 minutes at most; Ctrl-C ends it."
        );
        tell(self.out, &text)?;
        let until = device.lifetime.map_or(self.until, |lifetime| self.until.min(Instant::now() + lifetime));
        let mut pause = device.interval;
        loop {
            if Instant::now() + pause > until {
                return Err(self.too_late());
            }
            let _ = after(pause).recv();
            match self.client.poll(&device) {
                Ok(grant) => return Ok(grant),
                Err(failure) => {
                    pause = next_pause(pause, failure.error).ok_or_else(|| self.failed(&failure))?;
                }
            }
        }
    }

    /// With a browser on this machine (RFC 8252).
    fn by_browser(&mut self, url: &str, oauth: &OAuthSettings) -> Result<Grant, Fault> {
        let account = self.account;
        let broken = move |error: io::Error| ask_fault(account, FaultKind::Network, &error.to_string());
        let landing = Landing::open().map_err(broken)?;
        let proof = Proof::new().map_err(|error| ask_fault(account, FaultKind::Internal, &error.to_string()))?;
        let address = self.client.permission(oauth, url, &account.remote.user, landing.address(), &proof);
        let text = format!(
            "Open this page in a browser on this machine:\n\n  {address}\n\n\
             Waiting for the permission, for 10 minutes at most; Ctrl-C ends it."
        );
        tell(self.out, &text)?;
        match landing.wait(&proof.state, self.until).map_err(broken)? {
            None => Err(self.too_late()),
            Some(Brought::Refused(failure)) => Err(self.failed(&failure)),
            Some(Brought::Code(code)) => self.exchange(&code, landing.address(), &proof),
        }
    }

    fn exchange(&self, code: &Secret, redirect: &str, proof: &Proof) -> Result<Grant, Fault> {
        self.client.exchange(code, redirect, proof).map_err(|failure| self.failed(&failure))
    }
}

/// How long to wait before the next question (RFC 8628, section 3.5); `None` when there is none.
fn next_pause(pause: Duration, error: Error) -> Option<Duration> {
    match error {
        Error::Pending => Some(pause),
        Error::SlowDown => Some(pause + SLOWER),
        // The service may be there again before the time is over.
        Error::Network | Error::Busy => Some(pause * 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_asked_on_as_long_as_it_has_no_answer() {
        let pause = |error| next_pause(Duration::from_secs(5), error).map(|pause| pause.as_secs());
        for (error, wanted) in [
            (Error::Pending, Some(5)),
            (Error::SlowDown, Some(10)),
            (Error::Network, Some(10)),
            (Error::Busy, Some(10)),
            (Error::AccessDenied, None),
            (Error::Expired, None),
            (Error::InvalidGrant, None),
            (Error::Tls, None),
            (Error::Nonsense, None),
        ] {
            assert_eq!(pause(error), wanted, "{error:?}");
        }
    }
}
