//! Whatever bytes a message is made of, both sides have the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::dovecot::Dovecot;
use crate::killing::killed_after;
use crate::local;
use crate::world::World;

/// Messages as they may stand in files: line ends of any kind, headers and none, and every byte but NUL.
fn strange() -> Vec<Vec<u8>> {
    let long = |length| [b"Subject: long\n\n".as_slice(), &vec![b'x'; length], b"\nend\n"].concat();
    let texts: [&[u8]; 16] = [
        b"x",
        b"\n",
        b"no header at all, and no end of line",
        b"no header at all\nbut lines\n",
        b"Subject: a header and no more\n",
        b"Subject: a header without an end of line",
        b"Subject: a header and its empty line\n\n",
        b"\nan empty header, and a body\n",
        b"Subject: bare CR\n\none\rtwo\r\rthree\n",
        b"Subject: CRLF in a file\r\n\r\none\r\ntwo\nthree\r\n",
        b"Subject: a mixture\nX: y\r\n\none\n\rtwo\r\n\n\n\r\n",
        b"Subject: \xe4\xf6\xfc \xff\nX-\xc3\x28: \x80\n\n8-bit\n",
        b"Subject: no UTF-8\n\n\xc3\x28 \xa0\xa1 \xe2\x28\xa1 \xf0\x90\x28\xbc \xfe\xff\n",
        b"Subject: the protocols\n\n.\n..\nFrom here\n>From there\n* OK\n) {12}\n{3+}\nb1 OK\n",
        b" begins with a blank\n\nand goes on\n",
        b"Subject: many empty lines\n\n\n\n\n\n\n\n\n\n\n",
    ];
    let mut all: Vec<Vec<u8>> = texts.iter().map(|text| text.to_vec()).collect();
    all.push([b"Subject: every byte\n\n".as_slice(), &(1..=255).collect::<Vec<u8>>(), b"\n"].concat());
    all.push(long(1 << 20));
    all.push(long(1 << 16));
    all
}

/// The form in which a file's bytes go over the wire, thought out anew.
fn wire(file: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for (place, byte) in file.iter().enumerate() {
        if *byte == b'\n' && (place == 0 || file[place - 1] != b'\r') {
            wire.push(b'\r');
        }
        wire.push(*byte);
    }
    wire
}

/// The form in which they are stored.
fn stored(wire: &[u8]) -> Vec<u8> {
    let mut file = wire.to_vec();
    let mut place = 0;
    file.retain(|byte| {
        place += 1;
        *byte != b'\r' || wire.get(place) != Some(&b'\n')
    });
    file
}

fn read(files: &[PathBuf]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    all.sort();
    all
}

fn files(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn sorted(mut all: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    all.sort();
    all
}

impl World {
    fn directory(&self, name: &str) -> PathBuf {
        let directory = self.dovecot.dir.join(name);
        fs::create_dir(&directory).unwrap();
        directory
    }

    /// Appends messages to INBOX, exactly these bytes.
    fn put(&self, messages: &[Vec<u8>]) {
        let directory = self.directory("put");
        for (number, message) in messages.iter().enumerate() {
            fs::write(directory.join(format!("{number:03}")), message).unwrap();
        }
        let (code, said) = self.python("bytes.py", &["put", "INBOX", directory.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{said}");
    }

    /// What the server has in INBOX, sorted.
    fn get(&self) -> Vec<Vec<u8>> {
        let directory = self.directory("get");
        let (code, said) = self.python("bytes.py", &["get", "INBOX", directory.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{said}");
        let all = read(&files(&directory));
        fs::remove_dir_all(directory).unwrap();
        all
    }

    fn inbox(&self) -> PathBuf {
        self.maildir().join("INBOX")
    }

    /// Fails unless nothing is transferred any more, with the ledger and without.
    #[track_caller]
    fn is_done(&self) {
        self.sync().ends_with(0).says("nothing new");
        let (there, here) = (self.status(), local::tree(&self.maildir()));
        for file in files(&self.metadata().join("Account-Test")) {
            fs::remove_file(file).unwrap();
        }
        self.sync().ends_with(0).says("nothing new");
        assert_eq!((self.status(), local::tree(&self.maildir())), (there, here));
    }
}

#[track_caller]
fn same(left: &[Vec<u8>], right: &[Vec<u8>]) {
    let short = |message: &&Vec<u8>| message[..message.len().min(300)].escape_ascii().to_string();
    let only = |some: &[Vec<u8>], others: &[Vec<u8>]| -> Vec<String> {
        some.iter().filter(|message| !others.contains(message)).map(|message| short(&message)).collect()
    };
    assert!(left == right, "only left {:#?}, only right {:#?}", only(left, right), only(right, left));
}

#[test]
fn from_the_server() {
    let world = World::new();
    let messages: Vec<Vec<u8>> = strange().iter().map(|file| wire(file)).collect();
    world.put(&messages);
    same(&world.get(), &sorted(messages.clone()));
    world.sync().ends_with(0);
    same(&read(&local::messages(&world.inbox())), &sorted(messages.iter().map(|wire| stored(wire)).collect()));
    world.is_done();
    same(&world.get(), &sorted(messages));
}

#[test]
fn to_the_server() {
    let world = World::new();
    let messages = strange();
    for (number, message) in messages.iter().enumerate() {
        local::write(&world.inbox(), &format!("{number}.here"), "S", message);
    }
    world.sync().ends_with(0).says(&format!("{} uploaded", messages.len()));
    same(&world.get(), &sorted(messages.iter().map(|file| wire(file)).collect()));
    world.is_done();
    same(&read(&local::messages(&world.inbox())), &sorted(messages));
}

#[test]
fn a_large_message_passes_both_ways_in_little_memory() {
    let world = World::new();
    let line = b"a line of an attachment that goes on and on and on and on and on and on and on\n";
    let large =
        |subject: &str| [format!("Subject: {subject}\n\n").as_bytes(), &line.repeat((100 << 20) / line.len())].concat();
    world.put(&[wire(&large("there"))]);
    local::write(&world.inbox(), "1.here", "S", &large("here"));
    let ending = killed_after(&mut world.program(&world.config()), Duration::from_secs(300));
    assert_eq!(ending.code, Some(0));
    assert!((1..64 * 1024).contains(&ending.peak), "{} KiB of memory", ending.peak);
    same(&read(&local::messages(&world.inbox())), &[large("here"), large("there")]);
    same(&world.get(), &[wire(&large("here")), wire(&large("there"))]);
    world.is_done();
}

#[test]
fn what_the_server_refuses_stays_here_and_stops_nothing_else() {
    let limits = "mail_plugins = quota\nplugin {\n  quota = count:User quota\n  quota_vsizes = yes\n\
                  quota_max_mail_size = 100k\n}\n";
    let world = World::on(Dovecot::start_with(limits));
    world.fill(2, 2);
    world.sync().ends_with(0);
    local::deliver(&world.inbox(), "1-good", "S");
    let bad = local::write(&world.inbox(), "2-bad", "S", &[b"Subject: big\n\n".to_vec(), vec![b'x'; 200_000]].concat());
    local::deliver(&world.inbox(), "3-good", "S");
    local::deliver(&world.maildir().join("Archive"), "4-good", "S");
    world.sync().ends_with(1).says("INBOX").says("3 uploaded").says("the server says").in_one_sentence();
    assert!(bad.exists());
    assert_eq!(world.get().len(), 4);
    fs::rename(&bad, world.dovecot.dir.join("away")).unwrap();
    world.sync().ends_with(0);
    world.same(&["dates"]);
}
