//! One program's account in one round: a user's mail on the server, and a directory that nothing was in before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::ValueEnum;

use super::calm;
use super::client::Client;
use super::corpus::{Author, Size, fill};
use super::dovecot::Dovecot;
use super::local;
use super::measure::measured;
use super::meter::Meter;
use super::table::Sample;
use super::tool::{Tool, mail};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Work {
    /// Everything is fetched into an empty directory.
    First,
    /// Nothing changed, at once after that.
    Again,
    /// Nothing changed, and everything has been at rest for a while.
    Idle,
    /// 20 new messages in INBOX.
    Arrive,
    /// The flags of 500 messages changed on the server, in 10 folders.
    Flags,
    /// 500 new messages in the Maildir's INBOX.
    Upload,
    /// One message of 100 MB on the server.
    HugeDown,
    /// One message of 100 MB in the Maildir.
    HugeUp,
}

impl Work {
    /// All of them, in the order in which they are done.
    pub const ALL: [Self; 8] =
        [Self::First, Self::Again, Self::Idle, Self::Arrive, Self::Flags, Self::Upload, Self::HugeDown, Self::HugeUp];

    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Again => "again",
            Self::Idle => "idle",
            Self::Arrive => "arrive",
            Self::Flags => "flags",
            Self::Upload => "upload",
            Self::HugeDown => "huge-down",
            Self::HugeUp => "huge-up",
        }
    }
}

/// The server that all accounts are on, and the ways to it.
pub struct Stage {
    pub dovecot: Dovecot,
    /// The way on which it is measured.
    pub far: Meter,
    /// The way on which it is prepared.
    near: Meter,
    pub ours: PathBuf,
    pub size: Size,
    /// Bytes of the huge message.
    pub huge: usize,
    /// Bytes of all messages.
    pub bytes: u64,
}

/// Who owns the mail that others get a copy of.
pub const MODEL: &str = "model";

impl Stage {
    /// A server with mail on it.
    pub fn new(ours: PathBuf, size: Size, huge: usize, round_trip: Duration) -> Self {
        let dovecot = Dovecot::start();
        let (far, near) = (Meter::new(dovecot.port, round_trip), Meter::new(dovecot.port, Duration::ZERO));
        let bytes = fill(&mut Client::new(dovecot.port, MODEL), size);
        Self { dovecot, far, near, ours, size, huge, bytes }
    }
}

/// The account.
pub struct Account<'a> {
    stage: &'a Stage,
    tool: Tool,
    user: String,
    directory: PathBuf,
    author: Author,
    /// What must be there on both sides: messages, and those of them that have been made drafts.
    messages: u64,
    drafts: u64,
}

impl<'a> Account<'a> {
    /// An account with a copy of the model's mail.
    pub fn new(stage: &'a Stage, tool: Tool, round: u32) -> Self {
        let user = format!("{}{round}", tool.name());
        let all = stage.dovecot.dir.join("mail");
        let copied = Command::new("cp").arg("-a").arg(all.join(MODEL)).arg(all.join(&user)).status().unwrap();
        assert!(copied.success(), "the mail can't be copied");
        let directory = stage.dovecot.dir.join(format!("of-{user}"));
        fs::create_dir(&directory).unwrap();
        let (author, messages) = (Author::new(), stage.size.total());
        Self { stage, tool, user, directory, author, messages, drafts: 0 }
    }

    /// Does the work, all works in their order, after everything that must have happened before.
    pub fn measure(&mut self, work: Work) -> Sample {
        match work {
            Work::First => {}
            Work::Again => self.begin(),
            _ => self.settle(),
        }
        match work {
            Work::First | Work::Again | Work::Idle => {}
            Work::Arrive => self.arrive(20),
            Work::Flags => self.change_flags(),
            Work::Upload => self.write_here(500, 3000),
            Work::HugeDown => self.put(self.stage.huge),
            Work::HugeUp => self.write_here(1, self.stage.huge),
        }
        self.sync(&self.stage.far)
    }

    /// Fetches everything, unless that was measured.
    fn begin(&self) {
        if !mail(&self.directory).exists() {
            self.sync(&self.stage.near);
        }
    }

    /// Brings everything in step, until it has been at rest for so long that nothing need be looked at again.
    fn settle(&self) {
        self.begin();
        calm::wait(&mail(&self.directory));
        self.sync(&self.stage.near);
    }

    fn client(&self) -> Client {
        Client::new(self.stage.dovecot.port, &self.user)
    }

    fn arrive(&mut self, count: u64) {
        let messages: Vec<_> = (0..count).map(|number| self.author.message(&format!("new{number}"), 600)).collect();
        let messages: Vec<_> = messages.into_iter().map(|message| ("", message)).collect();
        self.client().append("INBOX", &messages);
        self.messages += count;
    }

    fn put(&mut self, size: usize) {
        let message = self.author.message("huge", size);
        self.client().append("INBOX", &[("", message)]);
        self.messages += 1;
    }

    fn change_flags(&mut self) {
        let Size { folders, messages, .. } = self.stage.size;
        let folders = folders.min(10);
        let each = (500 / folders).min(messages);
        let mut client = self.client();
        for folder in self.stage.size.names().take(folders as usize) {
            client.command(&format!("SELECT {folder}"));
            client.command(&format!("UID STORE 1:{each} +FLAGS.SILENT (\\Draft)"));
        }
        self.drafts += u64::from(folders * each);
    }

    fn write_here(&mut self, count: u64, size: usize) {
        let folder = mail(&self.directory).join("INBOX");
        for number in 0..count {
            let text = String::from_utf8(self.author.message(&format!("mine{number}"), size)).unwrap();
            local::write(&folder, &format!("mine{number}-{size}"), "S", text.replace("\r\n", "\n").as_bytes());
        }
        self.messages += count;
    }

    /// Synchronises once, and makes sure that it did.
    fn sync(&self, way: &Meter) -> Sample {
        let command = self.tool.command(&self.stage.ours, &self.directory, way.port, &self.user);
        // Nobody has to wait for what others have written.
        rustix::fs::sync();
        let usage = measured(&command, &self.directory);
        let figures = way.take();
        let (here, drafts) = count(&mail(&self.directory));
        let right =
            (usage.code, self.client().messages(), here, drafts) == (0, self.messages, self.messages, self.drafts);
        assert!(
            right,
            "{} ended with {}; {} messages, {} of them drafts, should be on both sides; {here} and {drafts} are here; \
             it said:\n{}",
            self.tool.name(),
            usage.code,
            self.messages,
            self.drafts,
            fs::read_to_string(self.directory.join("said")).unwrap()
        );
        Sample { usage, figures }
    }
}

/// Messages and drafts in all folders below a directory.
fn count(root: &Path) -> (u64, u64) {
    let (mut messages, mut drafts) = (0, 0);
    for directory in calm::directories(root) {
        for entry in fs::read_dir(directory).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.starts_with('.') {
                messages += 1;
                drafts += u64::from(name.split(":2,").nth(1).is_some_and(|flags| flags.contains('D')));
            }
        }
    }
    (messages, drafts)
}
