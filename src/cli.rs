//! The command line.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Parser;
use clap_complete::Shell;

use crate::manual::Page;
use crate::model::fault::Exit;

/// What was asked for on the command line.
///
/// A usage error ends in clap's own exit code 2, which is also [`Exit::Config`]'s.
#[derive(Debug, Clone, Default, Parser)]
#[command(
    name = "blinkensync",
    about = "Keeps IMAP accounts and local Maildirs the same, shown as blinking lights",
    long_about = None,
    disable_version_flag = true,
    after_help = exit_codes()
)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Cli {
    /// Synchronise only these accounts.
    #[arg(short = 'a', value_name = "ACCOUNTS", value_delimiter = ',')]
    pub accounts: Vec<String>,
    /// Read this configuration file.
    #[arg(short = 'c', value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Tell details of imap (the conversation, without passwords and mail), maildir (files), thread (who does what), plan
    /// (what is done with each message, and why), or ALL.
    #[arg(short = 'd', value_name = "TYPES", value_delimiter = ',')]
    pub debug: Vec<String>,
    /// Synchronise only these folders; * stands for any letters, and ! leaves folders out.
    #[arg(short = 'f', value_name = "FOLDERS", value_delimiter = ',')]
    pub folders: Vec<String>,
    /// Override an option; in the section's name an underscore stands for a space.
    #[arg(short = 'k', value_name = "[SECTION:]OPTION=VALUE")]
    pub overrides: Vec<String>,
    /// Append the log to this file too.
    #[arg(short = 'l', value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Synchronise once, whatever autorefresh says.
    #[arg(short = 'o')]
    pub once: bool,
    /// Look only where messages have come or gone; flags wait, unless the server can tell of them as easily.
    #[arg(short = 'q')]
    pub quick: bool,
    /// Use this interface: blinkenlights, ttyui, basic, quiet, syslog, machineui or jsonui.
    #[arg(short = 'u', value_name = "UI")]
    pub ui: Option<String>,
    /// One account and one connection at a time.
    #[arg(short = '1')]
    pub single: bool,
    /// Write what each thread spends its time on into this directory, for Chrome's and Perfetto's viewers.
    #[arg(short = 'P', value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Send the log to syslog too.
    #[arg(short = 's')]
    pub syslog: bool,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Show servers, folders, filters, names on both sides, and messages that could not be copied.
    #[arg(long)]
    pub info: bool,
    /// Delete this folder on the server, after asking; of one account.
    #[arg(long, value_name = "FOLDER")]
    pub delete_folder: Option<String>,
    /// Remove from the list of folders, which mbnames asks for, what the configuration has no more.
    #[arg(long)]
    pub mbnames_prune: bool,
    /// Rename files whose folder digest (FMD5) is that of the name before nametrans.
    #[arg(long)]
    pub migrate_fmd5_using_nametrans: bool,
    /// Show it at work with a mail server of its own; DIR keeps the mail.
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    pub demo: Option<Option<PathBuf>>,
    /// Only check the configuration file.
    #[arg(long)]
    pub check_config: bool,
    /// Go on where more would be deleted than is plausible.
    #[arg(long)]
    pub allow_deletes: bool,
    /// Ask for the permission to read this account's mail (OAuth 2.0), with the help of a browser, and keep it.
    #[arg(long, value_name = "ACCOUNT")]
    pub oauth2_login: Option<String>,
    /// Print completions for this shell.
    #[arg(long, value_name = "SHELL")]
    pub completions: Option<Shell>,
    /// Print the manual page of the program, or of its configuration; man -l - shows it.
    #[arg(long, value_name = "PAGE", num_args = 0..=1, default_missing_value = "program")]
    pub man: Option<Page>,
    /// Print the version.
    #[arg(short = 'V', long)]
    pub version: bool,
}

fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n");
    for (_, code, meaning) in Exit::TABLE {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {code:>3}  {meaning}");
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound_and_help_has_every_exit_code() {
        Cli::command().debug_assert();
        let help = Cli::command().render_help().to_string();
        // Help may be wrapped, so words are compared without their spacing.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (_, code, meaning) in Exit::TABLE {
            assert!(words(&help).contains(&format!("{code} {meaning}")), "{code}");
        }
    }

    #[test]
    fn flags_are_read() {
        let cli = Cli::try_parse_from(["x", "-a", "A,B", "-k", "general:ui=basic", "-o", "-1", "-d", "plan", "-V"]);
        let cli = cli.unwrap();
        assert_eq!(cli.accounts, ["A", "B"]);
        assert_eq!(cli.overrides, ["general:ui=basic"]);
        assert!(cli.once && cli.single && cli.version);
    }

    #[test]
    fn the_demo_has_an_optional_directory() {
        let demo = |line: &[&str]| Cli::try_parse_from(line).unwrap().demo;
        assert_eq!(demo(&["x"]), None);
        assert_eq!(demo(&["x", "--demo"]), Some(None));
        assert_eq!(demo(&["x", "--demo", "d"]), Some(Some(PathBuf::from("d"))));
    }

    #[test]
    fn an_unknown_flag_is_a_usage_error() {
        assert_eq!(Cli::try_parse_from(["x", "--nonsense"]).unwrap_err().exit_code(), 2);
    }
}
