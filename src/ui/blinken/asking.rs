//! The question that waits for a person, above the rest.

use ratatui::layout::Rect;

use crate::model::question::Ask;
use crate::ui::clean::clean;
use crate::ui::figures::count;

use super::draw::Canvas;
use super::screen::Screen;
use super::theme::{Glyphs, Tone};
use super::{frame, text};

/// Draws the question that is to be answered, if there is one. Gives back how many of its lines have no room.
pub fn draw(screen: &Screen, canvas: &mut Canvas, area: Rect) -> usize {
    let Some((ask, typed)) = screen.prompts.current() else { return 0 };
    let width = usize::from(area.width).min(64);
    let room = width.saturating_sub(4).max(1);
    let (title, lines, keys) = match ask {
        Ask::Password { account, user, host, refusal } => {
            let who = format!("Account {account}: password of {user} at {host}");
            (
                "Password",
                password(&who, refusal.as_deref(), canvas.theme.glyphs(), typed, room),
                "Enter answers   Esc gives up",
            )
        }
        Ask::Agreement { account, folder, consequence } => {
            ("Delete?", agreement(&format!("{account}  {folder}"), consequence, room), "y deletes them   n leaves them")
        }
        Ask::Removal { account, folder, host, consequence, .. } => {
            let place = format!("{account}  {folder} on {host}");
            ("Delete?", agreement(&place, consequence, room), "y deletes it   n leaves it")
        }
        Ask::Certificate { account, host, reason, lines, pin } => {
            let place = format!("{account}  {host}");
            ("Unknown certificate", certificate(&place, reason, (lines, pin), room), "y trusts it for now   n doesn't")
        }
    };
    let behind = match screen.prompts.behind() as u64 {
        0 => String::new(),
        behind => format!("   {} behind", count(behind, "question")),
    };
    let keys = text::wrap(&format!("{keys}{behind}"), room, 2);
    let size = (width, lines.len() + keys.len() + 2);
    let title = if size.1 > usize::from(area.height) { format!("{title} (Up shows more)") } else { title.to_owned() };
    let inner = frame::open(canvas, area, size, &text::cut(&title, width.saturating_sub(4)));
    let height = usize::from(inner.height).saturating_sub(keys.len()).max(1);
    // Where not all lines have room, the last ones matter most.
    let hidden = lines.len().saturating_sub(height);
    let skip = hidden.saturating_sub(screen.prompts.scrolled());
    let shown = lines.iter().skip(skip).take(height).map(|(words, tone)| (words, *tone));
    for (line, (words, tone)) in shown.chain(keys.iter().map(|words| (words, Tone::Dim))).enumerate() {
        canvas.say(inner, 0, line, &text::cut(words, usize::from(inner.width)), tone);
    }
    hidden
}

type Lines = Vec<(String, Tone)>;

fn password(who: &str, refusal: Option<&str>, glyphs: &Glyphs, typed: usize, room: usize) -> Lines {
    let mut lines = Lines::new();
    if let Some(said) = refusal {
        let said = format!("The server says: {}", clean(said));
        lines.extend(text::wrap(&said, room, 3).into_iter().map(|line| (line, Tone::Error)));
    }
    lines.extend(text::wrap(&clean(who), room, 3).into_iter().map(|line| (line, Tone::Plain)));
    let stars = typed.min(room.saturating_sub(3));
    lines.push((format!("> {}{}", text::times(glyphs.bullet, stars), glyphs.cursor), Tone::Bright));
    lines
}

fn certificate(place: &str, reason: &str, (said, pin): (&[String], &str), room: usize) -> Lines {
    let mut lines = agreement(place, reason, room);
    for line in said {
        lines.extend(text::wrap(&clean(line), room, 3).into_iter().map(|line| (line, Tone::Dim)));
    }
    lines.push(("To trust it for good, write into the configuration:".into(), Tone::Plain));
    lines.extend(text::wrap(&clean(pin), room, 4).into_iter().map(|line| (line, Tone::Bright)));
    lines
}

fn agreement(place: &str, consequence: &str, room: usize) -> Lines {
    let place = text::wrap(&clean(place), room, 2).into_iter().map(|line| (line, Tone::Bright));
    place.chain(text::wrap(&clean(consequence), room, 4).into_iter().map(|line| (line, Tone::Plain))).collect()
}
