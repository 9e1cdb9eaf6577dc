//! What a synchronisation would do about a folder first, as far as that can be told from watermarks.

use super::super::folder::Policy;
use super::super::pairing::proves;
use super::folders::{Here, There};
use crate::model::ids::Side;
use crate::model::mark::{Mark, ServerMark};
use crate::plan::folders::Paired;
use crate::store::ledger::FolderRecord;

/// What a synchronisation would do first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing can be said without the server.
    Unknown,
    /// Nothing: the rules leave it out.
    LeftOut,
    /// Nothing: it is only a name that others are below.
    NoMail,
    /// Nothing: it may not be made on that side.
    NotMade(Side),
    /// Nothing: something is wrong with its names, which is told elsewhere.
    Refused,
    /// Make it on this side, and fill it.
    Make(Side),
    /// It is gone on this side: make it there again, and refill it.
    MakeAgain(Side),
    /// It is gone on this side: delete it on the other one, if nothing is in it that was not on both.
    Follow(Side),
    /// Nothing: it is as it was.
    Unchanged,
    /// Look at it, for these reasons.
    Look(Vec<Reason>),
}

/// Why a folder would be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It has never been synchronised.
    First,
    /// The server has numbered its messages anew.
    Renumbered,
    /// The server had so many messages, has so many now, and has got so many since.
    Counts {
        /// Messages then.
        then: u32,
        /// Messages now.
        now: u32,
        /// Messages that have come since; some may have gone again.
        come: u32,
    },
    /// Something has changed on the server, flags perhaps.
    ServerChanged,
    /// The server can't tell whether flags have changed.
    FlagsUncertain,
    /// So many messages are new here.
    NewHere(usize),
    /// Something has changed here.
    HereChanged,
    /// Messages that could not be copied would be tried again.
    Retry,
    /// Other messages are to be looked at than before.
    Extent,
}

/// What is known of a folder.
pub(super) struct Situation<'a> {
    pub(super) there: Option<&'a There>,
    pub(super) here: Option<&'a Here>,
    /// The server's watermark now.
    pub(super) mark: Option<Mark>,
    pub(super) record: Option<&'a FolderRecord>,
    /// Whether something that was left out would be tried again.
    pub(super) due: bool,
    pub(super) pair: Option<&'a Paired>,
    /// `None` when the rules fail on it.
    pub(super) takes_part: Option<bool>,
    pub(super) policy: Policy,
    /// Whether other messages are to be looked at than before.
    pub(super) outdated: bool,
}

impl Situation<'_> {
    pub(super) fn next(&self) -> Next {
        match self.takes_part {
            None => return Next::Refused,
            Some(false) => return Next::LeftOut,
            Some(true) => {}
        }
        if self.there.is_some_and(|there| !there.selectable) {
            return Next::NoMail;
        }
        match self.pair {
            Some(pair) if pair.create_remote => self.missing(Side::Remote),
            Some(pair) if pair.create_local => self.missing(Side::Local),
            Some(_) => self.look(),
            None if self.there.is_none_or(|there| there.is_there == Some(false)) => {
                if self.policy.create_remote {
                    Next::Refused
                } else {
                    Next::NotMade(Side::Remote)
                }
            }
            None if self.here.is_none_or(|here| here.messages.is_none()) && !self.policy.create_local => {
                Next::NotMade(Side::Local)
            }
            None => Next::Refused,
        }
    }

    fn missing(&self, side: Side) -> Next {
        let permission = if side == Side::Remote { self.policy.to_local } else { self.policy.to_remote };
        if self.known().is_none() {
            Next::Make(side)
        } else if self.policy.folder_deletes && permission.write && permission.delete {
            Next::Follow(side)
        } else {
            Next::MakeAgain(side)
        }
    }

    /// What the ledger has of just these two folders.
    fn known(&self) -> Option<&FolderRecord> {
        let there = &self.there?.name;
        self.record.filter(|record| record.uid_validity.is_some() && record.remote == *there)
    }

    fn look(&self) -> Next {
        let Some(record) = self.known() else { return Next::Look(vec![Reason::First]) };
        let mut reasons = Vec::new();
        if !proves(record.remote_mark, self.mark) {
            reasons.push(on_the_server(record.remote_mark, self.mark));
        }
        if let Some(here) = self.here
            && !here.agrees
            && !proves(record.local_mark, here.mark)
        {
            reasons.push(match here.messages {
                Some(Ok((_, fresh @ 1..))) => Reason::NewHere(fresh),
                _ => Reason::HereChanged,
            });
        }
        reasons.extend(self.due.then_some(Reason::Retry));
        reasons.extend(self.outdated.then_some(Reason::Extent));
        if reasons.is_empty() { Next::Unchanged } else { Next::Look(reasons) }
    }
}

fn on_the_server(then: Option<Mark>, now: Option<Mark>) -> Reason {
    let (Some(Mark::Server(then)), Some(Mark::Server(now))) = (then, now) else { return Reason::ServerChanged };
    let counts = |mark: ServerMark| (mark.messages, mark.uid_next);
    if then.uid_validity != now.uid_validity {
        Reason::Renumbered
    } else if counts(then) != counts(now) {
        let come = now.uid_next.saturating_sub(then.uid_next);
        Reason::Counts { then: then.messages, now: now.messages, come }
    } else if then == now {
        Reason::FlagsUncertain
    } else {
        Reason::ServerChanged
    }
}
