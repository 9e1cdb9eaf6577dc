//! blinkensync.conf(5): each option of the table, explained as in the sample configuration.

use roff::Roff;

use super::page::{lines, option, paragraph, part, section};
use crate::config::options::{Kind, OPTIONS, Opt};

/// The sample, in which every option is explained.
const SAMPLE: &str = include_str!("../../assets/blinkensync.conf");
/// The least that one needs.
const MINIMAL: &str = include_str!("../../assets/blinkensync.conf.minimal");

/// The kinds of sections, each with its title here and its place in the sample.
const PARTS: &[(Kind, &str, &str)] = &[
    (Kind::General, "[general]", "[general]"),
    (Kind::Account, "[Account NAME]", "[Account Mail]"),
    (Kind::Repository, "[Repository NAME], of any type", "[Repository Mail-local]"),
    (Kind::Maildir, "[Repository NAME], of the type Maildir", "[Repository Mail-local]"),
    (Kind::Imap, "[Repository NAME], of the types IMAP and Gmail", "[Repository Mail-remote]"),
    (Kind::Gmail, "[Repository NAME], of the type Gmail", "[Repository Mail-remote]"),
    (Kind::Mbnames, "[mbnames]", "[mbnames]"),
    (Kind::Lights, "[ui.Curses.Blinkenlights]", "[ui.Curses.Blinkenlights]"),
    (Kind::Basic, "[ui.Noninteractive.Basic]", "[ui.Noninteractive.Basic]"),
];

const FORMAT: &[&str] = &[
    "The file consists of sections, which begin with a name in brackets, and of lines `option = value` in them. Options may be \
     written with `:` for `=`, and in any case. A value goes on in the next line where that one is indented. Lines that begin \
     with `#` or `;` are comments; elsewhere these signs belong to the value.",
    "`%(name)s` in a value stands for another option of the same section, or of `[DEFAULT]`, and `%%` for a percent sign. `~` and \
     `$VARIABLE` stand for what they stand for in a shell, where a path is wanted.",
    "Options whose value is Python are worked out by `python3`, with what is in `pythonfile`; those that are a list of strings, or a \
     quoted string, don't need it.",
    "`[general]` names accounts; each has a section, which names two repositories, which have a section each. What is written here \
     after an option is what holds where the file doesn't have it.",
];

/// The page.
pub fn page() -> Roff {
    let mut page = Roff::new();
    let source = concat!("blinkensync ", env!("CARGO_PKG_VERSION"));
    page.control("TH", ["BLINKENSYNC.CONF", "5", "", source, "File Formats"]);
    section(&mut page, "NAME");
    page.text([roff::roman("blinkensync.conf - the configuration of blinkensync, and of OfflineIMAP")]);
    section(&mut page, "DESCRIPTION");
    for text in FORMAT {
        paragraph(&mut page, text);
    }
    section(&mut page, "OPTIONS");
    for (kind, title, place) in PARTS {
        part(&mut page, title);
        for known in OPTIONS.iter().filter(|option| option.kind == *kind) {
            option(&mut page, &known.name.replace('*', "a"), known.default, &explained(known, place));
        }
    }
    section(&mut page, "EXAMPLE");
    lines(&mut page, &MINIMAL.lines().collect::<Vec<_>>());
    section(&mut page, "SEE ALSO");
    paragraph(&mut page, "`blinkensync`(1)");
    page
}

/// What the sample says of an option, in paragraphs; what the table says, where it says nothing.
fn explained(option: &Opt, place: &str) -> Vec<String> {
    let under = SAMPLE.lines().skip_while(|line| *line != place).skip(1).take_while(|line| !line.starts_with('['));
    let mut comment = Vec::new();
    for line in under {
        if let Some(text) = line.strip_prefix("# ") {
            comment.push(text);
            continue;
        }
        let key = line.trim_start_matches('#').split('=').next().unwrap_or_default().trim();
        if option.is(key) && !comment.is_empty() {
            return vec![comment.join(" ")];
        }
        // Lines that go on with a value, or belong to an example, end no comment that is still to come.
        comment.clear();
    }
    vec![format!("{}.", option.about)]
}
