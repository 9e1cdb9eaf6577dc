//! A terminal's screen as an SVG picture.
//!
//! Words are placed each at its own column and stretched to their cells, and what has to meet its neighbour (bars,
//! rules, lamps) is drawn as shapes, so that the picture is the same whatever font there is.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

const WIDE: f32 = 8.4;
/// How high a line is.
pub const HIGH: f32 = 18.0;
const EDGE: f32 = 16.0;
const TITLE: f32 = 20.0;
/// Bars don't touch those above and below.
const INSET: f32 = 2.0;

/// The window's own colours.
#[derive(Debug, Clone, Copy)]
pub struct Paper {
    ground: &'static str,
    ink: &'static str,
    frame: &'static str,
}

impl Paper {
    pub const DARK: Self = Self { ground: "#101214", ink: "#c8ccd0", frame: "#34383c" };
    pub const LIGHT: Self = Self { ground: "#ffffff", ink: "#24282c", frame: "#c8ccd0" };
}

/// The picture of `screen`.
pub fn picture(screen: &Screen, paper: Paper) -> String {
    let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
    let mut out = head((cols, rows), paper);
    for row in 0..rows {
        let line = [grounds(screen, row, paper), pieces(screen, row, paper)].concat().concat();
        if !line.is_empty() {
            let y = f32::from(row) * HIGH;
            // Writing to a String can't fail, here and below.
            let _ = writeln!(out, r#"<g transform="translate(0 {y})">{line}</g>"#);
        }
    }
    out + TAIL
}

/// What ends a picture.
pub const TAIL: &str = "</g></svg>\n";

/// The window of so many columns and lines. What follows are lines, the first one at y = 0.
pub fn head((cols, rows): (u16, u16), paper: Paper) -> String {
    let Paper { ground, ink, frame } = paper;
    let (width, height) = (f32::from(cols) * WIDE + 2.0 * EDGE, f32::from(rows) * HIGH + 2.0 * EDGE + TITLE);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <rect x=\".5\" y=\".5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"10\" fill=\"{ground}\" stroke=\"{frame}\"/>\n",
        width - 1.0,
        height - 1.0
    );
    for (place, colour) in ["#ff5f56", "#ffbd2e", "#27c93f"].iter().enumerate() {
        let _ = write!(out, r#"<circle cx="{}" cy="16" r="5" fill="{colour}"/>"#, 20 + 18 * place);
    }
    let _ = writeln!(
        out,
        "\n<g transform=\"translate({EDGE} {})\" fill=\"{ink}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" \
         font-size=\"14\" xml:space=\"preserve\">",
        EDGE + TITLE
    );
    out
}

/// What stands in a line, above its grounds, piece by piece, as though it were the first line.
pub fn pieces(screen: &Screen, row: u16, paper: Paper) -> Vec<String> {
    let mut line = Line { paper, pieces: Vec::new(), run: Run::default() };
    for col in 0..screen.size().1.get() {
        if let Some(cell) = screen.cell(row, col).filter(|cell| !cell.is_wide_continuation()) {
            line.cell(cell, f32::from(col) * WIDE);
        }
    }
    line.end();
    line.pieces
}

/// A cell's ink and its ground; empty where they are the window's.
fn colours(cell: &Cell, paper: Paper) -> (String, String) {
    if cell.inverse() {
        return (colour(cell.bgcolor(), paper.ground), colour(cell.fgcolor(), paper.ink));
    }
    (colour(cell.fgcolor(), ""), colour(cell.bgcolor(), ""))
}

/// The grounds of a line, each in one piece and as high as a bar.
pub fn grounds(screen: &Screen, row: u16, paper: Paper) -> Vec<String> {
    let cols = screen.size().1.get();
    let ground = |col| screen.cell(row, col).map(|cell| colours(cell, paper).1).unwrap_or_default();
    let (mut pieces, mut col) = (Vec::new(), 0);
    while col < cols {
        let fill = ground(col);
        let end = (col..cols).find(|&at| ground(at) != fill).unwrap_or(cols);
        if !fill.is_empty() {
            let (x, width) = (f32::from(col) * WIDE, f32::from(end - col) * WIDE);
            pieces.push(rect(&fill, x, INSET, width, HIGH - 2.0 * INSET));
        }
        col = end;
    }
    pieces
}

/// Cells side by side that make one piece: letters that look alike, or the same shape again and again.
#[derive(Default)]
struct Run {
    text: String,
    fill: String,
    bold: bool,
    /// Whether its ground isn't the window's: then it is a bar that grows to the right.
    grounded: bool,
    x: f32,
    width: f32,
}

struct Line {
    paper: Paper,
    pieces: Vec<String>,
    run: Run,
}

impl Line {
    fn cell(&mut self, cell: &Cell, x: f32) {
        let text = cell.contents();
        if text.trim().is_empty() {
            return self.end();
        }
        let (fill, _) = colours(cell, self.paper);
        let alike = self.run.fill == fill && self.run.bold == cell.bold();
        let goes_on = match (self.run.text.chars().last(), text.chars().next()) {
            (Some(last), Some(next)) if is_shape(last) || is_shape(next) => joins(last, next),
            (last, _) => last.is_some(),
        };
        if !(alike && goes_on) {
            self.end();
            let grounded = cell.bgcolor() != Color::Default;
            self.run = Run { x, fill, bold: cell.bold(), grounded, ..Run::default() };
        }
        self.run.text.push_str(text);
        self.run.width += if cell.is_wide() { 2.0 * WIDE } else { WIDE };
    }

    fn end(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(last) = run.text.chars().last() {
            let fill = if run.fill.is_empty() { self.paper.ink } else { &run.fill };
            self.pieces.push(if is_shape(last) { shape(&run, last, fill) } else { run.words() });
        }
    }
}

impl Run {
    fn words(&self) -> String {
        let text = self.text.replace('&', "&amp;").replace('<', "&lt;");
        let bold = if self.bold { r#" font-weight="bold""# } else { "" };
        let fill = if self.fill.is_empty() { String::new() } else { format!(r#" fill="{}""#, self.fill) };
        format!(
            r#"<text x="{}" y="14" textLength="{}" lengthAdjust="spacingAndGlyphs"{fill}{bold}>{text}</text>"#,
            short(self.x),
            short(self.width)
        )
    }
}

/// Whether it is drawn as a shape rather than as a letter.
fn is_shape(sign: char) -> bool {
    matches!(sign, '●' | '○' | '─' | '│' | '╭' | '╮' | '╰' | '╯' | '▁'..='█' | '▉'..='▏')
}

/// Whether a shape goes on in the next cell: rules do, and bars until their last part.
fn joins(last: char, next: char) -> bool {
    matches!((last, next), ('─', '─') | ('█', '█'..='▏'))
}

/// The run of shapes that ends with this one.
fn shape(run: &Run, last: char, fill: &str) -> String {
    let (x, width) = (run.x, run.width);
    let (middle, line) = (x + WIDE / 2.0, HIGH / 2.0);
    match last {
        '●' => format!(r#"<circle cx="{}" cy="{line}" r="4" fill="{fill}"/>"#, short(middle)),
        '○' => format!(r#"<circle cx="{}" cy="{line}" r="3.4" fill="none" stroke="{fill}"/>"#, short(middle)),
        '─' => rect(fill, x, line - 0.5, width, 1.0),
        '│' => rect(fill, middle - 0.5, 0.0, 1.0, HIGH),
        // From the foot up, in eighths of the height.
        '▁'..='▇' => {
            let part = HIGH * eighths(u32::from(last) - 0x2580);
            rect(fill, x, HIGH - part, width, part)
        }
        // From the left, the last one in eighths of its width.
        '█'..='▏' => {
            let width = width - WIDE + WIDE * eighths(0x2590 - u32::from(last));
            let inset = if run.grounded { INSET } else { 0.0 };
            rect(fill, x, inset, width, HIGH - 2.0 * inset)
        }
        _ => {
            let across = if matches!(last, '╭' | '╰') { x + WIDE } else { x };
            let down = if matches!(last, '╭' | '╮') { HIGH } else { 0.0 };
            let (across, middle) = (short(across), short(middle));
            format!(r#"<path d="M{across} {line}Q{middle} {line} {middle} {down}" fill="none" stroke="{fill}"/>"#)
        }
    }
}

fn eighths(number: u32) -> f32 {
    f32::from(u8::try_from(number).unwrap_or(8)) / 8.0
}

fn rect(fill: &str, x: f32, y: f32, width: f32, height: f32) -> String {
    let [x, y, width, height] = [x, y, width, height].map(short);
    format!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>"#)
}

/// A number with one decimal, if it needs any.
fn short(number: f32) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

fn colour(colour: Color, default: &str) -> String {
    const SIXTEEN: [&str; 16] = [
        "#000000", "#cd3131", "#0dbc79", "#e5a510", "#2472c8", "#bc3fbc", "#11a8cd", "#c5c8cc", "#666666", "#f14c4c",
        "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
    ];
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match colour {
        Color::Default => default.into(),
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Idx(index @ 0..16) => SIXTEEN[usize::from(index)].into(),
        Color::Idx(index @ 16..232) => {
            let (r, g, b) = ((index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6);
            format!("#{:02x}{:02x}{:02x}", level(r), level(g), level(b))
        }
        Color::Idx(index) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (index - 232)),
    }
}
