//! Mail in a tree of Maildirs, with the file names of `OfflineIMAP`.
//!
//! A message's flags and its counterpart's UID are in its file's name; other programs rename, add and remove files at any
//! time. So a file that isn't where the last look saw it is looked for by the part of its name that stays.

mod alike;
mod anew;
mod atime;
mod change;
mod dates;
mod deliver;
mod digest;
mod disk;
mod fault;
mod fetch;
mod folder;
mod folders;
mod form;
mod labels;
mod leftovers;
mod listing;
mod manner;
mod means;
mod name;
mod named;
mod outside;
mod relocate;
mod rename;
mod scan;
mod slot;
mod stamps;
mod tmp_file;
mod told;
mod twins;
mod unique;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::config::settings::MaildirSettings;
use crate::model::fault::{Fault, Reach};
use crate::model::folder::FolderInfo;
use crate::store::teller::Teller;
use crate::store::{Delivered, Mailbox, Place, Relocation, Repository};

pub use self::digest::Redigested;
pub use self::disk::{Disk, RealDisk};
use self::folder::{Folder, Means};
use self::folders::is_folder;
use self::manner::{Keeping, Manner};
use self::name::Form;
use self::told::Told;
use self::unique::Unique;

/// A tree of Maildirs.
#[derive(Debug)]
pub struct Maildir {
    root: PathBuf,
    separator: char,
    fsync: bool,
    read_only: bool,
    disk: Arc<dyn Disk>,
    manner: Manner,
    unique: Unique,
    called: Arc<OnceLock<Called>>,
    teller: Teller,
}

/// What the other side calls folders that have another name here. The digest in their files' names is that of this name, as
/// in OfflineIMAP.
pub type Called = HashMap<String, String>;

impl Maildir {
    /// The tree below `root`, which need not be there yet. `fsync`: mail is flushed to the disk before it is reported.
    pub fn open(root: &Path, separator: char, fsync: bool) -> Self {
        let (disk, unique, called) = (Arc::new(RealDisk), Unique::new(), Arc::default());
        let (root, read_only, teller) = (root.to_path_buf(), false, Teller::silent());
        Self { root, separator, fsync, read_only, disk, manner: Manner::default(), unique, called, teller }
    }

    /// The same tree on another disk: for tests, on one that forgets or fails.
    #[must_use]
    pub fn on(self, disk: Arc<dyn Disk>) -> Self {
        Self { disk, ..self }
    }

    /// The same tree, whose folders have these names on the other side as soon as they are known.
    #[must_use]
    pub fn calling(self, called: Arc<OnceLock<Called>>) -> Self {
        Self { called, ..self }
    }

    /// The same tree; `teller` is told what is done to its files.
    #[must_use]
    pub fn telling(self, teller: Teller) -> Self {
        let disk = if teller.is_heard() { Arc::new(Told::new(self.disk, teller.clone())) } else { self.disk };
        Self { disk, teller, ..self }
    }

    /// What the other side calls a folder.
    fn visible<'a>(&'a self, name: &'a str) -> &'a str {
        self.called.get().and_then(|called| called.get(name)).map_or(name, String::as_str)
    }

    /// The tree that these settings describe.
    pub fn from_settings(settings: &MaildirSettings, fsync: bool) -> Self {
        let form = if settings.windows { Form::Exclamation } else { Form::Colon };
        let manner = Manner {
            form,
            letters: settings.letters.clone(),
            dated_by_header: settings.dated_by_header,
            named_by_date: settings.named_by_date,
            left_out: settings.left_out.as_slice().into(),
            keep_atime: settings.keep_atime,
            labels: settings.labels.as_ref().map(Keeping::new),
        };
        let read_only = settings.common.read_only;
        Self { read_only, manner, ..Self::open(&settings.root, settings.separator, fsync) }
    }

    /// Makes the root directory and those above it. To be called only where nothing says that there was mail in it: a
    /// root that is missing otherwise is a disk that isn't mounted. One that is there already is no fault; others reach
    /// the account.
    pub fn create_root(&self) -> Result<(), Fault> {
        let missing: Vec<&Path> = self.root.ancestors().take_while(|path| !path.is_dir()).collect();
        for directory in missing.into_iter().rev().filter(|path| !path.as_os_str().is_empty()) {
            let parent = directory.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
            // Once and for all, so also where mail isn't flushed: a root that is gone would be taken for one that isn't mounted.
            folders::make(&*self.disk, directory, parent, true).map_err(|fault| fault.reaching(Reach::Account))?;
        }
        Ok(())
    }

    /// Flushes everything that was written without a flush, on every file system that the tree is on.
    pub fn flush(&self) -> Result<(), Fault> {
        folders::flush(&*self.disk, &self.root, self.separator)
    }
}

impl Maildir {
    /// Writes the digest of a folder's name on the other side into the names of files that carry that of its name here, as
    /// `OfflineIMAP` up to 6.3.4 did. `pretend`: only counts them.
    pub fn redigest(&mut self, name: &str, pretend: bool) -> Result<Redigested, Fault> {
        if !pretend {
            self.demand_writable(|| format!("renaming files in the folder {name}"))?;
        }
        let (path, visible) = (self.locate(name)?, self.visible(name).to_owned());
        let means = Means {
            disk: &*self.disk,
            fsync: self.fsync,
            manner: &self.manner,
            teller: &self.teller,
            unique: &mut self.unique,
        };
        digest::redigest(&mut Folder::new(path, &visible, !pretend, means), name, pretend)
    }

    fn demand_writable(&self, doing: impl FnOnce() -> String) -> Result<(), Fault> {
        if self.read_only {
            return Err(fault::refused(Reach::Folder, doing(), "the repository is read-only"));
        }
        Ok(())
    }

    /// Where the folder is; what is no folder, or leads out of the tree, is refused.
    fn locate(&self, name: &str) -> Result<PathBuf, Fault> {
        let path = folders::locate(&self.root, name, self.separator)?;
        let cause = if self.is_linked(&path) {
            "it is a symbolic link, and these are not followed"
        } else if is_folder(&path) {
            return Ok(path);
        } else {
            "it is no Maildir with cur, new and tmp in it"
        };
        Err(fault::disk(Reach::Folder, "opening the folder", &path, &io::Error::other(cause)))
    }

    /// Whether a part of the way to a folder is a symbolic link, which could lead out of the tree; the root itself may be one.
    fn is_linked(&self, path: &Path) -> bool {
        let mut way = path.ancestors().take_while(|part| *part != self.root);
        way.any(|part| fs::symlink_metadata(part).is_ok_and(|about| about.is_symlink()))
    }
}

impl Repository for Maildir {
    fn separator(&mut self) -> Result<Option<char>, Fault> {
        Ok(Some(self.separator))
    }

    fn folders(&mut self) -> Result<Vec<FolderInfo>, Fault> {
        folders::list(&self.root, self.separator, &self.manner)
    }

    fn create(&mut self, name: &str) -> Result<(), Fault> {
        self.demand_writable(|| format!("making the folder {name}"))?;
        folders::create(&*self.disk, &self.root, name, self.separator, self.fsync)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), Fault> {
        self.demand_writable(|| format!("renaming the folder {from}"))?;
        rename::rename(&*self.disk, &self.root, (from, to), self.separator, self.fsync)
    }

    fn remove(&mut self, name: &str) -> Result<(), Fault> {
        self.demand_writable(|| format!("removing the folder {name}"))?;
        let path = folders::locate(&self.root, name, self.separator)?;
        if self.is_linked(&path) {
            let doing = format!("removing the folder {name}");
            return Err(fault::refused(Reach::Folder, doing, "it is a symbolic link, and these are not followed"));
        }
        folders::remove(&*self.disk, &self.root, name, self.separator, self.fsync)
    }

    fn relocate(&mut self, from: Place<'_>, to: Place<'_>, messages: &[Relocation]) -> Result<Vec<Delivered>, Fault> {
        self.demand_writable(|| format!("moving messages from {} to {}", from.name, to.name))?;
        let (source, target) = (self.locate(from.name)?, self.locate(to.name)?);
        let (disk, fsync, teller, mut unused) = (&*self.disk, self.fsync, &self.teller, Unique::new());
        let manner = &self.manner;
        let (there, here) = (self.visible(to.name).to_owned(), self.visible(from.name).to_owned());
        let mut target = Folder::new(target, &there, true, Means { disk, fsync, manner, teller, unique: &mut unused });
        let mut source =
            Folder::new(source, &here, true, Means { disk, fsync, manner, teller, unique: &mut self.unique });
        relocate::relocate(&mut source, &mut target, messages)
    }

    fn open<'a>(&'a mut self, name: &str, writable: bool) -> Result<Box<dyn Mailbox + 'a>, Fault> {
        let path = self.locate(name)?;
        let visible = self.visible(name).to_owned();
        let (disk, manner, teller) = (&*self.disk, &self.manner, &self.teller);
        let means = Means { disk, fsync: self.fsync, manner, teller, unique: &mut self.unique };
        Ok(Box::new(Folder::new(path, &visible, writable && !self.read_only, means)))
    }
}
