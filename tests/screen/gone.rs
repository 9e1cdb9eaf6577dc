//! A terminal that goes away: the program ends instead of asking it for keys for ever.

use std::io::Read;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// A program that takes longer than this is ended by force, and has failed.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn a_terminal_that_is_gone_ends_the_program() {
    let program = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples/scene");
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pty = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new("sh");
    // Without the signal, only the terminal itself can tell.
    let script = format!("trap '' HUP; exec {} --hold tests/screen/scenes/idle.json", program.display());
    command.args(["-c", &script]);
    command.cwd(env!("CARGO_MANIFEST_DIR"));
    command.env("TERM", "xterm-256color");
    let mut child = pty.slave.spawn_command(command).unwrap();
    let mut killer = child.clone_killer();
    let (done, ended) = channel::<()>();
    let watch = std::thread::spawn(move || {
        let too_late = ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
        if too_late {
            killer.kill().unwrap();
        }
        too_late
    });
    let (mut from, mut shown, mut buffer) = (pty.master.try_clone_reader().unwrap(), Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&shown).contains("quit") {
        let length = from.read(&mut buffer).unwrap();
        assert!(length > 0, "the program ended by itself");
        shown.extend_from_slice(&buffer[..length]);
    }
    drop((from, pty));
    child.wait().unwrap();
    drop(done);
    assert!(!watch.join().unwrap(), "it had to be killed");
}
