//! A folder that is gone on one side is never deleted on the other: it is made again and refilled.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::dovecot::PASSWORD;
use super::local;
use super::world::World;

fn files(folder: &Path) -> usize {
    ["cur", "new"].iter().map(|place| fs::read_dir(folder.join(place)).unwrap().count()).sum()
}

/// The local folders that have mail, INBOX left out.
fn others(world: &World) -> Vec<std::path::PathBuf> {
    let all = fs::read_dir(world.maildir()).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.is_dir() && !path.ends_with("INBOX") && files(path) > 0).collect()
}

fn delete_there(world: &World, name: &str) {
    let script = "import imaplib, sys\n\
        c = imaplib.IMAP4('127.0.0.1', int(sys.argv[1])); c.login('me', sys.argv[2])\n\
        sys.exit(c.delete('\"' + sys.argv[3].replace('\\\\', '\\\\\\\\').replace('\"', '\\\\\"') + '\"')[0] != 'OK')";
    let port = world.dovecot.port.to_string();
    let deleted = Command::new("python3").args(["-c", script, &port, PASSWORD, name]).status().unwrap();
    assert!(deleted.success(), "{name}");
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
    delete_there(&world, &name);
    world.sync().ends_with(0).says("refilled");
    assert_eq!(files(&folder), before);
    world.same(&["dates"]);
}

/// An account that deletes folders with their counterparts.
fn deleting(messages: u32) -> World {
    let mut world = World::new();
    world.account = "syncfolderdeletes = yes\n".into();
    world.fill(3, messages);
    world.sync().ends_with(0);
    world
}

#[test]
fn a_folder_that_is_gone_is_deleted_there_too_when_that_is_wished() {
    let world = deleting(6);
    fs::remove_dir_all(world.maildir().join("Archive.2023")).unwrap();
    world.sync().ends_with(0).says("folder deleted on the server");
    world.same(&["dates"]);
    delete_there(&world, "Archive");
    world.sync().ends_with(0).says("folder deleted here");
    assert!(!world.maildir().join("Archive").exists());
    world.same(&["dates"]);
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_folder_with_many_messages_is_deleted_only_when_that_is_allowed() {
    let world = deleting(12);
    fs::remove_dir_all(world.maildir().join("Archive")).unwrap();
    world.sync().ends_with(1).says("--allow-deletes").says("12 messages").in_one_sentence();
    let mut command = world.program(&world.config());
    let run = crate::world::Run::from(&command.arg("--allow-deletes").output().unwrap());
    run.ends_with(0).says("folder deleted on the server");
    world.same(&["dates"]);
}

#[test]
fn a_folder_with_something_new_in_it_is_not_deleted() {
    let world = deleting(6);
    local::deliver(&world.maildir().join("Archive"), "mine", "S");
    delete_there(&world, "Archive");
    world.sync().ends_with(0).says("never there").says("refilled");
    assert_eq!(files(&world.maildir().join("Archive")), 7);
    world.same(&["dates"]);
}

#[test]
fn a_side_that_has_lost_all_its_folders_at_once_is_in_trouble() {
    let world = World::new();
    world.fill(3, 6);
    world.sync().ends_with(0);
    let (root, away) = (world.maildir(), world.dovecot.dir.join("away"));
    fs::rename(&root, &away).unwrap();
    fs::create_dir_all(root.join("lost+found")).unwrap();
    world.sync().ends_with(1).says("none of the local folders").says("mounted").in_one_sentence();
    assert_eq!(fs::read_dir(&root).unwrap().count(), 1);
    fs::remove_dir_all(&root).unwrap();
    fs::rename(&away, &root).unwrap();
    world.sync().ends_with(0).says("nothing new");
    world.same(&["dates"]);
}

#[test]
fn a_folder_that_has_another_name_here_now_is_not_deleted_there() {
    let mut world = deleting(6);
    // What was Archive here is called Old, and what is Archive here is to be another one.
    fs::rename(world.maildir().join("Archive"), world.maildir().join("Old")).unwrap();
    world.remote += "namemap = s/^Archive$/Old/; s/^Archive\\/2023$/Archive/\n";
    // The local Archive.2023 can't go on under its name, which is said.
    world.sync().ends_with(1).says("comes back as Archive");
    assert!(world.status().contains("\"Archive\" (MESSAGES 6 "), "{}", world.status());
}

#[test]
fn a_folder_that_was_removed_here_while_it_was_left_out_is_not_deleted_there() {
    let mut world = deleting(6);
    let remote = world.remote.clone();
    world.remote += "folderpatterns = !Archive\n";
    fs::remove_dir_all(world.maildir().join("Archive")).unwrap();
    world.sync().ends_with(0);
    world.remote = remote;
    world.sync().ends_with(0).says("6 downloaded");
    world.same(&["dates"]);
    assert_eq!(files(&world.maildir().join("Archive")), 6);
}

#[test]
fn a_folder_that_was_removed_there_while_it_was_left_out_is_not_deleted_here() {
    let mut world = deleting(6);
    let remote = world.remote.clone();
    world.remote += "folderpatterns = !Archive\n";
    // The folder below it stays, so that the server goes on listing the name.
    delete_there(&world, "Archive");
    world.sync().ends_with(0);
    world.remote = remote;
    world.sync().ends_with(0).says("6 uploaded");
    world.same(&["dates"]);
}

#[test]
fn a_folder_that_could_not_be_made_again_here_is_refilled_when_it_is() {
    let mut world = World::new();
    world.fill(3, 6);
    world.sync().ends_with(0);
    world.local = "createfolders = no\n".to_owned();
    let folder = world.maildir().join("Archive");
    fs::remove_dir_all(&folder).unwrap();
    world.sync().ends_with(0);
    local::make(&folder);
    world.sync().ends_with(0).says("6 downloaded");
    world.same(&["dates"]);
}
