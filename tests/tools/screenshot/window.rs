//! A program in a pseudo-terminal, what its screen shows, and everything that it ever wrote.

use std::error::Error;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::absolute;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A program that has written nothing for so long has drawn its picture; shorter than a frame of Blinkenlights.
const SETTLED: Duration = Duration::from_millis(25);
/// How long anything is waited for.
const LIMIT: Duration = Duration::from_secs(90);

type Done = Result<(), Box<dyn Error>>;

/// What was written, and when.
pub struct Tape {
    /// Columns and lines.
    pub size: (u16, u16),
    /// The time since the start, and what came then.
    pub pieces: Vec<(Duration, Vec<u8>)>,
}

impl Tape {
    /// A terminal that has shown nothing yet.
    pub fn parser(&self) -> vt100::Parser {
        vt100::Parser::new(cells(self.size.1), cells(self.size.0), 0)
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

/// The window.
pub struct Window {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    begun: Instant,
    tape: Tape,
    /// What is written to it is seen for as long as this lives.
    _master: Box<dyn MasterPty + Send>,
}

impl Window {
    /// Starts the program in a window of this size.
    pub fn open(words: &[String], size: (u16, u16)) -> Result<Self, Box<dyn Error>> {
        let cells = PtySize { rows: size.1, cols: size.0, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(cells)?;
        let child = pty.slave.spawn_command(command(words)?)?;
        let (output, keys) = (listen(pty.master.try_clone_reader()?), pty.master.take_writer()?);
        let tape = Tape { size, pieces: Vec::new() };
        let parser = tape.parser();
        Ok(Self { child, keys, output, parser, begun: Instant::now(), tape, _master: pty.master })
    }

    /// What is on the screen.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Types.
    pub fn press(&mut self, keys: &str) -> Done {
        Ok(self.keys.write_all(keys.as_bytes())?)
    }

    /// Waits until the text is there, or isn't there any more.
    pub fn until(&mut self, text: &str, there: bool) -> Done {
        let end = Instant::now() + LIMIT;
        while self.screen().contents().contains(text) != there {
            if !self.take_in(end.saturating_duration_since(Instant::now()))? || Instant::now() > end {
                let verb = if there { "appeared" } else { "went" };
                return Err(format!("\"{text}\" never {verb} on:\n{}", self.screen().contents()).into());
            }
        }
        Ok(())
    }

    /// Lets time pass.
    pub fn hold(&mut self, time: Duration) -> Done {
        let end = Instant::now() + time;
        while let left @ 1.. = end.saturating_duration_since(Instant::now()).as_millis() {
            self.take_in(Duration::from_millis(u64::try_from(left)?))?;
        }
        Ok(())
    }

    /// Waits until the picture is complete: a text may stand in the first half of it, and its other half follows closely.
    pub fn settle(&mut self) -> Done {
        let end = Instant::now() + LIMIT;
        while self.take_in(SETTLED)? {
            if Instant::now() > end {
                return Err("the picture never came to rest".into());
            }
        }
        Ok(())
    }

    /// Waits until the program has ended.
    pub fn end(&mut self) -> Done {
        while let Ok(bytes) = self.output.recv_timeout(LIMIT) {
            self.note(bytes);
        }
        Ok(self.child.wait().map(drop)?)
    }

    /// What was written.
    pub fn into_tape(mut self) -> Tape {
        std::mem::replace(&mut self.tape, Tape { size: (1, 1), pieces: Vec::new() })
    }

    /// Takes in what comes next. Says whether anything came in time.
    fn take_in(&mut self, within: Duration) -> Result<bool, Box<dyn Error>> {
        match self.output.recv_timeout(within) {
            Ok(bytes) => {
                self.note(bytes);
                Ok(true)
            }
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => Err("the program has ended too early".into()),
        }
    }

    fn note(&mut self, bytes: Vec<u8>) {
        self.parser.process(&bytes);
        self.tape.pieces.push((self.begun.elapsed(), bytes));
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(words: &[String]) -> std::io::Result<CommandBuilder> {
    // A path is meant from here; a bare name is looked for in PATH.
    let path = if words[0].contains('/') { absolute(&words[0])? } else { (&words[0]).into() };
    let mut command = CommandBuilder::new(path);
    command.args(&words[1..]);
    command.cwd(std::env::current_dir()?);
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    command.env("LC_ALL", "C.UTF-8");
    Ok(command)
}

/// What the program writes, as it comes.
fn listen(mut from: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    output
}
