//! Terminals that say what is behind their letters, and those that don't.

use std::time::{Duration, Instant};

use blinkensync::ui::blinken::theme::{Depth, Ground, Theme, Tone};
use ratatui::style::Color;

use super::shell::Shell;

const QUESTION: &str = "\x1b]11;?\x1b\\";
const WHITE: &str = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";

/// Whether the program's name is written in the colours for this ground.
fn drawn_for(screen: &vt100::Screen, ground: Ground) -> bool {
    let Some(Color::Indexed(index)) = Theme::new(Depth::Cube).on(ground).tone(Tone::Bright).fg else { panic!() };
    let cell = screen.cell(0, 1).unwrap();
    cell.contents() == "b" && cell.fgcolor() == vt100::Color::Idx(index)
}

#[test]
fn a_terminal_that_answers_is_drawn_on_in_the_colours_for_its_ground() {
    let mut shell = Shell::start();
    shell.scene("--hold", "idle");
    shell.wait_for_bytes(QUESTION);
    assert!(!shell.wrote("q quit"));
    shell.press(WHITE);
    shell.wait_for("q quit", true);
    shell.wait("light picture", |screen| drawn_for(screen, Ground::Light));
    shell.press("q");
    shell.wait_for("end-0-same", false);
    shell.assert_whole();
}

#[test]
fn a_terminal_that_is_silent_is_dark_unless_the_environment_says_otherwise() {
    for (variable, ground) in [(("COLORFGBG", "15;0"), Ground::Dark), (("COLORFGBG", "0;15"), Ground::Light)] {
        let mut shell = Shell::with(&[variable]);
        shell.scene("--hold", "idle");
        shell.wait("picture", |screen| drawn_for(screen, ground));
        shell.press("q");
        shell.wait_for("end-0-same", false);
    }
}

#[test]
fn an_answer_that_comes_late_is_not_typed() {
    let mut shell = Shell::start();
    shell.scene("--hold --ask", "idle");
    shell.wait_for("password of anna", true);
    assert!(drawn_for(shell.screen(), Ground::Dark));
    shell.press(&format!("x{WHITE}y"));
    shell.wait("both keys and nothing else", |screen| screen.contents().contains("> ••▏"));
    shell.wait("light picture", |screen| drawn_for(screen, Ground::Light));
    shell.press("\r");
    shell.wait_for("answer of 2 characters", true);
    shell.press("q");
    shell.wait_for("end-0-same", false);
}

#[test]
fn an_answer_that_comes_last_of_all_is_not_left_to_the_shell() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let event = r#"[{"at": "2026-01-01T12:00:00Z", "lamp": 1, "kind": {"event": "stopping"}}]"#;
    std::fs::write(file.path(), event).unwrap();
    let scene = file.path().to_str().unwrap();
    // A program that has nothing more to do still waits for a second.
    let mut shell = Shell::start();
    let begun = Instant::now();
    shell.play("", "", scene);
    shell.wait_for("end-0-same", false);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // With the answer it needn't.
    let mut shell = Shell::start();
    shell.play("", "", scene);
    shell.wait_for_bytes(QUESTION);
    shell.press(WHITE);
    shell.wait_for("end-0-same", false);
    shell.press("echo typed-$((40+2))\n");
    shell.wait_for("typed-42", false);
    assert!(!shell.text().contains("rgb:"));
}
