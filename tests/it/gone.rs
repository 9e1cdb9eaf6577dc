//! A folder that is gone on one side is never deleted on the other: it is made again and refilled.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::dovecot::PASSWORD;
use super::world::World;

fn files(folder: &Path) -> usize {
    ["cur", "new"].iter().map(|place| fs::read_dir(folder.join(place)).unwrap().count()).sum()
}

/// The local folders that have mail, INBOX left out.
fn others(world: &World) -> Vec<std::path::PathBuf> {
    let all = fs::read_dir(world.maildir()).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.is_dir() && !path.ends_with("INBOX") && files(path) > 0).collect()
}

#[test]
fn a_folder_that_is_gone_here_is_fetched_again() {
    let world = World::new();
    world.fill(3, 6);
    world.sync().ends_with(0);
    let folder = others(&world).pop().unwrap();
    let before = files(&folder);
    fs::remove_dir_all(&folder).unwrap();
    world.sync().ends_with(0).says("refilled");
    assert_eq!(files(&folder), before);
    world.same(&["dates"]);
}

#[test]
fn a_folder_that_is_gone_there_is_sent_again() {
    let world = World::new();
    world.fill(3, 6);
    world.sync().ends_with(0);
    let folder = others(&world).pop().unwrap();
    let before = files(&folder);
    let name = folder.file_name().unwrap().to_str().unwrap().replace('.', "/");
    let script = "import imaplib, sys\n\
        c = imaplib.IMAP4('127.0.0.1', int(sys.argv[1])); c.login('me', sys.argv[2])\n\
        sys.exit(c.delete('\"' + sys.argv[3].replace('\\\\', '\\\\\\\\').replace('\"', '\\\\\"') + '\"')[0] != 'OK')";
    let port = world.dovecot.port.to_string();
    let deleted = Command::new("python3").args(["-c", script, &port, PASSWORD, &name]).status().unwrap();
    assert!(deleted.success(), "{name}");
    world.sync().ends_with(0).says("refilled");
    assert_eq!(files(&folder), before);
    world.same(&["dates"]);
}
