//! The terminal in a real pseudo-terminal: taken over, suspended, resized, and given back whole.

use super::shell::{Shell, signalled};

/// From the first line to the last.
fn whole(screen: &vt100::Screen) -> bool {
    let shown = screen.contents();
    screen.alternate_screen() && ["blinkensync", "connected", "q quit"].iter().all(|part| shown.contains(part))
}

#[test]
fn the_terminal_is_whole_after_quitting() {
    let mut shell = Shell::start();
    shell.scene("--hold", "first-sync");
    shell.wait_for("Lists/rust", true);
    shell.wait_for("unavailable", true);
    shell.press("q");
    shell.wait_for("end-0-same", false);
    shell.assert_whole();
    // What went wrong can still be read afterwards, and what was brought about.
    assert!(shell.text().contains("it is tried again at the next run") && shell.text().contains("2 accounts: "));
}

#[test]
fn a_resized_picture_is_drawn_at_its_new_size() {
    let mut shell = Shell::start();
    shell.scene("--hold", "first-sync");
    shell.wait_for("Lists/rust", true);
    for (columns, lines) in [(40, 10), (1, 1), (200, 50), (20, 5), (13, 3), (100, 30)] {
        shell.resize(columns, lines);
    }
    let footer = |screen: &vt100::Screen| screen.contents_between(29, 0, 29, 100).contains("q quit");
    shell.wait("footer on the last line", footer);
    shell.press("q");
    shell.wait_for("end-0-same", false);
    shell.assert_whole();
}

#[test]
fn the_shell_has_the_terminal_while_it_is_suspended() {
    let mut shell = Shell::start();
    shell.scene("--hold", "first-sync");
    shell.wait_for("Lists/rust", true);
    shell.press("\x1a");
    // The shell goes on with its list of commands when one of them is stopped.
    shell.wait_for("end-147-same", false);
    shell.assert_whole();
    shell.press("clear; echo typed-$((40+2))\n");
    shell.wait_for("typed-42", false);
    shell.press("fg\n");
    shell.wait("whole picture", whole);
    shell.press("q");
    shell.wait("normal screen", |screen| !screen.alternate_screen());
    shell.press("clear; [ \"$B\" = \"$(stty -g)\" ] && echo back-$((40+2))\n");
    shell.wait_for("back-42", false);
    shell.assert_whole();
}

#[test]
fn a_stop_by_another_program_is_no_harm() {
    let mut shell = Shell::start();
    shell.scene("--hold", "idle");
    for signal in ["TSTP", "STOP"] {
        shell.wait("whole picture", whole);
        let program = shell.foreground();
        signalled(signal, program);
        shell.wait("word of the stop", |screen| screen.contents().contains("Stopped"));
        shell.press("clear; fg\n");
    }
    shell.wait("whole picture", whole);
    shell.press("q");
    shell.wait("normal screen", |screen| !screen.alternate_screen());
    shell.press("clear; [ \"$B\" = \"$(stty -g)\" ] && echo back-$((40+2))\n");
    shell.wait_for("back-42", false);
    shell.assert_whole();
}

#[test]
fn a_picture_that_was_spoiled_is_drawn_anew() {
    let mut shell = Shell::start();
    shell.scene("--hold", "idle");
    shell.wait_for("q quit", true);
    shell.spoil();
    shell.press("\x0c");
    shell.wait_for("q quit", true);
    shell.press("q");
    shell.wait_for("end-0-same", false);
}

#[test]
fn the_terminal_is_whole_after_a_signal() {
    let mut shell = Shell::start();
    shell.scene("--hold", "idle");
    shell.wait_for("q quit", true);
    signalled("TERM", shell.foreground());
    shell.wait_for("end-0-same", false);
    shell.assert_whole();
}

#[test]
fn the_terminal_is_whole_after_a_panic() {
    let mut shell = Shell::start();
    shell.scene("--panic", "first-sync");
    shell.wait_for("end-101-same", false);
    shell.assert_whole();
    let shown = String::from_utf8_lossy(&shell.shown);
    let (before, after) = shown.split_once("\x1b[?1049l").unwrap();
    assert!(before.contains("\x1b[?1049h"), "{before:?}");
    assert!(after.contains("asked to panic"), "{after:?}");
}

#[test]
fn a_password_is_typed_unseen_and_answered() {
    let mut shell = Shell::start();
    shell.scene("--ui ttyui --ask", "idle");
    shell.wait_for("password of anna at imap.example.org:", false);
    assert!(!shell.echoes());
    shell.press("hunter2\n");
    shell.wait_for("answer of 7 characters", false);
    shell.wait_for("end-0-same", false);
    assert!(!shell.text().contains("hunter2"));
}

#[test]
fn the_end_of_input_gives_a_password_up() {
    let mut shell = Shell::start();
    shell.scene("--ui ttyui --ask", "idle");
    shell.wait_for("password of anna at imap.example.org:", false);
    assert!(!shell.echoes());
    shell.press("\x04");
    shell.wait_for("no answer", false);
    shell.wait_for("end-0-same", false);
}

/// What comes of a lot of deletions when this is typed.
fn answered(typed: &str, outcome: &str) {
    let mut shell = Shell::start();
    shell.scene("--ui ttyui --agree", "idle");
    shell.wait_for("home: Archive: 20 of its 20 messages would be deleted here. Delete them? [y/N]", false);
    shell.press(typed);
    shell.wait_for(outcome, false);
    shell.wait_for("end-0-same", false);
}

#[test]
fn a_lot_is_deleted_when_a_person_types_yes() {
    for typed in ["y\n", "yes\n", "YES\n", " Y \n"] {
        answered(typed, "agreed");
    }
}

#[test]
fn everything_else_that_is_typed_means_no() {
    // The last one is the end of input.
    for typed in ["\n", "n\n", "no\n", "yess\n", "y y\n", "j\n", "\x04"] {
        answered(typed, "no answer");
    }
}

#[test]
fn a_password_is_unseen_after_a_stop_too() {
    let mut shell = Shell::start();
    shell.scene("--ui ttyui --ask", "idle");
    shell.wait_for("password of anna at imap.example.org:", false);
    shell.press("hun\x1a");
    shell.wait_for("Stopped", false);
    // The shell has set the terminal to its own liking.
    shell.press("clear; fg\n");
    shell.wait("question", |screen| {
        let shown = screen.contents();
        !shown.contains("Stopped") && shown.contains("password of anna at imap.example.org:")
    });
    assert!(!shell.echoes());
    shell.press("hunter2\n");
    shell.wait_for("answer of 7 characters", false);
    assert!(!String::from_utf8_lossy(&shell.shown).contains("hunter2"));
}

#[test]
fn an_interrupt_at_a_password_leaves_the_echo_on() {
    let mut shell = Shell::start();
    shell.scene("--ui ttyui --ask", "idle");
    shell.wait_for("password of anna at imap.example.org:", false);
    assert!(!shell.echoes());
    shell.press("hun\x03");
    shell.wait_for("end-0-same", false);
    assert!(!shell.text().contains("hun"));
}
