//! Takes a picture of a program that runs in a real pseudo-terminal:
//! `screenshot --size 100x30 [--keys KEYS] --wait-for TEXT [--limit SECONDS] --out FILE.svg -- COMMAND ARGS`.
//! Keys are sent when the text is on the screen, or at once with none; the picture is taken when the text is there.

#[path = "svg.rs"]
mod svg;

use std::error::Error;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use clap::Parser;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// A program that has written nothing for so long has drawn its picture; shorter than a frame of Blinkenlights.
const SETTLED: Duration = Duration::from_millis(25);

#[derive(Parser)]
struct Wish {
    /// Columns and lines.
    #[arg(long, default_value = "100x30")]
    size: String,
    /// Sent as soon as the program has drawn anything.
    #[arg(long, default_value = "")]
    keys: String,
    /// The picture is taken when this stands on the screen.
    #[arg(long)]
    wait_for: String,
    /// Seconds until it is given up.
    #[arg(long, default_value_t = 60)]
    limit: u64,
    /// Where the picture goes.
    #[arg(long)]
    out: std::path::PathBuf,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let wish = Wish::parse();
    let (columns, lines) = wish.size.split_once('x').ok_or("a size is written as 100x30")?;
    let (cols, rows): (NonZeroU16, NonZeroU16) = (columns.parse()?, lines.parse()?);
    let pty =
        native_pty_system().openpty(PtySize { rows: rows.get(), cols: cols.get(), pixel_width: 0, pixel_height: 0 })?;
    let mut child = pty.slave.spawn_command(command(&wish.command)?)?;
    drop(pty.slave);
    let (output, keys) = (listen(pty.master.try_clone_reader()?), pty.master.take_writer()?);
    let mut parser = vt100::Parser::new(rows, cols, 0);
    let watched = watch(&wish, &mut parser, &output, keys);
    child.kill()?;
    child.wait()?;
    watched?;
    let mut picture = String::new();
    svg::write(&mut picture, parser.screen())?;
    std::fs::write(&wish.out, picture)?;
    Ok(())
}

fn command(words: &[String]) -> std::io::Result<CommandBuilder> {
    // A path is meant from here; a bare name is looked for in PATH.
    let path = if words[0].contains('/') { std::path::absolute(&words[0])? } else { (&words[0]).into() };
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

/// Types the keys, and watches until the text stands there and the picture is complete.
fn watch(
    wish: &Wish,
    parser: &mut vt100::Parser,
    output: &Receiver<Vec<u8>>,
    mut to: Box<dyn Write + Send>,
) -> Result<(), Box<dyn Error>> {
    let (end, mut keys) = (Instant::now() + Duration::from_secs(wish.limit), Some(&wish.keys));
    while !parser.screen().contents().contains(&wish.wait_for) {
        let bytes = output.recv_timeout(end.saturating_duration_since(Instant::now()));
        parser.process(&bytes.map_err(|_| format!("\"{}\" never appeared", wish.wait_for))?);
        if let Some(keys) = keys.take_if(|_| !parser.screen().contents().trim().is_empty()) {
            to.write_all(keys.as_bytes())?;
        }
    }
    // The text may stand in the first half of a picture; its other half follows closely.
    while let Ok(bytes) = output.recv_timeout(SETTLED) {
        parser.process(&bytes);
        if Instant::now() > end {
            return Err("the picture never came to rest".into());
        }
    }
    Ok(())
}
