//! The real program in a real pseudo-terminal, started from a shell, as a person would start it.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::Pid;

/// How long a test waits for something on the screen; only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(40);

/// A terminal with a shell, and the screen it shows.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    /// Until it hangs up.
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// All bytes that were ever shown.
    pub shown: Vec<u8>,
}

fn cells(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    /// Opens a terminal of this size.
    pub fn open(columns: u16, rows: u16) -> Self {
        let pty = native_pty_system().openpty(cells(columns, rows)).unwrap();
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "--noediting", "-i"]);
        for (name, value) in [("PS1", ""), ("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")] {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).unwrap();
        let (mut from, keys) = (pty.master.try_clone_reader().unwrap(), pty.master.take_writer().unwrap());
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = from.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let size = |cells| NonZeroU16::new(cells).unwrap();
        let parser = vt100::Parser::new(size(rows), size(columns), 0);
        Self { child, master: Some(pty.master), keys, output, parser, shown: Vec::new() }
    }

    /// Starts the program; its end is told by [`Terminal::ends_with`].
    pub fn start(&mut self, arguments: &str) {
        let program = env!("CARGO_BIN_EXE_blinkensync");
        // The marks are put together by the shell, so that the echo of the line isn't taken for its result.
        let line = format!(
            "B=$(stty -g); {program} {arguments}; E=$?; [ \"$B\" = \"$(stty -g)\" ] && S=same; clear; echo e''nd-$E-$S\n"
        );
        self.press(&line);
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Pulls at the window's corner.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = |cells| NonZeroU16::new(cells).unwrap();
        self.parser.screen_mut().set_size(size(rows), size(columns));
        self.master.as_ref().unwrap().resize(cells(columns, rows)).unwrap();
    }

    /// The shell.
    pub fn shell(&self) -> Pid {
        self.child.process_id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).unwrap()
    }

    /// The program in the foreground.
    pub fn program(&self) -> Pid {
        self.master.as_ref().and_then(|master| Pid::from_raw(master.process_group_leader()?)).unwrap()
    }

    /// Closes the window; the shell has ended then.
    pub fn hang_up(mut self) {
        (self.master, self.keys) = (None, Box::new(std::io::sink()));
        // Whoever reads lets go as soon as there is something that nobody wants.
        self.output = channel().1;
        self.child.wait().unwrap();
    }

    /// What is on the screen.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Waits until the screen is as wished.
    #[track_caller]
    pub fn wait(&mut self, wish: &str, wished: impl Fn(&vt100::Screen) -> bool) {
        self.until(wish, |terminal| wished(terminal.screen()));
    }

    /// Waits until this was written so often, wherever it has gone since.
    #[track_caller]
    pub fn wrote(&mut self, words: &str, times: usize) {
        self.until(words, |terminal| String::from_utf8_lossy(&terminal.shown).matches(words).count() >= times);
    }

    #[track_caller]
    fn until(&mut self, wish: &str, wished: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wished(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(bytes) = self.output.recv_timeout(left).ok().filter(|_| !left.is_zero()) else {
                panic!("no {wish} on:\n{}", self.parser.screen().contents());
            };
            self.parser.process(&bytes);
            self.shown.extend(bytes);
        }
    }

    /// Waits until the program shows this.
    #[track_caller]
    pub fn shows(&mut self, text: &str) {
        self.wait(text, |screen| screen.alternate_screen() && screen.contents().contains(text));
    }

    /// Waits until the program has ended with this code, and fails unless the terminal is as it was before.
    #[track_caller]
    pub fn ends_with(&mut self, code: u8) {
        self.wait("end", |screen| {
            !screen.alternate_screen() && screen.contents().contains("end-") && screen.cursor_position().1 == 0
        });
        let contents = self.screen().contents();
        assert!(contents.contains(&format!("end-{code}-same")), "{contents}");
        self.is_whole();
    }

    /// Waits until the program has ended that was suspended, and fails unless the terminal is as it was before.
    #[track_caller]
    pub fn is_given_back(&mut self) {
        self.wait("normal screen", |screen| !screen.alternate_screen());
        self.press("clear; [ \"$B\" = \"$(stty -g)\" ] && echo back-$((40+2))\n");
        self.wait("word that it is the same", |screen| screen.contents().contains("back-42"));
        self.is_whole();
    }

    #[track_caller]
    fn is_whole(&self) {
        assert!(!self.screen().hide_cursor());
        assert_eq!(self.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!self.screen().bracketed_paste());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
