//! What a tree lends to its folders, and what comes of their work.

use super::disk::Disk;
use super::manner::Manner;
use super::unique::Unique;
use crate::store::teller::Teller;

/// What a folder works with, lent by its tree.
pub struct Means<'a> {
    /// The disk.
    pub disk: &'a dyn Disk,
    /// Whether mail is flushed before it is reported.
    pub fsync: bool,
    /// How files are named.
    pub manner: &'a Manner,
    /// Who is told of looks at the files.
    pub teller: &'a Teller,
    /// Where new names come from.
    pub unique: &'a mut Unique,
}

/// What became of an attempt on a file.
pub enum Attempt {
    /// It is done.
    Done,
    /// There is no such file: it was renamed, or it is gone.
    Missed,
}
