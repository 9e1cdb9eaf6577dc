//! The programs that are measured, each with files of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;

use super::dovecot::PASSWORD;

/// A program that keeps a server and a Maildir the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tool {
    /// This one.
    Ours,
    Mbsync,
    Offlineimap,
}

impl Tool {
    /// Those that are installed.
    pub fn installed() -> Vec<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = |name: &str| std::env::split_paths(&path).any(|directory| directory.join(name).is_file());
        let all = [Self::Ours, Self::Mbsync, Self::Offlineimap];
        all.into_iter().filter(|tool| *tool == Self::Ours || found(tool.name())).collect()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "blinkensync",
            Self::Mbsync => "mbsync",
            Self::Offlineimap => "offlineimap",
        }
    }

    /// The program, about to synchronise this user's mail with the Maildirs below `directory`/Mail.
    pub fn command(self, ours: &Path, directory: &Path, port: u16, user: &str) -> Command {
        let rc = directory.join("rc");
        let mail = mail(directory);
        fs::create_dir_all(&mail).unwrap();
        let text = match self {
            Self::Mbsync => mbsyncrc(&mail, port, user),
            // OfflineIMAP's own default of connections; more make it slower.
            Self::Offlineimap => offlineimaprc(directory, port, user, 2),
            Self::Ours => offlineimaprc(directory, port, user, 4),
        };
        fs::write(&rc, text).unwrap();
        fs::set_permissions(&rc, fs::Permissions::from_mode(0o600)).unwrap();
        let program = if self == Self::Ours { ours.as_os_str() } else { self.name().as_ref() };
        let mut command = Command::new(program);
        match self {
            Self::Ours | Self::Offlineimap => command.arg("-c").arg(rc).args(["-o", "-u", "quiet"]),
            Self::Mbsync => command.args(["-q", "-a", "-c"]).arg(rc),
        };
        command
    }
}

/// Where the Maildirs are.
pub fn mail(directory: &Path) -> PathBuf {
    directory.join("Mail")
}

fn offlineimaprc(directory: &Path, port: u16, user: &str, connections: u32) -> String {
    let (state, mail) = (directory.join("state"), mail(directory));
    format!(
        "[general]\naccounts = Bench\nmetadata = {}\nfsync = yes\n\n\
         [Account Bench]\nlocalrepository = Here\nremoterepository = There\n\n\
         [Repository Here]\ntype = Maildir\nlocalfolders = {}\n\n\
         [Repository There]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = {port}\nremoteuser = {user}\n\
         remotepass = {PASSWORD}\nssl = no\nstarttls = no\nmaxconnections = {connections}\n",
        state.display(),
        mail.display(),
    )
}

fn mbsyncrc(mail: &Path, port: u16, user: &str) -> String {
    let mail = mail.display();
    format!(
        "IMAPAccount there\nHost 127.0.0.1\nPort {port}\nUser {user}\nPass {PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n\
         IMAPStore there\nAccount there\n\n\
         MaildirStore here\nSubFolders Verbatim\nPath {mail}/\nInbox {mail}/INBOX\n\n\
         Channel all\nFar :there:\nNear :here:\nPatterns *\nCreate Both\nExpunge Both\nSyncState *\n"
    )
}
