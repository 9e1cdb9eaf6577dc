//! Watching an account between its runs: on the server (`server`) and here (`local`). Whoever sees something change says so, and
//! the supervisor decides.

mod again;
mod happening;
mod latest;
mod local;
mod look_out;
mod place;
mod route;
mod server;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, bounded};

pub(super) use self::latest::Latest;
use super::both::{Both, server as server_of};
use super::python::Python;
use super::runtime::Report;
use super::token::Tokens;
use super::worker::{Orders, Publisher, Worker};
use crate::config::settings::{AccountSettings, ImapSettings, Settings};
use crate::model::ids::{AccountName, LampId, Side};

/// The lamps of those who watch begin here.
pub(super) const FIRST_LAMP: u32 = 900;
/// The number of whoever watches on the local side, after those who watch on the remote one.
pub(super) const HERE: u32 = 90;
/// So many folders of a local server are watched with a connection each.
pub(super) const MOST_HERE: usize = 10;
/// So many folders are watched with a connection each.
pub(super) const MOST_FOLDERS: usize = 50;

/// What those who watch an account need.
#[derive(Debug, Clone)]
pub(super) struct Post {
    pub(super) settings: Arc<Settings>,
    /// The account's place in the settings.
    pub(super) place: usize,
    pub(super) publisher: Publisher,
    pub(super) reports: Sender<Report>,
    /// What the last run has connected with.
    pub(super) latest: Latest,
    pub(super) python: Option<Python>,
    pub(super) tokens: Both<Option<Tokens>>,
    /// Held by each of them for as long as it lives.
    #[expect(dead_code, reason = "whoever has the other end sees it go")]
    pub(super) alive: Sender<()>,
}

impl Post {
    pub(super) fn account(&self) -> &AccountSettings {
        &self.settings.accounts[self.place]
    }

    /// The server on this side, where there is one.
    fn server(&self, side: Side) -> Option<&ImapSettings> {
        server_of(self.account(), side)
    }

    fn name(&self) -> &AccountName {
        &self.account().name
    }

    /// Enlists the calling thread as the watcher number `number`. It asks nobody: nobody may be there.
    fn enlist(&self, number: u32) -> Worker {
        let lamp = LampId::of(self.place, FIRST_LAMP + number);
        let (orders, obeyed) = Orders::new();
        let _ = self.reports.send(Report::Watcher { lamp, orders });
        Worker::new(self.name().clone(), lamp, self.publisher.clone(), obeyed, bounded(0).0)
    }

    /// Says that something has changed on this side.
    fn stir(&self, side: Side) {
        let _ = self.reports.send(Report::Stirred { account: self.name().clone(), side });
    }
}

/// Begins to watch an account.
pub(super) fn begin(post: &Post) {
    spawn(post, "server", |post| server::watch(post, Side::Remote));
    if post.server(Side::Local).is_some() {
        spawn(post, "local server", |post| server::watch(post, Side::Local));
    } else {
        spawn(post, "Maildir", local::watch);
    }
}

fn spawn(post: &Post, what: &str, watch: fn(&Post)) {
    let mine = post.clone();
    let name = format!("watches the {what} of {}", post.name());
    // Without a thread there is no watching; the countdown goes on.
    let _ = thread::Builder::new().name(name).spawn(move || catch_unwind(AssertUnwindSafe(|| watch(&mine))));
}
