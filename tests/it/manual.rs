//! What the program prints of itself, for man and for shells.

use std::process::{Command, Output};

use blinkensync::config::options::OPTIONS;

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

/// Flags of cargo and of the programs for tests.
const ELSEWHERE: [&str; 4] = ["--no-default-features", "--features", "--folders", "--messages"];

/// What stands between backticks, outside of blocks.
fn spans(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn options_and_flags_that_the_pages_name_are_there() {
    let help = printed(&["--help"]);
    let (mut options, mut flags) = (0, 0);
    for page in [
        include_str!("../../README.md"),
        include_str!("../../assets/from-offlineimap.md"),
        include_str!("../../assets/from-mbsync.md"),
        include_str!("../../assets/troubleshooting.md"),
    ] {
        for span in spans(page) {
            if let Some((key, _)) = span.split_once(" = ").or_else(|| Some((span.strip_suffix(" =")?, ""))) {
                assert!(OPTIONS.iter().any(|option| option.is(key)), "{span}");
                options += 1;
            }
            let ours = span.starts_with("--") || span.starts_with("blinkensync ");
            for flag in span.split(' ').filter(|word| ours && word.starts_with("--") && !ELSEWHERE.contains(word)) {
                assert!(help.contains(&format!(" {flag}")), "{span}");
                flags += 1;
            }
        }
    }
    assert!(options > 20 && flags > 20, "{options} options, {flags} flags");
}
