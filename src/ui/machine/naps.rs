//! Accounts that wait for their next synchronisation, and say every few seconds how long that is.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::ids::AccountName;

use super::command::Command;
use super::known::account_thread;

/// The time between two lines.
const STEP: TimeDelta = TimeDelta::seconds(10);

/// Who waits, until when, and when he says so next.
#[derive(Debug, Default)]
pub struct Naps(BTreeMap<AccountName, (DateTime<Utc>, DateTime<Utc>)>);

impl Naps {
    /// An account begins to wait.
    pub fn begin(
        &mut self,
        account: &AccountName,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        self.0.insert(account.clone(), (until, now));
        self.wake(now, out)
    }

    /// An account waits no longer, if it did.
    pub fn end(&mut self, account: &AccountName, out: &mut impl Write) -> io::Result<()> {
        match self.0.remove(account) {
            Some(_) => say(account, 0, 0, out),
            None => Ok(()),
        }
    }

    /// When the next line is due.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        self.0.values().filter(|(until, next)| next < until).map(|(_, next)| *next).min()
    }

    /// Writes the lines that are due.
    pub fn wake(&mut self, now: DateTime<Utc>, out: &mut impl Write) -> io::Result<()> {
        for (account, (until, next)) in self.0.iter_mut().filter(|(_, (until, next))| *next <= now && next < until) {
            *next = now + STEP;
            let left = until.signed_duration_since(now).num_milliseconds().max(0);
            let left = (left + 999) / 1000;
            say(account, left.min(STEP.num_seconds()), left, out)?;
        }
        Ok(())
    }
}

fn say(account: &AccountName, step: i64, left: i64, out: &mut impl Write) -> io::Result<()> {
    Command::Sleeping.write(out, &account_thread(account), &[&step.to_string(), &left.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_says_so_every_ten_seconds() {
        let at = |seconds: i64| DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap();
        let (mut naps, mut out) = (Naps::default(), Vec::new());
        let home = AccountName::new("home");
        naps.begin(&home, at(0), at(25), &mut out).unwrap();
        assert_eq!(naps.due(), Some(at(10)));
        naps.wake(at(5), &mut out).unwrap();
        for now in [10, 20, 30] {
            naps.wake(at(now), &mut out).unwrap();
        }
        assert_eq!(naps.due(), None);
        naps.end(&home, &mut out).unwrap();
        naps.end(&home, &mut out).unwrap();
        let line = |fields: &str| format!("msg:sleeping:Account+sync+home:{fields}\n");
        let all = [line("10%0A25"), line("10%0A15"), line("5%0A5"), line("0%0A0")].concat();
        assert_eq!(String::from_utf8(out).unwrap(), all);
    }
}
