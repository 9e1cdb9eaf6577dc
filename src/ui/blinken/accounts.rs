//! The list of accounts, from which one is chosen.

use ratatui::layout::Rect;

use super::draw::Canvas;
use super::frame;
use super::keys::Meaning;
use super::mouse::Target;
use super::rows::{state, status};
use super::screen::Screen;
use super::table::first_in_sight;
use super::text;
use super::theme::Tone;
use crate::ui::clean::clean;

/// Draws the list above the rest. Says how many accounts are in sight.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect, chosen: usize) -> usize {
    let accounts = screen.roster.accounts();
    let width = usize::from(area.width).min(72);
    let inner = frame::open(canvas, area, (width, accounts.len() + 4), "Accounts");
    let height = usize::from(inner.height).saturating_sub(2).max(1);
    let first = first_in_sight(chosen, accounts.len(), height);
    for (line, (place, row)) in accounts.iter().enumerate().skip(first).take(height).enumerate() {
        let here = place == chosen;
        canvas.mark(inner, line, here);
        let name = row.account.as_ref().map_or("", |name| name.as_str());
        let name = text::left(&clean(name), screen.name_width());
        let after = canvas.say(inner, 2, line, &name, if here { Tone::Bright } else { Tone::Plain });
        let (word, tone) = state(screen, row, 10);
        let after = canvas.say(inner, after + 2, line, &word, tone);
        let (words, tone) = status(screen, row, canvas.theme.glyphs().dot);
        let room = usize::from(inner.width).saturating_sub(after + 2);
        canvas.say(inner, after + 2, line, &text::cut(&words, room), tone);
        canvas.aim(inner, (0, line), usize::from(inner.width), Target::Account(place));
    }
    let name = |meaning| screen.bindings.first(meaning);
    let keys = format!(
        "{} synchronises it   {} takes nothing for unchanged   {} pauses it",
        name(Meaning::Open),
        name(Meaning::Full),
        name(Meaning::Pause)
    );
    let last = usize::from(inner.height).saturating_sub(1);
    canvas.say(inner, 0, last, &text::cut(&keys, usize::from(inner.width)), Tone::Dim);
    height
}
