//! `--info` shows servers, folders and rules, and changes nothing.

use std::fs;
use std::net::TcpListener;

use crate::dovecot::{Dovecot, PASSWORD};
use crate::local::{self, deliver};
use crate::meter::Meter;
use crate::names::made_there;
use crate::terminal::Terminal;
use crate::world::{Run, World};

/// Runs `--info` with this configuration, and fails when it changes anything on either side or in the state.
fn info_with(world: &World, config: &str, flags: &[&str]) -> Run {
    let everything = || (world.status(), local::everything(&world.maildir()), local::everything(&world.metadata()));
    let before = everything();
    let mut command = world.program(config);
    let run = Run::from(&command.arg("--info").args(flags).output().unwrap());
    let after = everything();
    assert_eq!(before.0, after.0, "the server");
    assert!(before.1 == after.1, "the Maildir");
    assert!(before.2.keys().eq(after.2.keys()), "the state: {:?}", after.2.keys());
    assert!(before.2 == after.2, "the state");
    for line in run.text.lines() {
        let longest = line.split(' ').map(|word| word.chars().count()).max();
        assert!(line.chars().count() <= 80 || longest > Some(60), "{line}");
        assert!(!line.chars().any(char::is_control), "{line}");
    }
    run
}

fn info(world: &World) -> Run {
    info_with(world, &world.config(), &[])
}

/// The words of a folder's part, with single spaces.
fn folder(run: &Run, name: &str) -> String {
    let start = format!("  folder {name}\n");
    let (_, part) = run.text.split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", run.text));
    let lines = part.lines().take_while(|line| line.starts_with("    "));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// All words, with single spaces.
fn words(run: &Run) -> String {
    run.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn has(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "no \"{words}\" in:\n{text}");
    }
}

#[test]
fn server_and_certificate_are_shown_over_tls() {
    let world = World::new();
    world.sync().ends_with(0);
    let run = info(&world);
    let capabilities = "before log-in AUTH=LOGIN AUTH=PLAIN ";
    let port = format!("host localhost, port {} user me", world.dovecot.imaps);
    has(
        &words(run.ends_with(0)),
        &[
            "Account Test server: [Repository There]",
            &port,
            "protection TLS from the first byte",
            "at most 4 connections (maxconnections)",
            "certificate of CN=localhost issued by CN=Test CA for localhost, 127.0.0.1 from 20",
            "greeting Dovecot",
            "calls itself name Dovecot",
            capabilities,
            "after log-in ",
            "UIDPLUS",
            "namespaces your own: without a prefix, separator /",
            "here: [Repository Here] Maildir /",
            "separator . folders 1 ledger:",
        ],
    );
    // The digest is the one that others come to.
    let dir = &world.dovecot.dir;
    let command = ["x509", "-noout", "-fingerprint", "-sha256", "-in"];
    let said = std::process::Command::new("openssl").args(command).arg(dir.join("cert.pem")).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let digest = said.trim().split_once('=').unwrap().1;
    assert!(words(&run).replace(": ", ":").contains(&format!("SHA-256 {digest}")), "{digest}");
    assert!(!words(&run).contains("quota") && !words(&run).contains("quirks"), "{}", run.text);
}

#[test]
fn starttls_shows_the_certificate_too_and_plain_text_shows_none() {
    let mut world = World::new();
    let tls = world.dovecot.imaps.to_string();
    world.remote = world.remote.replace(&tls, &world.dovecot.port.to_string());
    let plain = world.remote.clone();
    world.remote += "ssl = no\nstarttls = yes\n";
    has(&words(info(&world).ends_with(0)), &["protection STARTTLS, required", "certificate of CN=localhost"]);
    world.remote = plain + "ssl = no\nstarttls = no\n";
    let run = info(&world);
    has(
        &words(run.ends_with(0)),
        &["protection none", "the directory isn't there yet", "no folder has been synchronised yet"],
    );
    assert!(!run.text.contains("certificate  "), "{}", run.text);
}

#[test]
fn nothing_is_opened_on_the_server() {
    let mut world = World::new();
    world.fill(3, 3);
    world.sync().ends_with(0);
    let meter = Meter::new(world.dovecot.port, std::time::Duration::ZERO);
    world.remote = world.remote.replace(&world.dovecot.imaps.to_string(), &meter.port.to_string());
    world.remote += "ssl = no\nstarttls = no\nusecompression = no\n";
    let mut command = world.program(&world.config());
    Run::from(&command.arg("--info").output().unwrap()).ends_with(0);
    let figures = meter.take();
    let commands = figures.commands();
    let verbs: Vec<&str> = commands.iter().filter_map(|line| line.split(' ').next()).collect();
    let harmless = ["CAPABILITY", "ID", "LOGOUT", "AUTHENTICATE", "LOGIN", "ENABLE", "NAMESPACE", "LIST", "STATUS"];
    assert!(verbs.contains(&"LIST") && verbs.iter().all(|verb| harmless.contains(verb)), "{verbs:?}");
}

#[test]
fn a_quota_is_shown_where_there_is_one() {
    let quota = "mail_plugins = acl quota imap_quota\nplugin {\n  quota = count:Room\n  quota_vsizes = yes\n  \
                 quota_rule = *:storage=10M:messages=1000\n}\n";
    let world = World::on(Dovecot::start_with(quota));
    world.fill(1, 3);
    has(&words(info(&world).ends_with(0)), &["of 10 MB, 3 of 1,000 messages (Room)"]);
}

#[test]
fn each_folder_is_shown_with_its_names_its_rules_and_what_would_be_done() {
    let mut world = World::new();
    made_there(&world, &["Lists/a", "Spam", "Entw&APw-rfe", "Old.x", "Gone", "Kept"]);
    world.remote += "folderpatterns = *, !Spam\nfolderincludes = ['Kept']\n";
    world.sync().ends_with(0);
    has(
        &folder(&info(&world), "Entwürfe"),
        &[
            "on the server Entw&APw-rfe, 1 message here Entw&APw-rfe, 1 message in the ledger 1 message on both sides",
            "its names Entw&APw-rfe is Entw&APw-rfe here, and comes back as it was",
            "takes part yes: * of folderpatterns in [Repository There] next nothing: it is as it was",
        ],
    );
    world.client(&["append", "Lists/a", "news"]);
    world.client(&["flag", "Entw&APw-rfe", "1", "+", "\\Flagged"]);
    world.client(&["create", "Fresh"]);
    world.client(&["remove", "Gone"]);
    deliver(&world.maildir().join("Old.x"), "mine", "S");
    deliver(&world.maildir().join("Mine.own"), "mine", "S");
    let run = info(&world);
    run.ends_with(0);
    for (name, shown) in [
        ("INBOX", "next nothing: it is as it was"),
        ("Lists/a", "Lists/a is Lists.a here, and comes back as it was"),
        ("Lists/a", "the server had 1 message, and has 2 (1 new since)"),
        ("Lists", "only a name that others are below here no folder"),
        ("Entwürfe", "something has changed on the server"),
        ("Old.x", "but comes back as Old/x: its name holds what separates the parts of names here"),
        ("Old.x", "here Old.x, 2 messages, 1 of them new in the ledger 1 message"),
        ("Old.x", "it would be looked at: 1 message new here"),
        ("Fresh", "on the server Fresh, 0 messages here Fresh, which isn't there"),
        ("Fresh", "next it would be made here, and filled"),
        ("Gone", "on the server Gone, which isn't there here Gone, 1 message"),
        ("Gone", "it is gone on the server: it would be made again there and refilled"),
        ("Mine/own", "Mine.own is Mine/own on the server, and comes back as it was"),
        ("Mine/own", "it would be made on the server, and filled"),
        ("Spam", "takes part no: !Spam of folderpatterns in [Repository There] next nothing: it is left out"),
        ("Kept", "takes part yes: folderincludes in [Repository There] names it"),
    ] {
        has(&folder(&run, name), &[shown]);
    }
    // One place for each, and those that take part first.
    assert_eq!(run.text.matches("  folder ").count(), 10, "{}", run.text);
    assert!(run.text.find("  folder Mine/own") < run.text.find("  folder Spam"));
    let run = info_with(&world, &world.config(), &["-f", "Lists*"]);
    has(&folder(&run, "Lists/a"), &["takes part yes: * of folderpatterns in [Repository There]; -f names it"]);
    has(&folder(&run, "Kept"), &["takes part no: -f doesn't name it next nothing: it is left out"]);
    world.account = "syncfolderdeletes = yes\n".to_owned();
    has(&folder(&info(&world), "Gone"), &["would be deleted here as well (syncfolderdeletes)"]);
    world.local = "createfolders = no\n".to_owned();
    has(&folder(&info(&world), "Fresh"), &["it isn't made here (createfolders or readonly)"]);
}

#[test]
fn python_is_asked_and_what_is_wrong_with_it_is_told_in_place() {
    let mut world = World::new();
    made_there(&world, &["INBOX/Lists", "Trash"]);
    world.remote += "nametrans = lambda folder: re.sub('^INBOX/', '', folder)\n\
                     folderfilter = lambda folder: folder != 'Trash'\n";
    let run = info(&world);
    has(
        &folder(run.ends_with(0), "Lists"),
        &[
            "INBOX/Lists is Lists here, but comes back as Lists: [Repository Here] has nothing that undoes nametrans in \
             [Repository There]",
            "takes part yes: folderfilter in [Repository There] lets it pass",
        ],
    );
    has(&folder(&run, "Trash"), &["takes part no: folderfilter in [Repository There] leaves it out"]);
    world.local = "nametrans = lambda folder: 'Elsewhere.' + folder if folder != 'INBOX' else folder\n".to_owned();
    let shown = folder(&info(&world), "Lists");
    has(
        &shown,
        &["comes back as Elsewhere/Lists: nametrans in [Repository Here] doesn't undo nametrans in [Repository"],
    );
    world.local = "nametrans = lambda folder: 'INBOX.' + folder if folder != 'INBOX' else folder\n".to_owned();
    has(&folder(&info(&world), "Lists"), &["INBOX/Lists is Lists here, and comes back as it was"]);
    // One name that it can't cope with is that folder's trouble.
    world.remote = world.remote.replace("re.sub(", "1 / (folder != 'INBOX/Lists') and re.sub(");
    let run = info(&world);
    has(
        &words(run.ends_with(1).in_one_sentence()),
        &["trouble", "nametrans", "ZeroDivisionError", "folder INBOX on the server"],
    );
    // And a function that is none is the account's.
    world.remote += "foldersort = nobody\n";
    let run = info(&world);
    assert!(run.code != Some(0), "{}", run.text);
    has(&words(run.in_one_sentence()), &["after log-in", "foldersort", "nobody", "ledger:"]);
}

#[test]
fn what_fails_on_one_account_is_shown_in_place_and_the_others_go_on() {
    let world = World::new();
    world.fill(2, 2);
    world.sync().ends_with(0);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let account = |name: &str, change: &dyn Fn(String) -> String| {
        let all = world.config();
        let own = change(all[all.find("[Account Test]").unwrap()..].to_owned());
        own.replace("Account Test", &format!("Account {name}"))
            .replace("Here", &format!("Here{name}"))
            .replace("There", &format!("There{name}"))
            .replace("Mail-me", &format!("Mail-{name}"))
    };
    let port = world.dovecot.imaps.to_string();
    let down = account("Down", &|text| text.replace(&port, &closed));
    let wrong = account("Wrong", &|text| text.replace(PASSWORD, "no-such-password"));
    let strange = account("Strange", &|text| text.replace(world.dovecot.ca().to_str().unwrap(), "OS-DEFAULT"));
    let first = world.config().replace("accounts = Test", "accounts = Down, Wrong, Strange, Test");
    let config = format!("{first}\n{down}\n{wrong}\n{strange}\n");
    let run = info_with(&world, &config, &[]);
    run.ends_with(3).in_one_sentence();
    let all = words(&run);
    let of = |name: &str| {
        let rest = all.split_once(&format!("Account {name} server:")).unwrap().1;
        rest.split(" Account ").next().unwrap().to_owned()
    };
    has(&of("Down"), &["trouble connecting to localhost", "nothing listens there", "ledger:", "0 folders"]);
    has(
        &of("Wrong"),
        &["certificate of CN=localhost", "before log-in AUTH=LOGIN", "trouble logging in as me", "0 folders"],
    );
    has(&of("Strange"), &["trouble securing the connection", "certificate is refused", "0 folders"]);
    has(&of("Test"), &["after log-in", "folder Archive on the server Archive, 2 messages"]);
    assert!(!run.text.contains("no-such-password"), "{}", run.text);
    info_with(&world, &config, &["-a", "Down"]).ends_with(1);
    info_with(&world, &config, &["-a", "Test"]).ends_with(0);
}

#[test]
fn without_the_server_the_maildir_and_the_ledger_still_show() {
    let world = World::new();
    world.fill(2, 3);
    world.sync().ends_with(0);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let config = world.config().replace(&world.dovecot.imaps.to_string(), &closed);
    let run = info_with(&world, &config, &[]);
    has(
        &folder(run.ends_with(1), "Archive"),
        &[
            "on the server Archive, as it was called last; the server hasn't told here Archive, 3 messages",
            "in the ledger 3 messages on both sides",
            "next can't be told without the server",
        ],
    );
    // A Maildir that isn't mounted is no empty one.
    fs::rename(world.maildir(), world.maildir().with_extension("away")).unwrap();
    has(&words(info(&world).ends_with(1)), &["trouble opening the Maildir", "missing"]);
}

#[test]
fn a_password_is_asked_for_on_a_terminal_and_only_there() {
    let mut world = World::new();
    world.fill(1, 2);
    world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
    let run = info(&world);
    has(&words(run.ends_with(3)), &["before log-in", "trouble logging in as me", "nobody to ask"]);
    let config = world.file(&world.config());
    let mut terminal = Terminal::open(100, 60);
    let ask = "password of me at localhost:";
    for (answers, code) in [(&["wrong\n", PASSWORD, "\n"][..], 0), (&["\u{3}"], 0)] {
        terminal.start(&format!("-c {} --info", config.display()));
        terminal.wait(ask, |screen| screen.contents().trim_end().ends_with(ask));
        terminal.press(answers[0]);
        if let [_, password, enter] = answers {
            terminal.wait("refusal", |screen| {
                screen.contents().contains("The server says:") && screen.contents().trim_end().ends_with(ask)
            });
            terminal.press(password);
            terminal.press(enter);
        }
        terminal.ends_with(code);
    }
    let shown = String::from_utf8_lossy(&terminal.shown).into_owned();
    assert!(shown.contains("folder INBOX") && shown.contains("INBOX, 2 messages"), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
}
