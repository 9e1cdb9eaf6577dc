//! The terminal in a real pseudo-terminal: taken over, suspended, resized, and given back whole.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const SIZE: PtySize = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };

/// A shell with job control, and the screen it writes on.
struct Shell {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
}

impl Shell {
    fn start() -> Self {
        let pty = native_pty_system().openpty(SIZE).unwrap();
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "--noediting", "-i"]);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env("PS1", "");
        command.env("TERM", "xterm-256color");
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
        let parser = vt100::Parser::new(size(SIZE.rows), size(SIZE.cols), 0);
        Self { child, _master: pty.master, keys, output, parser }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen is as wished; the time limit only ends a test that has failed.
    fn wait(&mut self, wish: &str, wished: impl Fn(&vt100::Screen) -> bool) {
        while !wished(self.parser.screen()) {
            let bytes = self.output.recv_timeout(Duration::from_secs(30));
            let shown = self.parser.screen().contents();
            self.parser.process(&bytes.unwrap_or_else(|_| panic!("no {wish} on:\n{shown}")));
        }
    }

    fn wait_for(&mut self, text: &str, alternate: bool) {
        self.wait(text, |screen| screen.contents().contains(text) && screen.alternate_screen() == alternate);
    }

    fn scene(&mut self, args: &str) {
        let scene = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples/scene");
        let run = format!("{} {args} tests/screen/scenes/first-sync.json", scene.display());
        // The marks are put together by the shell, so that the echo of the command isn't taken for its result.
        self.press(&format!("B=$(stty -g); {run}; E=$?; [ \"$B\" = \"$(stty -g)\" ] && S=same; echo end-$E-$S\n"));
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn build() {
    assert!(Command::new(env!("CARGO")).args(["build", "-q", "--example", "scene"]).status().unwrap().success());
}

#[test]
fn the_terminal_is_whole_after_a_panic() {
    build();
    let mut shell = Shell::start();
    shell.scene("--panic");
    shell.wait_for("end-101-same", false);
    assert!(!shell.parser.screen().hide_cursor());
}
