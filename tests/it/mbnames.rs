//! The list of all folders for mail readers, of two accounts.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use crate::names::made_there;
use crate::world::{Run, World};

/// Two accounts of two people on one server, Test and Alpha.
struct Two {
    world: World,
    other: World,
    /// Lines of the section `[mbnames]` besides the file.
    list: String,
    accounts: &'static str,
}

impl Two {
    fn new(list: &str) -> Self {
        let world = World::new();
        let mut other = World::on(crate::dovecot::Dovecot::start());
        other.user = String::from("you");
        for world in [&world, &other] {
            made_there(world, &["Work", "Work/old", "\"With space\""]);
        }
        Self { world, other, list: list.to_owned(), accounts: "Test, Alpha" }
    }

    fn file(&self) -> PathBuf {
        self.world.dovecot.dir.join("list")
    }

    fn state(&self) -> PathBuf {
        self.world.metadata().join("mbnames")
    }

    fn config(&self) -> String {
        let first = self.world.config().replace("accounts = Test", &format!("accounts = {}", self.accounts));
        let other = self.other.config().replace("Test", "Alpha").replace("Here", "Here2").replace("There", "There2");
        let other = other.split_once("\n\n").unwrap().1;
        format!("{first}\n{other}\n[mbnames]\nenabled = yes\nfilename = {}\n{}", self.file().display(), self.list)
    }

    fn program(&self) -> Command {
        self.world.program(&self.config())
    }

    fn sync(&self) -> Run {
        Run::from(&self.program().output().unwrap())
    }

    fn list(&self) -> String {
        fs::read_to_string(self.file()).unwrap_or_else(|_| "nothing".to_owned())
    }

    fn prune(&self, arguments: &[&str]) -> Run {
        Run::from(&self.program().arg("--mbnames-prune").args(arguments).output().unwrap())
    }

    /// Lets the other account's password be wrong.
    fn lock_out(&mut self) {
        self.other.remote = self.other.remote.replace("remotepass = ", "remotepass = not-");
    }
}

/// Folder names alone, one account after the other.
const PLAIN: &str = "header = ''\nperitem = %(accountname)s:%(foldername)s\nsep = ' '\nfooter = ''\n";
const OF_TEST: &str = "Test:INBOX Test:With space Test:Work Test:Work.old";
const OF_ALPHA: &str = "Alpha:INBOX Alpha:With space Alpha:Work Alpha:Work.old";

#[test]
fn it_is_what_offlineimap_writes() {
    for list in [
        "header = \"mailboxes \"\nperitem = \"+%(accountname)s/%(foldername)s\"\nsep = \" \"\nfooter = \"\\n\"\n",
        "header = ''\nperitem = %(localfolders)s/%(foldername)s 100%%\nsep = '\\n'\nfooter = '#' * 3 + chr(10)\n",
        "header = ''\nperitem = %(accountname)s:%(foldername)s\nsep = chr(10)\nfooter = ''\n\
         folderfilter = lambda account, folder: account == 'Test' or re.search('k$', folder)\n\
         sort_keyfunc = lambda d: (d['foldername'][::-1], d['accountname'])\n",
    ] {
        let mut two = Two::new(list);
        for world in [&mut two.world, &mut two.other] {
            world.remote +=
                "ssl = yes\nnametrans = lambda folder: re.sub('^Work/', 'W/', folder)\ncreatefolders = no\n";
        }
        let config = two.world.file(&two.config());
        let out = Command::new("offlineimap").args(["-o", "-u", "basic", "-c"]).arg(config).output().unwrap();
        let theirs = two.list();
        let said = String::from_utf8_lossy(&out.stdout);
        assert!(out.status.success() && theirs != "nothing", "{said}{}", String::from_utf8_lossy(&out.stderr));
        fs::remove_file(two.file()).unwrap();
        // Their own state is as good as ours: one account is enough to have both in the list again.
        Run::from(&two.program().args(["-a", "Test"]).output().unwrap()).ends_with(0);
        assert_eq!(two.list(), theirs, "{list}");
        fs::remove_dir_all(two.state()).unwrap();
        fs::remove_file(two.file()).unwrap();
        two.sync().ends_with(0).says("wrote the list of");
        assert_eq!(two.list(), theirs, "{list}");
    }
}

#[test]
fn it_is_written_only_when_something_has_changed_and_through_links() {
    let two = Two::new(PLAIN);
    let real = two.world.dovecot.dir.join("real");
    symlink("real", two.file()).unwrap();
    two.sync().ends_with(0).says("wrote the list of 8 folders");
    assert_eq!(two.list(), format!("{OF_ALPHA} {OF_TEST}"));
    let state = || {
        let about = fs::metadata(&real).unwrap();
        (about.ino(), about.mtime(), about.mtime_nsec())
    };
    let before = state();
    let run = two.sync();
    assert!(!run.ends_with(0).text.contains("wrote the list"), "{}", run.text);
    assert_eq!(state(), before);
    made_there(&two.world, &["More"]);
    two.sync().ends_with(0).says("wrote the list of 9 folders");
    assert!(two.list().contains("Test:More") && fs::symlink_metadata(two.file()).unwrap().is_symlink());
    two.world.client(&["remove", "More"]);
    fs::remove_dir_all(two.world.maildir().join("More")).unwrap();
    two.sync().ends_with(0);
    assert_eq!(two.list(), format!("{OF_ALPHA} {OF_TEST}"));
}

#[test]
fn who_can_not_be_reached_stays_in_it() {
    let mut two = Two::new(PLAIN);
    two.lock_out();
    fs::write(two.file(), "what was there").unwrap();
    let run = Run::from(&two.program().args(["-a", "Alpha"]).output().unwrap());
    run.ends_with(3);
    assert_eq!(two.list(), "what was there");
    two.sync().ends_with(3);
    assert_eq!(two.list(), OF_TEST);
    two.other.remote = two.other.remote.replace("remotepass = not-", "remotepass = ");
    two.sync().ends_with(0);
    two.lock_out();
    made_there(&two.world, &["More"]);
    two.sync().ends_with(3);
    assert_eq!(two.list(), format!("{OF_ALPHA} {}", OF_TEST.replace("Test:With", "Test:More Test:With")));
}

#[test]
fn a_dry_run_and_a_run_for_some_folders_leave_it_alone() {
    let two = Two::new(PLAIN);
    Run::from(&two.program().arg("--dry-run").output().unwrap()).ends_with(0);
    assert!(!two.file().exists() && !two.state().exists());
    Run::from(&two.program().args(["-f", "INBOX"]).output().unwrap()).ends_with(0);
    assert_eq!(two.list(), "nothing");
    two.sync().ends_with(0);
    Run::from(&two.program().args(["-f", "INBOX"]).output().unwrap()).ends_with(0);
    assert_eq!(two.list(), format!("{OF_ALPHA} {OF_TEST}"));
}

#[test]
fn after_each_account_or_at_the_end() {
    for incremental in ["yes", "no"] {
        let mut two = Two::new(&format!("{PLAIN}incremental = {incremental}\n"));
        let (list, seen) = (two.file().display().to_string(), two.world.dovecot.dir.join("seen"));
        // The second account waits for the list of the first one, for as long as there is hope.
        let wait = if incremental == "yes" { 600 } else { 1 };
        two.other.account = format!(
            "presynchook = for i in $(seq {wait}); do test -e {list} && break; sleep 0.1; done; cp {list} {} || true\n",
            seen.display()
        );
        two.sync().ends_with(0);
        let expected = if incremental == "yes" { OF_TEST } else { "nothing" };
        assert_eq!(fs::read_to_string(&seen).unwrap_or("nothing".into()), expected);
        assert_eq!(two.list(), format!("{OF_ALPHA} {OF_TEST}"));
    }
}

#[test]
fn what_goes_wrong_with_it_is_told_and_stops_no_mail() {
    let mut two = Two::new(PLAIN);
    two.sync().ends_with(0);
    let all = two.list();
    for (lines, words) in [
        ("folderfilter = lambda account, folder: folder + 1\n", "[mbnames] folderfilter for Alpha, INBOX"),
        ("folderfilter = nobody\n", "[mbnames] folderfilter: NameError"),
        ("sort_keyfunc = lambda d: d['nothing']\n", "[mbnames] sort_keyfunc: KeyError"),
    ] {
        two.list = format!("{PLAIN}{lines}");
        two.world.client(&["append", "INBOX", "news"]);
        two.sync().ends_with(1).in_one_sentence().says(words).says("1 downloaded");
        assert_eq!(two.list(), all);
    }
    two.list = PLAIN.replace("header = ''", "header = 'more '");
    let config = two.config().replace(&two.file().display().to_string(), "/nowhere/at/all");
    let run = two.world.sync_with(&config);
    run.ends_with(1)
        .in_one_sentence()
        .says("writing the list of folders /nowhere/at/all: No such file")
        .says("check filename");
    fs::write(two.state().join("Test.json"), "nonsense").unwrap();
    let run = Run::from(&two.program().args(["-a", "Alpha"]).output().unwrap());
    run.ends_with(1).in_one_sentence().says("Test.json").says("remove it");
    // Its own run makes it good.
    two.sync().ends_with(0);
    assert_eq!(two.list(), format!("more {all}"));
}

#[test]
fn what_is_gone_from_the_configuration_goes_when_it_is_told_to() {
    let mut two = Two::new(PLAIN);
    two.prune(&[]).ends_with(0).says("nothing to forget");
    assert!(!two.state().exists());
    two.sync().ends_with(0);
    two.prune(&[]).ends_with(0).says("nothing to forget");
    two.prune(&["-a", "Test"]).ends_with(0).says("nothing to forget");
    two.accounts = "Test";
    two.sync().ends_with(0);
    assert_eq!(two.list(), format!("{OF_ALPHA} {OF_TEST}"));
    two.prune(&["--dry-run"]).ends_with(0).says("all folders of the account Alpha would be forgotten");
    assert_eq!(two.list(), format!("{OF_ALPHA} {OF_TEST}"));
    let run = two.prune(&[]);
    run.ends_with(0).says("all folders of the account Alpha are forgotten").says("wrote the list of 4 folders");
    assert_eq!(two.list(), OF_TEST);
    assert!(!two.state().join("Alpha.json").exists() && two.world.maildir().exists());
    // The account has another repository now, with another directory.
    let moved = two.config().replace("Mail-me\n", "Mail-moved\n");
    let run = Run::from(&two.world.program(&moved).arg("--mbnames-prune").output().unwrap());
    run.ends_with(0).says("all folders of the account Test are forgotten").says("0 folders");
    assert_eq!(two.list(), "");
    // Where no list is wanted any more, nothing is remembered; the file is the user's.
    two.sync().ends_with(0);
    let off = two.config().replace("enabled = yes", "enabled = no");
    Run::from(&two.world.program(&off).arg("--mbnames-prune").output().unwrap()).ends_with(0).says("account Test are");
    assert_eq!((two.list().as_str(), fs::read_dir(two.state()).unwrap().count()), (OF_TEST, 0));
}
