//! A disk that fails: one effect, or every effect from one on.

// A test that meets the unexpected has failed.
#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use blinkensync::store::maildir::{Disk, RealDisk};
use rustix::io::Errno;

/// The disk.
#[derive(Debug)]
pub struct Failing {
    /// The number of the next effect.
    next: AtomicU64,
    first: u64,
    /// Whether all effects after the first failure fail as well.
    lasting: bool,
    errno: Errno,
    /// What was tried after the first failure.
    afterwards: Mutex<Vec<&'static str>>,
}

impl Failing {
    /// Fails at the `first` effect, counted from 1, with this error.
    pub fn at(first: u64, lasting: bool, errno: Errno) -> Self {
        Self { next: AtomicU64::new(1), first, lasting, errno, afterwards: Mutex::default() }
    }

    /// Whether anything failed so far.
    pub fn has_failed(&self) -> bool {
        self.next.load(Ordering::SeqCst) > self.first
    }

    /// What was tried after the first failure.
    pub fn afterwards(&self) -> Vec<&'static str> {
        self.afterwards.lock().unwrap().clone()
    }

    fn effect(&self, what: &'static str) -> io::Result<()> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        if number > self.first {
            self.afterwards.lock().unwrap().push(what);
        }
        let fails = if self.lasting { number >= self.first } else { number == self.first };
        if fails { Err(self.errno.into()) } else { Ok(()) }
    }
}

impl Disk for Failing {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.effect("create")?;
        RealDisk.create(path)
    }

    /// A disk that is full takes some of it.
    fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()> {
        if let Err(error) = self.effect("write") {
            RealDisk.write(file, &data[..data.len() / 2])?;
            return Err(error);
        }
        RealDisk.write(file, data)
    }

    fn date(&self, file: &File, time: SystemTime) -> io::Result<()> {
        self.effect("date")?;
        RealDisk.date(file, time)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.effect("rename")?;
        RealDisk.rename_new(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.effect("exchange")?;
        RealDisk.exchange(one, other)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.effect("remove")?;
        RealDisk.remove(path)
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.effect("make")?;
        RealDisk.make_directory(path)
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.effect("remove")?;
        RealDisk.remove_directory(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        self.effect("remove")?;
        RealDisk.remove_tree(path)
    }

    fn flush_file(&self, _file: &File) -> io::Result<()> {
        self.effect("flush")
    }

    fn flush_directory(&self, _directory: &Path) -> io::Result<()> {
        self.effect("flush")
    }

    fn flush_file_system(&self, _inside: &File) -> io::Result<()> {
        self.effect("flush")
    }
}
