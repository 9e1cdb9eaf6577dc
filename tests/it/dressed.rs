//! The screen in the colours and characters that the configuration asks for.

use crate::terminal::Terminal;
use crate::world::World;

/// A screen on which an account counts down, with this in the section of the lights.
fn resting(world: &World, wish: &str) -> Terminal {
    let config = world.config() + &format!("\n[ui.Curses.Blinkenlights]\n{wish}\n");
    let file = world.file(&config).display().to_string();
    let mut terminal = Terminal::open(100, 30);
    terminal
        .press("unset COLORTERM NO_COLOR COLORFGBG TMUX STY VTE_VERSION DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR\n");
    terminal.start(&format!("-c {file} -u blinkenlights"));
    terminal.shows("[  4:");
    terminal.shows("q quit");
    terminal
}

#[test]
fn the_screen_looks_as_the_configuration_says() {
    let mut world = World::new();
    world.account = "autorefresh = 5\n".into();
    world.fill(1, 1);
    let question = "\x1b]11;?";
    for (wish, written, unwritten) in [
        ("", &[question, "●", "\x1b[?1000h", "38;5;161;49m●", "─"][..], &["38;2;"][..]),
        ("theme = dark", &["38;5;255"], &[question]),
        ("theme = light", &["38;5;233"], &[question, "38;5;255"]),
        ("colours = true", &["38;2;215;38;61;49m●"], &["38;5;"]),
        ("colours = true\ncolourblind = yes", &["38;2;215;0;95"], &["38;2;215;38;61"]),
        ("colours = 16", &["38;5;1;49m●"], &["38;5;161", "38;2;"]),
        ("colours = none", &[], &["38;5;", "38;2;", question, "●"]),
        ("shapes = yes", &["38;5;161;49m*"], &["●"]),
        ("ascii = yes", &["----"], &["─", "●", "·"]),
        ("mouse = no", &["●"], &["\x1b[?1000h"]),
    ] {
        let mut terminal = resting(&world, wish);
        terminal.press("q");
        terminal.ends_with(0);
        let shown = String::from_utf8_lossy(&terminal.shown);
        let missing: Vec<_> = written.iter().filter(|part| !shown.contains(**part)).collect();
        let foreign: Vec<_> = unwritten.iter().filter(|part| shown.contains(**part)).collect();
        assert!(missing.is_empty() && foreign.is_empty(), "{wish}: {missing:?} {foreign:?}");
    }
}

#[test]
fn new_mail_is_announced_where_that_is_wished() {
    let mut world = World::new();
    world.account = "autorefresh = 5\n".into();
    world.fill(3, 4);
    for (wish, announced) in [("notify = mail, errors", true), ("notify = errors", false)] {
        let mut terminal = resting(&world, wish);
        world.fill(2, 1);
        terminal.press("s");
        terminal.shows(", 2 downloaded");
        terminal.press("q");
        terminal.ends_with(0);
        let shown = String::from_utf8_lossy(&terminal.shown);
        assert_eq!(shown.contains("\x1b]9;blinkensync: 12 new messages (Test: "), announced, "{shown}");
        assert_eq!(shown.contains("\x1b]9;blinkensync: 2 new messages (Test: "), announced, "{shown}");
        std::fs::remove_dir_all(world.maildir()).unwrap();
        std::fs::remove_dir_all(world.metadata()).unwrap();
    }
}

#[test]
fn a_terminal_that_only_prints_is_shown_lines() {
    let world = World::new();
    world.fill(1, 1);
    let file = world.file(&world.config()).display().to_string();
    for (ui, code, said) in [("", 0, "1 downloaded"), ("-u blinkenlights", 2, "needs a terminal to draw on")] {
        let mut terminal = Terminal::open(80, 24);
        terminal.press("export TERM=dumb\n");
        terminal.start(&format!("-c {file} -o {ui}"));
        terminal.ends_with(code);
        let shown = String::from_utf8_lossy(&terminal.shown);
        assert!(shown.contains(said) && !shown.contains("\x1b[?25l"), "{shown}");
    }
}
