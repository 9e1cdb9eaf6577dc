//! Times of files: those that stand in messages, and those of the last access.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::local;
use crate::world::World;

/// 1997-11-21 15:55:06 UTC.
const WRITTEN: i64 = 880_127_706;
/// Long before this test, and long after what was written.
const RECENT: i64 = 1_600_000_000;

/// The time of a message's file, and the one that its name begins with.
fn times(folder: &Path, subject: &str) -> (i64, i64) {
    let mark = format!("Subject: {subject}\n");
    let files = local::messages(folder);
    let file = files.iter().find(|file| fs::read_to_string(file).unwrap().contains(&mark)).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    (fs::metadata(file).unwrap().mtime(), name.split('_').next().unwrap().parse().unwrap())
}

#[test]
fn files_and_their_names_have_the_dates_that_stand_in_messages() {
    let mut world = World::new();
    let inbox = world.maildir().join("INBOX");
    for (subject, date) in [
        ("good", "Date: Fri, 21 Nov 1997 09:55:06 -0600\n"),
        ("delivered", "Delivery-Date: Fri, 21 Nov 1997 09:55:06 -0600\n"),
        ("absent", ""),
        ("absurd", "Date: Fri, 21 Nov 9999 09:55:06 -0600\n"),
        ("early", "Date: Fri, 21 Nov 1969 09:55:06 -0600\n"),
    ] {
        let text = format!("From: a@example.org\n{date}Subject: {subject}\n\ntext\n");
        local::write(&inbox, subject, "S", text.as_bytes());
    }
    world.sync().ends_with(0).says("5 uploaded");
    for (options, mtime, named) in [
        ("", false, false),
        ("utime_from_header = yes\n", true, false),
        ("filename_use_mail_timestamp = yes\n", false, true),
        ("utime_from_header = yes\nfilename_use_mail_timestamp = yes\n", true, true),
    ] {
        fs::remove_dir_all(world.metadata()).unwrap();
        fs::remove_dir_all(world.maildir()).unwrap();
        options.clone_into(&mut world.local);
        world.sync().ends_with(0).says("5 downloaded");
        let is_it = |(file, name): (i64, i64)| (file == WRITTEN, name == WRITTEN);
        assert_eq!(is_it(times(&inbox, "good")), (mtime, named), "{options}");
        assert_eq!(is_it(times(&inbox, "delivered")), (false, named), "{options}");
        for subject in ["absent", "absurd", "early"] {
            let (file, name) = times(&inbox, subject);
            assert!(file > RECENT && name > RECENT, "{subject} {options}: {file} {name}");
            assert!(file < 3 * RECENT && name < 3 * RECENT, "{subject} {options}: {file} {name}");
        }
        assert!(!world.sync().ends_with(0).text.contains("loaded"), "{options}");
    }
    world.same(&[]);
}

/// Sets the time of the last access far back.
fn age(path: &Path) {
    let long_ago = UNIX_EPOCH + Duration::from_secs(1);
    File::open(path).unwrap().set_times(FileTimes::new().set_accessed(long_ago)).unwrap();
}

fn atime(path: &Path) -> i64 {
    fs::metadata(path).unwrap().atime()
}

#[test]
fn what_is_read_keeps_the_time_of_its_last_access_where_that_is_wished() {
    let mut world = World::new();
    let inbox = world.maildir().join("INBOX");
    let mut traces = Vec::new();
    for (options, name) in [("", "one"), ("restoreatime = yes\n", "two")] {
        options.clone_into(&mut world.local);
        let file = local::deliver(&inbox, name, "S");
        let places = [inbox.join("cur"), inbox.join("new"), file.clone()];
        for place in &places {
            age(place);
        }
        world.sync().ends_with(0).says("1 uploaded");
        // Before this test looks into them itself.
        let [cur, new] = ["cur", "new"].map(|part| atime(&inbox.join(part)));
        let file = local::messages(&inbox).into_iter().find(|file| file.to_str().unwrap().contains(name)).unwrap();
        traces.push([cur, new, atime(&file)].map(|time| time != 1));
    }
    // Some systems never note an access (noatime).
    if traces[0] != [false; 3] {
        assert_eq!(traces, [[true; 3], [false; 3]]);
    }
}
