//! Makes connections: name, socket, TLS or STARTTLS, or the tunnel in place of them; greeting.

use std::fmt;
use std::io;
use std::net::TcpStream;
use std::time::Duration;

use super::connection::Connection;
use super::dial::{dial, reason};
use super::handle::Cutter;
use super::peer::Peer;
use super::reader::{Ignore, Trouble};
use super::refusal::refused;
use super::response::Untagged;
use super::status::{Code, Status, Word};
use super::tls::{Denied, Secured, Stranger, Tls};
use super::wire::Wire;
use super::wire::tunnel::Tunnel;
use crate::config::settings::{self, ImapSettings, Security};
use crate::model::fault::{Fault, FaultKind, Reach};

/// A connection that has been greeted.
pub(super) struct Greeted {
    pub(super) connection: Connection,
    /// Whether the server has taken us for somebody already.
    pub(super) preauth: bool,
    /// The server's first words.
    pub(super) greeting: String,
    /// The DER form of the certificate that it has shown, if it had to.
    pub(super) certificate: Option<Vec<u8>>,
}

/// Who is told how to cut a connection, as soon as there is something to cut.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Cutter);

/// Why there is no connection.
#[derive(Debug, Clone)]
pub struct Unmet {
    /// What went wrong.
    pub fault: Fault,
    /// The server, where nothing is wrong but that nobody vouches for it, and a person may be asked.
    pub stranger: Option<Box<Stranger>>,
}

impl From<Fault> for Unmet {
    fn from(fault: Fault) -> Self {
        Self { fault, stranger: None }
    }
}

/// Connects and protects the connection as the settings ask. No step may take longer than `timeout`.
pub(super) fn connect(
    settings: &ImapSettings,
    peer: &Peer,
    timeout: Duration,
    tell: Tell<'_>,
) -> Result<Greeted, Unmet> {
    let mut greeted = match &settings.tunnel {
        Some(tunnel) => by_tunnel(tunnel, peer, timeout, tell)?,
        None => by_network(settings, peer, timeout, tell)?,
    };
    greeted.connection.compress = settings.compress;
    greeted.connection.left_out = settings.left_out.as_slice().into();
    Ok(greeted)
}

/// By way of a program that speaks to the server.
fn by_tunnel(settings: &settings::Tunnel, peer: &Peer, timeout: Duration, tell: Tell<'_>) -> Result<Greeted, Fault> {
    let option = if settings.logs_in { "preauthtunnel" } else { "transporttunnel" };
    let fault = |cause: &dyn fmt::Display| {
        let doing = format!("connecting to {peer}");
        Fault::new(Reach::Account, FaultKind::Network, doing, cause).advise(format!("check {option}"))
    };
    let (tunnel, last_words) = Tunnel::start(&settings.command, peer.tunnel.clone()).map_err(|error| fault(&error))?;
    tell(Cutter::new(&tunnel).map_err(|error| fault(&error))?);
    let greeted = greet(Wire::new(Box::new(tunnel), timeout), peer).map_err(|lost| {
        // The program has ended with its line, and has said all that it has to say.
        match last_words.wait() {
            words if words.is_empty() => fault(&lost.cause),
            words => fault(&format!("{}; the command says: {words}", lost.cause)),
        }
    })?;
    if settings.logs_in && !greeted.preauth {
        return Err(fault(&"the server behind the tunnel wants a log-in")
            .advise("use transporttunnel, remoteuser and a password instead of preauthtunnel"));
    }
    Ok(greeted)
}

fn by_network(settings: &ImapSettings, peer: &Peer, timeout: Duration, tell: Tell<'_>) -> Result<Greeted, Unmet> {
    if settings.security == Security::None {
        let socket = dial(settings, peer, timeout, tell)?;
        let wire = plain(&socket, timeout).map_err(|error| unreachable(peer, &error))?;
        return Ok(greet(wire, peer)?);
    }
    let tls = Tls::new(settings, peer)?;
    let fresh = secure(settings, peer, timeout, tell, &tls).map_err(|denied| match denied {
        Denied::Fault(fault) => fault.into(),
        Denied::Certificate(why) => {
            let looking = tls.only_looking();
            let shown = looking.and_then(|tls| secure(settings, peer, timeout, tell, &tls).ok()?.secured.certificate);
            let stranger = tls.stranger(&why, shown.as_deref()).map(Box::new);
            Unmet { fault: tls.refused(&why, shown.as_deref()), stranger }
        }
    })?;
    let Secured { stream, certificate } = fresh.secured;
    let binding = stream.tls_server_end_point().ok().flatten();
    let wire = Wire::new(Box::new(stream), timeout);
    let mut greeted = match fresh.greeting {
        // There is no second greeting, and nothing but the first one's words is kept of what was said.
        Some(greeting) => {
            Greeted { connection: Connection::new(peer.clone(), wire), preauth: false, greeting, certificate: None }
        }
        None => greet(wire, peer)?,
    };
    greeted.connection.binding = binding;
    Ok(Greeted { certificate, ..greeted })
}

/// A protected connection on which nothing has been said yet.
struct Fresh {
    secured: Secured,
    /// What the server said before, where STARTTLS was needed.
    greeting: Option<String>,
}

fn secure(
    settings: &ImapSettings,
    peer: &Peer,
    timeout: Duration,
    tell: Tell<'_>,
    tls: &Tls<'_>,
) -> Result<Fresh, Denied> {
    let socket = dial(settings, peer, timeout, tell)?;
    let greeting = match settings.security {
        Security::StartTls => Some(start_tls(&socket, peer, timeout)?),
        _ => None,
    };
    Ok(Fresh { secured: tls.secure(socket, timeout)?, greeting })
}

fn unreachable(peer: &Peer, error: &io::Error) -> Fault {
    Fault::new(Reach::Account, FaultKind::Network, format!("connecting to {peer}"), reason(error))
}

fn plain(socket: &TcpStream, timeout: Duration) -> io::Result<Wire> {
    let socket = socket.try_clone()?;
    socket.set_nonblocking(true)?;
    Ok(Wire::new(Box::new(socket), timeout))
}

fn greet(wire: Wire, peer: &Peer) -> Result<Greeted, Fault> {
    let mut connection = Connection::new(peer.clone(), wire);
    let status = connection.greeting().map_err(|trouble| {
        connection
            .lost("waiting for the greeting", &trouble)
            .advise("check remoteport, ssl and starttls: a port for TLS is silent without it")
    })?;
    match status.word {
        Word::Ok | Word::Preauth => {
            if let Code::Capability(names) = &status.code {
                connection.capabilities = names.iter().cloned().collect();
            }
            let preauth = status.word == Word::Preauth;
            Ok(Greeted { connection, preauth, greeting: status.text, certificate: None })
        }
        _ => Err(refused(&status, Reach::Account, format!("connecting to {peer}")).advise("try again later")),
    }
}

/// Asks what the server can do, unless it said so already.
pub(super) fn ask_capabilities(connection: &mut Connection) -> Result<Status, Fault> {
    let mut names = Vec::new();
    let mut note = |untagged: Untagged| {
        if let Untagged::Capability(list) = untagged {
            names = list;
        }
        Ok(())
    };
    let statuses = connection.run(&["CAPABILITY".to_owned()], &mut note);
    let mut statuses = statuses.map_err(|trouble| connection.lost("asking for capabilities", &trouble))?;
    connection.capabilities = names.into_iter().collect();
    statuses.pop().ok_or_else(|| connection.lost("asking for capabilities", &Trouble::Closed))
}

/// STARTTLS (RFC 3501, section 6.2.1), up to the server's consent to begin; gives its first words.
fn start_tls(socket: &TcpStream, peer: &Peer, timeout: Duration) -> Result<String, Fault> {
    let insist = "the connection would not be encrypted; ask the provider, or set starttls = no if you must";
    let tls =
        |cause: &str| Fault::new(Reach::Account, FaultKind::Tls, format!("securing the connection to {peer}"), cause);
    let wire = plain(socket, timeout).map_err(|error| unreachable(peer, &error))?;
    let Greeted { mut connection, preauth, greeting, .. } = greet(wire, peer)?;
    if preauth {
        return Err(tls("the server logs us in before STARTTLS").advise(insist));
    }
    ask_capabilities(&mut connection)?;
    if !connection.capabilities.has("STARTTLS") {
        return Err(tls("the server doesn't offer STARTTLS").advise(insist));
    }
    let statuses = connection.run(&["STARTTLS".to_owned()], &mut Ignore);
    let statuses = statuses.map_err(|trouble| connection.lost("securing the connection", &trouble))?;
    if statuses.iter().any(|status| status.word != Word::Ok) {
        return Err(tls("the server refuses STARTTLS").advise(insist));
    }
    if connection.has_leftovers() {
        return Err(tls("plain text follows STARTTLS: somebody may be tampering with the connection"));
    }
    Ok(greeting)
}
