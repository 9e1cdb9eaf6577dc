//! One folder: its names, its messages, what happened to it, and what was left out of it.

use ratatui::layout::Rect;

use crate::model::folder::LeftOut;
use crate::model::ids::Side;
use crate::ui::clean::clean;
use crate::ui::figures::{count, number};
use crate::ui::phrase::{Level, brought};

use super::book::Page;
use super::draw::Canvas;
use super::folders::time;
use super::keys::Meaning;
use super::mouse::Target;
use super::screen::Screen;
use super::table::first_in_sight;
use super::theme::Tone;
use super::view::Leaf;
use super::{frame, text};

/// Draws the folder above the rest. Says how many of the messages that are left out are in sight.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect, leaf: &Leaf) -> usize {
    let size = (usize::from(area.width).min(110), usize::from(area.height).saturating_sub(2).max(3));
    let title = format!("{}  {}", clean(leaf.account.as_str()), clean(&leaf.folder));
    let inner = frame::open(canvas, area, size, &text::cut(&title, size.0.saturating_sub(6)));
    let Some(page) = screen.book.page(&leaf.account, &leaf.folder) else {
        canvas.say(inner, 0, 0, "nothing is known of it any more", Tone::Dim);
        return 1;
    };
    let height = usize::from(inner.height);
    let facts = facts(screen, page);
    let mut line = 0;
    for (name, words) in facts.iter().take(height.saturating_sub(2)) {
        canvas.say(inner, 0, line, name, Tone::Dim);
        canvas.say(inner, 14, line, &text::cut(words, usize::from(inner.width).saturating_sub(14)), Tone::Plain);
        line += 1;
    }
    let keys = keys(screen, page);
    canvas.say(inner, 0, height.saturating_sub(1), &text::cut(&keys, usize::from(inner.width)), Tone::Dim);
    let room = height.saturating_sub(line + 2);
    let out = if page.left_out.is_empty() { 0 } else { (page.left_out.len() + 1).min(room / 2) };
    if out > 1 {
        let part = part(inner, line + 1, out);
        left_out(screen, canvas, part, (&page.left_out, leaf.chosen));
        line += out;
    }
    history(screen, canvas, part(inner, line + 1, height.saturating_sub(line + 2)), page);
    out.saturating_sub(1).max(1)
}

fn part(area: Rect, line: usize, height: usize) -> Rect {
    let lines = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
    Rect { y: area.y.saturating_add(lines(line)), height: lines(height), ..area }.intersection(area)
}

fn facts(screen: &Screen, page: &Page) -> Vec<(&'static str, String)> {
    let messages = |value: Option<u64>| value.map_or_else(|| "not counted yet".into(), |value| count(value, "message"));
    let name = |name: &str| if name.is_empty() { "?".into() } else { clean(name).into_owned() };
    let same = page.synced.map_or_else(|| "not yet".into(), |at| time(screen, at, 8));
    vec![
        ("here", format!("{}, {}", name(&page.local), messages(page.here))),
        ("on the server", format!("{}, {}", name(&page.remote), messages(page.there))),
        ("same", same),
        ("last change", brought(&page.changed)),
    ]
}

fn keys(screen: &Screen, page: &Page) -> String {
    let name = |meaning| screen.bindings.first(meaning);
    if page.left_out.is_empty() {
        return format!("{} closes", name(Meaning::Close));
    }
    let (retry, ignore, close) = (name(Meaning::Retry), name(Meaning::Ignore), name(Meaning::Close));
    format!("{retry} tries it again   {ignore} leaves it alone   {close} closes")
}

fn left_out(screen: &Screen, canvas: &mut Canvas, area: Rect, (messages, chosen): (&[LeftOut], usize)) {
    let ignored = messages.iter().filter(|message| message.ignored).count() as u64;
    let ignored = if ignored > 0 { format!(", {} of them ignored", number(ignored)) } else { String::new() };
    let heading = format!("{} left out{ignored}", count(messages.len() as u64, "message"));
    canvas.say(area, 0, 0, &heading, Tone::Bright);
    let height = usize::from(area.height).saturating_sub(1);
    let chosen = chosen.min(messages.len().saturating_sub(1));
    let first = first_in_sight(chosen, messages.len(), height);
    for (line, (place, message)) in messages.iter().enumerate().skip(first).take(height).enumerate() {
        let here = place == chosen;
        canvas.mark(area, line + 1, here);
        let tone = match (message.ignored, here) {
            (true, _) => Tone::Dim,
            (false, true) => Tone::Bright,
            (false, false) => Tone::Warning,
        };
        let words = text::cut(&sentence(screen, message), usize::from(area.width).saturating_sub(2));
        canvas.say(area, 2, line + 1, &words, tone);
        canvas.aim(area, (0, line + 1), usize::from(area.width), Target::Message(place));
    }
}

fn sentence(screen: &Screen, message: &LeftOut) -> String {
    let what = match message.side {
        Side::Remote => format!("UID {}", clean(&message.name)),
        Side::Local => clean(&message.name).into_owned(),
    };
    let subject = if message.subject.is_empty() { String::new() } else { format!(" \"{}\"", clean(&message.subject)) };
    let ignored = if message.ignored { "ignored, " } else { "" };
    let tried = time(screen, message.tried, 5);
    format!("{what}{subject}: {} ({ignored}tried {tried})", clean(&message.reason))
}

fn history(screen: &Screen, canvas: &mut Canvas, area: Rect, page: &Page) {
    let height = usize::from(area.height);
    if height == 0 {
        return;
    }
    canvas.say(area, 0, 0, "what happened", Tone::Bright);
    let skip = page.history.len().saturating_sub(height.saturating_sub(1));
    for (line, (at, phrase)) in page.history.iter().skip(skip).enumerate() {
        let after = canvas.say(area, 0, line + 1, &text::right(&time(screen, *at, 8), 8), Tone::Dim);
        let style = match phrase.level {
            Level::Debug | Level::Info => canvas.theme.text(phrase.light),
            Level::Warning => canvas.theme.tone(Tone::Warning),
            Level::Error => canvas.theme.tone(Tone::Error),
        };
        let room = usize::from(area.width).saturating_sub(after + 2);
        canvas.put(area, after + 2, line + 1, &text::cut(&phrase.text, room), style);
    }
    if page.history.is_empty() {
        canvas.say(area, 0, 1, "nothing since the program began", Tone::Dim);
    }
}
