//! How long it takes to copy everything from one server to another.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::client::Client;
use super::corpus::{Size, fill};
use super::dovecot::{Dovecot, PASSWORD};
use super::measure::measured;
use super::meter::Figures;
use super::table::{Sample, heading, line};
use super::tool::Tool;

/// What is copied: 10,000 messages.
const SIZE: Size = Size { folders: 10, messages: 1000, median: 6000 };
/// How often.
const ROUNDS: usize = 3;
/// Who has the mail.
const OWNER: &str = "owner";

/// Copies the same mail with each program to a server on which the user has nothing yet, and once more when all is there.
pub fn run(ours: &Path) {
    let (old, new) = (Dovecot::start(), Dovecot::start());
    let bytes = fill(&mut Client::new(old.port, OWNER), SIZE);
    println!(
        "{} messages, {} MB, from one server to another; medians of {ROUNDS} rounds",
        SIZE.total(),
        bytes / 1_000_000
    );
    let tools = Tool::installed();
    let mut results: Vec<(Tool, [Vec<Sample>; 2])> = tools.into_iter().map(|tool| (tool, Default::default())).collect();
    eprintln!("{}", heading());
    for round in 1..=ROUNDS {
        for (tool, samples) in &mut results {
            let user = format!("{}{round}", tool.name());
            let directory = new.dir.join(format!("of-{user}"));
            fs::create_dir(&directory).unwrap();
            for (samples, work) in samples.iter_mut().zip(["migrate", "again"]) {
                // Nobody has to wait for what others have written.
                rustix::fs::sync();
                let usage = measured(&command(*tool, ours, &directory, (old.port, new.port), &user), &directory);
                let there = Client::new(new.port, &user).messages();
                let said = || fs::read_to_string(directory.join("said")).unwrap();
                assert_eq!((usage.code, there), (0, SIZE.total()), "{} said:\n{}", tool.name(), said());
                let sample = Sample { usage, figures: Figures::default() };
                eprintln!("{}", line(work, tool.name(), std::slice::from_ref(&sample)));
                samples.push(sample);
            }
        }
    }
    println!("{}", heading());
    for (place, work) in ["migrate", "again"].into_iter().enumerate() {
        for (tool, samples) in &results {
            println!("{}", line(work, tool.name(), &samples[place]));
        }
    }
}

/// The program, about to copy the mail to this user. Each has as many connections as it takes by itself.
fn command(tool: Tool, ours: &Path, directory: &Path, (old, new): (u16, u16), user: &str) -> Command {
    let (rc, state) = (directory.join("rc"), directory.join("state"));
    fs::create_dir_all(&state).unwrap();
    let text = match tool {
        Tool::Mbsync => mbsyncrc(&state, (old, new), user),
        Tool::Ours | Tool::Offlineimap => offlineimaprc(&state, (old, new), user),
    };
    fs::write(&rc, text).unwrap();
    fs::set_permissions(&rc, fs::Permissions::from_mode(0o600)).unwrap();
    let mut command = Command::new(if tool == Tool::Ours { ours.as_os_str() } else { tool.name().as_ref() });
    match tool {
        Tool::Mbsync => command.args(["-q", "-a", "-c"]).arg(rc),
        Tool::Ours | Tool::Offlineimap => command.arg("-c").arg(rc).args(["-o", "-u", "quiet"]),
    };
    command
}

fn offlineimaprc(state: &Path, (old, new): (u16, u16), user: &str) -> String {
    let server = |name: &str, port: u16, user: &str| {
        format!(
            "[Repository {name}]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = {port}\nremoteuser = {user}\n\
             remotepass = {PASSWORD}\nssl = no\nstarttls = no\n\n"
        )
    };
    format!(
        "[general]\naccounts = Move\nmetadata = {}\n\n[Account Move]\nlocalrepository = New\nremoterepository = Old\n\n{}{}",
        state.display(),
        server("Old", old, OWNER),
        server("New", new, user)
    )
}

fn mbsyncrc(state: &Path, (old, new): (u16, u16), user: &str) -> String {
    let store = |name: &str, port: u16, user: &str| {
        format!(
            "IMAPAccount {name}\nHost 127.0.0.1\nPort {port}\nUser {user}\nPass {PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n\
             IMAPStore {name}\nAccount {name}\n\n"
        )
    };
    format!(
        "{}{}Channel all\nFar :old:\nNear :new:\nPatterns *\nCreate Near\nCopyArrivalDate yes\nSyncState {}/\n",
        store("old", old, OWNER),
        store("new", new, user),
        state.display()
    )
}
