//! One folder's part of the page.

use chrono::{DateTime, Local};

use super::page::Page;
use crate::config::settings::{AccountSettings, CommonSettings};
use crate::engine::inspection::{Here, Kept, Next, Reason, Rule, Seen, There, Trip, Verdict};
use crate::model::fault::Fault;
use crate::model::ids::Side;
use crate::store::ledger::{Quarantined, Scope};
use crate::ui::figures::count;

pub fn describe(page: &mut Page, account: &AccountSettings, seen: &Seen) {
    page.line(1, &format!("folder {}", seen.shown));
    page.entry(2, "on the server", &seen.there.as_ref().map_or("no folder".to_owned(), there));
    page.entry(2, "here", &seen.here.as_ref().map_or("no folder".to_owned(), here));
    if let Some(kept) = &seen.kept {
        page.entry(2, "in the ledger", &remembered(kept));
        if let Some(scope) = kept.scope.as_ref().filter(|scope| scope.count > 0) {
            page.entry(2, "left alone", &left_alone(scope));
        }
    }
    if let Some(trip) = &seen.trip {
        page.entry(2, "its names", &names(account, trip));
    }
    page.entry(2, "takes part", &part(account, seen));
    page.entry(2, "next", &next(&seen.next));
    for message in seen.kept.iter().flat_map(|kept| &kept.left_out) {
        page.entry(2, if message.ignored { "ignored" } else { "left out" }, &left_out(account, message));
    }
}

fn there(there: &There) -> String {
    let name = &there.name;
    match (there.is_there, there.messages) {
        (None, _) => format!("{name}, as it was called last; the server hasn't told"),
        (Some(false), _) => format!("{name}, which isn't there"),
        (Some(true), _) if !there.selectable => format!("{name}, only a name that others are below"),
        (Some(true), None) => format!("{name}; the server doesn't say how many messages"),
        (Some(true), Some(messages)) => format!("{name}, {}", count(messages.into(), "message")),
    }
}

fn here(here: &Here) -> String {
    let name = if here.name.is_empty() { "the Maildir's own directory" } else { &here.name };
    match &here.messages {
        None => format!("{name}, which isn't there"),
        Some(Err(fault)) => format!("{name}: {fault}"),
        Some(Ok((all, 0))) => format!("{name}, {}", count(*all as u64, "message")),
        Some(Ok((all, new))) => format!("{name}, {}, {new} of them new", count(*all as u64, "message")),
    }
}

fn remembered(kept: &Kept) -> String {
    let both = format!("{} on both sides", count(kept.messages as u64, "message"));
    if kept.one_sided > 0 { format!("{both}, {} kept on one side", kept.one_sided) } else { both }
}

fn left_alone(scope: &Scope) -> String {
    let why = if scope.terms.is_empty() { "they are never copied" } else { &scope.terms };
    format!("{}: {why}", count(scope.count, "message"))
}

/// The way of the name to the other side, and back.
fn names(account: &AccountSettings, trip: &Trip) -> String {
    let other = if trip.from == Side::Remote { "here" } else { "on the server" };
    let across = match &trip.across {
        Ok(Some(across)) => format!("{} is {across} {other}", trip.name),
        Ok(None) => return format!("what {} is {other} can't be derived: {}", trip.name, remedy(account)),
        Err(fault) => return fault.to_string(),
    };
    match &trip.back {
        Ok(Some(_)) if trip.returns() => format!("{across}, and comes back as it was"),
        Ok(Some(back)) => format!("{across}, but comes back as {back}: {}", wrong(account, trip)),
        Ok(None) => format!("{across}, but the way back can't be derived: {}", remedy(account)),
        Err(fault) => format!("{across}, but the way back fails: {fault}"),
    }
}

fn remedy(account: &AccountSettings) -> String {
    format!("set namemap in [Repository {}] too", account.local.common().name)
}

/// Which rule doesn't fit.
fn wrong(account: &AccountSettings, trip: &Trip) -> String {
    let rule = |common: &CommonSettings| match (&common.nametrans, &common.map) {
        (Some(_), _) => Some("nametrans"),
        (None, Some(_)) => Some("namemap"),
        (None, None) => None,
    };
    let (remote, local) = (&account.remote.common, account.local.common());
    let (there, here) = (&remote.name, &local.name);
    match (rule(remote), rule(local)) {
        (Some(forth), Some(back)) => {
            format!("{back} in [Repository {here}] doesn't undo {forth} in [Repository {there}]")
        }
        (Some(forth), None) => {
            format!("[Repository {here}] has nothing that undoes {forth} in [Repository {there}]")
        }
        (None, Some(back)) => {
            format!("[Repository {there}] has nothing that undoes {back} in [Repository {here}]")
        }
        (None, None) => {
            let side = if trip.from == Side::Remote { "here" } else { "on the server" };
            format!("its name holds what separates the parts of names {side}")
        }
    }
}

/// Whether it takes part, and by which rules.
fn part(account: &AccountSettings, seen: &Seen) -> String {
    let common = |side: Side| if side == Side::Remote { &account.remote.common } else { account.local.common() };
    let decided = seen.verdicts.iter().filter_map(|(side, verdict)| by(verdict, common(*side)));
    let mut rules: Vec<(bool, String)> = decided.collect();
    rules.extend(seen.only.map(|only| (only, if only { "-f names it" } else { "-f doesn't name it" }.to_owned())));
    let takes_part = rules.iter().all(|(takes_part, _)| *takes_part);
    // Of what lets it take part nothing counts any more where something doesn't.
    let rules: Vec<String> = rules.into_iter().filter(|(part, _)| *part == takes_part).map(|(_, rule)| rule).collect();
    let word = if takes_part { "yes" } else { "no" };
    if rules.is_empty() { word.to_owned() } else { format!("{word}: {}", rules.join("; ")) }
}

/// What the rules of one side say; `None` when there are none.
fn by(verdict: &Result<Verdict, Fault>, common: &CommonSettings) -> Option<(bool, String)> {
    let place = format!("in [Repository {}]", common.name);
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(fault) => return Some((false, fault.to_string())),
    };
    let words = match &verdict.rule {
        Rule::None => return None,
        Rule::Included => format!("folderincludes {place} names it"),
        Rule::Filter if verdict.takes_part => format!("folderfilter {place} lets it pass"),
        Rule::Filter => format!("folderfilter {place} leaves it out"),
        Rule::Pattern(pattern) => format!("{pattern} of folderpatterns {place}"),
        Rule::NoPattern => format!("nothing in folderpatterns {place} fits it"),
    };
    Some((verdict.takes_part, words))
}

fn next(next: &Next) -> String {
    let place = |side: &Side| if *side == Side::Remote { "on the server" } else { "here" };
    let other = |side: &Side| place(&side.other());
    match next {
        Next::Unknown => "can't be told without the server".to_owned(),
        Next::LeftOut => "nothing: it is left out".to_owned(),
        Next::NoMail => "nothing: it holds no mail".to_owned(),
        Next::NotMade(side) => format!("nothing: it isn't made {} (createfolders or readonly)", place(side)),
        Next::Refused => "nothing, until the trouble with its names is over".to_owned(),
        Next::Make(side) => format!("it would be made {}, and filled", place(side)),
        Next::MakeAgain(side) => format!("it is gone {0}: it would be made again there and refilled", place(side)),
        Next::Follow(side) => format!(
            "it is gone {}: it would be deleted {} as well (syncfolderdeletes), if nothing is in it that was not on both sides",
            place(side),
            other(side)
        ),
        Next::Unchanged => "nothing: it is as it was after the last synchronisation".to_owned(),
        Next::Look(reasons) => {
            let reasons: Vec<String> = reasons.iter().map(reason).collect();
            format!("it would be looked at: {}", reasons.join("; "))
        }
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::First => "it has never been synchronised".to_owned(),
        Reason::Renumbered => "the server has numbered its messages anew".to_owned(),
        Reason::Counts { then, now, come } => {
            format!("the server had {}, and has {now} ({come} new since)", count((*then).into(), "message"))
        }
        Reason::ServerChanged => "something has changed on the server".to_owned(),
        Reason::FlagsUncertain => "the server can't tell whether flags have changed".to_owned(),
        Reason::NewHere(new) => format!("{} new here", count(*new as u64, "message")),
        Reason::HereChanged => "something has changed here".to_owned(),
        Reason::Extent => "other messages are to be looked at than before".to_owned(),
        Reason::Retry => "what was left out would be tried again".to_owned(),
    }
}

fn left_out(account: &AccountSettings, message: &Quarantined) -> String {
    let place = match message.side {
        Side::Remote => format!("UID {} on the server", message.name),
        Side::Local if account.local.imap().is_some() => {
            format!("UID {} here", message.name.replace(" under ", " under UIDVALIDITY "))
        }
        Side::Local => format!("the file {}", message.name),
    };
    let subject = if message.subject.is_empty() { String::new() } else { format!(" (\"{}\")", message.subject) };
    let tried = DateTime::from_timestamp(message.tried, 0)
        .map(|time| time.with_timezone(&Local).format(", tried last on %Y-%m-%d %H:%M").to_string());
    format!("{place}{subject}: {}{}", message.reason, tried.unwrap_or_default())
}
