//! Looks up now and then while somebody waits: whether the connection can still be alive.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::super::clocks::Clocks;
use super::super::worker::Worker;
use super::route;
use crate::config::settings::WatchSettings;
use crate::model::fault::{Fault, FaultKind, Reach};
use crate::store::imap::ImapRepository;

/// How often it is looked whether the machine has slept, or its network has changed.
const LOOK_UP: Duration = Duration::from_secs(15);
/// How often the connection is tried, so that one that is half open doesn't stay so; servers hang up after 29 minutes of
/// silence at the earliest (RFC 2177, section 3), and routers forget sooner.
const SIGN_OF_LIFE: Duration = Duration::from_secs(240);
/// A connection is tried no oftener than this, however soon a server hangs up.
const OFTENEST: Duration = Duration::from_secs(20);

/// Whatever `keepalive` says, it is no oftener than this.
const SOONEST: Duration = Duration::from_secs(1);

/// Rests between two attempts to connect; less long when the machine has slept or its network has changed. Says whether it was.
pub(super) fn rest(worker: &Worker, pause: Duration) -> Result<bool, Fault> {
    let (begun, mut clocks, way) = (Instant::now(), Clocks::now(), route::out());
    while let Some(left) = pause.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
        worker.rest(left.min(LOOK_UP))?;
        let now = Clocks::now();
        if std::mem::replace(&mut clocks, now).slept_until(&now).is_some() || route::out() != way {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whoever looks out over one connection.
pub(super) struct LookOut {
    clocks: Clocks,
    /// The server's address, and ours as it was when the connection was made.
    route: Option<(SocketAddr, IpAddr)>,
    /// The time between two signs of life.
    sign: Duration,
    signed: Instant,
}

impl LookOut {
    pub(super) fn new(connection: &ImapRepository, sign: Duration) -> Self {
        let ends = connection.ends().filter(|(_, server)| !server.ip().is_loopback());
        let route = ends.map(|(own, server)| (server, own.ip()));
        Self { clocks: Clocks::now(), route, sign, signed: Instant::now() }
    }

    /// The time between two signs of life, to begin with.
    pub(super) fn sign(settings: &WatchSettings) -> Duration {
        settings.keepalive.unwrap_or(SIGN_OF_LIFE).clamp(SOONEST, SIGN_OF_LIFE)
    }

    /// The time between two, for a server that has hung up after having heard nothing for so long.
    pub(super) fn shorter(sign: Duration, silent: Duration) -> Duration {
        if silent < OFTENEST { sign } else { sign.min(silent.mul_f64(0.75)).max(OFTENEST.min(sign)) }
    }

    /// How long the server has heard nothing.
    pub(super) fn silent_for(&self) -> Duration {
        self.signed.elapsed()
    }

    /// How long to wait until it is time to look.
    pub(super) fn wait(&self) -> Duration {
        LOOK_UP.min(self.sign.saturating_sub(self.signed.elapsed()))
    }

    /// Whether it is time for a sign of life. A fault when the connection can't be alive any more.
    pub(super) fn look(&mut self) -> Result<bool, Fault> {
        let now = Clocks::now();
        if std::mem::replace(&mut self.clocks, now).slept_until(&now).is_some() {
            return Err(lost("the machine has slept"));
        }
        if self.route.is_some_and(|(server, own)| route::source(server) != Some(own)) {
            return Err(lost("the network has changed"));
        }
        let due = self.signed.elapsed() >= self.sign;
        if due {
            self.signed = Instant::now();
        }
        Ok(due)
    }
}

fn lost(cause: &str) -> Fault {
    Fault::new(Reach::Account, FaultKind::Network, "waiting for changes", cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_hangs_up_soon_hears_from_us_oftener() {
        let (four, minute) = (SIGN_OF_LIFE, Duration::from_secs(60));
        for (sign, silent, next) in [
            (four, minute, Duration::from_secs(45)),
            (four, Duration::from_secs(24), OFTENEST),
            // One that hangs up at once has other reasons.
            (four, Duration::from_secs(3), four),
            (Duration::from_secs(5), minute, Duration::from_secs(5)),
        ] {
            assert_eq!(LookOut::shorter(sign, silent), next, "{sign:?} {silent:?}");
        }
    }
}
