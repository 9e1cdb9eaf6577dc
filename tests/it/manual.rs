//! What the program prints of itself, for man and for shells.

use std::process::{Command, Output};

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_blinkensync")).args(arguments).env("HOME", "/nonexistent").output().unwrap()
}

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let out = program(arguments);
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn manual_pages_and_completions_are_printed_without_a_configuration() {
    for (arguments, begin) in [
        (&["--man"][..], ".TH BLINKENSYNC 1"),
        (&["--man", "program"], ".TH BLINKENSYNC 1"),
        (&["--man", "configuration"], ".TH BLINKENSYNC.CONF 5"),
    ] {
        let page = printed(arguments);
        assert!(page.is_ascii() && page.lines().any(|line| line.starts_with(begin)), "{arguments:?}: {page}");
    }
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef blinkensync"), ("fish", "complete -c blinkensync")]
    {
        assert!(printed(&["--completions", shell]).contains(word), "{shell}");
    }
    for arguments in [["--man", "novel"], ["--completions", "tea"]] {
        assert_eq!(program(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}
