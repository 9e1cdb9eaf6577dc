//! The files that come with the program say what the program knows.

use blinkensync::config::options::{Kind, OPTIONS};

use crate::read;

const FULL: &str = include_str!("../../assets/blinkensync.conf");
const MINIMAL: &str = include_str!("../../assets/blinkensync.conf.minimal");

#[test]
fn both_files_are_read_without_a_word() {
    for text in [FULL, MINIMAL] {
        let loaded = read(text).unwrap();
        assert_eq!(loaded.warnings, [""; 0]);
        assert_eq!(loaded.settings.accounts.len(), 1);
    }
}

/// The lines under the header of this kind of section, up to the next one.
fn part(kind: Kind) -> Vec<&'static str> {
    let begin = match kind {
        Kind::General => "[general]",
        Kind::Mbnames => "[mbnames]",
        Kind::Lights => "[ui.Curses.Blinkenlights]",
        Kind::Basic => "[ui.Noninteractive.Basic]",
        Kind::Account => "[Account Mail]",
        Kind::Repository | Kind::Maildir => "[Repository Mail-local]",
        Kind::Imap | Kind::Gmail => "[Repository Mail-remote]",
    };
    let lines = FULL.lines().skip_while(|line| *line != begin).skip(1);
    lines.take_while(|line| !line.starts_with('[')).collect()
}

#[test]
fn every_option_is_documented_with_its_default() {
    for option in OPTIONS {
        let name = option.name.replace('*', "a");
        let lines = part(option.kind);
        let written =
            |line: &&str| line.trim_start_matches('#').split('=').next().is_some_and(|key| key.trim() == name);
        let at = lines.iter().position(written);
        let at = at.unwrap_or_else(|| panic!("{name} is missing under {:?}", option.kind));
        let about: Vec<&str> = lines[..at].iter().rev().take_while(|line| line.starts_with("# ")).copied().collect();
        assert!(!about.is_empty(), "{name} is not explained");
        let written = lines[at].split_once('=').unwrap().1.trim();
        assert!(option.default.is_empty() || written == option.default, "{name} = {written}, not {}", option.default);
    }
}

/// The file with the commented line at `index` switched on.
fn with(index: usize) -> String {
    let line = |(at, line): (usize, &'static str)| if at == index { &line[1..] } else { line };
    FULL.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_line_that_is_switched_on_is_understood() {
    for (index, line) in FULL.lines().enumerate() {
        let Some(text) = line.strip_prefix('#').filter(|text| !text.is_empty() && !text.starts_with(' ')) else {
            continue;
        };
        let key = text.split('=').next().unwrap().trim();
        let gmail_only = OPTIONS.iter().any(|option| option.is(key) && option.kind == Kind::Gmail);
        let file = if gmail_only { with(index).replace("type = IMAP", "type = Gmail") } else { with(index) };
        let loaded = read(&file).unwrap_or_else(|said| panic!("{line}: {said}"));
        let unknown = loaded.warnings.iter().find(|warning| warning.contains("nothing comes of it"));
        assert_eq!(unknown, None, "{line}");
    }
}

#[test]
fn the_readmes_example_is_read_without_a_word() {
    let readme = include_str!("../../README.md");
    let block = readme.split("```").find(|block| block.contains("[general]")).unwrap();
    // The first line of a block names its language.
    let text = block.split_once('\n').unwrap().1;
    assert_eq!(read(text).unwrap().warnings, [""; 0]);
}
