//! A recording as an SVG picture that moves.
//!
//! Each piece of a line is written once, however often it is seen; what appears and goes at the same times is one group,
//! which is shown for so long (SMIL). Whoever doesn't play it shows one picture from its midst.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::time::Duration;

use super::svg::{self, HIGH, Paper};
use super::window::Tape;

/// Milliseconds from one picture to the next.
const FRAME: u64 = 200;
/// How long the last picture stands, in pictures.
const REST: usize = 12;
/// What ends a picture of the program's own; until then it is half drawn.
const COMPLETE: &[u8] = b"\x1b[?2026l";

/// The line where a piece stands, and the piece's number.
type Placed = (u16, usize);
/// The frame in which something appears, and the one in which it is gone.
type Stay = (usize, usize);

/// The film.
pub fn write(tape: &Tape, paper: Paper) -> String {
    let mut pieces = Pieces::default();
    let (mut grounds, mut frames) = (Vec::new(), Vec::new());
    for screen in screens(tape) {
        grounds.push(pieces.placed(&screen, |row| svg::grounds(&screen, row, paper)));
        frames.push(pieces.placed(&screen, |row| svg::pieces(&screen, row, paper)));
    }
    let count = frames.len() + REST;
    let mut out = svg::head(tape.size, paper);
    let length = seconds(count);
    // The clock that everything else goes by; it begins anew when it has ended.
    let _ = writeln!(
        out,
        r#"<path><animate id="c" attributeName="opacity" from="1" to="1" dur="{length}" begin="0;c.end"/></path>"#
    );
    let _ = writeln!(out, "<defs>");
    for (number, piece) in pieces.all.iter().enumerate() {
        let (start, rest) = piece.split_at(piece.find(' ').unwrap_or(0));
        let _ = writeln!(out, r#"{start} id="{}"{rest}"#, id(number));
    }
    let _ = writeln!(out, "</defs>");
    // What appears later must not cover what stands on it, so the grounds come first, all of them.
    for ((from, to), placed) in stays(&grounds).into_iter().chain(stays(&frames)) {
        let to = if to == frames.len() { count } else { to };
        group(&mut out, (from, to), count, &placed);
    }
    out + svg::TAIL
}

/// All pieces, each once.
#[derive(Default)]
struct Pieces {
    all: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Pieces {
    /// What all lines of a screen have, with the numbers of the pieces.
    fn placed(&mut self, screen: &vt100::Screen, line: impl Fn(u16) -> Vec<String>) -> Vec<Placed> {
        let rows = 0..screen.size().0.get();
        rows.flat_map(|row| line(row).into_iter().map(move |piece| (row, piece)))
            .map(|(row, piece)| (row, self.number(piece)))
            .collect()
    }

    fn number(&mut self, piece: String) -> usize {
        *self.numbers.entry(piece).or_insert_with_key(|piece| {
            self.all.push(piece.clone());
            self.all.len() - 1
        })
    }
}

/// The screen as it was at the end of each frame.
fn screens(tape: &Tape) -> impl Iterator<Item = vt100::Screen> {
    let mut parser = tape.parser();
    let last = tape.pieces.last().map_or(Duration::ZERO, |piece| piece.0);
    let frames = last.as_millis() / u128::from(FRAME) + 1;
    let (mut pieces, mut waiting) = (tape.pieces.iter().peekable(), Vec::new());
    (1..=frames).map(move |frame| {
        let end = u128::from(FRAME) * frame;
        while let Some((_, bytes)) = pieces.next_if(|piece| piece.0.as_millis() < end) {
            waiting.extend(bytes);
        }
        let complete = waiting.windows(COMPLETE.len()).rposition(|bytes| bytes == COMPLETE);
        let ready = if pieces.peek().is_none() { waiting.len() } else { complete.map_or(0, |at| at + COMPLETE.len()) };
        let ready: Vec<u8> = waiting.drain(..ready).collect();
        parser.process(&ready);
        parser.screen().clone()
    })
}

/// What is seen from one frame until another, in the order in which it appears.
fn stays(frames: &[Vec<Placed>]) -> BTreeMap<Stay, Vec<Placed>> {
    let mut stays: BTreeMap<Stay, Vec<Placed>> = BTreeMap::new();
    let mut seen: BTreeMap<Placed, usize> = BTreeMap::new();
    for (number, frame) in frames.iter().chain([&Vec::new()]).enumerate() {
        let here: BTreeMap<Placed, usize> =
            frame.iter().map(|placed| (*placed, seen.get(placed).copied().unwrap_or(number))).collect();
        for (placed, from) in seen.iter().filter(|(placed, _)| !here.contains_key(placed)) {
            stays.entry((*from, number)).or_default().push(*placed);
        }
        seen = here;
    }
    stays
}

fn group(out: &mut String, (from, to): Stay, count: usize, placed: &[Placed]) {
    // The picture that is seen where nothing moves.
    let still = count / 4;
    let set = |to: &str, from, until| {
        format!(
            r#"<set attributeName="display" to="{to}" begin="c.begin+{}" dur="{}"/>"#,
            seconds(from),
            seconds(until - from)
        )
    };
    let (hidden, times) = if (from..to).contains(&still) {
        let before = if from > 0 { set("none", 0, from) } else { String::new() };
        let after = if to < count { set("none", to, count) } else { String::new() };
        ("", before + &after)
    } else {
        (r#" display="none""#, set("inline", from, to))
    };
    let _ = write!(out, "<g{hidden}>{times}");
    for (row, piece) in placed {
        let y = if *row == 0 { String::new() } else { format!(r#" y="{}""#, f32::from(*row) * HIGH) };
        let _ = write!(out, r##"<use href="#{}"{y}/>"##, id(*piece));
    }
    let _ = writeln!(out, "</g>");
}

fn seconds(frames: usize) -> String {
    let milliseconds = frames as u64 * FRAME;
    format!("{}.{}s", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// A short name: letters only.
fn id(number: usize) -> String {
    let letter = |place: usize| char::from(b'a' + u8::try_from(place % 26).unwrap_or(0));
    let mut name = String::new();
    let mut rest = number + 26;
    while rest > 0 {
        name.insert(0, letter(rest));
        rest /= 26;
    }
    name
}
