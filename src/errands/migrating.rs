//! What `--migrate-fmd5-using-nametrans` says.

use std::fmt::Write;
use std::io;

use crate::app::say;
use crate::engine::{Errand, Migrated};
use crate::model::fault::Exit;
use crate::ui::clean::clean;
use crate::ui::figures::count;

/// Renames the files, and says folder by folder how many.
pub fn migrate(errand: Errand) -> Exit {
    let pretend = errand.pretend;
    errand.migrate_digests(&mut |migrated| match migrated {
        Migrated::Failed(fault) => say(&mut io::stderr(), &clean(&fault.to_string())),
        other => say(&mut io::stdout(), &clean(&words(&other, pretend))),
    })
}

fn words(migrated: &Migrated, pretend: bool) -> String {
    let verb = if pretend { "to rename" } else { "renamed" };
    match migrated {
        Migrated::Failed(fault) => fault.to_string(),
        Migrated::Account { account, folders: 0, .. } => {
            format!("{account}: no folder here has another name on the server, so there is nothing to rename")
        }
        Migrated::Account { account, folders, renamed } => {
            format!("{account}: {} in {} {verb}", count(*renamed, "file"), count(*folders, "folder"))
        }
        Migrated::Folder { account, folder, visible, files } => {
            let mut text = format!("{account}: {folder}, called {visible}: {} {verb}", count(files.renamed, "file"));
            // Writing to a String can't fail.
            if files.taken > 0 {
                let _ =
                    write!(text, "; {} left alone, because another file has the same UID", count(files.taken, "file"));
            }
            if files.missed > 0 {
                let _ = write!(text, "; {} changed meanwhile; run this again", count(files.missed, "file"));
            }
            text
        }
    }
}
