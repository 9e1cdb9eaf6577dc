//! Somebody who uses OfflineIMAP changes over to the program by following the page about it alone, and goes back. The page's
//! own commands are what is run; OfflineIMAP itself, from Debian, makes the state that they meet.

mod home;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::local;
use crate::terminal::Terminal;
use home::Home;

const PAGE: &str = include_str!("../../assets/from-offlineimap.md");

/// What each command of the page is expected to say when nothing was synchronised by halves.
const COMMANDS: [&str; 7] = [
    "blinkensync --check-config",
    "blinkensync --info",
    "blinkensync --dry-run",
    "blinkensync",
    "blinkensync -o -u basic",
    "blinkensync -o -u basic",
    "offlineimap -o -u basic",
];

/// The commands of the page, in their order.
fn commands() -> Vec<&'static str> {
    PAGE.lines().filter_map(|line| line.strip_prefix("    ")).collect()
}

/// What has happened here and there since OfflineIMAP was last at work; it was killed in the middle of its last run.
fn things_happen(home: &Home) {
    let rust: Vec<String> = (0..40).map(|number| format!("append rust{number}")).collect();
    let rust: Vec<&str> = ["several", "Lists/rust"].into_iter().chain(rust.iter().map(String::as_str)).collect();
    home.world.client(&rust);
    let mut offlineimap = home.shell("exec offlineimap -o -u basic").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(offlineimap.stdout.take().unwrap()).lines().map(Result::unwrap);
    let copied = lines.filter(|line| line.contains("Copy message")).take(10).count();
    offlineimap.kill().unwrap();
    offlineimap.wait().unwrap();
    assert!(copied == 10 && home.here("Lists.rust").len() < 44, "{copied}");
    fs::remove_file(home.file("Lists.rust", "old2")).unwrap();
    local::deliver(&home.mail("saved"), "mine", "S");
    local::deliver(&home.mail("Work.new"), "first", "");
    fs::remove_file(home.file("INBOX", "one")).unwrap();
    local::flag(&home.file("INBOX", "two"), "FS");
    home.carry("three", "INBOX", "Work");
    let there = ["flag 5 + \\Deleted", "flag 4 + \\Answered", "append seven"];
    home.world.client(&[&["several", "INBOX"], &there[..]].concat());
    home.world.client(&["move", "INBOX", "6", "Archive"]);
}

/// Everything here and there, and what OfflineIMAP keeps.
fn all(home: &Home) -> (local::Files, local::Files, String) {
    (local::everything(&home.path("Mail")), local::everything(&home.path(".offlineimap")), home.world.status())
}

#[test]
fn each_step_of_the_page_there_and_back() {
    assert_eq!(commands(), COMMANDS, "the page has other commands, which have to be tried here");
    let home = Home::new();
    home.run("offlineimap -o -u basic").ends_with(0);
    home.same();
    things_happen(&home);
    let (before, caches) = (all(&home), home.caches());
    let checked = home.run(COMMANDS[0]);
    assert_eq!(checked.ends_with(0).text, "");
    let shown = home.run(COMMANDS[1]);
    shown.ends_with(0).says("Sent Messages is sent here, and comes back as it was").says("is taken over");
    let told = home.run(COMMANDS[2]);
    told.ends_with(0).says("took over 6 folders from OfflineIMAP").says("Lists/rust: dry run: 3");
    told.says("home: dry run: 7 folders, 3")
        .says(" to download, 2 to upload, 1 to delete here, 2 to delete on the server");
    assert!(all(&home) == before, "something was changed by a command that only shows");
    on_the_screen(&home);
    home.same();
    home.run(COMMANDS[4]).ends_with(0).says("nothing new");
    assert_eq!(home.caches(), caches, "OfflineIMAP's own files are as they were");
    goes_back(&home);
    // And here once more.
    home.carry("seven", "INBOX", "saved");
    home.run(COMMANDS[4]).ends_with(0).says("saved: moved 1 message from INBOX on the server");
    home.same();
}

/// The first synchronisation, as the page has it: with the lights, until a key ends it.
fn on_the_screen(home: &Home) {
    let mut terminal = Terminal::open(120, 40);
    home.enter(&mut terminal);
    terminal.start("");
    terminal.shows("relaxen und watchen");
    terminal.press(" ");
    terminal.shows("synchronised: 7 folders");
    terminal.press("q");
    terminal.ends_with(0);
}

/// Mail comes and goes with the program, and OfflineIMAP finds nothing to do afterwards.
fn goes_back(home: &Home) {
    // An option that OfflineIMAP has never heard of.
    let file = home.path(".offlineimaprc");
    let text = fs::read_to_string(&file).unwrap().replace("quick = 10\n", "quick = 10\nmaxdeletes = 100\n");
    fs::write(file, text).unwrap();
    local::deliver(&home.mail("INBOX"), "later", "S");
    fs::remove_file(home.file("Lists.rust", "rust7")).unwrap();
    home.carry("three", "Work", "Work.2024");
    home.world.client(&["several", "Work", "append w4", "flag 3 + \\Flagged"]);
    home.run(COMMANDS[5]).ends_with(0).says("1 downloaded").says("1 uploaded").says("1 deleted on the server");
    home.same();
    let before = (home.files(), home.world.status());
    let run = home.run(COMMANDS[6]);
    assert!(!run.ends_with(0).text.contains("Copy message"), "{}", run.text);
    assert!((home.files(), home.world.status()) == before, "OfflineIMAP has changed something");
    home.world.client(&["append", "INBOX", "eight"]);
    home.run(COMMANDS[6]).ends_with(0);
    let run = home.run(COMMANDS[4]);
    run.ends_with(0).says("nothing new");
    home.same();
}

#[test]
fn neither_works_on_what_the_other_has_in_hand() {
    let home = Home::new();
    // Each is called by a hook of the other, and so in the middle of its work.
    let file = home.path(".offlineimaprc");
    let text = fs::read_to_string(&file).unwrap();
    for (outer, inner, refusal) in [
        ("offlineimap -o -u basic", "blinkensync -o -u basic", "another run is synchronising it"),
        ("blinkensync -o -u basic", "offlineimap -o -u basic", "Could not lock account home"),
    ] {
        // OfflineIMAP gives its hooks a closed input, and so no terminal.
        let inner = format!("{inner} -c ~/inner >~/said 2>&1; echo $? >>~/said");
        fs::write(&file, text.replace("echo synchronised >>~/hooks", &inner)).unwrap();
        fs::write(home.path("inner"), &text).unwrap();
        home.run(outer).ends_with(0);
        let said = fs::read_to_string(home.path("said")).unwrap();
        assert!(said.contains(refusal) && !said.ends_with("\n0\n"), "{said}");
    }
    home.same();
}
