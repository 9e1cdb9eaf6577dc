//! What the tests rely on: the comparing program finds what it is there to find, and the meter counts.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::meter::Meter;
use crate::world::World;

/// A fetched account, and the files of its one folder.
fn fetched() -> (World, Vec<PathBuf>) {
    let world = World::new();
    world.fill(1, 8);
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let parts = ["cur", "new"].map(|part| world.maildir().join("INBOX").join(part));
    let files = parts.iter().flat_map(|part| fs::read_dir(part).unwrap()).map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.collect();
    assert_eq!(files.len(), 8);
    (world, files)
}

/// Fails unless the difference is found, on as many lines, and gone when it is undone.
#[track_caller]
fn found(world: &World, options: &[&str], there: usize, here: usize, undo: impl FnOnce()) {
    let (code, said) = world.compare(options);
    assert_eq!(code, Some(1), "{said}");
    let lines = |side: &str| said.lines().filter(|line| line.starts_with(&format!("INBOX: 1 more on {side}:"))).count();
    assert_eq!((lines("server"), lines("disk")), (there, here), "{said}");
    undo();
    world.same(&["dates"]);
}

#[test]
fn every_kind_of_difference_is_found() {
    let (world, files) = fetched();
    let file = &files[0];
    let bytes = fs::read(file).unwrap();
    let modified = fs::metadata(file).unwrap().modified().unwrap();
    let write = |bytes: &[u8]| {
        fs::write(file, bytes).unwrap();
        File::options().write(true).open(file).unwrap().set_modified(modified).unwrap();
    };

    let mut other = bytes.clone();
    let last = other.len() - 1;
    other[last] ^= 1;
    write(&other);
    found(&world, &[], 1, 1, || write(&bytes));

    let twin = world.maildir().join("INBOX/cur/twin:2,");
    fs::copy(file, &twin).unwrap();
    let (code, said) = world.compare(&[]);
    assert!(code == Some(1) && said.contains("INBOX: 1 more on disk"), "{said}");
    fs::remove_file(&twin).unwrap();

    let away = world.dovecot.dir.join("away");
    fs::rename(file, &away).unwrap();
    found(&world, &[], 1, 0, || fs::rename(&away, file).unwrap());

    File::options().write(true).open(file).unwrap().set_modified(modified + Duration::from_secs(1)).unwrap();
    world.same(&[]);
    found(&world, &["dates"], 1, 1, || write(&bytes));
}

#[test]
fn a_lost_flag_is_found() {
    let (world, files) = fetched();
    let file = files.iter().find(|file| !file.to_str().unwrap().ends_with(',')).unwrap();
    let (kept, _) = file.to_str().unwrap().rsplit_once(',').unwrap();
    let bare = PathBuf::from(format!("{kept},"));
    fs::rename(file, &bare).unwrap();
    found(&world, &[], 1, 1, || fs::rename(&bare, file).unwrap());
}

#[test]
fn folders_of_one_side_and_a_broken_comparison_are_told_apart() {
    let world = World::new();
    world.fill(2, 1);
    let (code, said) = world.compare(&[]);
    assert!(code == Some(1) && said.contains("Archive: only on the server"), "{said}");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(world.maildir().join("Mine").join(part)).unwrap();
    }
    let (code, said) = world.compare(&[]);
    assert!(code == Some(1) && said.contains("Mine: only on disk"), "{said}");
    let (code, said) = world.python("compare.py", &["nowhere"]);
    assert_eq!(code, Some(2), "{said}");
}

/// A server that greets and then answers each line.
fn answering() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"good morning\n").unwrap();
        for _ in BufReader::new(stream.try_clone().unwrap()).lines() {
            stream.write_all(b"yes\n").unwrap();
        }
    });
    port
}

#[test]
fn the_meter_counts_what_a_client_waits_for() {
    for round_trip in [0, 2] {
        let meter = Meter::new(answering(), Duration::from_millis(round_trip));
        let stream = TcpStream::connect(("127.0.0.1", meter.port)).unwrap();
        let hear = |count: usize| (&stream).read_exact(&mut vec![0; count]).unwrap();
        hear(13);
        for (words, answer) in [("1 one\n", 4), ("2 UID two\n3 three\n", 8)] {
            (&stream).write_all(words.as_bytes()).unwrap();
            hear(answer);
        }
        drop(stream);
        let figures = meter.take();
        assert_eq!((figures.connections, figures.turns, figures.longest), (1, 2, 2), "{figures:?}");
        assert_eq!((figures.up, figures.down), (24, 25), "{figures:?}");
        assert_eq!(figures.commands(), ["one", "UID two", "three"]);
        assert_eq!(meter.take().connections, 0);
    }
}
