//! A way to the server that counts what goes over it, and can be made as long as one likes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, at, bounded};

/// What is kept of a client's words on one connection.
const MOST_WORDS: usize = 256 * 1024;

/// Pieces that are under way at once on a long way: enough not to slow anybody down.
const UNDER_WAY: usize = 1024;

/// What went over the way.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Connections made.
    pub connections: u64,
    /// Bytes from the client to the server.
    pub up: u64,
    /// Bytes from the server to the client.
    pub down: u64,
    /// How often a client spoke after it had heard something: the answers that it waited for, on all connections together.
    pub turns: u64,
    /// The turns of the connection that had most.
    pub longest: u64,
    /// What the client said on each connection, up to a limit.
    words: Vec<Vec<u8>>,
}

impl Figures {
    /// The commands that the client sent, without their tags. Only where nothing was encrypted, and no message sent.
    pub fn commands(&self) -> Vec<String> {
        let all = self.words.iter().map(|words| String::from_utf8_lossy(words).into_owned());
        let command = |line: &str| line.split_once(' ').map(|(_, command)| command.to_owned());
        all.flat_map(|text| text.lines().filter_map(command).collect::<Vec<_>>()).collect()
    }
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    figures: Figures,
    open: usize,
}

/// One connection's part of it.
#[derive(Clone)]
struct Line {
    shared: Arc<Shared>,
    /// Whether the client has heard something since it last spoke, and its turns so far.
    talk: Arc<Mutex<(bool, u64)>>,
    number: usize,
}

impl Line {
    fn said(&self, data: &[u8]) {
        let mut talk = self.talk.lock().unwrap();
        let mut state = self.shared.state.lock().unwrap();
        if std::mem::take(&mut talk.0) {
            talk.1 += 1;
            state.figures.turns += 1;
        }
        state.figures.longest = state.figures.longest.max(talk.1);
        state.figures.up += data.len() as u64;
        if let Some(words) = state.figures.words.get_mut(self.number) {
            let room = MOST_WORDS.saturating_sub(words.len()).min(data.len());
            words.extend_from_slice(&data[..room]);
        }
    }

    fn heard(&self, data: &[u8]) {
        self.talk.lock().unwrap().0 = true;
        self.shared.state.lock().unwrap().figures.down += data.len() as u64;
    }
}

/// The way, for as many connections as come.
pub struct Meter {
    /// Where to connect to.
    pub port: u16,
    shared: Arc<Shared>,
}

impl Meter {
    /// A way to this port on which an answer takes at least this long.
    pub fn new(server: u16, round_trip: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let meter = Self { port, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, line) = (client.unwrap(), enter(&shared));
                thread::spawn(move || {
                    connect(&client, server, round_trip / 2, &line);
                    line.shared.state.lock().unwrap().open -= 1;
                    line.shared.ended.notify_all();
                });
            }
        });
        meter
    }

    /// What has gone over it since this was last asked, when all connections have ended.
    pub fn take(&self) -> Figures {
        let state = self.shared.state.lock().unwrap();
        let mut state = self.shared.ended.wait_while(state, |state| state.open > 0).unwrap();
        std::mem::take(&mut state.figures)
    }
}

fn enter(shared: &Arc<Shared>) -> Line {
    let mut state = shared.state.lock().unwrap();
    state.open += 1;
    state.figures.connections += 1;
    let number = state.figures.words.len();
    state.figures.words.push(Vec::new());
    Line { shared: Arc::clone(shared), talk: Arc::new(Mutex::new((true, 0))), number }
}

fn connect(client: &TcpStream, server: u16, delay: Duration, line: &Line) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    thread::scope(|scope| {
        // What a client says counts when it says it, and what it hears when it hears it.
        scope.spawn(|| pass(client, &server, delay, |data| line.said(data), |_| {}));
        pass(&server, client, delay, |_| {}, |data| line.heard(data));
    });
}

/// Passes bytes on until there are no more.
fn pass(
    mut from: &TcpStream,
    mut to: &TcpStream,
    delay: Duration,
    sent: impl Fn(&[u8]),
    arrives: impl Fn(&[u8]) + Sync,
) {
    let mut buffer = vec![0; 64 * 1024];
    if delay.is_zero() {
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            sent(&buffer[..count]);
            arrives(&buffer[..count]);
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
        return;
    }
    let (sender, under_way) = bounded(UNDER_WAY);
    thread::scope(|scope| {
        scope.spawn(|| arrive(&under_way, to, &arrives));
        send(from, sender, delay, &mut buffer, sent);
    });
}

fn send(
    mut from: &TcpStream,
    sender: Sender<(Instant, Vec<u8>)>,
    delay: Duration,
    buffer: &mut [u8],
    sent: impl Fn(&[u8]),
) {
    while let Ok(count @ 1..) = from.read(buffer) {
        sent(&buffer[..count]);
        if sender.send((Instant::now() + delay, buffer[..count].to_vec())).is_err() {
            break;
        }
    }
    drop(sender);
}

fn arrive(under_way: &Receiver<(Instant, Vec<u8>)>, mut to: &TcpStream, arrives: &impl Fn(&[u8])) {
    // Read to the end also when nobody takes it any more, so that the sender isn't held up.
    let mut open = true;
    for (due, data) in under_way {
        let _ = at(due).recv();
        if open {
            arrives(&data);
            open = to.write_all(&data).is_ok();
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
