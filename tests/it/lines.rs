//! The interfaces that people read line by line.

use std::num::NonZero;

use chrono::{Local, NaiveDateTime, TimeDelta};

use crate::terminal::Terminal;
use crate::world::{Run, World};

#[test]
fn lines_begin_with_their_time_where_that_is_wished() {
    let world = World::new();
    world.fill(1, 2);
    let config = world.config() + "\n[ui.Noninteractive.Basic]\ntimestamps = yes\n";
    let run = world.sync_with(&config);
    run.ends_with(0).says("Test: INBOX: 2 downloaded");
    let now = Local::now().naive_local();
    for line in run.text.lines() {
        let time = line.get(..19).and_then(|time| NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S").ok());
        let age = now - time.unwrap_or_else(|| panic!("no time in {line}"));
        assert!((TimeDelta::zero()..TimeDelta::minutes(2)).contains(&age), "{line}");
    }
}

/// What a run with a bar leaves on a terminal: all that was written, and what stands there in the end.
fn on_a_terminal(world: &World, kind: &str) -> (String, String) {
    let mut terminal = Terminal::open(72, 40);
    terminal.press(&format!("export TERM={kind}\n"));
    terminal.start(&format!("-c {} -o -u ttyui", world.file(&world.config()).display()));
    terminal.ends_with(0);
    let shown = String::from_utf8_lossy(&terminal.shown).into_owned();
    // The shell clears the screen afterwards.
    let size = |cells| NonZero::new(cells).unwrap();
    let mut parser = vt100::Parser::new(size(40), size(72), 0);
    parser.process(shown.rsplit_once("\x1b[H").map_or(&*shown, |parts| parts.0).as_bytes());
    (shown, parser.screen().contents())
}

#[test]
fn on_a_terminal_the_last_line_says_how_far_it_is_and_is_gone_in_the_end() {
    let world = World::new();
    world.fill(2, 200);
    let (shown, screen) = on_a_terminal(&world, "xterm-256color");
    assert!(shown.contains(" of 200 messages") || shown.contains(" of 400 messages"), "{shown}");
    assert!(!screen.contains(" messages, ") && !screen.contains(" of 200"), "{screen}");
    assert!(screen.contains("Test: INBOX: 200 downloaded"), "{screen}");
}

#[test]
fn a_terminal_that_only_prints_is_told_nothing_else() {
    let world = World::new();
    world.fill(2, 200);
    let (shown, _) = on_a_terminal(&world, "dumb");
    assert!(shown.contains("Test: INBOX: 200 downloaded") && !shown.contains('\x1b'), "{shown:?}");
}

#[test]
fn elsewhere_there_are_only_lines() {
    let world = World::new();
    world.fill(2, 200);
    let config = world.file(&world.config());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_blinkensync"));
    let run = Run::from(&command.arg("-c").arg(config).args(["-o", "-u", "ttyui"]).output().unwrap());
    run.ends_with(0).says("Test: INBOX: 200 downloaded");
    assert!(!run.text.contains(['\r', '\x1b']), "{}", run.text);
}
