//! What OfflineIMAP has synchronised is taken over with nothing transferred. Its own program, from Debian, makes the trees.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local;
use crate::world::World;

/// Synchronises once with OfflineIMAP, with the same configuration file.
fn offlineimap(world: &World) {
    let config = world.file(&world.config());
    let mut command = Command::new("offlineimap");
    let out = command.args(["-o", "-u", "basic", "-c"]).arg(config).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}");
}

/// An account that OfflineIMAP has synchronised.
fn synchronised(separator: char) -> World {
    let mut world = World::new();
    world.separator = separator;
    world.remote += "ssl = yes\n";
    world.fill(6, 10);
    offlineimap(&world);
    world
}

/// Bytes of every file of OfflineIMAP's own state.
fn caches(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    let own = |path: &PathBuf| {
        let text = path.to_str().unwrap();
        path.is_file() && (text.contains("LocalStatus") || text.contains("FolderValidity"))
    };
    local::tree(&world.metadata()).into_iter().filter(own).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Inode and time of every message's file, by what stays in its name.
fn files(world: &World) -> BTreeMap<String, (u64, i64)> {
    let is_message = |path: &PathBuf| path.is_file() && path.to_str().unwrap().contains(",U=");
    let state = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let about = path.metadata().unwrap();
        (name.split(":2,").next().unwrap().to_owned(), (about.ino(), about.mtime()))
    };
    local::tree(&world.maildir()).into_iter().filter(is_message).map(state).collect()
}

fn status(world: &World) -> String {
    let (code, said) = world.python("status.py", &[]);
    assert_eq!(code, Some(0), "{said}");
    said
}

fn find(folder: &Path, number: u32) -> PathBuf {
    let wanted = format!("Subject: {number} in ");
    let is_it = |file: &PathBuf| String::from_utf8_lossy(&fs::read(file).unwrap()).contains(&wanted);
    local::messages(folder).into_iter().find(is_it).unwrap()
}

fn takes_over(separator: char) {
    let world = synchronised(separator);
    let (before, there, own) = (files(&world), status(&world), caches(&world));
    assert!(before.len() >= 60 && own.len() >= 12, "{} {:?}", before.len(), own.keys());
    let run = world.sync();
    run.ends_with(0).says("took over 6 folders from OfflineIMAP").says("nothing new");
    assert!(!run.text.contains("plain"), "{}", run.text);
    assert_eq!(files(&world), before, "no file was touched");
    assert_eq!(status(&world), there, "nothing changed on the server");
    assert_eq!(caches(&world), own, "the caches are as they were");
    world.same(&[]);
    let run = world.sync();
    run.ends_with(0).says("nothing new");
    assert!(!run.text.contains("took over"), "{}", run.text);
}

#[test]
fn from_its_databases() {
    takes_over('.');
}

#[test]
fn from_its_databases_where_both_sides_rename_folders() {
    let mut world = World::new();
    world.remote += "ssl = yes\nnametrans = lambda folder: re.sub('^Archive', 'Old', folder)\n\
        folderfilter = lambda folder: not folder.startswith('Say')\n";
    world.local = "nametrans = lambda folder: re.sub('^Old', 'Archive', folder)\n".to_owned();
    world.fill(7, 10);
    offlineimap(&world);
    let (before, there, own) = (files(&world), status(&world), caches(&world));
    assert!(before.len() == 60 && world.maildir().join("Old.2023").is_dir(), "{}", before.len());
    world.sync().ends_with(0).says("took over 6 folders from OfflineIMAP").says("nothing new");
    assert_eq!(files(&world), before, "no file was touched");
    assert_eq!(status(&world), there, "nothing changed on the server");
    // New mail carries the digest that OfflineIMAP goes by, which then finds nothing to do.
    world.client(&["append", "Archive/2023", "news"]);
    world.sync().ends_with(0).says("Old/2023: 1 downloaded");
    let (there, now) = (status(&world), files(&world));
    assert_eq!(caches(&world), own);
    offlineimap(&world);
    assert_eq!((status(&world), files(&world)), (there, now));
}

#[test]
fn from_its_databases_with_nested_directories() {
    takes_over('/');
}

/// Later versions of OfflineIMAP write no plain caches any more: these say what its database says.
fn as_plain(world: &World, format: u8) {
    let account = world.metadata().join("Account-Test");
    fs::create_dir_all(account.join("LocalStatus")).unwrap();
    for entry in fs::read_dir(account.join("LocalStatus-sqlite")).unwrap() {
        let path = entry.unwrap().path();
        let connection = rusqlite::Connection::open(&path).unwrap();
        let mut statement = connection.prepare("SELECT id, flags FROM status ORDER BY id").unwrap();
        let line = |row: &rusqlite::Row<'_>| {
            let (id, flags): (i64, String) = (row.get(0)?, row.get(1)?);
            Ok(if format == 1 { format!("{id}:{flags}\n") } else { format!("{id}|{flags}|0|\n") })
        };
        let lines: Vec<String> = statement.query_map([], line).unwrap().map(Result::unwrap).collect();
        let magic = format!("OFFLINEIMAP LocalStatus CACHE DATA - DO NOT MODIFY - FORMAT {format}\n");
        fs::write(account.join("LocalStatus").join(path.file_name().unwrap()), magic + &lines.concat()).unwrap();
    }
    fs::remove_dir_all(account.join("LocalStatus-sqlite")).unwrap();
}

#[test]
fn from_its_plain_caches_of_both_formats() {
    for format in [1, 2] {
        let mut world = synchronised('.');
        as_plain(&world, format);
        world.account = "status_backend = plain\n".into();
        let (before, own) = (files(&world), caches(&world));
        let run = world.sync();
        run.ends_with(0).says("took over 6 folders").says("plain text caches were converted").says("nothing new");
        assert_eq!(files(&world), before);
        assert_eq!(caches(&world), own);
        world.sync().ends_with(0).says("nothing new");
    }
}

#[test]
fn what_changed_since_is_carried_over_both_ways() {
    let world = synchronised('.');
    let (inbox, archive) = (world.maildir().join("INBOX"), world.maildir().join("Archive"));
    fs::remove_file(find(&inbox, 3)).unwrap();
    local::flag(&find(&archive, 4), "FS");
    local::deliver(&inbox, "mine", "S");
    let (code, said) = world.python("delete.py", &["Archive", "6"]);
    assert_eq!(code, Some(0), "{said}");
    world.sync().ends_with(0).says("1 uploaded, 1 deleted here, 1 deleted on the server, 1 flagged on the server");
    world.same(&[]);
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_damaged_cache_is_passed_over_and_costs_nothing() {
    let world = synchronised('.');
    let cache = world.metadata().join("Account-Test/LocalStatus-sqlite/INBOX");
    fs::write(&cache, "damaged").unwrap();
    let before = files(&world);
    world.sync().ends_with(0).says("OfflineIMAP's cache is passed over").says("took over 5 folders").in_one_sentence();
    assert_eq!(files(&world), before);
    assert_eq!(fs::read(&cache).unwrap(), b"damaged");
    world.same(&[]);
}

#[test]
fn offlineimap_can_go_on_where_it_stopped() {
    let world = synchronised('.');
    world.sync().ends_with(0);
    local::deliver(&world.maildir().join("INBOX"), "mine", "S");
    fs::remove_file(find(&world.maildir().join("Archive"), 4)).unwrap();
    world.sync().ends_with(0);
    let before = files(&world).len();
    offlineimap(&world);
    assert_eq!(files(&world).len(), before, "nothing came twice, and nothing came back");
    world.same(&[]);
    world.sync().ends_with(0).says("nothing new");
}
