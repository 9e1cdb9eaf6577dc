//! Files in `tmp`.

use std::path::PathBuf;

use super::disk::Disk;

/// A file in `tmp`, removed again unless it is renamed into its place.
pub struct TmpFile<'a> {
    disk: &'a dyn Disk,
    /// Where it is.
    pub path: PathBuf,
    elsewhere: bool,
}

impl<'a> TmpFile<'a> {
    /// The file that was made there.
    pub fn new(disk: &'a dyn Disk, path: PathBuf) -> Self {
        Self { disk, path, elsewhere: false }
    }

    /// It has got another name, and stays.
    pub fn is_elsewhere(&mut self) {
        self.elsewhere = true;
    }
}

impl Drop for TmpFile<'_> {
    fn drop(&mut self) {
        if !self.elsewhere {
            // What can't be removed now is removed as a leftover one day; it is not visible as mail.
            let _ = self.disk.remove(&self.path);
        }
    }
}
