//! A disk that forgets in a power cut what was not flushed.
//!
//! Everything happens on the real file system at once, as running programs see it. What a power cut may undo is remembered
//! here, and [`Forgetful::power_cut`] undoes some of it: each part of a rename by itself, since its two directories are
//! two places on a disk, or all from a certain moment on, as a journal would. Only what a flush has promised is kept.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use blinkensync::store::maildir::{Disk, RealDisk};
use fastrand::Rng;

use crate::faulty::Fuse;

type Inode = u64;

/// One change of names: a file got a name, lost one, or both.
#[derive(Debug)]
struct Step {
    inode: Inode,
    from: Option<PathBuf>,
    to: Option<PathBuf>,
    /// The new name is flushed.
    linked: bool,
    /// The loss of the old name is flushed.
    unlinked: bool,
}

#[derive(Debug, Default)]
struct Memory {
    steps: Vec<Step>,
    /// Files whose content is not flushed.
    dirty: HashSet<Inode>,
    /// Directories whose making is not flushed.
    made: BTreeSet<PathBuf>,
    /// Which files had these names before another one took their places.
    replaced: BTreeMap<PathBuf, Inode>,
    /// Where removed files are kept, until it is certain that they are gone.
    removed: HashMap<Inode, PathBuf>,
}

/// The disk. Clones are the same one. Each effect is a step of its fuse; when that has burnt through, nothing happens any
/// more.
#[derive(Debug, Clone)]
pub struct Forgetful {
    memory: Arc<Mutex<Memory>>,
    attic: Arc<tempfile::TempDir>,
    fuse: Fuse,
}

impl Forgetful {
    /// A disk that has forgotten nothing so far.
    pub fn on(fuse: Fuse) -> Self {
        Self { memory: Arc::default(), attic: Arc::new(tempfile::tempdir().unwrap()), fuse }
    }

    /// The same disk in a later run, which ends with this fuse.
    pub fn later(&self, fuse: Fuse) -> Self {
        Self { fuse, ..self.clone() }
    }

    /// Undoes what was not flushed, or some of it, as the seed says.
    pub fn power_cut(&self, seed: u64) {
        let memory = std::mem::take(&mut *self.memory());
        let mut rng = Rng::with_seed(seed);
        let names = memory.names_after(&mut rng);
        let mut kept = HashMap::new();
        for (inode, path) in memory.places() {
            let place = self.attic.path().join(format!("kept {inode}"));
            if fs::rename(path, &place).is_ok() {
                kept.insert(inode, place);
            }
        }
        for path in memory.dirty.iter().filter_map(|inode| kept.get(inode)) {
            damage(path, &mut rng);
        }
        for (path, inode) in &names {
            if let Some(place) = kept.get(inode).filter(|_| !path.exists()) {
                fs::hard_link(place, path).unwrap();
            }
        }
        for place in kept.values() {
            fs::remove_file(place).unwrap();
        }
        for directory in memory.made.iter().filter(|_| rng.bool()) {
            // It went with the one above it, perhaps.
            let _ = fs::remove_dir_all(directory);
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    fn step(&self) -> io::Result<()> {
        self.fuse.burn().map_err(io::Error::other)
    }

    fn name(&self, inode: Inode, from: Option<&Path>, to: Option<&Path>) {
        let (from, to) = (from.map(Path::to_path_buf), to.map(Path::to_path_buf));
        let (linked, unlinked) = (to.is_none(), from.is_none());
        self.memory().steps.push(Step { inode, from, to, linked, unlinked });
    }
}

impl Memory {
    /// Where each file is now.
    fn places(&self) -> HashMap<Inode, PathBuf> {
        let mut places = self.removed.clone();
        places.extend(self.steps.iter().filter_map(|step| Some((step.inode, step.to.clone()?))));
        places.extend(self.removed.clone());
        places
    }

    /// Notes which file had this name before, unless an earlier step gave it that name.
    fn was_called(&mut self, path: &Path, inode: Inode) {
        if !self.steps.iter().any(|step| step.to.as_deref() == Some(path)) {
            self.replaced.entry(path.to_path_buf()).or_insert(inode);
        }
    }

    /// The names that there are after a power cut.
    fn names_after(&self, rng: &mut Rng) -> BTreeMap<PathBuf, Inode> {
        let mut names = self.names_before();
        let first_unsure = self.steps.iter().rposition(|step| step.linked && step.unlinked).map_or(0, |last| last + 1);
        let journal = rng.bool().then(|| rng.usize(first_unsure..=self.steps.len()));
        for (number, step) in self.steps.iter().enumerate() {
            let (linked, unlinked) = match journal {
                Some(end) => (number < end || step.linked, number < end || step.unlinked),
                None => step.halves(rng),
            };
            if let (true, Some(to)) = (linked, &step.to) {
                names.insert(to.clone(), step.inode);
            }
            if let (true, Some(from)) = (unlinked, &step.from) {
                names.remove(from);
            }
        }
        names
    }

    /// The names that there were before the first of the changes.
    fn names_before(&self) -> BTreeMap<PathBuf, Inode> {
        let (mut names, mut made) = (self.replaced.clone(), HashSet::new());
        for step in &self.steps {
            if let Some(from) = step.from.clone().filter(|from| !made.contains(from)) {
                names.entry(from).or_insert(step.inode);
            }
            made.extend(step.to.clone());
        }
        names
    }
}

impl Step {
    /// Which of its halves a disk without a journal may show. A removal that nobody flushed doesn't overtake the new name;
    /// one that was flushed may be all there is.
    fn halves(&self, rng: &mut Rng) -> (bool, bool) {
        let linked = self.linked || rng.bool();
        (linked, self.unlinked || (linked && rng.bool()))
    }
}

/// What becomes of a file whose content was not flushed.
fn damage(path: &Path, rng: &mut Rng) {
    let content = fs::read(path).unwrap();
    let content = match rng.u8(..4) {
        0 => content,
        1 => Vec::new(),
        2 => content[..content.len() / 2].to_vec(),
        _ => vec![0; content.len()],
    };
    OpenOptions::new().write(true).truncate(true).open(path).and_then(|mut file| file.write_all(&content)).unwrap();
}

impl Disk for Forgetful {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.step()?;
        let file = RealDisk.create(path)?;
        let inode = file.metadata()?.ino();
        self.memory().dirty.insert(inode);
        self.name(inode, None, Some(path));
        Ok(file)
    }

    fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()> {
        self.step()?;
        self.memory().dirty.insert(file.metadata()?.ino());
        RealDisk.write(file, data)
    }

    fn date(&self, file: &File, time: SystemTime) -> io::Result<()> {
        self.step()?;
        RealDisk.date(file, time)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.rename_new(from, to)?;
        self.name(to.metadata()?.ino(), Some(from), Some(to));
        Ok(())
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.exchange(one, other)?;
        // Each of both names leads elsewhere now, in one step for each; neither is ever gone.
        let (new, old) = (other.metadata()?.ino(), one.metadata()?.ino());
        self.memory().was_called(other, old);
        self.name(new, None, Some(other));
        self.name(old, None, Some(one));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        let inode = path.symlink_metadata()?.ino();
        let attic = self.attic.path().join(format!("{} {inode}", self.memory().steps.len()));
        fs::rename(path, &attic)?;
        self.memory().removed.insert(inode, attic);
        self.name(inode, Some(path), None);
        Ok(())
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.make_directory(path)?;
        self.memory().made.insert(path.to_path_buf());
        Ok(())
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.remove_directory(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        RealDisk.remove_tree(path)
    }

    fn flush_file(&self, file: &File) -> io::Result<()> {
        self.step()?;
        self.memory().dirty.remove(&file.metadata()?.ino());
        Ok(())
    }

    fn flush_directory(&self, directory: &Path) -> io::Result<()> {
        self.step()?;
        let is_inside = |path: &Option<PathBuf>| path.as_deref().and_then(Path::parent) == Some(directory);
        let mut memory = self.memory();
        for step in &mut memory.steps {
            step.linked |= is_inside(&step.to);
            step.unlinked |= is_inside(&step.from);
        }
        memory.made.retain(|made| made.parent() != Some(directory));
        Ok(())
    }

    fn flush_file_system(&self, _inside: &File) -> io::Result<()> {
        self.step()?;
        let mut memory = self.memory();
        for step in &mut memory.steps {
            (step.linked, step.unlinked) = (true, true);
        }
        memory.dirty.clear();
        memory.made.clear();
        Ok(())
    }
}
