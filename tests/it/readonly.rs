//! A side that may only be read is not written, loses nothing, and still gives what is new there.

use std::fs;
use std::path::PathBuf;

use crate::local;
use crate::world::World;

/// Three folders of six messages, in step.
fn in_step() -> World {
    let world = World::new();
    world.fill(3, 6);
    world.sync().ends_with(0);
    world
}

fn find(world: &World, folder: &str, subject: &str) -> Option<PathBuf> {
    local::find(&world.maildir().join(folder), subject)
}

/// The line of the one message with this subject, on the server.
fn there(world: &World, folder: &str, subject: &str) -> Option<String> {
    let list = world.client(&["list", folder]);
    let mut lines = list.lines().filter(|line| line.ends_with(&format!(") {subject}")));
    let line = lines.next().map(str::to_owned);
    assert_eq!(lines.next(), None, "once");
    line
}

/// What can be done to a Maildir: something new, deleted, flagged, moved, and a new folder.
fn change_here(world: &World) {
    let (inbox, archive) = (world.maildir().join("INBOX"), world.maildir().join("Archive"));
    local::deliver(&inbox, "mine", "S");
    fs::remove_file(find(world, "INBOX", "1 in INBOX").unwrap()).unwrap();
    local::flag(&find(world, "INBOX", "2 in INBOX").unwrap(), "DFRS");
    fs::rename(find(world, "INBOX", "3 in INBOX").unwrap(), archive.join("cur/1.other.name:2,S")).unwrap();
    local::deliver(&world.maildir().join("Own"), "mine too", "S");
}

/// The same on the server, to other messages.
fn change_there(world: &World) {
    world.client(&["append", "INBOX", "yours"]);
    world.client(&["flag", "INBOX", "5", "-", "\\Seen \\Answered"]);
    world.client(&["flag", "INBOX", "5", "+", "\\Flagged \\Draft"]);
    for (program, args) in [("delete.py", ["INBOX", "6", ""]), ("relocate.py", ["INBOX", "Archive", "1"])] {
        let args: Vec<&str> = args.into_iter().filter(|word| !word.is_empty()).collect();
        let (code, said) = world.python(program, &args);
        assert_eq!(code, Some(0), "{said}");
    }
    world.client(&["create", "News"]);
    world.client(&["append", "News", "yours too"]);
}

/// Whether what was changed on the server has come.
fn has_come(world: &World) -> [bool; 5] {
    let flagged = find(world, "INBOX", "4 in INBOX").unwrap();
    let name = flagged.file_name().unwrap().to_str().unwrap().to_owned();
    let letters = name.rsplit_once(":2,").map(|(_, letters)| letters.replace('T', ""));
    [
        find(world, "INBOX", "yours").is_some(),
        letters.as_deref() == Some("DF"),
        find(world, "INBOX", "5 in INBOX").is_none(),
        find(world, "INBOX", "0 in INBOX").is_none() && find(world, "Archive", "0 in INBOX").is_some(),
        world.maildir().join("News").exists() && find(world, "News", "yours too").is_some(),
    ]
}

#[test]
fn a_server_that_is_read_only_gives_and_does_not_take() {
    let mut world = in_step();
    let open = world.remote.clone();
    world.remote += "readonly = yes\nsync_deletes = yes\n";
    change_here(&world);
    let before = world.status();
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert_eq!(world.status(), before);
    }
    assert!(find(&world, "INBOX", "mine").is_some() && find(&world, "Archive", "3 in INBOX").is_some());
    assert_eq!((find(&world, "INBOX", "1 in INBOX"), find(&world, "INBOX", "3 in INBOX")), (None, None));
    change_there(&world);
    let before = world.status();
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert_eq!(world.status(), before);
        assert_eq!(has_come(&world), [true; 5]);
    }
    world.remote = open;
    world.sync().ends_with(0).says("3 uploaded");
    let flagged = there(&world, "INBOX", "2 in INBOX").unwrap();
    for flag in ["\\Answered", "\\Draft", "\\Flagged", "\\Seen"] {
        assert!(flagged.contains(flag), "{flagged}");
    }
    for (folder, subject) in [("INBOX", "mine"), ("Archive", "3 in INBOX"), ("Own", "mine too")] {
        assert!(there(&world, folder, subject).is_some(), "{subject}");
    }
    // What was deleted here meanwhile is kept there for good.
    let (_, said) = world.compare(&["dates"]);
    assert!(said.contains("2 differences") && !said.contains("on disk"), "{said}");
    for subject in ["1 in INBOX", "3 in INBOX"] {
        assert!(there(&world, "INBOX", subject).is_some(), "{subject}");
    }
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_maildir_that_is_read_only_gives_and_does_not_take() {
    let mut world = in_step();
    world.local += "readonly = yes\nsync_deletes = yes\n";
    change_there(&world);
    let before = local::everything(&world.maildir());
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert!(before == local::everything(&world.maildir()));
    }
    change_here(&world);
    let before = local::everything(&world.maildir());
    for _ in 0..2 {
        // A file that could not be marked as sent would be sent again and again.
        world.sync().ends_with(0).says("stay here");
        assert!(before == local::everything(&world.maildir()));
    }
    let flagged = there(&world, "INBOX", "2 in INBOX").unwrap();
    assert!(flagged.contains("\\Answered \\Draft \\Flagged \\Seen"), "{flagged}");
    assert_eq!(there(&world, "INBOX", "1 in INBOX"), None);
    world.local.clear();
    world.sync().ends_with(0);
    let come = has_come(&world);
    assert!(come[0] && come[1] && come[4], "{come:?}");
    for (folder, subject) in [("INBOX", "mine"), ("Archive", "3 in INBOX"), ("Own", "mine too")] {
        assert!(there(&world, folder, subject).is_some(), "{subject}");
    }
    // What was deleted there meanwhile is kept here for good.
    let (_, said) = world.compare(&["dates"]);
    assert!(said.contains("2 differences") && !said.contains("on server"), "{said}");
    for subject in ["0 in INBOX", "5 in INBOX"] {
        assert!(find(&world, "INBOX", subject).is_some(), "{subject}");
    }
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_backup_of_a_server_keeps_what_is_deleted_there() {
    let mut world = in_step();
    world.remote += "readonly = yes\n";
    change_there(&world);
    fs::remove_file(find(&world, "INBOX", "1 in INBOX").unwrap()).unwrap();
    let before = world.status();
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert_eq!(world.status(), before);
        // New mail and other flags come; what is gone, or was moved, stays where it was.
        assert_eq!(has_come(&world), [true, true, false, false, true]);
        assert!(find(&world, "INBOX", "0 in INBOX").is_some() && find(&world, "Archive", "0 in INBOX").is_some());
        assert_eq!(find(&world, "INBOX", "1 in INBOX"), None, "what is deleted here doesn't come back");
    }
    // Not even where all is gone, and whatever is allowed.
    let (code, said) = world.python("delete.py", &["INBOX", "1:*"]);
    assert_eq!(code, Some(0), "{said}");
    let kept = local::messages(&world.maildir().join("INBOX"));
    world.sync_allowing_deletes().ends_with(0);
    assert_eq!(local::messages(&world.maildir().join("INBOX")), kept);
    // Who wants it otherwise says so; that is no reason to delete what was kept so far.
    world.remote += "sync_deletes = yes\n";
    let (code, said) = world.python("delete.py", &["Archive", "2"]);
    assert_eq!(code, Some(0), "{said}");
    world.sync().ends_with(0).says("1 deleted here");
    assert_eq!(local::messages(&world.maildir().join("INBOX")), kept);
}

#[test]
fn a_backup_on_a_server_keeps_what_is_deleted_here() {
    let mut world = in_step();
    world.local += "readonly = yes\n";
    change_here(&world);
    let before = local::everything(&world.maildir());
    for _ in 0..2 {
        world.sync().ends_with(0);
        assert!(before == local::everything(&world.maildir()));
        assert!(there(&world, "INBOX", "1 in INBOX").is_some() && there(&world, "INBOX", "3 in INBOX").is_some());
        let flagged = there(&world, "INBOX", "2 in INBOX").unwrap();
        assert!(flagged.contains("\\Answered \\Draft \\Flagged \\Seen"), "{flagged}");
    }
    world.local += "sync_deletes = yes\n";
    fs::remove_file(find(&world, "INBOX", "4 in INBOX").unwrap()).unwrap();
    world.sync().ends_with(0).says("1 deleted on the server");
    assert!(there(&world, "INBOX", "1 in INBOX").is_some());
}

const WARNING: &str = "the server lets us only read this folder";

#[test]
fn a_folder_that_the_server_lets_us_only_read_is_left_alone_there() {
    let world = in_step();
    let rules = world.dovecot.read_only(&world.user, "Archive");
    let (inbox, archive) = (world.maildir().join("INBOX"), world.maildir().join("Archive"));
    local::deliver(&archive, "mine", "S");
    fs::remove_file(find(&world, "Archive", "1 in Archive").unwrap()).unwrap();
    local::flag(&find(&world, "Archive", "2 in Archive").unwrap(), "DFRS");
    fs::rename(find(&world, "Archive", "3 in Archive").unwrap(), inbox.join("cur/1.other.name:2,S")).unwrap();
    fs::rename(find(&world, "INBOX", "3 in INBOX").unwrap(), archive.join("cur/2.other.name:2,S")).unwrap();
    local::deliver(&inbox, "mine too", "S");
    let before = world.client(&["list", "Archive"]);
    for quiet in [false, true, false] {
        let general = format!("[general]\nignore-readonly = {}\n", if quiet { "yes" } else { "no" });
        let run = world.sync_with(&world.config().replace("[general]\n", &general));
        run.ends_with(0).in_one_sentence();
        assert_eq!(run.text.matches(WARNING).count(), usize::from(!quiet), "{}", run.text);
        assert_eq!(world.client(&["list", "Archive"]), before);
        assert!(there(&world, "INBOX", "3 in Archive").is_some() && there(&world, "INBOX", "mine too").is_some());
        assert!(find(&world, "Archive", "mine").is_some() && find(&world, "Archive", "3 in INBOX").is_some());
        // What could not be moved is not deleted where it was, since nowhere else on the server has it.
        assert!(there(&world, "INBOX", "3 in INBOX").is_some());
    }
    // Somebody who may write there still does so.
    fs::remove_file(&rules).unwrap();
    world.client(&["flag", "Archive", "5", "+", "\\Draft \\Flagged \\Seen"]);
    world.dovecot.read_only(&world.user, "Archive");
    world.sync().ends_with(0).says(WARNING);
    let name = find(&world, "Archive", "4 in Archive").unwrap();
    assert!(name.to_str().unwrap().contains(":2,DF") && name.to_str().unwrap().contains('S'), "{name:?}");
    fs::remove_file(rules).unwrap();
    let run = world.sync();
    run.ends_with(0).says("1 uploaded").says("moved 1 message from INBOX on the server");
    assert!(!run.text.contains(WARNING), "{}", run.text);
    assert!(there(&world, "Archive", "mine").is_some() && there(&world, "Archive", "3 in INBOX").is_some());
    let (_, said) = world.compare(&["dates"]);
    assert!(said.contains("2 differences") && !said.contains("on disk"), "{said}");
}
