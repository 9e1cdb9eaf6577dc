//! What the colours mean.

use ratatui::layout::Rect;

use crate::model::light::Light;

use super::draw::Canvas;
use super::frame;
use super::theme::Tone;

/// Draws the legend above the rest, in as many columns as are needed.
pub fn draw(canvas: &mut Canvas, area: Rect) {
    let lights = Light::ALL.len();
    let columns = if usize::from(area.height) >= lights + 2 { 1 } else { 2 };
    let lines = lights.div_ceil(columns);
    let inner = frame::open(canvas, area, (columns * 24 + 4, lines + 2), "Lamps");
    let width = usize::from(inner.width) / columns;
    for (place, light) in Light::ALL.into_iter().enumerate() {
        let (column, line) = (place / lines * width, place % lines);
        entry(canvas, inner, (column, line), light);
    }
}

/// One lamp and what it means.
pub fn entry(canvas: &mut Canvas, area: Rect, (column, line): (usize, usize), light: Light) {
    let (sign, style) = canvas.theme.lamp(light, None, 0.0, 1.0);
    canvas.put(area, column, line, sign.encode_utf8(&mut [0; 4]), style);
    canvas.say(area, column + 2, line, light.meaning(), Tone::Plain);
}
