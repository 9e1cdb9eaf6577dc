//! A terminal's screen as an SVG picture.
//!
//! Words are placed each at its own column and stretched to their cells, and what has to meet its neighbour (bars,
//! rules, lamps) is drawn as shapes, so that the picture is the same whatever font there is.

use std::fmt::{Result, Write};

use vt100::{Cell, Color, Screen};

const WIDE: f32 = 8.4;
const HIGH: f32 = 18.0;
const EDGE: f32 = 16.0;
const TITLE: f32 = 20.0;
/// Bars don't touch those above and below.
const INSET: f32 = 2.0;

/// Writes the picture of `screen`.
pub fn write(out: &mut String, screen: &Screen) -> Result {
    let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
    let (width, height) = (f32::from(cols) * WIDE + 2.0 * EDGE, f32::from(rows) * HIGH + 2.0 * EDGE + TITLE);
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}">"#
    )?;
    writeln!(out, r##"<rect width="100%" height="100%" rx="10" fill="#101214" stroke="#34383c"/>"##)?;
    for (place, colour) in ["#ff5f56", "#ffbd2e", "#27c93f"].iter().enumerate() {
        writeln!(out, r#"<circle cx="{}" cy="16" r="5" fill="{colour}"/>"#, 20 + 18 * place)?;
    }
    writeln!(
        out,
        r#"<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">"#
    )?;
    for row in 0..rows {
        grounds(out, screen, row, f32::from(row) * HIGH + EDGE + TITLE)?;
        let mut word = Word::default();
        for col in 0..cols {
            if let Some(cell) = screen.cell(row, col) {
                word.cell(out, cell, f32::from(col) * WIDE + EDGE, f32::from(row) * HIGH + EDGE + TITLE)?;
            }
        }
        word.end(out)?;
    }
    out.push_str("</g></svg>\n");
    Ok(())
}

/// A cell's ink and its ground; no ground is the window's.
fn colours(cell: &Cell) -> (String, String) {
    if cell.inverse() {
        return (colour(cell.bgcolor(), "#101214"), colour(cell.fgcolor(), "#c8ccd0"));
    }
    (colour(cell.fgcolor(), "#c8ccd0"), colour(cell.bgcolor(), ""))
}

/// The grounds of a line, each in one piece and as high as a bar.
fn grounds(out: &mut String, screen: &Screen, row: u16, y: f32) -> Result {
    let cols = screen.size().1.get();
    let ground = |col| screen.cell(row, col).map(|cell| colours(cell).1).unwrap_or_default();
    let mut col = 0;
    while col < cols {
        let fill = ground(col);
        let end = (col..cols).find(|&at| ground(at) != fill).unwrap_or(cols);
        if !fill.is_empty() {
            let (x, width) = (f32::from(col) * WIDE + EDGE, f32::from(end - col) * WIDE);
            let (y, height) = (y + INSET, HIGH - 2.0 * INSET);
            writeln!(out, r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{fill}"/>"#)?;
        }
        col = end;
    }
    Ok(())
}

/// Letters side by side that look alike.
#[derive(Default)]
struct Word {
    text: String,
    fill: String,
    bold: bool,
    x: f32,
    y: f32,
    width: f32,
}

impl Word {
    fn cell(&mut self, out: &mut String, cell: &Cell, x: f32, y: f32) -> Result {
        if cell.is_wide_continuation() {
            return Ok(());
        }
        let width = if cell.is_wide() { 2.0 * WIDE } else { WIDE };
        let (fill, _) = colours(cell);
        let text = cell.contents();
        if text.trim().is_empty() || shape(out, text, x, y, &fill)? {
            return self.end(out);
        }
        if fill != self.fill || cell.bold() != self.bold {
            self.end(out)?;
        }
        if self.text.is_empty() {
            *self = Self { x, y, fill, bold: cell.bold(), ..Self::default() };
        }
        self.text.push_str(text);
        self.width += width;
        Ok(())
    }

    fn end(&mut self, out: &mut String) -> Result {
        let Self { text, fill, bold, x, y, width } = std::mem::take(self);
        if text.is_empty() {
            return Ok(());
        }
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let bold = if bold { r#" font-weight="bold""# } else { "" };
        writeln!(
            out,
            r#"<text x="{x:.1}" y="{:.1}" textLength="{width:.1}" lengthAdjust="spacingAndGlyphs" fill="{fill}"{bold}>{text}</text>"#,
            y + 14.0
        )
    }
}

/// Draws what is a shape rather than a letter; says whether it was one.
fn shape(out: &mut String, text: &str, x: f32, y: f32, fill: &str) -> std::result::Result<bool, std::fmt::Error> {
    let Some(sign) = text.chars().next() else { return Ok(false) };
    let (middle, line) = (x + WIDE / 2.0, y + HIGH / 2.0);
    let mut rect = |x: f32, y: f32, width: f32, height: f32| {
        writeln!(out, r#"<rect x="{x:.1}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{fill}"/>"#)
    };
    match sign {
        '●' => writeln!(out, r#"<circle cx="{middle:.1}" cy="{line:.1}" r="4" fill="{fill}"/>"#)?,
        '○' => writeln!(out, r#"<circle cx="{middle:.1}" cy="{line:.1}" r="3.4" fill="none" stroke="{fill}"/>"#)?,
        '─' => rect(x, line - 0.5, WIDE + 0.1, 1.0)?,
        '╭' | '╮' | '╰' | '╯' => {
            let across = if matches!(sign, '╭' | '╰') { x + WIDE } else { x };
            let down = if matches!(sign, '╭' | '╮') { y + HIGH } else { y };
            writeln!(
                out,
                r#"<path d="M{across:.1} {line:.1} Q{middle:.1} {line:.1} {middle:.1} {down:.1}" fill="none" stroke="{fill}"/>"#
            )?;
        }
        '│' => rect(middle - 0.5, y, 1.0, HIGH)?,
        // From the foot up, in eighths of the height; bars begin at the foot of the letters.
        '▁'..='█' => {
            let part = f32::from(u8::try_from(u32::from(sign) - 0x2580).unwrap_or(8)) / 8.0;
            rect(x, y + HIGH - 3.0 - (HIGH - 5.0) * part, WIDE + 0.1, (HIGH - 5.0) * part)?;
        }
        // From the left, in eighths of the width.
        '▉'..='▏' => {
            let part = f32::from(u8::try_from(0x2590 - u32::from(sign)).unwrap_or(8)) / 8.0;
            rect(x, y + INSET, WIDE * part + 0.1, HIGH - 2.0 * INSET)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
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
