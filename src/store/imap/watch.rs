//! Waiting for the server's word: of all folders with NOTIFY (RFC 5465), of one with IDLE (RFC 2177).

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::ImapRepository;
use super::connection::{Connection, Tag};
use super::handle::Cutter;
use super::list::canonical;
use super::quote::quote;
use super::reader::{Ignore, Trouble};
use super::refusal::refused;
use super::response::Untagged;
use super::status::Word;
use crate::model::fault::{Fault, FaultKind, Reach};

/// What NOTIFY asks for: whatever happens to messages and folders of the user's own.
const ALL: &str = "NOTIFY SET (PERSONAL (MessageNew MessageExpunge FlagChange MailboxName))";
/// What is being done, for sentences.
const WATCHING: &str = "watching a folder";
/// News come in swarms; this long after one, the next is still taken along.
const SWARM: Duration = Duration::from_millis(100);
/// A swarm is no longer than this.
const LONGEST_SWARM: Duration = Duration::from_millis(600);

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct News {
    /// The folders that have changed, as their names stand on the wire.
    pub folders: BTreeSet<String>,
    /// Whether folders have come, gone or changed their names, or it isn't known which one has changed.
    pub tree: bool,
}

impl News {
    /// Whether nothing was heard.
    pub fn is_nothing(&self) -> bool {
        self.folders.is_empty() && !self.tree
    }

    /// Takes an untagged response in; `open` is the folder that is selected.
    fn take(&mut self, untagged: &Untagged, open: Option<&str>) {
        match (untagged, open) {
            (Untagged::StatusOf(status), _) => drop(self.folders.insert(canonical(&status.name))),
            (Untagged::List(_), _) => self.tree = true,
            (Untagged::Status(status), _) => self.tree |= status.is_overflow(),
            (
                Untagged::Exists(_) | Untagged::Expunge(_) | Untagged::Vanished { .. } | Untagged::Fetch(_),
                Some(folder),
            ) => drop(self.folders.insert(folder.to_owned())),
            _ => {}
        }
    }
}

impl ImapRepository {
    /// Whether the server can tell of all folders over one connection.
    pub fn can_notify(&self) -> bool {
        self.connection.capabilities.has("NOTIFY")
    }

    /// Whether the server can tell of one folder.
    pub fn can_idle(&self) -> bool {
        self.connection.capabilities.has("IDLE")
    }

    /// From now on the server tells of all folders. `false`: it doesn't want to.
    pub fn notify(&mut self) -> Result<bool, Fault> {
        let doing = "asking to be told of changes";
        let statuses = self.connection.run(&[ALL.to_owned()], &mut Ignore);
        let statuses = statuses.map_err(|trouble| self.connection.lost(doing, &trouble))?;
        Ok(statuses.iter().all(|status| status.word == Word::Ok))
    }

    /// Waits for news of what [`Self::notify`] has asked for, but no longer than `limit`; then for those that follow at once.
    pub fn hear(&mut self, limit: Duration) -> Result<News, Fault> {
        let mut news = News::default();
        let heard = listen(&mut self.connection, limit, |untagged| news.take(untagged, None));
        heard.map_err(|trouble| self.connection.lost("waiting for news", &trouble))?;
        Ok(news)
    }

    /// Opens a folder to be told of it by [`Self::idle`].
    pub fn examine(&mut self, folder: &str) -> Result<(), Fault> {
        let doing = format!("opening the folder {folder} to watch it");
        let name = quote(folder)
            .ok_or_else(|| Fault::new(Reach::Folder, FaultKind::Config, doing.clone(), "its name holds a line end"))?;
        let statuses = self.connection.run(&[format!("EXAMINE {name}")], &mut Ignore);
        let statuses = statuses.map_err(|trouble| self.connection.lost(&doing, &trouble))?;
        match statuses.into_iter().find(|status| status.word != Word::Ok) {
            Some(status) => Err(refused(&status, Reach::Folder, doing)),
            None => Ok(()),
        }
    }

    /// Begins to be told of the folder that [`Self::examine`] has opened.
    pub fn idle<'a>(&'a mut self, folder: &'a str) -> Result<Idling<'a>, Fault> {
        let (mut news, connection) = (News::default(), &mut self.connection);
        match begin_to_idle(connection, &mut |untagged: &Untagged| news.take(untagged, Some(folder))) {
            Ok(tag) => Ok(Idling { connection, folder, tag, news }),
            Err(trouble) => Err(connection.lost(WATCHING, &trouble)),
        }
    }

    /// The addresses of both ends of the connection, ours first, where it is one over a network.
    pub fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.connection.wire().lock().ends()
    }

    /// The means to cut the connection from another thread.
    pub fn cutter(&self) -> Option<Cutter> {
        self.connection.wire().lock().cutter()
    }

    /// A sign of life; an answer shows that the connection stands.
    pub fn noop(&mut self) -> Result<(), Fault> {
        let statuses = self.connection.run(&["NOOP".to_owned()], &mut Ignore);
        statuses.map(drop).map_err(|trouble| self.connection.lost("asking for a sign of life", &trouble))
    }
}

/// Waits for an untagged response that is news, then for what follows at once.
fn listen(connection: &mut Connection, limit: Duration, mut take: impl FnMut(&Untagged)) -> Result<bool, Trouble> {
    let until = Instant::now() + limit;
    let mut swarm: Option<Instant> = None;
    loop {
        let now = Instant::now();
        let end = swarm.map_or(until, |end| end.min(now + SWARM));
        let mut heard = false;
        let more = connection.overhear(end.saturating_duration_since(now), &mut |untagged: Untagged| {
            heard = true;
            take(&untagged);
            Ok(())
        })?;
        match (more, swarm) {
            (false, _) => return Ok(swarm.is_some()),
            (true, None) if heard => swarm = Some(Instant::now() + LONGEST_SWARM),
            (true, _) => {}
        }
    }
}

fn begin_to_idle(connection: &mut Connection, take: &mut dyn FnMut(&Untagged)) -> Result<Tag, Trouble> {
    let tag = connection.send("IDLE")?;
    let refused = connection.wait_for_go_ahead(tag, &mut |untagged: Untagged| {
        take(&untagged);
        Ok(())
    })?;
    match refused {
        Some(status) => Err(Trouble::Nonsense(format!("it doesn't want to wait: {}", status.text))),
        None => Ok(tag),
    }
}

/// A server that tells of a folder, until it is told that this is enough.
#[derive(Debug)]
pub struct Idling<'a> {
    connection: &'a mut Connection,
    folder: &'a str,
    tag: Tag,
    /// What was heard and not yet told.
    news: News,
}

impl Idling<'_> {
    /// Waits for news, but no longer than `limit`; then for those that follow at once.
    pub fn hear(&mut self, limit: Duration) -> Result<News, Fault> {
        let limit = if self.news.is_nothing() { limit } else { Duration::ZERO };
        let heard = listen(self.connection, limit, |untagged| self.news.take(untagged, Some(self.folder)));
        heard.map_err(|trouble| self.connection.lost(WATCHING, &trouble))?;
        Ok(std::mem::take(&mut self.news))
    }

    /// Ends it. The answer shows that the connection stands; what came before it is told.
    pub fn end(mut self) -> Result<News, Fault> {
        self.ended().map_err(|trouble| self.connection.lost(WATCHING, &trouble))?;
        Ok(self.news)
    }

    fn ended(&mut self) -> Result<(), Trouble> {
        self.connection.put(b"DONE\r\n")?;
        let (news, folder) = (&mut self.news, self.folder);
        self.connection.wait(self.tag, &mut |untagged: Untagged| {
            news.take(&untagged, Some(folder));
            Ok(())
        })?;
        Ok(())
    }
}
