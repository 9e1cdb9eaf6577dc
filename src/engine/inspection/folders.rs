//! The folders of an account: what is in them, what the rules say of them, what would become of them.

use super::super::account::Shared;
use super::super::naming::{Names, Verdict};
use super::super::worker::Worker;
use super::super::{confine, quarantine, recheck};
use super::names::{self, Named, Sides};
use super::next::{Next, Situation};
use super::trip::Trip;
use crate::model::fault::Fault;
use crate::model::folder::FolderInfo;
use crate::model::ids::Side;
use crate::model::mark::Mark;
use crate::model::utf7;
use crate::plan::folders::Paired;
use crate::store::Repository;
use crate::store::ledger::sqlite::SqliteLedger;
use crate::store::ledger::{FolderRecord, Ledger, Quarantined, Scope, State};
use crate::store::maildir::Maildir;

/// A folder, as far as it can be seen.
#[derive(Debug)]
pub struct Seen {
    /// Its name as people know it.
    pub shown: String,
    /// The folder on the server; `None` when its name there isn't known.
    pub there: Option<There>,
    /// The folder here; `None` when its name here isn't known.
    pub here: Option<Here>,
    /// What the ledger has of it.
    pub kept: Option<Kept>,
    /// Whether it takes part, by the rules of the side that has it, and of the other one.
    pub verdicts: Vec<(Side, Result<Verdict, Fault>)>,
    /// Whether `-f` names it, where it names any.
    pub only: Option<bool>,
    /// The way of its name to the other side and back.
    pub trip: Option<Trip>,
    /// What a synchronisation would do first.
    pub next: Next,
}

/// A folder on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// Its name.
    pub name: String,
    /// Whether the server lists it; `None` when the server didn't tell.
    pub is_there: Option<bool>,
    /// Whether it can hold messages.
    pub selectable: bool,
    /// How many it holds, where the server says so.
    pub messages: Option<u32>,
}

/// A folder here.
#[derive(Debug)]
pub struct Here {
    /// Its name.
    pub name: String,
    /// Its messages, and those of them that have never been on the server; `None` when it isn't there.
    pub messages: Option<Result<(usize, usize), Fault>>,
    /// Whether all of it is as the ledger has it.
    pub(super) agrees: bool,
    /// The times of its directories.
    pub(super) mark: Option<Mark>,
}

/// What the ledger has of a folder.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Messages on both sides.
    pub messages: usize,
    /// Messages that stay on one side on purpose.
    pub one_sided: usize,
    /// What was looked at the last time; `None`: everything.
    pub scope: Option<Scope>,
    /// Messages that could not be copied.
    pub left_out: Vec<Quarantined>,
}

impl Seen {
    /// What is wrong with it.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        let here = self.here.iter().filter_map(|here| here.messages.as_ref()?.as_ref().err());
        here.chain(self.verdicts.iter().filter_map(|(_, verdict)| verdict.as_ref().err()))
    }
}

/// All folders, those that take part first. What is wrong with the rules, or with a pair of folders, is added to `faults`.
pub(super) fn all(
    shared: &Shared<'_>,
    worker: &Worker,
    sides: &Sides<'_>,
    ledger: Option<&mut SqliteLedger>,
    faults: &mut Vec<Fault>,
) -> Vec<Seen> {
    let (mut remote, mut local) = match shared.names() {
        Ok(names) => names,
        Err(fault) => {
            faults.push(fault);
            return Vec::new();
        }
    };
    let pairs = names::pairs(shared, sides, (&mut remote, &mut local), faults);
    let _ = shared.called.set(names::called(&mut local, sides.here));
    let found = names::names(sides, &pairs, &mut names::guide(sides, (&mut remote, &mut local)));
    let maildir = shared.account.local.maildir().map(|settings| shared.maildir(worker, settings));
    let mut look = Look { shared, sides, pairs: &pairs, maildir, ledger };
    let mut seen: Vec<Seen> = found.into_iter().map(|found| look.at(found, (&mut remote, &mut local))).collect();
    seen.sort_by_key(|seen| (seen.next == Next::LeftOut, seen.next == Next::NoMail));
    seen
}

/// Whether a folder takes part, as far as the rules of both sides say; `None` when one of them fails.
fn takes_part(verdicts: &[(Side, Result<Verdict, Fault>)]) -> Option<bool> {
    let each = verdicts.iter().map(|(_, verdict)| verdict.as_ref().ok().map(|verdict| verdict.takes_part));
    each.collect::<Option<Vec<bool>>>().map(|each| each.into_iter().all(|part| part))
}

/// What is needed to look at a folder.
struct Look<'a> {
    shared: &'a Shared<'a>,
    sides: &'a Sides<'a>,
    pairs: &'a [Paired],
    /// `None` where the other side is a server: what it lists says enough.
    maildir: Option<Maildir>,
    ledger: Option<&'a mut SqliteLedger>,
}

impl Look<'_> {
    fn at(&mut self, found: Named, rules: (&mut Names<'_>, &mut Names<'_>)) -> Seen {
        let Named { remote: there, local: here } = found;
        let pair = self
            .pairs
            .iter()
            .find(|pair| Some(&pair.names.remote) == there.as_ref() && Some(&pair.names.local) == here.as_ref());
        let record = self.sides.records.iter().find(|record| Some(&record.local) == here.as_ref());
        let mut verdicts = Vec::new();
        verdicts.extend(there.as_ref().map(|name| (Side::Remote, rules.0.verdict(name))));
        verdicts.extend(here.as_ref().map(|name| (Side::Local, rules.1.verdict(name))));
        let by_rules = takes_part(&verdicts);
        let trip = by_rules.filter(|part| *part).and_then(|_| self.trip(there.as_deref(), here.as_deref(), rules));
        let shown = utf7::decode(there.as_deref().or(here.as_deref()).unwrap_or_default());
        let shown = pair.map_or(shown, |pair| pair.names.shown.to_string());
        let only = self.shared.task.settings.only.as_ref().map(|only| {
            let all = [Some(shown.as_str()), there.as_deref(), here.as_deref()];
            only.decide(&all.into_iter().flatten().collect::<Vec<_>>()).0
        });
        let there = there.map(|name| self.there(name));
        let (here, kept) = (here.map(|name| self.here(name, record)), record.and_then(|record| self.kept(record)));
        let situation = Situation {
            mark: there.as_ref().and_then(|there| self.listed(&there.name)?.mark),
            there: there.as_ref(),
            here: here.as_ref(),
            record,
            due: kept.as_ref().is_some_and(|kept| quarantine::is_due(&kept.left_out)),
            pair,
            takes_part: by_rules.map(|part| part && only != Some(false)),
            policy: self.shared.policy(),
            outdated: kept.as_ref().is_some_and(|kept| self.is_outdated(kept)),
        };
        let next = if self.sides.there.is_none() { Next::Unknown } else { situation.next() };
        Seen { shown, there, here, kept, verdicts, only, trip, next }
    }

    /// Whether other messages would be looked at than the last time. What is never copied is not asked about.
    fn is_outdated(&self, kept: &Kept) -> bool {
        let ignored = kept.scope.as_ref().map(|scope| &scope.ignored);
        confine::is_outdated(&self.shared.policy(), ignored, kept.scope.as_ref())
    }

    fn trip(&self, there: Option<&str>, here: Option<&str>, names: (&mut Names<'_>, &mut Names<'_>)) -> Option<Trip> {
        self.sides.there?;
        let mut guide = names::guide(self.sides, names);
        let listed = |name: &&str| self.listed(name).is_some();
        match (there.filter(listed), here) {
            (Some(name), _) => Some(guide.trip(Side::Remote, name)),
            (None, Some(name)) => Some(guide.trip(Side::Local, name)),
            (None, None) => None,
        }
    }

    fn listed(&self, name: &str) -> Option<&FolderInfo> {
        self.sides.there.unwrap_or_default().iter().find(|folder| folder.name == name)
    }

    fn there(&self, name: String) -> There {
        let listed = self.listed(&name);
        let messages = match listed.and_then(|folder| folder.mark) {
            Some(Mark::Server(mark)) => Some(mark.messages),
            _ => None,
        };
        let is_there = self.sides.there.map(|_| listed.is_some());
        There { name, is_there, selectable: listed.is_none_or(|folder| folder.selectable), messages }
    }

    fn here(&mut self, name: String, record: Option<&FolderRecord>) -> Here {
        let Some(listed) = self.sides.here.iter().find(|folder| folder.name == name) else {
            return Here { name, messages: None, agrees: false, mark: None };
        };
        let Some(maildir) = &mut self.maildir else {
            let messages = match listed.mark {
                Some(Mark::Server(mark)) => Some(Ok((mark.messages as usize, 0))),
                _ => None,
            };
            return Here { name, messages, agrees: false, mark: listed.mark };
        };
        match count((maildir, &mut self.ledger), &name, record) {
            Ok((count, agrees)) => Here { name, messages: Some(Ok(count)), agrees, mark: listed.mark },
            Err(fault) => Here { name, messages: Some(Err(fault)), agrees: false, mark: None },
        }
    }

    fn kept(&mut self, record: &FolderRecord) -> Option<Kept> {
        let ledger = self.ledger.as_mut()?;
        let (rows, left_out) = (ledger.rows(record.id).ok()?, ledger.quarantined(record.id).ok()?);
        let scope = ledger.scope(record.id).ok()?;
        let count = |state| rows.iter().filter(|row| row.state == state).count();
        Some(Kept { messages: count(State::Synced), one_sided: count(State::Kept), scope, left_out })
    }
}

/// How many messages are in a folder here, how many of them are new, and whether they are those of the ledger.
fn count(
    (maildir, ledger): (&mut Maildir, &mut Option<&mut SqliteLedger>),
    name: &str,
    record: Option<&FolderRecord>,
) -> Result<((usize, usize), bool), Fault> {
    let mut mailbox = maildir.open(name, false)?;
    let look = mailbox.look(None)?;
    let fresh = look.messages.iter().filter(|message| message.id.uid().is_none()).count();
    let rows = match (record, ledger) {
        (Some(record), Some(ledger)) => Some(ledger.rows(record.id)?),
        _ => None,
    };
    let agrees = rows.is_some_and(|rows| fresh == 0 && recheck::agree(&look, &rows, &*mailbox));
    Ok(((look.messages.len(), fresh), agrees))
}
