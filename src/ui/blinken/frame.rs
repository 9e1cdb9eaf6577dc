//! A framed box above the rest.

use ratatui::layout::Rect;
use ratatui::widgets::{Block, Clear, Widget};

use super::draw::Canvas;
use super::theme::Tone;

/// Clears a box of this size in the middle of `area`, as far as there is room, frames it, and gives its inside back.
pub fn open(canvas: &mut Canvas, area: Rect, (width, height): (usize, usize), title: &str) -> Rect {
    let fit = |wanted: usize, room: u16| u16::try_from(wanted).unwrap_or(room).min(room);
    let (width, height) = (fit(width, area.width), fit(height, area.height));
    let rect = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(rect, canvas.buffer);
    if height < 3 || width < 5 {
        return rect;
    }
    let glyphs = canvas.theme.glyphs();
    let block = Block::bordered()
        .border_set(glyphs.border)
        .border_style(canvas.theme.tone(Tone::Dim))
        .title(format!(" {} ", glyphs.spell(title)))
        .title_style(canvas.theme.tone(Tone::Bright));
    let inner = block.inner(rect);
    block.render(rect, canvas.buffer);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}
