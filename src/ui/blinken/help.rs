//! The help: all keys, and what the lamps mean.

use ratatui::layout::Rect;

use crate::model::light::Light;

use super::draw::Canvas;
use super::keys::Meaning;
use super::log::Scroll;
use super::screen::Screen;
use super::theme::Tone;
use super::{frame, legend, text};

/// Draws the help above the rest, without its first `top` lines; the legend stands beside the keys where there is room.
/// Says how many lines are in sight.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect, top: usize) -> usize {
    let wide = area.width >= 88;
    let rows: Vec<_> = screen.bindings.rows().collect();
    let names = rows.iter().map(|row| text::width(&row.1)).max().unwrap_or(0).min(20);
    let size = (if wide { 88 } else { 66 }, rows.len() + 2);
    let fits = size.1 <= usize::from(area.height);
    let more = format!("Keys and lamps ({} shows more)", screen.bindings.first(Meaning::Move(Scroll::Down)));
    let inner = frame::open(canvas, area, size, if fits { "Keys and lamps" } else { &more });
    let height = usize::from(inner.height);
    let top = top.min(rows.len().saturating_sub(height));
    for (line, (key, name)) in rows.iter().skip(top).take(height).enumerate() {
        let after = canvas.say(inner, 0, line, &text::left(name, names), Tone::Bright);
        canvas.say(inner, after + 2, line, key.help, Tone::Plain);
    }
    if wide {
        for (line, light) in Light::ALL.into_iter().enumerate() {
            legend::entry(canvas, inner, (64, line), light);
        }
    }
    height
}
