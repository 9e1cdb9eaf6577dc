//! The work on folders and messages, in the protocol's words.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use crate::model::event::EventKind;
use crate::model::flags::System;
use crate::model::ids::{AccountName, Side, Uid};
use crate::model::particular::Particular;

use super::command::Command;
use super::known::Known;

/// Which way messages go in each folder that is worked on, as far as that was told.
#[derive(Debug, Default)]
pub struct Work {
    ways: HashMap<(AccountName, Arc<str>), Way>,
}

#[derive(Debug, Default)]
struct Way {
    to: Option<Side>,
    /// Messages without a UID that were copied so far.
    unnumbered: u64,
}

/// Where a line goes, and who writes it.
struct Line<'a, W> {
    known: &'a Known,
    thread: &'a str,
    account: &'a AccountName,
    folder: &'a Arc<str>,
    out: &'a mut W,
}

impl Work {
    /// Work on a folder begins, or the list of its messages.
    pub fn folder(&mut self, known: &Known, thread: &str, kind: &EventKind, out: &mut impl Write) -> io::Result<()> {
        match kind {
            EventKind::FolderStarted { account, folder } => {
                self.ways.insert((account.clone(), folder.clone()), Way::default());
                Line { known, thread, account, folder, out }.both(Command::SyncingFolder, Side::Local)
            }
            EventKind::Listing { account, folder, side, .. } => {
                let mut line = Line { known, thread, account, folder, out };
                let (kind, name) = line.end(*side);
                line.put(Command::LoadMessageList, &[&kind, &name])
            }
            _ => Ok(()),
        }
    }

    /// Something that happened to messages.
    pub fn particular(
        &mut self,
        known: &Known,
        thread: &str,
        account: &AccountName,
        what: &Particular,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let Some(folder) = what.folder() else { return Ok(()) };
        let mut line = Line { known, thread, account, folder, out };
        match what {
            Particular::Listed { side, messages, .. } => {
                let (kind, name) = line.end(*side);
                line.put(Command::MessageListLoaded, &[&kind, &name, &messages.to_string()])
            }
            Particular::Renumbered { before, now, .. } => {
                let repository = known.place(account, Side::Remote).name;
                let name = known.folder(account, folder, Side::Remote);
                let numbers = [before.to_string(), now.to_string()];
                line.put(Command::ValidityProblem, &[name, &repository, &numbers[0], &numbers[1]])
            }
            Particular::Copying { to, uid, .. } => {
                let way = self.turn(&mut line, *to)?;
                way.unnumbered += u64::from(uid.is_none());
                let uid = uid.map_or_else(|| format!("-{}", way.unnumbered), |uid| uid.to_string());
                line.copying(*to, &uid)
            }
            Particular::Deleting { side, uids, .. } => {
                self.turn(&mut line, *side)?;
                let (kind, name) = line.end(*side);
                line.put(Command::DeletingMessages, &[&list(uids), &format!("{kind}\t{name}")])
            }
            Particular::Flagging { side, adding, flag, uids, .. } => {
                self.turn(&mut line, *side)?;
                let command = if *adding { Command::AddingFlags } else { Command::DeletingFlags };
                let name = line.end(*side).1;
                line.put(command, &[&list(uids), &letter(flag), &name])
            }
            _ => Ok(()),
        }
    }

    /// Messages go this way now; says so, unless they did already.
    fn turn<W: Write>(&mut self, line: &mut Line<'_, W>, to: Side) -> io::Result<&mut Way> {
        let way = self.ways.entry((line.account.clone(), line.folder.clone())).or_default();
        if way.to.replace(to) != Some(to) {
            line.both(Command::SyncingMessages, to)?;
        }
        Ok(way)
    }
}

impl<W: Write> Line<'_, W> {
    fn put(&mut self, command: Command, fields: &[&str]) -> io::Result<()> {
        command.write(self.out, self.thread, fields)
    }

    /// Type and name of the folder on one side.
    fn end(&self, side: Side) -> (String, String) {
        let name = self.known.folder(self.account, self.folder, side).to_owned();
        (self.known.place(self.account, side).kind, name)
    }

    /// Says something of both sides: where it comes from, and where it goes.
    fn both(&mut self, command: Command, to: Side) -> io::Result<()> {
        let ((source_kind, source), (kind, name)) = (self.end(to.other()), self.end(to));
        self.put(command, &[&source_kind, &source, &kind, &name, ""])
    }

    fn copying(&mut self, to: Side, uid: &str) -> io::Result<()> {
        let ((source_kind, source), (kind, name)) = (self.end(to.other()), self.end(to));
        self.put(Command::CopyingMessage, &[uid, &source_kind, &source, &format!("{kind}[{name}]")])
    }
}

/// Numbers as the protocol lists them.
fn list(uids: &[Uid]) -> String {
    let uids: Vec<String> = uids.iter().map(Uid::to_string).collect();
    uids.join("\u{c}")
}

/// A flag as it stands in a Maildir, a keyword by its name.
fn letter(flag: &str) -> String {
    let row = System::TABLE.iter().find(|row| row.2.eq_ignore_ascii_case(flag));
    row.map_or_else(|| flag.to_owned(), |row| row.1.to_string())
}
