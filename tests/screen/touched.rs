//! Keys and the mouse on a real terminal: views, words that are looked for, lines that are copied, the log in a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vt100::{MouseProtocolEncoding, MouseProtocolMode, Screen};

use super::shell::Shell;

/// A scene whose last event is on the screen.
fn shown() -> Shell {
    let mut shell = Shell::start();
    shell.scene("--hold --hurry", "folders");
    shell.wait_for("17,204", true);
    shell.wait_for("Archive/2019", true);
    shell
}

fn ends(mut shell: Shell) {
    shell.press("q");
    shell.wait_for("end-0-same", false);
    shell.assert_whole();
}

fn has_mouse(screen: &Screen) -> bool {
    let sgr = screen.mouse_protocol_encoding() == MouseProtocolEncoding::Sgr;
    sgr && screen.mouse_protocol_mode() != MouseProtocolMode::None
}

#[test]
fn every_view_is_reached_by_keys_and_by_clicks() {
    let mut shell = shown();
    for (key, tab) in
        [("f", "[Folders]"), ("o", "[Overview]"), ("\t", "[Lights]"), ("\t", "[Folders]"), ("f", "[Lights]")]
    {
        shell.press(key);
        shell.wait_for(tab, true);
    }
    for tab in ["Overview", "Folders"] {
        shell.click(tab);
        shell.wait_for(&format!("[{tab}]"), true);
    }
    shell.wait_for("Lists/rust", true);
    // One click chooses a folder, another one on it shows more.
    shell.click("Lists/rust");
    shell.wait_for("▸ home    Lists/rust", true);
    shell.click("Lists/rust");
    shell.wait_for("2 messages left out", true);
    shell.press("\x1b");
    shell.wait("closed folder", |screen| !screen.contents().contains("what happened"));
    shell.click("Lights");
    shell.wait_for("[Lights]", true);
    shell.wait_for("] work", true);
    shell.click("] work");
    shell.wait_for("▸ work", true);
    shell.press("\x1b");
    shell.wait("closed list", |screen| !screen.contents().contains("▸ work"));
    // The wheel goes back in the log, and forth again.
    shell.press("\x1b[<64;40;8M");
    shell.wait_for("below, End follows", true);
    shell.press("\x1b[<65;40;8M");
    shell.wait("following log", |screen| !screen.contents().contains("follows"));
    ends(shell);
}

#[test]
fn the_mouse_is_taken_while_the_program_runs_and_left_when_a_key_says_so() {
    let mut shell = shown();
    shell.wait("mouse", has_mouse);
    for wanted in [true, false] {
        if !wanted {
            shell.press("m");
            shell.wait_for("the mouse is the terminal's", true);
            shell.wait("no mouse", |screen| !has_mouse(screen));
        }
        shell.press("\x1a");
        shell.wait_for("Stopped", false);
        shell.assert_whole();
        shell.press("clear; fg\n");
        shell.wait_for("q quit", true);
        shell.wait("mouse as before", |screen| has_mouse(screen) == wanted);
    }
    shell.press("m");
    shell.wait("mouse again", has_mouse);
    shell.press("q");
    shell.wait("normal screen", |screen| !screen.alternate_screen());
    shell.press("clear; [ \"$B\" = \"$(stty -g)\" ] && echo back-$((40+2))\n");
    shell.wait_for("back-42", false);
    shell.assert_whole();
}

/// What was handed to the terminal for its user's clipboard, as often as it was.
fn copied(shell: &Shell) -> Vec<String> {
    let shown = String::from_utf8_lossy(&shell.shown);
    let coded = shown.split("\x1b]52;c;").skip(1).filter_map(|rest| rest.split_once('\x07'));
    coded.map(|(coded, _)| String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap()).collect()
}

#[test]
fn chosen_lines_reach_the_clipboard() {
    let mut shell = shown();
    shell.press("v");
    shell.wait_for("choosing lines", true);
    shell.press("kky");
    shell.until("copied lines", |shell| copied(shell).len() == 1);
    let lines = copied(&shell).remove(0);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(lines.lines().all(|line| line.contains(": ")) && !lines.contains('\x1b'), "{lines}");
    shell.wait("end of the choice", |screen| !screen.contents().contains("choosing lines"));
    // Dragging chooses as well.
    let (_, row) = shell.place("17,204");
    shell.press(&format!("\x1b[<0;40;{row}M\x1b[<32;40;{}M\x1b[<0;40;{}m", row + 1, row + 1));
    shell.wait_for("choosing lines", true);
    shell.press("y");
    shell.until("copied lines", |shell| copied(shell).len() == 2);
    assert!(copied(&shell)[1].lines().next().is_some_and(|line| line.contains("17,204")), "{:?}", copied(&shell));
    ends(shell);
}

#[test]
fn the_log_goes_into_a_file_that_only_its_owner_can_read() {
    let place = tempfile::tempdir().unwrap();
    let mut shell = Shell::start();
    shell.press(&format!("cd {}; umask 0\n", place.path().display()));
    shell.scene("--hold --hurry", "folders");
    shell.wait_for("17,204", true);
    shell.press("w");
    shell.wait_for("the log is in blinkensync-", true);
    let files: Vec<_> = fs::read_dir(place.path()).unwrap().map(|file| file.unwrap()).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(file.path()).unwrap();
    assert!(text.contains("home: Lists/rust: ") && text.contains("17,204") && text.ends_with('\n'), "{text}");
    ends(shell);
}

#[test]
fn words_are_found_and_lines_are_left_out_of_the_log() {
    let mut shell = shown();
    shell.press("/down\r");
    shell.wait_for("looking for down", true);
    shell.wait("marked word", |screen| {
        let marked = |row| (0..80).filter(|col| screen.cell(row, *col).is_some_and(vt100::Cell::inverse)).count();
        (2..20).any(|row| marked(row) == 4)
    });
    shell.press("\x1b");
    shell.wait("end of the search", |screen| !screen.contents().contains("looking for"));
    shell.press("Faccount:work\r");
    shell.wait("only one account", |screen| {
        let log = screen.contents_between(2, 0, 15, 80);
        screen.contents().contains("only account:work") && log.contains("work") && !log.contains("home")
    });
    shell.press("\x1b");
    shell.wait("all lines", |screen| screen.contents_between(2, 0, 15, 80).contains("home"));
    ends(shell);
}
