//! The lights, as a person sees them.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::dovecot::PASSWORD;
use crate::local;
use crate::terminal::Terminal;
use crate::world::World;

fn is_message(path: &Path) -> bool {
    path.is_file() && path.to_str().unwrap().contains(",U=")
}

#[test]
fn the_demonstration_lights_up_explains_itself_and_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::open(100, 30);
    terminal.press(&format!("export TMPDIR={}\n", place.path().display()));
    terminal.start("--demo");
    terminal.shows("●");
    terminal.shows("downloaded");
    let mail = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap().path().join("mail");
    assert!(local::tree(&mail).iter().any(|path| is_message(path)));
    terminal.press("?");
    terminal.shows("Keys and lamps");
    terminal.press("\u{1b}");
    terminal.wait("closed help", |screen| !screen.contents().contains("Keys and lamps"));
    terminal.press("q");
    terminal.ends_with(0);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn the_demonstration_keeps_its_mail_where_it_is_told_to() {
    let place = tempfile::tempdir().unwrap();
    let kept = place.path().join("kept");
    let mut terminal = Terminal::open(80, 24);
    terminal.start(&format!("--demo {} -o", kept.display()));
    terminal.ends_with(0);
    let mail = local::tree(&kept.join("mail"));
    assert!(mail.iter().filter(|path| is_message(path)).count() > 100);
    // Another server begins anew, and knows nothing of what is there.
    let mut terminal = Terminal::open(80, 24);
    terminal.start(&format!("--demo {}", kept.display()));
    terminal.ends_with(2);
    assert_eq!(local::tree(&kept.join("mail")), mail);
}

#[test]
fn a_countdown_is_cut_short_by_a_key_and_held_by_another() {
    let mut world = World::new();
    world.account = "watch = no\nautorefresh = 5\n".into();
    world.fill(2, 3);
    let mut terminal = Terminal::open(100, 30);
    terminal.start(&format!("-c {} -u blinkenlights", world.file(&world.config()).display()));
    terminal.shows("6 downloaded");
    terminal.shows("[  4:");
    world.same(&["dates"]);
    world.fill(1, 1);
    terminal.press("s");
    terminal.shows("1 downloaded");
    world.same(&["dates"]);
    terminal.shows("[  4:");
    terminal.press("p");
    terminal.shows("[ paused ]");
    terminal.shows(" left");
    let left = between(&terminal, "4:5", " left");
    // The clock at the right of the first line goes on, and the countdown doesn't.
    for _ in 0..2 {
        let clock = clock(terminal.screen());
        terminal.wait("next second", |screen| self::clock(screen) != clock);
        assert_eq!(between(&terminal, "4:5", " left"), left);
    }
    terminal.press("p");
    terminal.shows("[  4:5");
    let goes_on = between(&terminal, "[  4:5", "  ]");
    assert!(goes_on <= left && left.parse::<u8>().unwrap() - goes_on.parse::<u8>().unwrap() < 2, "{left}, {goes_on}");
    terminal.press("q");
    terminal.ends_with(0);
}

/// What stands between these words.
#[track_caller]
fn between(terminal: &Terminal, before: &str, after: &str) -> String {
    let shown = terminal.screen().contents();
    let found = shown.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    found.unwrap_or_else(|| panic!("no {before} … {after} on:\n{shown}")).0.to_owned()
}

/// The time of day, as it stands at the right of the first line.
fn clock(screen: &vt100::Screen) -> String {
    screen.contents_between(0, 90, 0, 100)
}

#[test]
fn lights_are_the_character_that_the_configuration_names() {
    let mut world = World::new();
    world.account = "autorefresh = 5\n".into();
    world.fill(1, 1);
    let config = world.config() + "\n[ui.Curses.Blinkenlights]\nstatuschar = @\n";
    let file = world.file(&config).display().to_string();
    for colours in ["xterm-256color", "linux", "vt100"] {
        let mut terminal = Terminal::open(100, 30);
        terminal.press(&format!("export TERM={colours}\n"));
        terminal.start(&format!("-c {file} -u blinkenlights"));
        // The last two have no other screen to draw on.
        terminal.wait("countdown", |screen| screen.contents().contains("[  4:"));
        // The program's own lamp shines, and the account's flashes.
        terminal.wait("lamps", |screen| screen.contents().matches(" @").count() > 1);
        assert!(!terminal.screen().contents().contains(['●', '○']), "{colours}");
        terminal.press("q");
        terminal.ends_with(0);
    }
}

fn asked(world: &mut World, arguments: &str) -> Terminal {
    world.remote = world.remote.replace(&format!("remotepass = {PASSWORD}\n"), "");
    let mut terminal = Terminal::open(80, 24);
    terminal.start(&format!("-c {} -o -u blinkenlights {arguments}", world.file(&world.config()).display()));
    terminal.shows("password of me at localhost");
    terminal
}

#[test]
fn a_password_is_asked_for_and_never_shown() {
    let mut world = World::new();
    world.fill(1, 3);
    let mut terminal = asked(&mut world, "");
    terminal.press("a-wrong-word");
    terminal.shows(&format!("> {}▏", "•".repeat(12)));
    terminal.press("\r");
    terminal.shows("The server says");
    terminal.press(PASSWORD);
    terminal.shows(&format!("> {}▏", "•".repeat(PASSWORD.len())));
    terminal.press("\r");
    terminal.ends_with(0);
    world.same(&["dates"]);
    let shown = String::from_utf8_lossy(&terminal.shown);
    for word in ["a-wrong-word", PASSWORD] {
        assert!(!shown.contains(word));
    }
}

#[test]
fn a_password_can_be_pasted_and_shows_nowhere() {
    let mut world = World::new();
    world.fill(1, 3);
    let log = world.dovecot.dir.join("log");
    let mut terminal = asked(&mut world, &format!("-d ALL -l {}", log.display()));
    assert!(terminal.screen().bracketed_paste());
    // Of several lines the first is meant.
    terminal.press(&format!("\u{1b}[200~{PASSWORD}\nand more\u{1b}[201~"));
    terminal.shows(&format!("> {}▏", "•".repeat(PASSWORD.len())));
    terminal.press("\r");
    terminal.ends_with(0);
    world.same(&["dates"]);
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("synchronised"), "{log}");
    for words in [&String::from_utf8_lossy(&terminal.shown), log.as_str()] {
        assert!(!words.contains(PASSWORD) && !words.contains("and more"));
    }
}

#[test]
fn who_gives_no_password_gets_the_code_of_a_refused_login() {
    let mut world = World::new();
    let mut terminal = asked(&mut world, "");
    terminal.press("\u{1b}");
    terminal.ends_with(3);
}

#[test]
fn a_tiny_terminal_is_borne() {
    let mut terminal = Terminal::open(20, 5);
    terminal.start("--demo");
    terminal.shows("●");
    terminal.press("?");
    terminal.shows("Keys");
    // A key that follows at once would make another one of Esc.
    terminal.press("\u{1b}");
    terminal.shows("●");
    for keys in ["\u{1b}[5~", "p", "p", "s"] {
        terminal.press(keys);
    }
    terminal.resize(100, 30);
    terminal.shows("q quit");
    terminal.resize(20, 5);
    terminal.wait("lights", |screen| screen.size().1.get() == 20 && screen.contents().contains('●'));
    terminal.press("q");
    terminal.ends_with(0);
}

#[test]
fn a_request_to_stop_ends_a_synchronisation_well() {
    let world = World::new();
    world.fill(12, 50);
    let mut program = world.program(&world.config()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("to download") {
        assert!(output.read_line(&mut said).unwrap() > 0, "it ended too early:\n{said}");
    }
    assert!(Command::new("kill").arg(program.id().to_string()).status().unwrap().success());
    output.read_to_string(&mut said).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(0), "{said}");
    assert!(said.contains("stopped: "), "{said}");
    world.sync().ends_with(0);
    world.same(&["dates"]);
    let (_, said) = world.compare(&[]);
    assert!(said.contains("12 folders, 600 messages"), "{said}");
}
