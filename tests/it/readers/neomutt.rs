//! Somebody reads mail with neomutt while it is being synchronised.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use super::{README, at_home};
use crate::terminal::Terminal;
use crate::working::Working;
use crate::world::World;

/// A block of the README in this language, for this account's home.
fn block(world: &World, language: &str, begin: &str) -> String {
    let fence = format!("```{language}\n");
    let mut blocks = README.split(fence.as_str()).skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let block = blocks.find(|block| block.starts_with(begin)).unwrap();
    block.replace("~/Mail", world.maildir().to_str().unwrap()).replace("~/.mutt", world.dovecot.dir.to_str().unwrap())
}

/// neomutt as the README has it, and as somebody has it who isn't asked much.
fn muttrc(world: &World) -> String {
    let own = "set confirmappend = no\nset delete = yes\nset sort = subject\nset wait_key = no\nset mark_old = no\n\
               set header_cache = \"\"\nset quit = yes\nset mail_check = 1\nset sleep_time = 0\nset timeout = 1\n";
    let file = world.dovecot.dir.join("muttrc");
    fs::write(&file, block(world, "muttrc", "set mbox_type") + own).unwrap();
    file.display().to_string()
}

#[test]
fn the_list_of_folders_is_read() {
    let world = World::new();
    world.fill(4, 2);
    let config = format!("{}\n{}", world.config(), block(&world, "ini", "[mbnames]"));
    world.sync_with(&config).ends_with(0).says("wrote the list of 4 folders");
    let mut terminal = Terminal::open(100, 30);
    terminal.press(&format!("export HOME={}; neomutt -n -F {} -y\n", world.dovecot.dir.display(), muttrc(&world)));
    for folder in ["INBOX", "Archive", "Archive.2023", "Archive.2023.May"] {
        terminal.wait(folder, |screen| screen.contents().contains(&format!("={folder}/")));
    }
}

/// What the reader does with one message of the INBOX after the other: the keys that neomutt is given.
fn keys(number: usize) -> String {
    let subject = format!("~s \"^{number} in INBOX$\"");
    let with = |function: &str| format!("<tag-pattern>{subject}<enter><tag-prefix>{function}<untag-pattern>~T<enter>");
    match number % 4 {
        0 => with("<flag-message>"),
        1 => with("<delete-message>"),
        2 => with("<save-message>=Archive<enter>"),
        _ => with("<clear-flag>N"),
    }
}

/// Where each message is on the server, by its subject: the folder and the system's flags, of each of its copies.
fn places(world: &World) -> BTreeMap<String, Vec<String>> {
    let mut places = BTreeMap::<_, Vec<_>>::new();
    let list = world.client(&["list", "INBOX", "Archive"]);
    for (folder, part) in ["INBOX", "Archive"].into_iter().zip(list.split("# ")) {
        for (flags, subject) in part.lines().filter_map(|line| line.split_once(" (")?.1.split_once(") ")) {
            let own = flags.split(' ').filter(|flag| flag.starts_with('\\'));
            let place = [folder].into_iter().chain(own).collect::<Vec<_>>().join(" ");
            places.entry(subject.to_owned()).or_default().push(place);
        }
    }
    places
}

#[test]
fn what_neomutt_does_while_it_is_synchronised_is_done_once() {
    let mut world = World::new();
    world.fill(2, 40);
    world.client(&["flag", "INBOX", "1:40", "-", "\\Seen \\Flagged \\Deleted \\Draft \\Answered"]);
    let list = block(&world, "ini", "[mbnames]");
    world.sync_with(&format!("{}\n{list}", world.config())).ends_with(0);
    let before = places(&world);
    world.account = "autorefresh = 0.001\nwatch = no\nmaxdeletes = 100\n".to_owned();
    let mut command = at_home(&world, env!("CARGO_BIN_EXE_blinkensync"));
    let mut working = Working::of(command.arg("-c").arg(world.file(&world.config())).args(["-u", "basic"]));
    working.says("synchronised: ");
    let mut terminal = Terminal::open(100, 30);
    terminal.press(&format!("export HOME={}\n", world.dovecot.dir.display()));
    let muttrc = muttrc(&world);
    for (round, numbers) in (0..40).collect::<Vec<_>>().chunks(4).enumerate() {
        let keys: Vec<String> = numbers.iter().map(|number| keys(*number) + "<sync-mailbox>").collect();
        let push = world.dovecot.dir.join("push");
        fs::write(&push, format!("push '{}<quit>'\n", keys.concat())).unwrap();
        terminal.press(&format!("neomutt -n -F {muttrc} -e 'source {}'; clear; echo re''ad-{round}\n", push.display()));
        terminal.wait("end of reading", |screen| screen.contents().contains(&format!("read-{round}")));
        let others = [format!("append news{round}"), format!("flag {} + \\Answered", round + 1)];
        world.client(&["several", "Archive", &others[0], &others[1]]);
    }
    let said = working.ends();
    let runs = said.iter().filter(|line| line.contains("synchronised: ")).count();
    assert!(runs > 4, "only {runs} synchronisations:\n{}", said.join("\n"));
    world.account = String::new();
    world.sync().ends_with(0);
    world.sync().ends_with(0).says("nothing new");
    world.same(&[]);
    let after = places(&world);
    for number in 0..40 {
        let wanted: &[&str] = match number % 4 {
            0 => &["INBOX \\Flagged"],
            1 => &[],
            2 => &["Archive"],
            _ => &["INBOX \\Seen"],
        };
        let now = after.get(&format!("{number} in INBOX")).cloned().unwrap_or_default();
        assert_eq!(now, wanted, "{number} in INBOX");
        let other = format!("{number} in Archive");
        let mut wanted = before[&other][0].clone();
        if number < 10 && !wanted.contains("Answered") {
            wanted.insert_str("Archive".len(), " \\Answered");
        }
        assert_eq!(after[&other], [wanted]);
    }
    assert!((0..10).all(|round| after[&format!("news{round}")] == ["Archive"]), "{after:?}");
}

#[test]
fn what_comes_while_neomutt_has_a_folder_open_is_shown_and_can_be_worked_on() {
    let mut world = World::new();
    world.fill(2, 6);
    world.client(&["flag", "INBOX", "1:6", "-", "\\Seen \\Flagged \\Deleted \\Draft \\Answered"]);
    let list = block(&world, "ini", "[mbnames]");
    world.account = "autorefresh = 600\n".to_owned();
    let mut working = Working::start(&world.file(&format!("{}\n{list}", world.config())));
    working.says("the server tells of changes in all folders");
    let mut terminal = Terminal::open(100, 30);
    terminal.press(&format!("export HOME={}; neomutt -n -F {}\n", world.dovecot.dir.display(), muttrc(&world)));
    let line = |screen: &vt100::Screen, subject: &str| {
        let text = screen.contents();
        text.lines().find(|line| line.trim_end().ends_with(subject)).unwrap_or_default().to_owned()
    };
    terminal.wait("mail", |screen| !line(screen, "5 in INBOX").is_empty());
    // Its own look is over for long enough to tell one time from another.
    working.falls_silent(Duration::from_millis(1500));
    world.client(&["several", "INBOX", "append news", "flag 1 + \\Flagged"]);
    terminal.wait("new mail", |screen| !line(screen, "news").is_empty());
    terminal.wait("a flagged message", |screen| line(screen, "0 in INBOX").contains(" N ! "));
    working.falls_silent(Duration::from_millis(1500));
    for (subject, keys, answer) in [
        ("news", "F$", "1 flagged on the server"),
        ("0 in INBOX", "N$", "1 flagged on the server"),
        ("1 in INBOX", "d$", "1 deleted on the server"),
        ("2 in INBOX", "s=Archive\n$", "1 deleted on the server"),
    ] {
        terminal.press(&format!("/~s \"^{subject}$\"\n{keys}"));
        working.says(answer);
    }
    terminal.press("q");
    terminal.wait("end of reading", |screen| !screen.alternate_screen());
    working.falls_silent(Duration::from_millis(1500));
    working.ends();
    world.same(&[]);
    let places = places(&world);
    let place = |subject: &str| places.get(subject).cloned().unwrap_or_default();
    assert_eq!(place("news"), ["INBOX \\Flagged"]);
    assert_eq!(place("0 in INBOX"), ["INBOX \\Flagged \\Seen"]);
    assert_eq!((place("1 in INBOX"), place("2 in INBOX")), (vec![], vec!["Archive".to_owned()]));
}
