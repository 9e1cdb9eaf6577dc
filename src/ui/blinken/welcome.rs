//! The greeting of the first start, as it hung beside the computers of old (after the Jargon File, which is in the public
//! domain).

use ratatui::layout::Rect;

use crate::model::light::Light;

use super::draw::Canvas;
use super::theme::Tone;
use super::{frame, text};

const WORDS: [&str; 11] = [
    "ACHTUNG!   ALLES LOOKENSPEEPERS!",
    "",
    "Das computermachine ist nicht fuer gefingerpoken und mittengrabben.",
    "Ist easy schnappen der springenwerk, blowenfusen und poppencorken",
    "mit spitzensparken.  Ist nicht fuer gewerken bei das dumpkopfen.",
    "Das rubbernecken sichtseeren keepen das cotten-pickenen hans in",
    "das pockets muss; relaxen und watchen das blinkenlichten.",
    "",
    "Each lamp is a thread, its colour what the thread is doing: l says what",
    "they mean.  ? shows the keys, f the folders, o the overview, q quits.",
    "Any key goes on.",
];

/// Draws the greeting above the rest, where it has room.
pub fn draw(canvas: &mut Canvas, area: Rect) {
    let width = WORDS.iter().map(|line| text::width(line)).max().unwrap_or(0) + 4;
    if usize::from(area.width) < width || usize::from(area.height) < WORDS.len() + 2 {
        return;
    }
    let inner = frame::open(canvas, area, (width, WORDS.len() + 2), "blinkensync");
    for (line, words) in WORDS.iter().enumerate() {
        match line {
            0 => {
                let heading = text::middle(words, usize::from(inner.width));
                canvas.put(inner, 0, line, &heading, canvas.theme.text(Light::Control));
            }
            1..8 => drop(canvas.say(inner, 0, line, words, Tone::Bright)),
            _ => drop(canvas.say(inner, 0, line, words, Tone::Plain)),
        }
    }
}
