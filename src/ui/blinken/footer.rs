//! The last line: keys, and how many failures and warnings there were.

use ratatui::layout::Rect;

use super::draw::Canvas;
use super::keys::TABLE;
use super::screen::Screen;
use super::text;
use super::theme::Tone;

/// Draws the footer.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let width = usize::from(area.width);
    let mut end = width.saturating_sub(1);
    for (words, tone) in screen.notices.counted().iter().zip([Tone::Error, Tone::Warning]).rev() {
        if !words.is_empty() {
            canvas.say(area, end.saturating_sub(text::width(words)), 0, words, tone);
            end = end.saturating_sub(text::width(words) + 2);
        }
    }
    if screen.stopping {
        let words = text::cut("finishing …   q again quits at once", end.saturating_sub(2));
        canvas.say(area, 1, 0, &words, Tone::Warning);
        return;
    }
    let mut at = 1;
    for key in TABLE.iter().filter(|key| !key.short.is_empty()) {
        if at + text::width(key.name) + 1 + text::width(key.short) + 1 > end {
            break;
        }
        let after = canvas.say(area, at, 0, key.name, Tone::Bright);
        at = canvas.say(area, after + 1, 0, key.short, Tone::Dim) + if width >= 60 { 3 } else { 2 };
    }
}
