//! Accounts that would get into each other's way.

use std::path::{Path, PathBuf};

use super::maildir;
use super::settings::{AccountSettings, ImapSettings};
use super::source::Source;

/// Refuses accounts that would write into each other's Maildirs, those too that only another run would synchronise.
pub fn apart(source: &mut Source, listed: &[String], names: &[String]) {
    let others = listed.iter().filter(|name| !names.contains(name));
    let roots: Vec<(String, PathBuf, char)> =
        names.iter().chain(others).filter_map(|name| place(source, name)).collect();
    for (index, (name, root, separator)) in roots.iter().enumerate().take(names.len()) {
        let clash = roots[index + 1..].iter().find(|(_, other, their_separator)| {
            root == other || inside(other, root, *separator) || inside(root, other, *their_separator)
        });
        if let Some((other, _, _)) = clash {
            let message =
                format!("expected a Maildir of its own; account {other} keeps its mail in the same place as {name}");
            source.wrong(&format!("Account {name}"), "localrepository", &message);
        }
    }
}

/// Whether a root's folders may reach the other one, because `/` nests them.
fn inside(inner: &Path, outer: &Path, separator: char) -> bool {
    separator == '/' && inner.starts_with(outer)
}

fn place(source: &Source, account: &str) -> Option<(String, PathBuf, char)> {
    let local = source.peek(&format!("Account {account}"), "localrepository")?.ok()?;
    let (root, separator) = maildir::peek_root(source, &format!("Repository {local}"))?;
    Some((account.to_owned(), root, separator))
}

/// Refuses what would copy mail in a circle: an account with the same mailboxes on both sides, and accounts that join servers
/// which others have joined already.
pub fn loops(source: &mut Source, accounts: &[AccountSettings]) {
    let mut joined = Joined::default();
    for account in accounts {
        let Some(local) = account.local.imap() else { continue };
        let remote = &account.remote;
        let message = if local.is_same_as(remote) {
            let (user, host) = (&local.user, &local.host);
            format!("expected other mailboxes than the remote repository's; both are those of {user} on {host}")
        } else if joined.join(local, remote) {
            continue;
        } else {
            let (here, there) = (&local.host, &remote.host);
            format!("expected servers that other accounts don't keep the same already, as they do {here} and {there}")
        };
        source.wrong(&format!("Account {}", account.name), "localrepository", &message);
    }
}

/// Servers that accounts keep the same, directly or by way of others: group by group.
#[derive(Default)]
struct Joined<'a>(Vec<Vec<&'a ImapSettings>>);

impl<'a> Joined<'a> {
    /// Joins two servers; `false` when they are joined already.
    fn join(&mut self, one: &'a ImapSettings, other: &'a ImapSettings) -> bool {
        let mut group = self.take(one);
        if group.iter().any(|member| member.is_same_as(other)) {
            return false;
        }
        group.extend(self.take(other));
        self.0.push(group);
        true
    }

    /// The group of a server.
    fn take(&mut self, server: &'a ImapSettings) -> Vec<&'a ImapSettings> {
        let place = self.0.iter().position(|group| group.iter().any(|member| member.is_same_as(server)));
        place.map_or_else(|| vec![server], |place| self.0.swap_remove(place))
    }
}
