//! Servers that say things at random, and what must not come of it.

use std::time::Duration;

use blinkensync::demo::Extensions;
use blinkensync::model::fault::{Exit, FaultKind};
use fastrand::Rng;

use super::account::{Account, Mail, Run};
use super::mutate;
use super::proxy::{Answer, Meddler};

/// How long a server may be silent that lost an answer.
const PATIENCE: Duration = Duration::from_millis(150);
/// Commands that change something on a server.
const CHANGES: [&str; 9] =
    ["APPEND", "UID STORE", "UID EXPUNGE", "EXPUNGE", "UID MOVE", "UID COPY", "DELETE", "RENAME", "CLOSE"];

/// What chance does to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What says nothing, where it may stand: everything has to go as without it.
    Noise,
    /// Lines lost, doubled and torn, letters that are none; numbers stay what they are.
    Damage,
    /// Anything at all, before anything was synchronised: nothing can be deleted.
    Chaos,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Noise, Self::Damage, Self::Chaos];

    /// What is promised of it.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Noise => "what_says_nothing_changes_nothing",
            Self::Damage => "damaged_answers_delete_nothing",
            Self::Chaos => "no_answer_whatever_is_the_end",
        }
    }
}

/// Chance as a meddler.
struct Chance {
    kind: Kind,
    random: Rng,
}

impl Chance {
    fn change_all(&mut self, said: Vec<Vec<u8>>) -> Vec<u8> {
        match self.kind {
            Kind::Noise => mutate::noise(&mut self.random, said),
            Kind::Damage => mutate::damage(&mut self.random, said),
            Kind::Chaos => mutate::chaos(&mut self.random, said),
        }
    }
}

impl Meddler for Chance {
    fn greeting(&mut self, said: Vec<u8>) -> Answer {
        // Before a greeting nothing may be said.
        if self.kind == Kind::Noise { Answer::of(said) } else { Answer::of(self.change_all(vec![said])) }
    }

    fn change(&mut self, _command: &str, said: Vec<Vec<u8>>) -> Answer {
        let close = self.kind != Kind::Noise && self.random.u32(0..60) == 0;
        let mut bytes = self.change_all(said);
        if close {
            bytes.truncate(self.random.usize(0..=bytes.len()));
        }
        Answer { bytes, close }
    }
}

/// One round: an account that both sides changed is synchronised with a server that chance speaks for, and then honestly.
/// What is wrong, if anything is.
pub fn round(kind: Kind, seed: u64) -> Result<(), String> {
    let mut random = Rng::with_seed(seed);
    let account = Account::new(extensions(&mut random));
    if kind != Kind::Chaos {
        account.run_well(|_| {})?;
    }
    let causes = change(&account, kind, &mut random);
    let before = (account.here(), account.there());
    account.proxy.meddle(Box::new(Chance { kind, random: random.fork() }));
    let run = account.run(if kind == Kind::Noise { account.patience } else { PATIENCE });
    let wrong = wrong(&account, kind, &run, &before, &causes);
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    // What chance made of bodies, flags and names can't be told from what others did.
    match kind {
        Kind::Noise => account.run_well(|_| {})?,
        Kind::Damage => account.run_well(without_flags)?,
        Kind::Chaos => return Ok(()),
    }
    // An upload whose answer was lost isn't sent again.
    match account.there().keys().find(|(_, subject)| subject.starts_with("mine again")) {
        Some(twice) => Err(format!("sent twice: {twice:?}")),
        None => Ok(()),
    }
}

fn extensions(random: &mut Rng) -> Extensions {
    let mut extensions = if random.u32(0..4) == 0 { Extensions::NONE } else { Extensions::ALL };
    for switch in [
        &mut extensions.uidplus,
        &mut extensions.condstore,
        &mut extensions.qresync,
        &mut extensions.list_status,
        &mut extensions.esearch,
        &mut extensions.literal_plus,
        &mut extensions.move_,
        &mut extensions.multiappend,
    ] {
        *switch ^= random.u32(0..3) == 0;
    }
    extensions
}

/// What each side is to lose.
#[derive(Default)]
struct Causes {
    lost_here: Option<(String, String)>,
    lost_there: Option<(String, String)>,
    here: bool,
}

/// Changes both sides a little, and says what has to be lost by that.
fn change(account: &Account, kind: Kind, random: &mut Rng) -> Causes {
    let mut causes = Causes::default();
    account.add_there("INBOX", "new", "F");
    if kind == Kind::Chaos {
        return causes;
    }
    if random.bool() {
        account.remove_there("INBOX", "two");
        causes.lost_here = Some(("INBOX".into(), "two".into()));
    }
    if random.bool() {
        account.flag_there("INBOX", "five", "S");
    }
    // An upload that is cut off makes the next run wait, so damage is done to few of them.
    if random.u32(0..8) < if kind == Kind::Noise { 4 } else { 1 } {
        account.add_here("Work/Plans", "mine", "S");
        causes.here = true;
    }
    if random.u32(0..4) == 0 {
        account.remove_here("INBOX", "four");
        causes.lost_there = Some(("INBOX".into(), "four".into()));
        causes.here = true;
    }
    if random.u32(0..4) == 0 {
        account.flag_here("Work/Plans", "six", "R");
        causes.here = true;
    }
    causes
}

fn wrong(account: &Account, kind: Kind, run: &Run, before: &(Mail, Mail), causes: &Causes) -> Vec<String> {
    let mut wrong = Vec::new();
    for fault in run.faults.iter().filter(|fault| fault.kind == FaultKind::Internal) {
        wrong.push(format!("a mistake of the program: {fault}"));
    }
    if kind == Kind::Noise && run.exit != Exit::Success {
        wrong.extend(run.faults.iter().map(|fault| format!("a fault without a reason: {fault}")));
    }
    let sides = [
        ("here", &before.0, account.here(), &causes.lost_here),
        ("there", &before.1, account.there(), &causes.lost_there),
    ];
    for (side, before, now, meant) in sides {
        let lost = before.keys().filter(|key| !now.contains_key(*key) && Some(*key) != meant.as_ref());
        wrong.extend(lost.map(|key| format!("lost {side}: {key:?}")));
    }
    let sent = account.proxy.commands();
    // Flags that chance made up may be told to the server; nothing else.
    let without_cause = |command: &&String| {
        CHANGES.iter().any(|words| command.starts_with(words)) && !(kind != Kind::Noise && command.contains("FLAGS"))
            || command.contains("\\Deleted")
    };
    if !causes.here {
        wrong.extend(sent.iter().filter(without_cause).map(|command| format!("sent without a cause: {command}")));
    }
    if !wrong.is_empty() {
        wrong.push(format!("sent: {sent:#?}"));
    }
    wrong
}

fn without_flags(mail: &mut Mail) {
    for (_, letters) in mail.values_mut() {
        letters.clear();
    }
}
