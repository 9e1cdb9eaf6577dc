//! The way to the service manager: datagrams of assignments, one a line (`sd_notify(3)`).

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// How long a datagram may wait for a manager that is busy.
const PATIENCE: Duration = Duration::from_secs(1);

/// The manager's socket. Each datagram finds its way anew, so that a manager that was started anew hears the next one.
#[derive(Debug)]
pub(super) struct Socket {
    own: UnixDatagram,
    address: SocketAddr,
    /// Whether it took the last one.
    listens: bool,
}

impl Socket {
    /// The one of this name: a path, or an abstract address, which begins with `@`.
    pub(super) fn named(name: &OsStr) -> io::Result<Self> {
        let address = match name.as_bytes() {
            [b'@', rest @ ..] if !rest.is_empty() => in_the_abstract(rest)?,
            [b'/', ..] => SocketAddr::from_pathname(name)?,
            _ => return Err(io::Error::other("it is neither a path nor an abstract address")),
        };
        let own = UnixDatagram::unbound()?;
        own.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { own, address, listens: true })
    }

    /// Sends these assignments. A manager that didn't take the last ones is not waited for.
    pub(super) fn send(&mut self, lines: &[&str]) -> io::Result<()> {
        self.own.set_nonblocking(!self.listens)?;
        let sent = self.own.send_to_addr(lines.join("\n").as_bytes(), &self.address);
        self.listens = sent.is_ok();
        sent.map(|_| ())
    }
}

#[cfg(target_os = "linux")]
fn in_the_abstract(name: &[u8]) -> io::Result<SocketAddr> {
    <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn in_the_abstract(_name: &[u8]) -> io::Result<SocketAddr> {
    Err(io::Error::other("only Linux has abstract addresses"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_a_path_nor_abstract_is_refused() {
        for name in ["", "@", "relative/path", "vsock:2:1234", "/with\0nul"] {
            assert!(Socket::named(OsStr::new(name)).is_err(), "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn both_kinds_of_address_are_reached_and_lines_travel_together() {
        use std::os::linux::net::SocketAddrExt;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let name = format!("blinkensync-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let managers = [
            (UnixDatagram::bind(&path).unwrap(), path.into_os_string()),
            (UnixDatagram::bind_addr(&address).unwrap(), format!("@{name}").into()),
        ];
        for (manager, name) in managers {
            Socket::named(&name).unwrap().send(&["READY=1", "STATUS=ü"]).unwrap();
            let mut heard = [0; 100];
            let count = manager.recv(&mut heard).unwrap();
            assert_eq!(&heard[..count], "READY=1\nSTATUS=ü".as_bytes());
        }
    }

    #[test]
    fn a_manager_that_is_gone_or_deaf_is_an_error_and_one_that_came_back_hears() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let mut socket = Socket::named(path.as_os_str()).unwrap();
        // It never listens; in the end there is no more room, and only the first that finds none waits for it.
        assert!((0..5000).filter(|_| socket.send(&["WATCHDOG=1"]).is_err()).count() > 1000);
        drop(manager);
        std::fs::remove_file(&path).unwrap();
        assert!(socket.send(&["READY=1"]).is_err());
        let _manager = UnixDatagram::bind(&path).unwrap();
        socket.send(&["READY=1"]).unwrap();
    }
}
