//! blinkensync(1).

use std::io::{self, Write};

use clap::CommandFactory;
use clap_mangen::Man;
use roff::Roff;

use super::page::{entry, lines, paragraph, section};
use crate::cli::Cli;
use crate::model::fault::Exit;

/// What it is, in paragraphs.
const DESCRIPTION: &[&str] = &[
    "`blinkensync` keeps the mail on an IMAP server and in local Maildirs the same, both ways: new messages, deletions, flags and \
     folders. It reads the configuration files of OfflineIMAP as they are, and takes over what OfflineIMAP has synchronised.",
    "On a terminal it shows its work as Blinkenlights: every worker thread is a coloured light, above which the log stands in the \
     same colours. Press `?` there for its keys. Elsewhere it writes plain lines.",
    "It synchronises once, or goes on where `autorefresh` says so: then what changes on the server or here is synchronised at once. \
     It may be stopped, or killed, at any moment; no message is lost or doubled.",
];

/// What signals do.
const SIGNALS: &[(&str, &str)] = &[
    ("SIGUSR1", "Synchronise now; where a synchronisation is under way, another one follows."),
    ("SIGUSR2", "Stop after the current synchronisation."),
    (
        "SIGTERM, SIGINT, SIGHUP",
        "Stop soon: what is in hand is finished or safely cut off, within ten seconds. A second one stops at once, still without \
         loss. With `reopenlog = yes`, `SIGHUP` opens the log file anew instead.",
    ),
];

/// Files, and what is in them.
const FILES: &[(&str, &str)] = &[
    (
        "$XDG_CONFIG_HOME/blinkensync/config, ~/.offlineimaprc, $XDG_CONFIG_HOME/offlineimap/config",
        "The configuration, the first one that there is, unless `-c` names another; see `blinkensync.conf`(5). Without \
         `XDG_CONFIG_HOME`, that is ~/.config.",
    ),
    ("~/.offlineimap", "What it knows of earlier synchronisations, and its locks; `metadata` names another directory."),
    ("~/.netrc, /etc/netrc", "Passwords, where the configuration has none."),
];

/// Variables of the environment, and what they do.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("NO_COLOR, TERM, COLORTERM, COLORFGBG, LC_ALL, LC_CTYPE, LANG", "What the terminal can show."),
    ("BLINKENSYNC_SYSLOG", "Where syslog listens, if not at /dev/log."),
    ("OFFLINEIMAPSYNCMODE", "Set for hooks: `full`, `quick` or `idle`, as the synchronisation is."),
    ("NOTIFY_SOCKET, WATCHDOG_USEC", "Set by systemd, which is told how things stand."),
];

/// What people do with it.
const EXAMPLES: &[(&str, &str)] = &[
    ("Show it at work, with a mail server of its own:", "blinkensync --demo"),
    ("Say what a synchronisation would do:", "blinkensync --dry-run"),
    ("Synchronise one account once, and write plain lines:", "blinkensync -o -a home -u basic"),
    ("Check the configuration:", "blinkensync --check-config"),
];

/// Writes the page.
pub fn write(out: &mut dyn Write) -> io::Result<()> {
    let man = Man::new(Cli::command()).title("BLINKENSYNC").section("1").date("").manual("User Commands");
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    let mut description = Roff::new();
    section(&mut description, "DESCRIPTION");
    for text in DESCRIPTION {
        paragraph(&mut description, text);
    }
    description.to_writer(out)?;
    man.render_options_section(out)?;
    rest().to_writer(out)
}

fn rest() -> Roff {
    let mut page = Roff::new();
    let page_of = |page: &mut Roff, title: &str, entries: &[(&str, &str)]| {
        section(page, title);
        for (what, text) in entries {
            entry(page, what, text);
        }
    };
    section(&mut page, "EXIT STATUS");
    for (_, code, meaning) in Exit::TABLE {
        entry(&mut page, &code.to_string(), meaning);
    }
    page_of(&mut page, "SIGNALS", SIGNALS);
    page_of(&mut page, "FILES", FILES);
    page_of(&mut page, "ENVIRONMENT", ENVIRONMENT);
    section(&mut page, "EXAMPLES");
    for (why, line) in EXAMPLES {
        paragraph(&mut page, why);
        lines(&mut page, &[line]);
    }
    section(&mut page, "SEE ALSO");
    paragraph(&mut page, "`blinkensync.conf`(5), `offlineimap`(1), `mbsync`(1), `mutt`(1), `notmuch`(1)");
    page
}
