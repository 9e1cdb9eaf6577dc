//! The manual pages and the completions of shells, made from the command line's own description, from the table of options and
//! from the sample configuration, so that they say what the program does.

mod configuration;
mod page;
mod program;

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use crate::cli::Cli;

/// A manual page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Page {
    /// The program: blinkensync(1).
    Program,
    /// Its configuration: blinkensync.conf(5).
    Configuration,
}

/// Writes a manual page, for man(1) to show.
///
/// # Errors
/// What writing it says.
pub fn write(page: Page, out: &mut dyn Write) -> io::Result<()> {
    let mut roff = Vec::new();
    match page {
        Page::Program => program::write(&mut roff)?,
        Page::Configuration => configuration::page().to_writer(&mut roff)?,
    }
    out.write_all(in_ascii(&String::from_utf8_lossy(&roff)).as_bytes())
}

/// The same page for readers that know nothing of UTF-8: other letters are named by their numbers.
fn in_ascii(roff: &str) -> String {
    let mut ascii = String::with_capacity(roff.len());
    for letter in roff.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(ascii, "\\[u{:04X}]", u32::from(letter));
        }
    }
    ascii
}

/// Writes what lets a shell complete the program's command line.
///
/// # Errors
/// What writing it says.
pub fn complete(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "blinkensync", &mut script);
    out.write_all(&script)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::options::OPTIONS;
    use crate::model::fault::Exit;

    /// A page as it is read: without font changes and escapes.
    fn read(page: Page) -> String {
        let mut roff = Vec::new();
        write(page, &mut roff).unwrap();
        let text = String::from_utf8(roff).unwrap();
        let plain = ["\\fB", "\\fI", "\\fR", "\\&"].iter().fold(text, |text, mark| text.replace(mark, ""));
        let marks = [("\\-", "-"), ("\\*(Aq", "'"), ("\\\\", "\\"), ("\\[u2026]", "…")];
        marks.iter().fold(plain, |text, (mark, sign)| text.replace(mark, sign))
    }

    #[test]
    fn every_option_stands_in_the_page_of_the_configuration_with_what_it_is_when_absent() {
        let page = read(Page::Configuration);
        for option in OPTIONS {
            let name = option.name.replace('*', "a");
            let line = if option.default.is_empty() { name } else { format!("{name} = {}", option.default) };
            assert!(page.lines().any(|one| one == line), "{line}");
        }
        assert!(!page.split("EXAMPLE").next().unwrap().contains("\n# "), "a comment sign is left over");
    }

    #[test]
    fn every_flag_exit_code_and_signal_stands_in_the_page_of_the_program() {
        let page = read(Page::Program);
        for argument in Cli::command().get_arguments().filter(|argument| !argument.is_hide_set()) {
            let short = argument.get_short().map(|short| format!("-{short}"));
            let flags = short.into_iter().chain(argument.get_long().map(|long| format!("--{long}")));
            flags.for_each(|flag| assert!(page.contains(&flag), "{flag}"));
        }
        for (_, code, meaning) in Exit::TABLE {
            assert!(page.contains(&format!("\n{code}\n{meaning}")), "{code}");
        }
        for signal in ["SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGHUP"] {
            assert!(page.contains(signal), "{signal}");
        }
    }

    #[test]
    fn each_shell_is_told_of_every_long_flag() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            complete(*shell, &mut script).unwrap();
            let script = String::from_utf8(script).unwrap();
            for flag in Cli::command().get_arguments().filter_map(clap::Arg::get_long) {
                assert!(script.contains(flag), "{shell}: {flag}");
            }
        }
    }
}
