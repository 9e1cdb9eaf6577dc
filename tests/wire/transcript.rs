//! Transcripts: what an odd server says, in answer to which command, and what must come of it.
//!
//! An account of seven messages (see [`Account::new`]) is synchronised honestly; then come the changes that the transcript
//! names, a run in which the server answers as it says, and an honest run again. What is checked in any case: nothing is
//! deleted on either side but what the transcript deletes, nothing is changed on the server without a cause here, no fault
//! is a mistake of the program, and in the end both sides are the same. A line of a transcript is one of these:
//!
//! ```text
//! # A sentence about it.
//! without LIST-STATUS QRESYNC        extensions that the server doesn't have (`all`: it has none)
//! first                              the account was never synchronised before
//! folder deletes                     folders that are gone are deleted on the other side
//! only subscribed                    the odd run looks at folders only that are subscribed to (none is, in truth)
//! reference Work/                    the odd run looks at folders only that begin so
//! decoded                            the odd run decodes the names of folders
//! patience 300                       milliseconds that the server may be silent
//! there add INBOX new F              changes: there or here; add, remove or flag; a folder, a subject, letters
//! here move INBOX new Work/Plans     a message that goes to another folder
//! in the greeting, «OK» is «NO»      a part of an answer that reads otherwise
//! in UID FETCH, «(» is «( »          the same in the answers to a command
//! before SELECT:                     lines before the answer to a command; also `within`: before its last line,
//!   * NO  a line                     `instead of`: in its place, and `after`
//! exit 1                             how the run ends (0 where nothing is said)
//! fault folder: words                a fault, how far it reaches and what it says; all of them have to be named
//! warns: words                       a warning, a note
//! here INBOX: one two(S) three(FS)   what is in a folder then, here or there; * is what was there before
//! folders: INBOX Work.Plans          the folders here
//! sent: UID EXPUNGE 3                a command that was sent (… stands for anything); also `not sent`
//! memory 40                          the most memory that the program may use, in MB; it is run as a process then
//! spoilt                             the server told lies about contents or flags that an honest run can't put right
//! ```
//!
//! In what is said, `\t`, `\r`, `\n`, `\\` and `\xFF` are bytes, `$T` is the command's tag, `\c` at the end of a line leaves
//! out its CRLF, `\z` closes the connection, and `\{1000:text#}` is `text1`, `text2` … so often.

mod check;
mod rules;

use std::time::Duration;

use blinkensync::config::settings::Listing;
use blinkensync::demo::Extensions;

use crate::odd::account::{Account, Mail};
use rules::{Rule, Rules};

/// A transcript as it was read.
#[derive(Default)]
pub struct Transcript {
    extensions: Option<Extensions>,
    first: bool,
    folder_deletes: bool,
    listing: Listing,
    patience: Option<u64>,
    changes: Vec<Vec<String>>,
    rules: Vec<Rule>,
    pub expected: check::Expected,
}

/// Plays a transcript, and says where it went another way.
pub fn play(text: &str) -> Result<(), String> {
    let transcript = read(text)?;
    let mut account = Account::new(transcript.extensions.unwrap_or(Extensions::ALL));
    account.folder_deletes = transcript.folder_deletes;
    account.patience = transcript.patience.map_or(account.patience, Duration::from_millis);
    if !transcript.first {
        account.run_well(|_| {})?;
    }
    for change in &transcript.changes {
        carry_out(&account, change)?;
    }
    let before = (account.here(), account.there());
    let rules = Rules::new(transcript.rules);
    account.proxy.meddle(Box::new(rules.clone()));
    account.listing = transcript.listing;
    let outcome = match transcript.expected.memory {
        Some(most) => check::as_process(&account, most)?,
        None => account.run(account.patience),
    };
    account.listing = Listing::default();
    let sent = account.proxy.commands();
    let seen = check::Seen { account: &account, outcome, sent, before, changes: &transcript.changes };
    let mut wrong = transcript.expected.check(&seen);
    wrong.extend(rules.unused().into_iter().map(|what| format!("it never came to this: {what}")));
    if wrong.is_empty() && !transcript.expected.spoilt {
        wrong.extend(account.run_well(|_| {}).err());
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\nsent: {:#?}", wrong.join("\n"), seen.sent)) }
}

fn carry_out(account: &Account, change: &[String]) -> Result<(), String> {
    let words: Vec<&str> = change.iter().map(String::as_str).collect();
    let (&[side, what, folder, name], flags) = match words.as_slice() {
        [side, what, folder, name] => (&[*side, *what, *folder, *name], ""),
        [side, what, folder, name, flags] => (&[*side, *what, *folder, *name], *flags),
        _ => return Err(format!("not a change: {words:?}")),
    };
    match (side, what) {
        ("there", "add") => account.add_there(folder, name, flags),
        ("there", "remove") => account.remove_there(folder, name),
        ("there", "flag") => account.flag_there(folder, name, flags),
        ("here", "add") => account.add_here(folder, name, flags),
        ("here", "remove") => account.remove_here(folder, name),
        ("here", "flag") => account.flag_here(folder, name, flags),
        ("here", "move") => account.move_here(folder, name, flags),
        _ => return Err(format!("not a change: {words:?}")),
    }
    Ok(())
}

/// Reads a transcript; whatever is not understood is an error.
fn read(text: &str) -> Result<Transcript, String> {
    let mut transcript = Transcript::default();
    let mut lines = text.lines().peekable();
    if !lines.next().is_some_and(|line| line.starts_with("# ") && line.ends_with('.')) {
        return Err("a transcript begins with a sentence".into());
    }
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut block = Vec::new();
        while let Some(more) = lines.next_if(|line| line.starts_with("  ")) {
            block.push(more[2..].to_owned());
        }
        if !understood(&mut transcript, line, &block)? {
            return Err(format!("this line is not understood: {line}"));
        }
    }
    if transcript.rules.is_empty() { Err("the server says nothing odd".into()) } else { Ok(transcript) }
}

fn understood(transcript: &mut Transcript, line: &str, block: &[String]) -> Result<bool, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    if let Some(rule) = Rule::read(line, block)? {
        transcript.rules.push(rule);
        return Ok(true);
    }
    if !block.is_empty() {
        return Ok(false);
    }
    let words = || rest.split(' ').map(str::to_owned);
    match word {
        "without" => transcript.extensions = Some(without(rest)?),
        "first" => transcript.first = true,
        "folder" if rest == "deletes" => transcript.folder_deletes = true,
        "only" if rest == "subscribed" => transcript.listing.subscribed_only = true,
        "decoded" if rest.is_empty() => transcript.listing.decode = true,
        "reference" => rest.clone_into(&mut transcript.listing.reference),
        "patience" => transcript.patience = Some(rest.parse().map_err(|_| format!("not a number: {rest}"))?),
        "there" | "here" if !rest.contains(':') => {
            transcript.changes.push([word.to_owned()].into_iter().chain(words()).collect());
        }
        _ => return transcript.expected.understood(word, rest),
    }
    Ok(true)
}

fn without(names: &str) -> Result<Extensions, String> {
    let mut extensions = Extensions::ALL;
    for name in names.split(' ') {
        match name {
            "all" => extensions = Extensions::NONE,
            "UIDPLUS" => extensions.uidplus = false,
            "CONDSTORE" => extensions.condstore = false,
            "QRESYNC" => extensions.qresync = false,
            "LIST-STATUS" => extensions.list_status = false,
            "ESEARCH" => extensions.esearch = false,
            "LITERAL+" => extensions.literal_plus = false,
            "MULTIAPPEND" => extensions.multiappend = false,
            "MOVE" => extensions.move_ = false,
            _ => return Err(format!("not an extension: {name}")),
        }
    }
    Ok(extensions)
}

/// The messages of one folder as transcripts write them.
fn in_words(mail: &Mail, folder: &str) -> Vec<String> {
    let inside = mail.iter().filter(|((place, _), _)| place == folder);
    let mut words: Vec<String> = inside
        .map(|((_, subject), (_, letters))| match letters.as_str() {
            "" => subject.clone(),
            letters => format!("{subject}({letters})"),
        })
        .collect();
    words.sort();
    words
}
