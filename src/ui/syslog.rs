//! The log in syslog, beside an interface or in place of one.

use std::env;
use std::io::{self, Write};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Local, TimeZone, Utc};
use rustix::io::Errno;

use crate::model::event::Event;

use super::beside::Record;
use super::phrase::{Level, phrase};

/// Where the socket is, on one system or another.
const SOCKETS: [&str; 3] = ["/dev/log", "/var/run/syslog", "/var/run/log"];
/// The environment variable that says where else it is.
const VARIABLE: &str = "BLINKENSYNC_SYSLOG";
/// The facility of programs that have to do with mail (RFC 3164, section 4.1.1).
const MAIL: u8 = 2;
/// Bytes of the longest line that every syslog takes.
const LONGEST: usize = 2000;
/// How long a line may wait for a syslog that is busy.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line for each event that has words, in the form in which programs speak to the syslog of their own machine
/// (RFC 3164, without the host's name).
#[derive(Debug)]
pub struct Syslog {
    path: PathBuf,
    line: Option<Way>,
    /// Whether the last line was lost, so that nobody is told again.
    lost: bool,
}

/// The way to it. Most listen for datagrams, some for a stream in which each line ends with a NUL.
#[derive(Debug)]
enum Way {
    Datagram(UnixDatagram),
    Stream(UnixStream),
}

impl Syslog {
    /// The syslog of this machine.
    ///
    /// # Errors
    /// A sentence for a person, when there is none.
    pub fn open() -> Result<Self, String> {
        let named = env::var_os(VARIABLE).map(PathBuf::from);
        let usual = || SOCKETS.iter().map(PathBuf::from).find(|path| path.exists());
        let path = named.or_else(usual).unwrap_or_else(|| PathBuf::from(SOCKETS[0]));
        Self::at(&path).map_err(|error| {
            let advice = "start a syslog daemon, or log to a file with -l";
            format!("connecting to syslog at {}: {error}; {advice}", path.display())
        })
    }

    /// The one that listens at this socket.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_path_buf(), line: Some(Way::to(path)?), lost: false })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it is lost, though it was tried anew with a daemon that may have been started anew.
    pub fn write(&mut self, level: Level, at: DateTime<Utc>, text: &str) -> io::Result<()> {
        let message = message(level, &at.with_timezone(&Local), std::process::id(), text);
        if let Some(Ok(())) = self.line.as_mut().map(|way| way.send(&message, true)) {
            return Ok(());
        }
        // Whoever didn't take the last line is not waited for again.
        self.line = None;
        let mut way = Way::to(&self.path)?;
        way.send(&message, false)?;
        self.line = Some(way);
        Ok(())
    }
}

impl Record for Syslog {
    fn take(&mut self, event: &Event) -> Result<(), String> {
        let Some(phrase) = phrase(event) else { return Ok(()) };
        let written = self.write(phrase.level, event.at, &phrase.line());
        let told = std::mem::replace(&mut self.lost, written.is_err());
        match written {
            Err(error) if !told => Err(format!("writing to syslog: {error}; lines are lost until it listens again")),
            _ => Ok(()),
        }
    }
}

impl Way {
    fn to(path: &Path) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        match socket.connect(path) {
            Ok(()) => {
                socket.set_write_timeout(Some(PATIENCE))?;
                Ok(Self::Datagram(socket))
            }
            Err(error) if error.raw_os_error() == Some(Errno::PROTOTYPE.raw_os_error()) => {
                let stream = UnixStream::connect(path)?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Self::Stream(stream))
            }
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, message: &str, patient: bool) -> io::Result<()> {
        match self {
            Self::Datagram(socket) => {
                socket.set_nonblocking(!patient)?;
                socket.send(message.as_bytes()).map(|_| ())
            }
            Self::Stream(stream) => {
                stream.set_nonblocking(!patient)?;
                stream.write_all(format!("{message}\0").as_bytes())
            }
        }
    }
}

/// A line as syslog wants it: priority, the time here, who says it, and what.
fn message<Z: TimeZone>(level: Level, at: &DateTime<Z>, process: u32, text: &str) -> String
where
    Z::Offset: std::fmt::Display,
{
    let severity = level.severity();
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("<{}>{} blinkensync[{process}]: {}", MAIL * 8 + severity, at.format("%b %e %H:%M:%S"), &text[..end])
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixListener;

    use chrono::FixedOffset;

    use super::*;
    use crate::model::event::EventKind;
    use crate::model::ids::LampId;

    #[test]
    fn a_line_has_priority_time_and_name() {
        let at = FixedOffset::east_opt(3600).unwrap().with_ymd_and_hms(2026, 3, 1, 4, 3, 20).unwrap();
        for (level, wanted) in [
            (Level::Error, "<19>Mar  1 04:03:20 blinkensync[7]: ü"),
            (Level::Warning, "<20>Mar  1 04:03:20 blinkensync[7]: ü"),
            (Level::Info, "<22>Mar  1 04:03:20 blinkensync[7]: ü"),
            (Level::Debug, "<23>Mar  1 04:03:20 blinkensync[7]: ü"),
        ] {
            assert_eq!(message(level, &at, 7, "ü"), wanted);
        }
        let long = message(Level::Info, &at, 7, &format!("x{}", "ü".repeat(2000)));
        assert!(long.ends_with('ü') && long.len() < LONGEST + 50, "{}", long.len());
    }

    fn warned() -> Event {
        let kind = EventKind::Warned { account: None, folder: None, text: "odd\nthing".into() };
        Event { at: Utc::now(), lamp: LampId(1), kind }
    }

    fn heard(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 4096];
        socket.set_read_timeout(Some(PATIENCE * 30)).unwrap();
        let count = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..count].to_vec()).unwrap()
    }

    #[test]
    fn a_daemon_that_comes_back_is_found_again_and_its_absence_told_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let daemon = UnixDatagram::bind(&path).unwrap();
        let mut syslog = Syslog::at(&path).unwrap();
        assert_eq!(syslog.take(&warned()), Ok(()));
        assert!(heard(&daemon).starts_with("<20>"));
        drop(daemon);
        std::fs::remove_file(&path).unwrap();
        assert!(syslog.take(&warned()).unwrap_err().contains("syslog"));
        assert_eq!(syslog.take(&warned()), Ok(()));
        let daemon = UnixDatagram::bind(&path).unwrap();
        assert_eq!(syslog.take(&warned()), Ok(()));
        assert!(heard(&daemon).ends_with(": odd␊thing"));
    }

    #[test]
    fn a_daemon_that_does_not_listen_holds_nothing_up() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let _deaf = UnixDatagram::bind(&path).unwrap();
        let mut syslog = Syslog::at(&path).unwrap();
        let told = (0..5000).filter(|_| syslog.take(&warned()).is_err()).count();
        assert_eq!(told, 1);
    }

    #[test]
    fn a_daemon_that_wants_a_stream_gets_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let daemon = UnixListener::bind(&path).unwrap();
        let mut syslog = Syslog::at(&path).unwrap();
        assert_eq!(syslog.take(&warned()), Ok(()));
        drop(syslog);
        let mut text = String::new();
        daemon.accept().unwrap().0.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("<20>") && text.ends_with("odd␊thing\0"), "{text:?}");
    }
}
