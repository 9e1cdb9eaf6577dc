//! The help: all keys, and what the lamps mean.

use ratatui::layout::Rect;

use crate::model::light::Light;

use super::draw::Canvas;
use super::keys::TABLE;
use super::theme::Tone;
use super::{frame, text};

/// Draws the help above the rest; the legend stands beside the keys where there is room.
pub fn draw(canvas: &mut Canvas, area: Rect) {
    let wide = area.width >= 84;
    let lines = TABLE.len().max(if wide { Light::ALL.len() } else { 0 });
    let size = (if wide { 84 } else { 58 }, lines + 2);
    let inner = frame::open(canvas, area, size, "Keys and lamps");
    for (line, key) in TABLE.iter().enumerate() {
        let after = canvas.say(inner, 0, line, &text::left(key.name, 7), Tone::Bright);
        canvas.say(inner, after + 1, line, key.help, Tone::Plain);
    }
    if wide {
        for (line, light) in Light::ALL.into_iter().enumerate() {
            let (sign, style) = canvas.theme.lamp(light, None, 0.0, 1.0);
            canvas.put(inner, 60, line, sign.encode_utf8(&mut [0; 4]), style);
            canvas.say(inner, 62, line, light.meaning(), Tone::Plain);
        }
    }
}
