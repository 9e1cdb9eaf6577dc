//! Takes a picture of a program that runs in a real pseudo-terminal:
//! `screenshot --size 100x30 [--keys KEYS] --wait-for TEXT [--limit SECONDS] --out FILE.svg -- COMMAND ARGS`.
//! Keys are sent when the text is on the screen, or at once with none; the picture is taken when the text is there.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use clap::Parser;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use vt100::{Cell, Color, Screen};

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
    let mut command = CommandBuilder::new(&wish.command[0]);
    command.args(&wish.command[1..]);
    command.cwd(std::env::current_dir()?);
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    let mut child = pty.slave.spawn_command(command)?;
    drop(pty.slave);
    let (mut from, mut to) = (pty.master.try_clone_reader()?, pty.master.take_writer()?);
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut parser = vt100::Parser::new(rows, cols, 0);
    let (end, mut keys) = (Instant::now() + Duration::from_secs(wish.limit), Some(wish.keys));
    while !parser.screen().contents().contains(&wish.wait_for) {
        let bytes = output.recv_timeout(end.saturating_duration_since(Instant::now()));
        parser.process(&bytes.map_err(|_| format!("\"{}\" never appeared", wish.wait_for))?);
        if let Some(keys) = keys.take_if(|_| !parser.screen().contents().trim().is_empty()) {
            to.write_all(keys.as_bytes())?;
        }
    }
    std::fs::write(&wish.out, svg(parser.screen())?)?;
    child.kill()?;
    child.wait()?;
    Ok(())
}

const WIDE: f32 = 8.4;
const HIGH: f32 = 18.0;
const EDGE: f32 = 16.0;

fn svg(screen: &Screen) -> Result<String, std::fmt::Error> {
    let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
    let (width, height) = (f32::from(cols) * WIDE + 2.0 * EDGE, f32::from(rows) * HIGH + 2.0 * EDGE + 20.0);
    let mut out = String::new();
    writeln!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}">"#)?;
    writeln!(out, r##"<rect width="100%" height="100%" rx="10" fill="#101214" stroke="#34383c"/>"##)?;
    for (place, colour) in ["#ff5f56", "#ffbd2e", "#27c93f"].iter().enumerate() {
        writeln!(out, r#"<circle cx="{}" cy="16" r="5" fill="{colour}"/>"#, 20 + 18 * place)?;
    }
    writeln!(
        out,
        r#"<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">"#
    )?;
    for row in 0..rows {
        for col in 0..cols {
            if let Some(cell) = screen.cell(row, col) {
                draw(&mut out, cell, f32::from(col) * WIDE + EDGE, f32::from(row) * HIGH + EDGE + 20.0)?;
            }
        }
    }
    out.push_str("</g></svg>\n");
    Ok(out)
}

fn draw(out: &mut String, cell: &Cell, x: f32, y: f32) -> std::fmt::Result {
    if let Color::Rgb(..) | Color::Idx(_) = cell.bgcolor() {
        let fill = colour(cell.bgcolor());
        writeln!(out, r#"<rect x="{x:.1}" y="{y:.1}" width="{WIDE}" height="{HIGH}" fill="{fill}"/>"#)?;
    }
    if !cell.has_contents() || cell.contents() == " " {
        return Ok(());
    }
    let text = cell.contents().replace('&', "&amp;").replace('<', "&lt;");
    let bold = if cell.bold() { r#" font-weight="bold""# } else { "" };
    writeln!(out, r#"<text x="{x:.1}" y="{:.1}" fill="{}"{bold}>{text}</text>"#, y + 14.0, colour(cell.fgcolor()))
}

fn colour(colour: Color) -> String {
    const SIXTEEN: [&str; 16] = [
        "#000000", "#cd3131", "#0dbc79", "#e5a510", "#2472c8", "#bc3fbc", "#11a8cd", "#c5c8cc", "#666666", "#f14c4c",
        "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
    ];
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match colour {
        Color::Default => "#c8ccd0".into(),
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Idx(index @ 0..16) => SIXTEEN[usize::from(index)].into(),
        Color::Idx(index @ 16..232) => {
            let (r, g, b) = ((index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6);
            format!("#{:02x}{:02x}{:02x}", level(r), level(g), level(b))
        }
        Color::Idx(index) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (index - 232)),
    }
}
