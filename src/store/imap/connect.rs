//! Makes connections: name, socket, TLS or STARTTLS, or the tunnel in place of them; greeting.

use std::fmt;
use std::fs;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use native_tls::{Certificate, HandshakeError, Protocol, TlsConnector, TlsStream};

use super::connection::Connection;
use super::handle::Cutter;
use super::peer::Peer;
use super::reader::{Ignore, Trouble};
use super::refusal::refused;
use super::response::Untagged;
use super::status::{Code, Status, Word};
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

/// Connects and protects the connection as the settings ask. No step may take longer than `timeout`.
pub(super) fn connect(
    settings: &ImapSettings,
    peer: &Peer,
    timeout: Duration,
    tell: Tell<'_>,
) -> Result<Greeted, Fault> {
    let mut greeted = match &settings.tunnel {
        Some(tunnel) => by_tunnel(tunnel, peer, timeout, tell)?,
        None => by_network(settings, peer, timeout, tell)?,
    };
    greeted.connection.compress = settings.compress;
    Ok(greeted)
}

/// By way of a program that speaks to the server.
fn by_tunnel(settings: &settings::Tunnel, peer: &Peer, timeout: Duration, tell: Tell<'_>) -> Result<Greeted, Fault> {
    let option = if settings.logs_in { "preauthtunnel" } else { "transporttunnel" };
    let fault = |cause: &dyn fmt::Display| {
        let doing = format!("connecting to {peer}");
        Fault::new(Reach::Account, FaultKind::Network, doing, cause).advise(format!("check {option}"))
    };
    let (tunnel, mut complaints) = Tunnel::start(&settings.command).map_err(|error| fault(&error))?;
    tell(Cutter::new(&tunnel).map_err(|error| fault(&error))?);
    let greeted = greet(Wire::new(Box::new(tunnel), timeout), peer).map_err(|lost| {
        // The program has ended with its line, and has said all that it has to say.
        match complaints.last_line() {
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

fn by_network(settings: &ImapSettings, peer: &Peer, timeout: Duration, tell: Tell<'_>) -> Result<Greeted, Fault> {
    let socket = dial(settings, peer, timeout)?;
    tell(Cutter::new(&socket).map_err(|error| unreachable(peer, &error))?);
    match settings.security {
        Security::Tls => {
            let stream = handshake(socket, settings, peer)?;
            let (certificate, binding) = (shown(&stream), stream.tls_server_end_point().ok().flatten());
            let mut greeted = greet(Wire::new(Box::new(stream), timeout), peer)?;
            greeted.connection.binding = binding;
            Ok(Greeted { certificate, ..greeted })
        }
        Security::StartTls => start_tls(socket, settings, peer, timeout),
        Security::None => {
            let wire = plain(&socket, timeout).map_err(|error| unreachable(peer, &error))?;
            greet(wire, peer)
        }
    }
}

fn dial(settings: &ImapSettings, peer: &Peer, timeout: Duration) -> Result<TcpStream, Fault> {
    let addresses = (settings.host.as_str(), settings.port).to_socket_addrs().map_err(|error| {
        Fault::new(Reach::Account, FaultKind::Network, format!("looking up {peer}"), error)
            .advise("check remotehost and the network")
    })?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, timeout).and_then(|socket| prepare(socket, timeout)) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(Fault::new(
        Reach::Account,
        FaultKind::Network,
        format!("connecting to {peer}, port {}", settings.port),
        reason(&last),
    )
    .advise("check remotehost, remoteport and the network"))
}

fn prepare(socket: TcpStream, timeout: Duration) -> io::Result<TcpStream> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(timeout))?;
    socket.set_write_timeout(Some(timeout))?;
    Ok(socket)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused; nothing listens there".into(),
        io::ErrorKind::TimedOut => "no answer within the time limit (socktimeout)".into(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "there is no route to it".into(),
        _ => error.to_string(),
    }
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

/// STARTTLS (RFC 3501, section 6.2.1). Nothing that was said before it is believed after it.
fn start_tls(socket: TcpStream, settings: &ImapSettings, peer: &Peer, timeout: Duration) -> Result<Greeted, Fault> {
    let insist = "the connection would not be encrypted; ask the provider, or set starttls = no if you must";
    let tls =
        |cause: &str| Fault::new(Reach::Account, FaultKind::Tls, format!("securing the connection to {peer}"), cause);
    let wire = plain(&socket, timeout).map_err(|error| unreachable(peer, &error))?;
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
    drop(connection);
    socket.set_nonblocking(false).map_err(|error| unreachable(peer, &error))?;
    let stream = handshake(socket, settings, peer)?;
    let (certificate, binding) = (shown(&stream), stream.tls_server_end_point().ok().flatten());
    let mut connection = Connection::new(peer.clone(), Wire::new(Box::new(stream), timeout));
    connection.binding = binding;
    Ok(Greeted { connection, preauth: false, greeting, certificate })
}

/// The certificate that the server has shown.
fn shown(stream: &TlsStream<TcpStream>) -> Option<Vec<u8>> {
    stream.peer_certificate().ok().flatten()?.to_der().ok()
}

fn handshake(socket: TcpStream, settings: &ImapSettings, peer: &Peer) -> Result<TlsStream<TcpStream>, Fault> {
    let connector = connector(settings, peer)?;
    let stream = connector.connect(&settings.host, socket).map_err(|error| refused_certificate(&error, peer))?;
    stream.get_ref().set_nonblocking(true).map_err(|error| unreachable(peer, &error))?;
    Ok(stream)
}

fn connector(settings: &ImapSettings, peer: &Peer) -> Result<TlsConnector, Fault> {
    let fault = |cause: String| Fault::new(Reach::Account, FaultKind::Tls, format!("preparing TLS for {peer}"), cause);
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    if let Some(path) = &settings.ca_file {
        let advise = "set sslcacertfile to a PEM file with the certificates to trust";
        let pem = fs::read(path).map_err(|error| fault(format!("{}: {error}", path.display())).advise(advise))?;
        let roots = Certificate::stack_from_pem(&pem)
            .ok()
            .filter(|roots| !roots.is_empty())
            .ok_or_else(|| fault(format!("{} holds no certificate", path.display())).advise(advise))?;
        builder.disable_built_in_roots(true);
        for root in roots {
            builder.add_root_certificate(root);
        }
    }
    builder.build().map_err(|error| fault(error.to_string()))
}

fn refused_certificate(error: &HandshakeError<TcpStream>, peer: &Peer) -> Fault {
    let HandshakeError::Failure(error) = error else {
        return Fault::new(
            Reach::Account,
            FaultKind::Network,
            format!("securing the connection to {peer}"),
            "no answer within the time limit (socktimeout)",
        );
    };
    let text = error.to_string();
    let fault =
        |cause: &str| Fault::new(Reach::Account, FaultKind::Tls, format!("securing the connection to {peer}"), cause);
    if !text.contains("certificate verify failed") {
        return fault(&text).advise("check remoteport, ssl and starttls: the port may not speak TLS");
    }
    let why = text.rfind('(').map_or(text.as_str(), |place| text[place..].trim_matches(['(', ')']));
    fault(&format!("the server's certificate is refused ({why})")).advise(
        "nothing was sent; check remotehost, or set sslcacertfile to the certificate of the authority you trust",
    )
}
