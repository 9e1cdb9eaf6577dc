//! A small IMAP server with a life of its own, for the demonstration and for tests.
//!
//! It speaks IMAP4rev1 (RFC 3501) with the extensions that the client uses, each of which can be switched off. It knows
//! one user and keeps everything in memory. A thread serves each connection; dropping the [`Server`] ends them all.

mod corpus;
mod deflate;
mod extensions;
mod fetch;
mod gmail;
mod input;
mod login;
mod mailbox;
mod output;
mod script;
mod search;
mod select;
mod session;
mod store;
mod tree;

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};

use gmail::{CROWDED, MOST_CONNECTIONS};

pub use extensions::Extensions;
pub use gmail::Names;
pub use mailbox::{Mailbox, Mailboxes, Message};

/// What kind of server it is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// The extensions it offers.
    pub extensions: Extensions,
    /// What its special folders are called where it is like Gmail.
    pub names: Names,
    /// What separates the parts of a mailbox's name.
    pub separator: char,
    /// The one user.
    pub user: String,
    /// That user's password.
    pub password: String,
    /// Whether it is filled with mail to look at; otherwise it has an empty INBOX.
    pub filled: bool,
    /// How often something happens by itself; never without.
    pub pace: Option<Duration>,
    /// How many bytes of messages a connection gets in a second; as many as it can take without.
    pub bytes_per_second: Option<u64>,
    /// What chance begins with.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            extensions: Extensions::ALL,
            names: Names::ENGLISH,
            separator: '/',
            user: "demo".to_owned(),
            password: "lookenspeepers".to_owned(),
            filled: false,
            pace: None,
            bytes_per_second: None,
            seed: 1,
        }
    }
}

impl Options {
    /// A server to look at: filled, lively, and slow enough for a person to follow.
    pub fn demonstration() -> Self {
        Self {
            filled: true,
            pace: Some(Duration::from_millis(2500)),
            bytes_per_second: Some(900_000),
            ..Self::default()
        }
    }
}

/// How many clients may be logged in at once, and what the others are told.
#[derive(Debug, Clone)]
struct Doorman {
    most: usize,
    inside: usize,
    words: String,
    /// After so many more commands, all are refused with these words.
    patience: usize,
}

/// What all threads of a server share.
struct Shared {
    options: Options,
    doorman: Mutex<Doorman>,
    mailboxes: Mutex<Mailboxes>,
    /// The connections there are, numbered, so that they can be cut.
    connections: Mutex<HashMap<usize, TcpStream>>,
    /// Told whenever one of them has ended.
    departure: Condvar,
}

impl Shared {
    fn mailboxes(&self) -> MutexGuard<'_, Mailboxes> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn doorman(&self) -> MutexGuard<'_, Doorman> {
        self.doorman.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<usize, TcpStream>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. It ends, with all its connections, when it is dropped.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// Dropped to end the script and whoever waits to send slowly.
    alive: Option<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is no such port, or no thread.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let gmail = options.extensions.gmail;
        let mut mailboxes = if gmail { Mailboxes::of_gmail(options.names) } else { Mailboxes::default() };
        mailboxes.create("INBOX");
        if options.filled {
            corpus::fill(&mut mailboxes, options.separator, options.seed);
        }
        let (alive, ended) = bounded(0);
        let mailboxes = Mutex::new(mailboxes);
        let (most, words) = if gmail { (MOST_CONNECTIONS, CROWDED) } else { (usize::MAX, "") };
        let doorman = Mutex::new(Doorman { most, inside: 0, words: words.to_owned(), patience: usize::MAX });
        let (connections, departure) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { options, doorman, mailboxes, connections, departure });
        let mut threads = Vec::new();
        if let Some(pace) = shared.options.pace {
            let (shared, ended) = (shared.clone(), ended.clone());
            let script = move || script::live(&shared, pace, &ended);
            threads.push(thread::Builder::new().name("demo life".into()).spawn(script)?);
        }
        let accepting = shared.clone();
        let accept = move || accept(&listener, &accepting, &ended);
        threads.push(thread::Builder::new().name("demo server".into()).spawn(accept)?);
        Ok(Self { shared, address, alive: Some(alive), threads })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The user who can log in.
    pub fn user(&self) -> &str {
        &self.shared.options.user
    }

    /// The password that goes with it.
    pub fn password(&self) -> &str {
        &self.shared.options.password
    }

    /// Looks at the mailboxes, or changes them, as another client would. Everyone who waits for changes is told afterwards.
    pub fn with_mailboxes<T>(&self, action: impl FnOnce(&mut Mailboxes) -> T) -> T {
        let mut mailboxes = self.shared.mailboxes();
        let result = action(&mut mailboxes);
        mailboxes.wake();
        result
    }

    /// From now on only so many clients are logged in at once, and the others are refused with these words, a code before them
    /// where there is one. Those that are logged in stay.
    pub fn admit(&self, most: usize, words: &str) {
        let mut doorman = self.shared.doorman();
        (doorman.most, doorman.words) = (most, words.to_owned());
    }

    /// After so many more commands of those who are logged in, each is refused with these words, as by a server that has been
    /// asked for too much; with BYE in front of them, the connection ends.
    pub fn throttle(&self, after: usize, words: &str) {
        let mut doorman = self.shared.doorman();
        (doorman.patience, doorman.words) = (after, words.to_owned());
    }

    /// Cuts every connection there is, as a server that crashes would.
    pub fn cut_connections(&self) {
        for connection in self.shared.connections().values() {
            // It may have ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Waits until every client has gone and whatever they had sent is carried out. Who has only just connected and has
    /// not been greeted yet may be overlooked.
    pub fn wait_until_alone(&self) {
        let mut connections = self.shared.connections();
        while !connections.is_empty() {
            connections = self.shared.departure.wait(connections).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.alive = None;
        // The connection wakes the thread that waits for one; then it sees that nobody is there any more.
        let _ = TcpStream::connect(self.address);
        self.cut_connections();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, ended: &crossbeam_channel::Receiver<()>) {
    thread::scope(|scope| {
        for (number, connection) in listener.incoming().enumerate() {
            if ended.try_recv() == Err(crossbeam_channel::TryRecvError::Disconnected) {
                break;
            }
            let Ok(connection) = connection else { continue };
            if let Ok(handle) = connection.try_clone() {
                shared.connections().insert(number, handle);
            }
            scope.spawn(move || {
                // A client that has gone is no fault of the server's.
                let _ = session::serve(shared, connection, ended);
                // The last handle closes it.
                shared.connections().remove(&number);
                shared.departure.notify_all();
            });
        }
        for connection in shared.connections().values() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    });
}
