//! The files of one folder, in little memory.
//!
//! Names lie one behind the other in one buffer. A name that is exactly what this program would build from its unique
//! part, UID and flags is kept as the unique part alone; 100,000 such names cost about 5 MB.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::model::flags::System;
use crate::model::ids::{FileKey, Uid};
use crate::model::message::MessageId;
use crate::store::bytes::file_key;

use super::name::{self, Form};
pub use super::slot::{Place, Slot};

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    length: u16,
    place: Place,
    flags: System,
    uid: Option<Uid>,
    /// Only the unique part is stored.
    short: bool,
    gone: bool,
}

/// Files with UID, found by it, and files without, found by their number.
#[derive(Debug, Default)]
pub struct Listing {
    digest: String,
    form: Form,
    names: Vec<u8>,
    numbered: Vec<Entry>,
    fresh: Vec<Entry>,
}

impl Listing {
    /// An empty listing of the folder whose visible name has this digest.
    pub fn new(digest: &str, form: Form) -> Self {
        Self { digest: digest.to_owned(), form, ..Self::default() }
    }

    /// Adds a file whose place among the others [`Listing::settle`] decides.
    pub fn add(&mut self, slot: &Slot) {
        let entry = self.entry(slot);
        self.numbered.push(entry);
    }

    /// Decides, after the last file of a scan, which of them have a UID of their own: of several files that carry the
    /// same one the first by name keeps it. The others, and those without, are numbered in the order of their names.
    pub fn settle(&mut self) {
        let (mut numbered, mut fresh): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.numbered).into_iter().partition(|entry| entry.uid.is_some());
        numbered.sort_by(|a, b| a.uid.cmp(&b.uid).then_with(|| self.compare(a, b)));
        let mut last = None;
        numbered.retain(|entry| {
            let first = entry.uid != last;
            last = entry.uid;
            if !first {
                fresh.push(*entry);
            }
            first
        });
        fresh.sort_by(|a, b| self.compare(a, b));
        self.fresh = fresh.into_iter().map(|entry| self.without_uid(entry)).collect();
        self.numbered = numbered;
    }

    /// Adds files that appeared since, by the UIDs they carry.
    pub fn insert(&mut self, slots: &[Slot]) {
        self.numbered.retain(|entry| !entry.gone);
        for slot in slots {
            let entry = self.entry(slot);
            if entry.uid.is_some() {
                self.numbered.push(entry);
            }
        }
        self.numbered.sort_by_key(|entry| entry.uid);
        self.numbered.dedup_by_key(|entry| entry.uid);
    }

    /// The file, unless it is gone.
    pub fn get(&self, id: MessageId) -> Option<Slot> {
        let entry = self.find(id)?;
        (!entry.gone).then(|| Slot { place: entry.place, name: self.name(entry) })
    }

    /// Which file it is, whatever its UID and flags.
    pub fn key(&self, id: MessageId) -> Option<FileKey> {
        let entry = self.find(id).filter(|entry| !entry.gone)?;
        file_key(name::unique(self.stored(entry)))
    }

    /// The file is now called this.
    pub fn renamed(&mut self, id: MessageId, slot: &Slot) {
        let mut entry = self.entry(slot);
        if let MessageId::Fresh(_) = id {
            entry = self.without_uid(entry);
        }
        if let Some(old) = self.find_mut(id) {
            // A number given by rename becomes the file's address only with `insert`.
            *old = Entry { uid: old.uid, short: entry.short && old.uid == entry.uid, ..entry };
        }
    }

    /// The file is gone, or has got another identity.
    pub fn forget(&mut self, id: MessageId) {
        if let Some(entry) = self.find_mut(id) {
            entry.gone = true;
        }
    }

    /// All the files, those with UID first, ascending.
    pub fn ids(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.entries().map(|(id, _)| id)
    }

    /// The same with what their letters say: flags, and [small ones](name::custom).
    pub fn iter(&self) -> impl Iterator<Item = (MessageId, System, u32)> + '_ {
        // Only capital letters are in a name that needn't be stored.
        let custom = |entry: &Entry| if entry.short { 0 } else { name::custom(self.stored(entry)) };
        self.entries().map(move |(id, entry)| (id, entry.flags, custom(entry)))
    }

    fn entries(&self) -> impl Iterator<Item = (MessageId, &Entry)> + '_ {
        let numbered = self.numbered.iter().filter_map(|entry| Some((MessageId::Uid(entry.uid?), entry)));
        let fresh = (0..).map(MessageId::Fresh).zip(&self.fresh);
        numbered.chain(fresh).filter(|(_, entry)| !entry.gone)
    }

    /// The files with UID that were made since then, by their names.
    pub fn made_since(&self, seconds: i64) -> Vec<MessageId> {
        let made = |id: &MessageId| self.get(*id).and_then(|slot| name::made(&slot.name));
        let numbered = self.ids().filter(|id| id.uid().is_some());
        numbered.filter(|id| made(id).is_some_and(|made| made >= seconds)).collect()
    }

    /// The files with UID that were made or renamed since then, where names don't tell: by the times of their inodes.
    pub fn changed_since(&self, folder: &Path, seconds: i64) -> Vec<MessageId> {
        let changed =
            |id: &MessageId| fs::symlink_metadata(self.get(*id)?.path(folder)).ok().map(|about| about.ctime());
        let numbered = self.ids().filter(|id| id.uid().is_some());
        numbered.filter(|id| changed(id).is_some_and(|changed| changed >= seconds)).collect()
    }

    /// How many files there are, in words.
    pub fn count(&self) -> String {
        let (all, numbered) = (self.ids().count(), self.ids().filter(|id| id.uid().is_some()).count());
        let files = if all == 1 { "file" } else { "files" };
        format!("{all} {files}, {} without a UID", all - numbered)
    }

    /// How many files there are at most.
    pub fn len(&self) -> usize {
        self.numbered.len() + self.fresh.len()
    }

    fn entry(&mut self, slot: &Slot) -> Entry {
        let (flags, uid) = (name::flags(&slot.name), name::uid(&slot.name, &self.digest));
        let unique = name::unique(&slot.name);
        let short = name::build(unique, uid, &self.digest, flags, self.form) == slot.name;
        let kept = if short { unique } else { &slot.name };
        // The buffer's limit of 4 GB and a name's of 64 KB are far beyond what a file system has in one directory.
        let start = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let length = u16::try_from(kept.len()).unwrap_or(u16::MAX);
        self.names.extend_from_slice(kept);
        Entry { start, length, place: slot.place, flags, uid, short, gone: false }
    }

    fn without_uid(&mut self, entry: Entry) -> Entry {
        if entry.uid.is_none() {
            return entry;
        }
        let name = self.name(&entry);
        let start = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.extend_from_slice(&name);
        Entry { start, length: u16::try_from(name.len()).unwrap_or(u16::MAX), uid: None, short: false, ..entry }
    }

    fn stored(&self, entry: &Entry) -> &[u8] {
        let start = entry.start as usize;
        self.names.get(start..start + usize::from(entry.length)).unwrap_or_default()
    }

    fn name(&self, entry: &Entry) -> Vec<u8> {
        let stored = self.stored(entry);
        if entry.short { name::build(stored, entry.uid, &self.digest, entry.flags, self.form) } else { stored.to_vec() }
    }

    fn compare(&self, a: &Entry, b: &Entry) -> std::cmp::Ordering {
        self.name(a).cmp(&self.name(b)).then(a.place.cmp(&b.place))
    }

    fn find(&self, id: MessageId) -> Option<&Entry> {
        match id {
            MessageId::Uid(uid) => {
                let place = self.numbered.binary_search_by_key(&Some(uid), |entry| entry.uid).ok()?;
                self.numbered.get(place)
            }
            MessageId::Fresh(number) => self.fresh.get(number as usize),
        }
    }

    fn find_mut(&mut self, id: MessageId) -> Option<&mut Entry> {
        match id {
            MessageId::Uid(uid) => {
                let place = self.numbered.binary_search_by_key(&Some(uid), |entry| entry.uid).ok()?;
                self.numbered.get_mut(place)
            }
            MessageId::Fresh(number) => self.fresh.get_mut(number as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "7e33429f656f1e6e9d79b29c3f82c57e";

    fn listing(names: &[&str]) -> Listing {
        let mut listing = Listing::new(OURS, Form::Colon);
        for name in names {
            listing.add(&Slot { place: Place::Cur, name: name.replace('@', OURS).into_bytes() });
        }
        listing.settle();
        listing
    }

    fn shown(listing: &Listing, id: MessageId) -> Option<String> {
        listing.get(id).map(|slot| String::from_utf8(slot.name).unwrap().replace(OURS, "@"))
    }

    fn uid(number: u32) -> MessageId {
        MessageId::Uid(Uid::new(number).unwrap())
    }

    #[test]
    fn of_two_files_with_one_uid_the_first_by_name_keeps_it() {
        let listing = listing(&["b,U=5,FMD5=@:2,S", "plain", "a,U=5,FMD5=@:2,", "c,U=2,FMD5=@:2,F"]);
        let ids: Vec<_> = listing.ids().collect();
        assert_eq!(ids, [uid(2), uid(5), MessageId::Fresh(0), MessageId::Fresh(1)]);
        assert_eq!(shown(&listing, uid(5)).unwrap(), "a,U=5,FMD5=@:2,");
        assert_eq!(shown(&listing, MessageId::Fresh(0)).unwrap(), "b,U=5,FMD5=@:2,S");
        assert_eq!(shown(&listing, MessageId::Fresh(1)).unwrap(), "plain");
    }

    #[test]
    fn names_come_back_as_they_were() {
        for name in
            ["1_0.2.h,U=5,FMD5=@:2,FS", "1_0.2.h,U=5,FMD5=@:2,SF", "1_0.2.h,FMD5=@,U=5:2,", "1_0.2.h,U=5,FMD5=@"]
        {
            assert_eq!(shown(&listing(&[name]), uid(5)).unwrap(), name);
        }
    }

    #[test]
    fn a_hundred_thousand_names_cost_little() {
        let mut listing = Listing::new(OURS, Form::Colon);
        for number in 1..=100_000 {
            let unique = format!("1700000000_{number}.1234567.some.host.example");
            let name = name::build(unique.as_bytes(), Uid::new(number), OURS, System::SEEN, Form::Colon);
            listing.add(&Slot { place: Place::Cur, name });
        }
        listing.settle();
        let bytes = listing.names.capacity() + listing.numbered.capacity() * size_of::<Entry>();
        assert!(bytes < 11_000_000, "{bytes}");
    }

    #[test]
    fn where_names_do_not_tell_when_files_came_their_inodes_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("cur")).unwrap();
        let name = format!("880127706_1.2.h,U=5,FMD5={OURS}:2,");
        fs::write(folder.path().join("cur").join(&name), "x").unwrap();
        let listing = listing(&[&name, "9_1.2.h,U=6,FMD5=@:2,"]);
        let now = fs::metadata(folder.path()).unwrap().ctime();
        assert_eq!(listing.changed_since(folder.path(), now - 60), [uid(5)]);
        assert_eq!(listing.changed_since(folder.path(), now + 60), []);
        assert_eq!(listing.made_since(now - 60), []);
    }

    #[test]
    fn what_is_renamed_or_gone_is_known() {
        let mut listing = listing(&["a,U=5,FMD5=@:2,", "b", "c"]);
        listing.renamed(uid(5), &Slot { place: Place::Cur, name: format!("a,U=5,FMD5={OURS}:2,S").into_bytes() });
        listing.forget(MessageId::Fresh(0));
        assert_eq!(shown(&listing, uid(5)).unwrap(), "a,U=5,FMD5=@:2,S");
        assert_eq!(listing.get(MessageId::Fresh(0)), None);
        assert_eq!(shown(&listing, MessageId::Fresh(1)).unwrap(), "c");
    }
}
