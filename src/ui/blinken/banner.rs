//! The first line: name, throughput, accounts, clock.

use ratatui::layout::Rect;

use crate::model::light::Light;
use crate::ui::figures::{count, size};

use super::draw::Canvas;
use super::mouse::Target;
use super::screen::Screen;
use super::text;
use super::theme::Tone;
use super::view::View;
use super::work::Way;

/// Draws the banner.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let width = usize::from(area.width);
    let after = canvas.say(area, 1, 0, "blinkensync", Tone::Bright);
    let clock = screen.local(screen.now).format("%H:%M:%S").to_string();
    let accounts = count(screen.roster.accounts().len() as u64, "account");
    let end = if width >= 60 { format!("{accounts}  {clock} ") } else { format!("{clock} ") };
    let end_at = width.saturating_sub(text::width(&end));
    if end_at > after {
        canvas.say(area, end_at, 0, &end, Tone::Plain);
    }
    if width >= 60 {
        throughput(screen, canvas, area, (after + 2, end_at));
    }
}

fn throughput(screen: &Screen, canvas: &mut Canvas, area: Rect, (from, to): (usize, usize)) {
    let (down, up) = screen.throughput.rates();
    let glyphs = canvas.theme.glyphs();
    let rate = |bytes: u64, sign: char| text::right(&format!("{}/s {sign}", size(bytes)), 11);
    let rates = format!("{} {}", rate(down, glyphs.down), rate(up, glyphs.up));
    let room = to.saturating_sub(from + text::width(&rates) + 4);
    let sparks = room.min(if area.width >= 70 { 24 } else { 8 });
    let spark: String = screen
        .throughput
        .heights(sparks, 1, Way::Both)
        .into_iter()
        .map(|height| glyphs.sparks[height.min(8)])
        .collect();
    let at = from + room.saturating_sub(sparks);
    let after = canvas.put(area, at, 0, &spark, canvas.theme.text(Light::Downloading));
    let tone = if down + up > 0 { Tone::Plain } else { Tone::Dim };
    canvas.say(area, after + 1, 0, &rates, tone);
}

/// Draws the tabs of the views on the rule below the banner.
pub fn draw_tabs(screen: &Screen, canvas: &mut Canvas, area: Rect) {
    let mut at = 1;
    for (view, name) in View::ALL {
        let here = screen.view == view;
        let (words, tone) = if here { (format!("[{name}]"), Tone::Bright) } else { (format!(" {name} "), Tone::Dim) };
        let after = canvas.say(area, at, 0, &words, tone);
        canvas.aim(area, (at, 0), after.saturating_sub(at), Target::Tab(view));
        at = after + 1;
    }
}
