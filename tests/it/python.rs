//! Files with Python in them, as people have had them for years, and the folders that come of them on both sides.

use std::fs;

use crate::local::{self, deliver};
use crate::names::{here, made_there, named};
use crate::world::{Run, World};

#[test]
fn a_prefix_is_taken_off_here_and_put_on_there() {
    let mut world = World::new();
    made_there(&world, &["INBOX/Lists", "INBOX/Lists/a"]);
    world.remote += "nametrans = lambda folder: re.sub('^INBOX/', '', folder)\n";
    world.local = "nametrans = lambda folder: 'INBOX.' + folder if folder != 'INBOX' else folder\n".to_owned();
    deliver(&world.maildir().join("Mine"), "mine", "S");
    world.sync().ends_with(0).says("1 uploaded");
    assert_eq!(here(&world), named(&["INBOX", "Lists", "Lists.a", "Mine"]));
    assert!(world.status().contains("\"INBOX/Mine\" (MESSAGES 1 "), "{}", world.status());
    world.sync().ends_with(0).says("nothing new");
}

#[test]
fn a_filter_over_several_lines_leaves_folders_out() {
    let mut world = World::new();
    made_there(&world, &["Trash", "Del", "Work", "MyLabel-a"]);
    world.remote += "folderfilter = lambda folder: folder not in ['Trash',\n    'Del'] and \\\n    not folder.startswith('MyLabel')\nfolderincludes = ['MyLabel-a']\n";
    world.sync().ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "Work", "MyLabel-a"]));
    // What is left out there is not made there from here.
    deliver(&world.maildir().join("Del"), "mine", "S");
    let before = world.status();
    world.sync().ends_with(0);
    assert_eq!(world.status(), before);
}

#[test]
fn the_file_of_python_is_at_hand_and_gives_the_password() {
    let mut world = World::new();
    made_there(&world, &["b", "a", "c"]);
    let file = world.dovecot.dir.join("helpers.py");
    let password = crate::dovecot::PASSWORD;
    fs::write(
        &file,
        format!(
            "import os\nprint('this disturbs nobody')\norder = ['c', 'a', 'INBOX', 'b']\n\
             def first(a, b):\n    return cmp(order.index(a), order.index(b))\n\
             def get_pass(host):\n    return b'{password}'\n"
        ),
    )
    .unwrap();
    world.remote = world.remote.replace(&format!("remotepass = {password}"), "remotepasseval = get_pass('mail')");
    world.remote += "foldersort = first\nmaxconnections = 1\n";
    let general = format!("[general]\npythonfile = {}\n", file.display());
    let config = world.config().replace("maxconnections = 4\n", "").replacen("[general]\n", &general, 1);
    let run = world.sync_with(&config);
    run.ends_with(0);
    assert!(!run.text.contains("disturbs"), "{}", run.text);
    let place = |folder: &str| run.text.find(&format!("Test: {folder}: 1 downloaded")).unwrap();
    assert!(place("c") < place("a") && place("a") < place("b"), "{}", run.text);
}

#[test]
fn what_is_wrong_with_it_is_told_with_its_name() {
    let mut world = World::new();
    made_there(&world, &["Work", "odd"]);
    let plain = world.remote.clone();
    // A slip is the account's fault, and nothing is done.
    for (line, words) in [
        ("nametrans = lambda f: f +", "nametrans"),
        ("folderfilter = 'INBOX'", "expected a function"),
        ("foldersort = nobody", "nobody"),
    ] {
        world.remote = format!("{plain}{line}\n");
        let run = world.sync();
        assert!(run.code == Some(1) || run.code == Some(2), "{line}: {}", run.text);
        run.in_one_sentence().says(words);
        assert!(!world.maildir().join("Work").exists(), "{line}");
    }
    // What is wrong with one name is that folder's, and none is made there as long as it has no name.
    world.remote = format!("{plain}nametrans = lambda f: {{'odd': None}}.get(f, f)\n");
    let mine = deliver(&world.maildir().join("Mine"), "mine", "S");
    world.sync().ends_with(1).in_one_sentence().says("nametrans").says("odd");
    assert_eq!(here(&world), named(&["INBOX", "Work", "Mine"]));
    assert!(mine.exists() && !world.status().contains("Mine"), "{}", world.status());
}

#[test]
fn a_dry_run_asks_python_as_well() {
    let mut world = World::new();
    made_there(&world, &["Work"]);
    world.remote += "nametrans = lambda f: f.lower() if f != 'INBOX' else f\n";
    let mut program = world.program(&world.config());
    let run = crate::world::Run::from(&program.arg("--dry-run").output().unwrap());
    run.ends_with(0).says("work");
    assert!(!world.maildir().exists());
    world.sync().ends_with(0);
    assert_eq!(local::messages(&world.maildir().join("work")).len(), 1);
}

#[test]
fn one_interpreter_answers_while_the_file_is_read_and_afterwards() {
    let mut world = World::new();
    made_there(&world, &["Work"]);
    let dir = world.dovecot.dir.display().to_string();
    let file = format!("{dir}/helpers.py");
    let text = format!("open('{dir}/started', 'a').write('x')\ndef host():\n    return 'local' + 'host'\n");
    fs::write(&file, text).unwrap();
    world.remote = world.remote.replace("remotehost = localhost", "remotehosteval = host()");
    world.remote += "nametrans = lambda folder: folder.upper()\n";
    let config = world.config().replacen("[general]\n", &format!("[general]\npythonfile = {file}\n"), 1);
    world.sync_with(&config).ends_with(0);
    assert_eq!(here(&world), named(&["INBOX", "WORK"]));
    assert_eq!(fs::read_to_string(format!("{dir}/started")).unwrap(), "x");
}

#[test]
fn unread_mail_in_the_inbox_rings_the_bell_once() {
    let mut world = World::new();
    let bell = world.dovecot.dir.join("bell");
    let line = format!("newmail_hook = lambda: open('{}', 'a').write('ding ')\n", bell.display());
    world.remote += &line;
    let rung = || fs::read_to_string(&bell).unwrap_or_default();
    world.client(&["append", "INBOX", "one"]);
    world.client(&["append", "INBOX", "two"]);
    // A dry run only says what there is.
    crate::world::Run::from(&world.program(&world.config()).arg("--dry-run").output().unwrap()).ends_with(0);
    assert_eq!(rung(), "");
    world.sync().ends_with(0);
    assert_eq!(rung(), "ding ");
    // Nothing new; mail of another folder; mail that somebody has read elsewhere; mail of our own.
    world.sync().ends_with(0).says("nothing new");
    made_there(&world, &["Work"]);
    world.client(&["append", "INBOX", "three"]);
    world.client(&["flag", "INBOX", "3", "+", "\\Seen"]);
    deliver(&world.maildir().join("INBOX"), "mine", "");
    world.sync().ends_with(0).says("2 downloaded, 1 uploaded");
    assert_eq!(rung(), "ding ");
    world.client(&["append", "INBOX", "five"]);
    world.sync().ends_with(0);
    assert_eq!(rung(), "ding ding ");
    // What is wrong with it is told, and stops no mail.
    world.remote = world.remote.replace("lambda: open", "lambda: opne");
    world.client(&["append", "INBOX", "six"]);
    world
        .sync()
        .ends_with(1)
        .in_one_sentence()
        .says("[Repository There] newmail_hook")
        .says("opne")
        .says("1 downloaded");
    world.same(&[]);
}

#[test]
fn a_check_of_the_file_finds_what_is_no_function() {
    let mut world = World::new();
    let check = |world: &World| Run::from(&world.program(&world.config()).arg("--check-config").output().unwrap());
    world.remote += "nametrans = lambda f: f\nfoldersort = lambda a, b: cmp(a, b)\nnewmail_hook = lambda: 1/0\n";
    check(&world).ends_with(0);
    world.remote += "folderfilter = lambda f: (\n";
    world.local = "nametrans = nobody\nfoldersort = 5 + 5\n".to_owned();
    let run = check(&world);
    run.ends_with(2).in_one_sentence().says("folderfilter: SyntaxError").says("nametrans: NameError: name 'nobody'");
    run.says("foldersort");
    assert!(!world.maildir().exists(), "nothing else is done");
}
