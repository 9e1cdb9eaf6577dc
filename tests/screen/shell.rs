//! A shell with job control in a pseudo-terminal, and the screen it writes on.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A test that waits longer than this for anything has failed.
const LIMIT: Duration = Duration::from_secs(60);
const SIZE: PtySize = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };

/// The shell.
pub struct Shell {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Everything that was written on the screen.
    pub shown: Vec<u8>,
}

/// What other tests' surroundings may have set, and the terminal here isn't.
const FOREIGN: [&str; 11] = [
    "NO_COLOR",
    "COLORTERM",
    "COLORFGBG",
    "TMUX",
    "STY",
    "VTE_VERSION",
    "SSH_CONNECTION",
    "SSH_TTY",
    "LANG",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
];

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

impl Shell {
    /// A shell without prompt, in the project's directory.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with these variables in its environment.
    pub fn with(variables: &[(&str, &str)]) -> Self {
        let pty = native_pty_system().openpty(SIZE).unwrap();
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "--noprofile", "--noediting", "-i"]);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        for name in FOREIGN {
            command.env_remove(name);
        }
        let usual = [("PS1", ""), ("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")];
        for (name, value) in usual.iter().chain(variables) {
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
        let parser = vt100::Parser::new(cells(SIZE.rows), cells(SIZE.cols), 0);
        Self { child, master: pty.master, keys, output, parser, shown: Vec::new() }
    }

    /// Runs the `scene` example; afterwards `end-CODE-same` stands on the screen when the terminal's modes are the
    /// same as before.
    pub fn scene(&mut self, args: &str, scene: &str) {
        self.scene_in("", args, scene);
    }

    /// The same within another program, which is given the command as its last words.
    pub fn scene_in(&mut self, wrapper: &str, args: &str, scene: &str) {
        let project = env!("CARGO_MANIFEST_DIR");
        self.play(wrapper, args, &format!("{project}/tests/screen/scenes/{scene}.json"));
    }

    /// The same with a scene from anywhere.
    pub fn play(&mut self, wrapper: &str, args: &str, file: &str) {
        let program = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples/scene");
        assert!(program.exists(), "cargo build --example scene comes first, unless all of cargo test is run");
        let run = format!("{wrapper} {} {args} {file}", program.display());
        // The marks are put together by the shell, so that the echo of the command isn't taken for its result.
        let check = "E=$?; [ \"$B\" = \"$(stty -g)\" ] && S=same; echo; echo end-$E-$S";
        self.press(&format!("clear; B=$(stty -g); {run}; {check}\n"));
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Makes the window this large.
    pub fn resize(&mut self, columns: u16, lines: u16) {
        self.master.resize(PtySize { rows: lines, cols: columns, ..SIZE }).unwrap();
        self.parser.screen_mut().set_size(cells(lines), cells(columns));
    }

    /// Writes something of another program's across the picture.
    pub fn spoil(&mut self) {
        self.parser.process(b"\x1b[2J\x1b[Hspoiled");
    }

    /// The process in the foreground.
    pub fn foreground(&self) -> i32 {
        self.master.process_group_leader().unwrap()
    }

    /// Whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        let terminal = std::fs::File::open(self.master.tty_name().unwrap()).unwrap();
        rustix::termios::tcgetattr(terminal).unwrap().local_modes.contains(rustix::termios::LocalModes::ECHO)
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// The screen.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Where these words begin on the screen: the column and the line, counted from one as a mouse does.
    pub fn place(&self, words: &str) -> (usize, usize) {
        let rows = self.parser.screen().rows(0, self.parser.screen().size().1.get());
        let found = rows.enumerate().find_map(|(row, text)| Some((text[..text.find(words)?].chars().count(), row)));
        let (column, row) = found.unwrap_or_else(|| panic!("no {words} on:\n{}", self.text()));
        (column + 1, row + 1)
    }

    /// Clicks where these words begin.
    pub fn click(&mut self, words: &str) {
        let (column, row) = self.place(words);
        self.press(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
    }

    /// Waits until the screen is as wished.
    pub fn wait(&mut self, wish: &str, wished: impl Fn(&vt100::Screen) -> bool) {
        self.until(wish, |shell| wished(shell.screen()));
    }

    /// Waits until these characters were written, whatever the terminal makes of them.
    pub fn wait_for_bytes(&mut self, bytes: &str) {
        self.until(bytes, |shell| shell.wrote(bytes));
    }

    /// Whether these characters were ever written.
    pub fn wrote(&self, bytes: &str) -> bool {
        self.shown.windows(bytes.len()).any(|window| window == bytes.as_bytes())
    }

    /// Waits until something is so.
    pub fn until(&mut self, wish: &str, wished: impl Fn(&Self) -> bool) {
        let end = Instant::now() + LIMIT;
        while !wished(self) {
            let bytes = self.output.recv_timeout(end.saturating_duration_since(Instant::now()));
            let bytes = bytes.unwrap_or_else(|_| panic!("no {wish:?} on:\n{}", self.text()));
            self.parser.process(&bytes);
            self.shown.extend(bytes);
        }
    }

    /// Waits until `text` stands on the normal or on the alternate screen.
    pub fn wait_for(&mut self, text: &str, alternate: bool) {
        self.wait(text, |screen| screen.contents().contains(text) && screen.alternate_screen() == alternate);
    }

    /// Fails unless the terminal is as a shell expects it.
    pub fn assert_whole(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
pub fn signalled(name: &str, process: i32) {
    let status = std::process::Command::new("kill").args(["-s", name, &process.to_string()]).status();
    assert!(status.unwrap().success());
}
