//! Terminals that know less than xterm are not shown what they don't understand, and programs in between change nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::shell::Shell;

/// What only terminals like xterm understand.
const XTERMS: [&str; 5] = ["\x1b[?1049h", "\x1b[?2004h", "\x1b[?2026h", "\x1b[?1000h", "\x1b]"];

#[test]
fn what_a_terminal_does_not_understand_is_not_sent() {
    for (term, understands) in [("xterm-256color", true), ("linux", false), ("vt100", false)] {
        let mut shell = Shell::with(&[("TERM", term)]);
        shell.scene("--hold", "first-sync");
        shell.wait_for("q quit", understands);
        shell.press("?");
        shell.wait_for("Keys and lamps", understands);
        shell.press("q");
        shell.wait_for("end-0-same", false);
        shell.assert_whole();
        for sequence in XTERMS {
            assert_eq!(shell.wrote(sequence), understands, "{sequence:?} on {term}");
        }
        assert!(!shell.text().contains("q quit"), "the picture is left behind on {term}");
    }
}

#[test]
fn only_characters_that_the_font_has_are_drawn() {
    for (variables, allowed) in [
        (&[("LC_ALL", "C")][..], ""),
        (&[("TERM", "linux"), ("LC_ALL", "C.UTF-8")], "·•■█░▒─│┌┐└┘↑↓"),
        (&[("TERM", "linux"), ("LC_ALL", "POSIX")], ""),
    ] {
        let mut shell = Shell::with(variables);
        shell.scene("--hold", "first-sync");
        shell.wait("whole picture", |screen| screen.contents().contains("q quit"));
        shell.press("?");
        shell.wait("help", |screen| screen.contents().contains("Keys and lamps"));
        let foreign: String = shell.text().chars().filter(|c| !c.is_ascii() && !allowed.contains(*c)).collect();
        assert_eq!(foreign, "", "{variables:?}");
        shell.press("q");
        shell.wait("end", |screen| screen.contents().contains("end-0-same"));
    }
}

#[test]
fn the_picture_is_whole_in_tmux_and_in_screen() {
    // screen trusts no directory that others may look into.
    let private = fs::Permissions::from_mode(0o700);
    let directory = tempfile::Builder::new().permissions(private).tempdir().unwrap();
    let tmux = format!("tmux -S {}/socket -f /dev/null new-session", directory.path().display());
    for wrapper in [tmux.as_str(), "screen -c /dev/null"] {
        let mut shell = Shell::with(&[("SCREENDIR", directory.path().to_str().unwrap())]);
        shell.scene_in(wrapper, "--hold", "first-sync");
        for (columns, lines) in [(80, 24), (40, 10), (20, 5), (120, 40)] {
            shell.resize(columns, lines);
            let lamps = |screen: &vt100::Screen| {
                let last = screen.rows(0, columns).take(usize::from(lines)).collect::<Vec<_>>().join("\n");
                last.contains('●') && (lines < 10 || last.contains("q quit"))
            };
            shell.wait(&format!("{columns}x{lines} in {wrapper}"), lamps);
        }
        shell.press("q");
        shell.wait("end", |screen| screen.contents().contains("end-0-same"));
        assert!(!shell.text().contains("rgb:"), "{wrapper}");
    }
}
