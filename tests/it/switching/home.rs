//! The home of somebody who has used OfflineIMAP for years.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dovecot::PASSWORD;
use crate::local;
use crate::terminal::Terminal;
use crate::world::{Run, World};

/// The folders that take part, by their names there and here; the last one is made later.
pub const FOLDERS: [(&str, &str); 7] = [
    ("INBOX", "INBOX"),
    ("Archive", "saved"),
    ("Sent Messages", "sent"),
    ("Lists/rust", "Lists.rust"),
    ("Work", "Work"),
    ("Work/2024", "Work.2024"),
    ("Work/new", "Work.new"),
];

/// Subject and flags of messages, sorted.
type Messages = Vec<(String, String)>;

/// A home directory, and the server that its mail comes from.
pub struct Home {
    pub world: World,
}

impl Home {
    /// One with a configuration that has grown, and mail that nobody has fetched yet.
    pub fn new() -> Self {
        let home = Self { world: World::new() };
        let (port, ca) = (home.world.dovecot.imaps.to_string(), home.world.dovecot.ca().display().to_string());
        let text = include_str!("offlineimaprc").replace("__PORT__", &port).replace("__CA__", &ca);
        home.write(".offlineimaprc", &text);
        home.write(".offlineimap.py", include_str!("offlineimap.py"));
        home.write(".home-secret", &format!("{PASSWORD}\n"));
        let inbox = ["append one", "append two", "append three", "append four", "append five", "append six"];
        let folders = ["Sent Messages", "Lists/noise", "Work", "Work/2024", "Spam", "Archive"];
        let folders = folders.map(|name| [format!("in {name}"), "append hello".to_owned()]).concat();
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        let rust = ["in Lists/rust", "append hello", "append old1", "append old2", "append old3"];
        let all = [&["several", "INBOX"], &inbox[..], &["flag 2 + \\Seen"], &folders, &rust].concat();
        home.world.client(&all);
        home
    }

    /// A place in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.world.dovecot.dir.join(name)
    }

    /// A folder of its mail.
    pub fn mail(&self, folder: &str) -> PathBuf {
        self.path("Mail").join(folder)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Where programs are found: ours first.
    fn programs() -> String {
        let ours = Path::new(env!("CARGO_BIN_EXE_blinkensync")).parent().unwrap();
        format!("{}:{}", ours.display(), std::env::var("PATH").unwrap())
    }

    /// A command line that the shell is about to run here.
    pub fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]).env("HOME", self.path("")).env("PATH", Self::programs());
        command.env_remove("XDG_CONFIG_HOME");
        command
    }

    /// Runs a command line.
    pub fn run(&self, line: &str) -> Run {
        Run::from(&self.shell(line).output().unwrap())
    }

    /// Lets a terminal's shell live here.
    pub fn enter(&self, terminal: &mut Terminal) {
        terminal.press(&format!(
            "unset XDG_CONFIG_HOME; export HOME={} PATH={}\n",
            self.path("").display(),
            Self::programs()
        ));
    }

    /// The file of a message.
    #[track_caller]
    pub fn file(&self, folder: &str, subject: &str) -> PathBuf {
        local::find(&self.mail(folder), subject).unwrap()
    }

    /// Moves a message as mail readers do that know nothing of names.
    #[track_caller]
    pub fn carry(&self, subject: &str, from: &str, to: &str) {
        let file = self.file(from, subject);
        fs::rename(&file, self.mail(to).join("cur").join(file.file_name().unwrap())).unwrap();
    }

    /// Fails unless both sides have the same messages with the same flags, and each of them once.
    #[track_caller]
    pub fn same(&self) {
        let server = self.world.status();
        let taking_part = |(name, _): &(&str, &str)| server.contains(&format!("\"{name}\""));
        let folders: Vec<_> = FOLDERS.into_iter().filter(taking_part).collect();
        let names: Vec<String> = folders.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let words: Vec<&str> = ["list"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let list = self.world.client(&words);
        assert_eq!(list.split("# ").count(), folders.len(), "{list}");
        for ((name, here), there) in folders.into_iter().zip(list.split("# ")) {
            let (there, here) = (there_are(there), self.here(here));
            assert_eq!(there, here, "{name}");
            assert!(here.windows(2).all(|two| two[0].0 != two[1].0), "{name}: {here:?}");
        }
        assert!(!self.path("Mail/Spam").exists() && !self.path("Mail/Lists.noise").exists());
    }

    /// What is in a folder here.
    pub fn here(&self, folder: &str) -> Messages {
        let describe = |path: PathBuf| {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap().trim_end().to_owned();
            let name = path.file_name().unwrap().to_str().unwrap();
            (subject, name.split_once(":2,").map(|(_, flags)| flags.to_owned()).unwrap_or_default())
        };
        let mut all: Messages = local::messages(&self.mail(folder)).into_iter().map(describe).collect();
        all.sort();
        all
    }

    /// The names of all messages' files, wherever they are.
    pub fn files(&self) -> BTreeSet<OsString> {
        let files = local::tree(&self.path("Mail")).into_iter().filter(|path| path.is_file());
        files.map(|path| path.file_name().unwrap().to_owned()).collect()
    }

    /// Bytes of every file of OfflineIMAP's own state.
    pub fn caches(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let own = |path: &PathBuf| {
            let text = path.to_str().unwrap();
            path.is_file() && (text.contains("LocalStatus") || text.contains("FolderValidity"))
        };
        let files = local::tree(&self.path(".offlineimap")).into_iter().filter(own);
        files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

/// The messages that a list of the server's names.
fn there_are(list: &str) -> Messages {
    let letters = [("\\Draft", 'D'), ("\\Flagged", 'F'), ("\\Answered", 'R'), ("\\Seen", 'S'), ("\\Deleted", 'T')];
    let describe = |line: &str| {
        let (flags, subject) = line.split_once(" (")?.1.split_once(") ")?;
        let set = letters.iter().filter(|(flag, _)| flags.contains(flag));
        Some((subject.to_owned(), set.map(|(_, letter)| letter).collect()))
    };
    let mut all: Messages = list.lines().filter_map(describe).collect();
    all.sort();
    all
}
