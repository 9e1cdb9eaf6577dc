//! One folder, open.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::model::extent::{Bounds, Outside};
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::model::flags::Holds;
use crate::model::ids::{FileKey, Uid, UidValidity};
use crate::model::mark::Mark;
use crate::model::message::{Coverage, Fingerprint, Listed, Look, MessageId};
use crate::model::uidset::UidSet;
use crate::store::{Delivery, FlagChange, Known, Labelled, Mailbox, bytes::md5_hex, teller::Teller};

use super::deliver::Inbound;
use super::disk::Disk;
use super::fault::{disk, refused};
use super::listing::{Listing, Place, Slot};
use super::manner::Manner;
pub use super::means::{Attempt, Means};
use super::scan::Scan;
use super::unique::Unique;
use super::{change, fetch, form, name, named, outside, scan, twins};

/// How often a file that others rename is looked for again.
const ROUNDS: usize = 5;

/// One folder of a Maildir tree.
pub struct Folder<'a> {
    pub(super) path: PathBuf,
    pub(super) digest: String,
    pub(super) fsync: bool,
    pub(super) disk: &'a dyn Disk,
    pub(super) manner: &'a Manner,
    pub(super) unique: &'a mut Unique,
    teller: &'a Teller,
    writable: bool,
    listing: Option<Listing>,
    touched: Vec<Place>,
    pub(super) tidied: bool,
}

impl<'a> Folder<'a> {
    /// The folder of this visible name, which is in this directory.
    pub fn new(path: PathBuf, visible: &str, writable: bool, means: Means<'a>) -> Self {
        let digest = md5_hex(visible.as_bytes());
        let Means { disk, fsync, manner, teller, unique } = means;
        let (listing, touched, tidied) = (None, Vec::new(), false);
        Self { path, digest, fsync, disk, manner, unique, teller, writable, listing, touched, tidied }
    }

    /// The listing; scanned now when the last look did without.
    pub fn listing(&mut self) -> Result<&mut Listing, Fault> {
        let listing = match self.listing.take() {
            Some(listing) => listing,
            None => self.scan()?.listing,
        };
        Ok(self.listing.insert(listing))
    }

    /// Scans, and leaves one name to every file. What can't be removed now does no harm, as it is not listed.
    fn scan(&mut self) -> Result<Scan, Fault> {
        let mut scan = scan::scan(&self.path, &self.digest, self.manner)?;
        self.teller.tell(|| format!("scan {}: {}", self.path.display(), scan.listing.count()));
        for second in twins::set_apart(&self.path, &mut scan.listing) {
            if self.writable && self.disk.remove(&second.path(&self.path)).is_ok() {
                self.touch(second.place);
            }
        }
        if self.writable {
            for place in form::renew(&self.path, self.disk, &mut scan.listing, self.manner) {
                self.touch(place);
            }
        }
        Ok(scan)
    }

    /// Takes files into the listing that appeared since the scan; what was not scanned yet will show them by itself.
    pub fn appeared(&mut self, slots: &[Slot]) {
        if let Some(listing) = &mut self.listing {
            listing.insert(slots);
        }
    }

    /// Tries `act` on the file of each job. Those that were renamed meanwhile are looked for by their base names, and
    /// those that are gone are passed over. Returns what was refused.
    pub fn for_each<T>(
        &mut self,
        jobs: &[T],
        id: impl Fn(&T) -> MessageId,
        mut act: impl FnMut(&mut Self, &T, &Slot) -> Result<Attempt, Fault>,
    ) -> Result<Vec<(MessageId, Fault)>, Fault> {
        let mut todo: Vec<&T> = jobs.iter().collect();
        let mut failed = Vec::new();
        for _ in 0..ROUNDS {
            let mut missed = Vec::new();
            for job in todo {
                let Some(slot) = self.listing()?.get(id(job)) else { continue };
                match act(self, job, &slot) {
                    Ok(Attempt::Done) => {}
                    Ok(Attempt::Missed) => missed.push(job),
                    Err(fault) if fault.reach == Reach::Message => failed.push((id(job), fault)),
                    Err(fault) => return Err(fault),
                }
            }
            if missed.is_empty() {
                return Ok(failed);
            }
            self.find_again(missed.iter().map(|job| id(job)))?;
            todo = missed;
        }
        failed.extend(todo.iter().map(|job| (id(job), self.restless())));
        Ok(failed)
    }

    /// Notes that a directory was changed.
    pub fn touch(&mut self, place: Place) {
        if !self.touched.contains(&place) {
            self.touched.push(place);
        }
    }

    /// Flushes the directories that were changed: `cur` first, since files move there from `new`, and the loss of an old
    /// name must not be all that a power cut leaves.
    pub fn flush_touched(&mut self) -> Result<(), Fault> {
        self.touched.sort_unstable();
        for place in std::mem::take(&mut self.touched) {
            let directory = place.of(&self.path);
            if self.fsync {
                self.disk
                    .flush_directory(&directory)
                    .map_err(|error| disk(Reach::Folder, "flushing the directory", &directory, &error))?;
            }
        }
        Ok(())
    }

    /// Refuses to write into a folder that was opened for reading.
    pub fn demand_writable(&self) -> Result<(), Fault> {
        if self.writable {
            return Ok(());
        }
        let doing = format!("changing {}", self.path.display());
        Err(refused(Reach::Folder, doing, "the folder was opened for reading only"))
    }

    /// Looks for files by their base names in what the directories hold now; those that aren't found are gone.
    fn find_again(&mut self, ids: impl Iterator<Item = MessageId>) -> Result<(), Fault> {
        let (path, keep_atime) = (self.path.clone(), self.manner.keep_atime);
        let listing = self.listing()?;
        let mut wanted: HashMap<Vec<u8>, MessageId> =
            ids.filter_map(|id| listing.get(id).map(|slot| (name::base(&slot.name).to_vec(), id))).collect();
        let mut found = Vec::new();
        scan::visit(&path, keep_atime, |slot| {
            if let Some(id) = wanted.remove(name::base(&slot.name)) {
                found.push((id, slot));
            }
        })?;
        for (id, slot) in &found {
            listing.renamed(*id, slot);
        }
        for id in wanted.into_values() {
            listing.forget(id);
        }
        Ok(())
    }

    fn restless(&self) -> Fault {
        let doing = format!("working on a message in {}", self.path.display());
        Fault::new(Reach::Message, FaultKind::Disk, doing, "another program keeps renaming the file")
            .advise("the next run tries again")
    }
}

impl Mailbox for Folder<'_> {
    fn holds(&self) -> Holds {
        self.manner.holds()
    }

    fn understands(&self, mark: &Mark) -> bool {
        matches!(mark, Mark::Maildir(mark) if self.manner.mark(*mark) == *mark)
    }

    fn read_only(&self) -> bool {
        !self.writable
    }

    fn uid_validity(&self) -> Option<UidValidity> {
        None
    }

    fn look(&mut self, known: Option<Known<'_>>) -> Result<Look, Fault> {
        if let Some(known) = known {
            let mark = Mark::Maildir(self.manner.mark(scan::mark(&self.path, self.manner)?));
            if known.mark.proves_unchanged(&mark) {
                self.teller.tell(|| format!("{} is unchanged", self.path.display()));
                // The old mark goes on: a clock that was set back must not make a quiet folder look racy.
                let coverage = Coverage::Changes { vanished: UidSet::default() };
                return Ok(Look { messages: Vec::new(), coverage, mark: Some(*known.mark) });
            }
        }
        let found = self.scan()?;
        // What a crashed run or another program left unflushed is about to be recorded as seen.
        self.touched = vec![Place::Cur, Place::New];
        self.flush_touched()?;
        let mut messages = Vec::with_capacity(found.listing.len());
        let listed = |(id, system, custom)| Listed { id, flags: self.manner.flags_of(system, custom) };
        messages.extend(found.listing.iter().map(listed));
        self.listing = Some(found.listing);
        let coverage = if found.mark.is_some() { Coverage::Whole } else { Coverage::Partial };
        Ok(Look { messages, coverage, mark: found.mark.map(|mark| Mark::Maildir(self.manner.mark(mark))) })
    }

    fn outside(&mut self, bounds: &Bounds, among: &[MessageId]) -> Result<Outside, Fault> {
        outside::outside(self, bounds, among)
    }

    fn fetch(&mut self, wanted: &[MessageId], to: &mut dyn Delivery) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.for_each(wanted, |id| *id, |folder, id, slot| fetch::send(folder, *id, slot, to))
    }

    fn deliver<'b>(&'b mut self) -> Result<Box<dyn Delivery + 'b>, Fault> {
        self.demand_writable()?;
        Ok(Box::new(Inbound::begin_in(self)?))
    }

    fn change_flags(&mut self, changes: &[FlagChange]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.demand_writable()?;
        let failed = self.for_each(changes, |change| change.id, change::flags);
        self.flush_touched()?;
        failed
    }

    fn delete(&mut self, ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.demand_writable()?;
        let failed = self.for_each(ids, |id| *id, |folder, id, slot| change::delete(folder, *id, slot));
        self.flush_touched()?;
        failed
    }

    fn number(&mut self, pairs: &[(MessageId, Uid)]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.demand_writable()?;
        let failed = change::numbers(self, pairs);
        self.flush_touched()?;
        failed
    }

    fn disown(&mut self, ids: &[MessageId]) -> Result<Vec<(MessageId, Fault)>, Fault> {
        self.demand_writable()?;
        let failed = self.for_each(ids, |id| *id, |folder, id, slot| change::disown(folder, *id, slot));
        self.flush_touched()?;
        failed
    }

    fn labelled(&mut self) -> Option<&mut dyn Labelled> {
        if self.manner.labels.is_some() { Some(self) } else { None }
    }

    fn key(&self, id: MessageId) -> Option<FileKey> {
        self.listing.as_ref()?.key(id)
    }

    fn received_since(&mut self, seconds: i64) -> Result<Vec<MessageId>, Fault> {
        let (path, named_by_date) = (self.path.clone(), self.manner.named_by_date);
        let listing = self.listing()?;
        Ok(if named_by_date { listing.changed_since(&path, seconds) } else { listing.made_since(seconds) })
    }

    fn subject(&mut self, id: MessageId) -> Option<String> {
        let slot = self.listing().ok()?.get(id)?;
        fetch::subject(&slot.path(&self.path), self.manner.keep_atime)
    }

    fn local_name(&self, id: MessageId) -> Option<String> {
        let slot = self.listing.as_ref()?.get(id)?;
        Some(name::to_text(name::base(&slot.name)))
    }

    fn find_local_name(&mut self, wanted: &str) -> Result<Option<MessageId>, Fault> {
        Ok(named::named(self.listing()?, wanted))
    }

    fn fingerprint(&mut self, id: MessageId) -> Result<Option<Fingerprint>, Fault> {
        let mut found = None;
        let failed = self.for_each(&[id], |id| *id, |folder, _, slot| fetch::recognise(folder, slot, &mut found))?;
        match failed.into_iter().next() {
            Some((_, fault)) => Err(fault),
            None => Ok(found),
        }
    }
}
