//! `[mbnames]`: the list of all folders, for mail readers that want one.

use std::path::PathBuf;

use crate::model::listed::{Listed, Template};

/// What the list looks like, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxList {
    /// The file to write.
    pub file: PathBuf,
    /// What it begins with.
    pub header: String,
    /// What stands for each folder.
    pub item: Template,
    /// What stands between two of them.
    pub separator: String,
    /// What it ends with.
    pub footer: String,
    /// A Python function of an account and a folder that says whether the folder is listed.
    pub folderfilter: Option<String>,
    /// A Python function that puts folders into an order; without it they are sorted by account and folder.
    pub sort_keyfunc: Option<String>,
    /// Written after each account, rather than when all are at rest.
    pub incremental: bool,
}

impl MailboxList {
    /// The list of these folders, in this order.
    pub fn text(&self, folders: &[Listed]) -> String {
        let items: Vec<String> = folders.iter().map(|folder| self.item.fill(folder)).collect();
        format!("{}{}{}", self.header, items.join(&self.separator), self.footer)
    }
}
