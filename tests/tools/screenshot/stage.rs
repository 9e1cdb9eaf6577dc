//! Two accounts as somebody might have them: servers of our own, one quicker than the other, and a configuration file.

use std::error::Error;
use std::fmt::Write;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use blinkensync::demo::{Options, Server};
use blinkensync::model::ids::Uid;

use super::stranger;

/// What the second account's folders are called, and how many messages each holds.
const WORK: [(&str, usize); 7] = [
    ("INBOX", 85),
    ("Invoices", 90),
    ("Projects/Bakery", 210),
    ("Projects/Lighthouse", 340),
    ("Reports/2025", 60),
    ("Sent", 70),
    ("Trash", 15),
];
/// It gets no larger message than this.
const LARGEST: usize = 120_000;

/// The servers, and the directory with everything local.
pub struct Stage {
    servers: [Server; 2],
    directory: tempfile::TempDir,
}

/// How the configuration reaches a server.
struct Way<'a> {
    server: &'a Server,
    port: u16,
    encrypted: bool,
    connections: u32,
    knows_password: bool,
}

impl Stage {
    /// Starts both servers and writes the file. With `ask`, the first account's password isn't in it; with `stranger`, the
    /// second one's server is somebody whom nobody vouches for.
    pub fn set(ask: bool, stranger: bool) -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::Builder::new().prefix("blinkensync-pictures-").tempdir()?;
        let home = Options { user: "anna".into(), bytes_per_second: Some(1_400_000), ..Options::demonstration() };
        let work = Options {
            user: "a.bishop".into(),
            pace: Some(Duration::from_secs(5)),
            bytes_per_second: Some(260_000),
            filled: false,
            seed: 2,
            ..Options::demonstration()
        };
        let stage = Self { servers: [Server::start(home)?, Server::start(work)?], directory };
        let [home, work] = &stage.servers;
        fill(work, home);
        let root = stage.directory.path();
        let port = if stranger { stranger::start(root)? } else { work.address().port() };
        let home =
            Way { server: home, port: home.address().port(), encrypted: false, connections: 3, knows_password: !ask };
        let work = Way { server: work, port, encrypted: stranger, connections: 2, knows_password: true };
        let text = format!(
            "[general]\naccounts = home, work\nmaxsyncaccounts = 2\nmetadata = {}\n{}{}\n[ui.Curses.Blinkenlights]\n",
            root.join("metadata").display(),
            account("home", &home, root)?,
            account("work", &work, root)?,
        );
        std::fs::write(stage.rc(), text)?;
        std::fs::set_permissions(stage.rc(), Permissions::from_mode(0o600))?;
        Ok(stage)
    }

    /// The configuration file.
    pub fn rc(&self) -> PathBuf {
        self.directory.path().join("offlineimaprc")
    }

    /// Deletes all messages in a local folder, which is written as `home/Archive.2020`.
    pub fn empty(&self, folder: &str) -> std::io::Result<()> {
        for part in ["cur", "new"] {
            for file in std::fs::read_dir(self.directory.path().join(folder).join(part))? {
                std::fs::remove_file(file?.path())?;
            }
        }
        Ok(())
    }
}

/// Gives the second server some of the first one's messages, in folders of its own.
fn fill(work: &Server, home: &Server) {
    let letters = home.with_mailboxes(|mailboxes| {
        let all = mailboxes.iter().flat_map(|(_, mailbox)| mailbox.messages.values().cloned());
        all.filter(|message| message.body.len() < LARGEST).collect::<Vec<_>>()
    });
    let mut letters = letters.iter().cycle();
    work.with_mailboxes(|mailboxes| {
        for (name, count) in WORK {
            for (end, _) in name.match_indices('/') {
                mailboxes.create(&name[..end]);
            }
            mailboxes.create(name);
            let Some(mailbox) = mailboxes.get_mut(name) else { continue };
            for letter in letters.by_ref().take(count) {
                let _: Option<Uid> = mailbox.append(letter.flags.clone(), letter.date, letter.body.clone());
            }
        }
    });
}

fn account(name: &str, way: &Way<'_>, root: &Path) -> Result<String, std::fmt::Error> {
    let Way { server, port, encrypted, connections, knows_password } = way;
    let mut text = format!(
        "\n[Account {name}]\nlocalrepository = {name}-local\nremoterepository = {name}-remote\nautorefresh = 0.5\n\
         \n[Repository {name}-local]\ntype = Maildir\nlocalfolders = {}\n\
         \n[Repository {name}-remote]\ntype = IMAP\nremotehost = localhost\nremoteport = {port}\nremoteuser = {}\n\
         ssl = {}\nstarttls = no\nmaxconnections = {connections}\n",
        root.join(name).display(),
        server.user(),
        if *encrypted { "yes" } else { "no" },
    );
    if *knows_password {
        writeln!(text, "remotepass = {}", server.password())?;
    }
    Ok(text)
}
