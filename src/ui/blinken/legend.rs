//! What the colours mean.

use ratatui::layout::Rect;

use crate::model::light::Light;

use super::draw::Canvas;
use super::keys::Meaning;
use super::log::Scroll;
use super::screen::Screen;
use super::theme::Tone;
use super::{frame, text};

/// Draws the legend above the rest, in two columns where one is too high, without its first `top` lines. Says how many lines
/// are in sight, and how many there are.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect, top: usize) -> (usize, usize) {
    let lights = Light::ALL.len();
    let columns = if usize::from(area.height) < lights + 2 && area.width >= 40 { 2 } else { 1 };
    let lines = lights.div_ceil(columns.into());
    let more = format!("Lamps ({} shows more)", screen.bindings.first(Meaning::Move(Scroll::Down)));
    let title = if lines + 2 > usize::from(area.height) { &more } else { "Lamps" };
    let inner = frame::open(canvas, area, (usize::from(columns) * 24 + 4, lines + 2), title);
    let (width, height) = (inner.width / columns, usize::from(inner.height));
    let top = top.min(lines.saturating_sub(height));
    for (column, lights) in (0..).zip(Light::ALL.chunks(lines)) {
        let part = Rect { x: inner.x + column * width, width, ..inner };
        for (line, light) in lights.iter().skip(top).take(height).enumerate() {
            entry(canvas, part, (0, line), *light);
        }
    }
    (height, lines)
}

/// One lamp and what it means.
pub fn entry(canvas: &mut Canvas, area: Rect, (column, line): (usize, usize), light: Light) {
    let (sign, style) = canvas.theme.lamp(light, None, 0.0, 1.0);
    canvas.put(area, column, line, sign.encode_utf8(&mut [0; 4]), style);
    let room = usize::from(area.width).saturating_sub(column + 2);
    canvas.say(area, column + 2, line, &text::cut(light.meaning(), room), Tone::Plain);
}
