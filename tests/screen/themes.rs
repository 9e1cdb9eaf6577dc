//! The same scenes in other colours and characters.

use blinkensync::ui::blinken::theme::{Depth, Ground, Theme, glyphs};
use blinkensync::ui::blinken::view::Over;

use super::picture::{drawn_in, text};
use super::{SCENES, compare, played};

const SMALL: (u16, u16) = (64, 16);

/// Every theme at every depth.
pub fn all() -> impl Iterator<Item = Theme> {
    let depths = [Depth::True, Depth::Cube, Depth::Sixteen, Depth::None].into_iter().map(Theme::new);
    let grounds = depths.flat_map(|theme| [theme, theme.on(Ground::Light)]);
    let blind = grounds.flat_map(|theme| [theme, theme.for_the_colour_blind()]);
    let letters = blind.flat_map(|theme| [theme, theme.in_letters(), theme.drawing(Some('◆'))]);
    letters.flat_map(|theme| [&glyphs::FULL, &glyphs::CONSOLE, &glyphs::ASCII].map(|glyphs| theme.with(glyphs)))
}

#[test]
fn a_scene_looks_as_it_is_kept_in_each_kind_of_theme() {
    let usual = Theme::new(Depth::True);
    for (name, theme) in [
        ("light", usual.on(Ground::Light)),
        ("colour-blind", usual.for_the_colour_blind()),
        ("coloured-letters", usual.in_letters()),
        ("console", Theme::new(Depth::Sixteen).with(&glyphs::CONSOLE)),
        ("ascii", Theme::new(Depth::None).with(&glyphs::ASCII)),
    ] {
        compare(&format!("theme-{name}"), &text(&drawn_in(&mut played("first-sync"), theme, SMALL)));
    }
}

#[test]
fn ascii_is_all_there_is_where_that_is_wished() {
    for theme in all().filter(|theme| theme.glyphs() == &glyphs::ASCII) {
        for name in SCENES {
            let mut screen = played(name);
            screen.over = Some(Over::Help(0));
            let picture = drawn_in(&mut screen, theme, (100, 30));
            let foreign: Vec<&str> =
                picture.content.iter().map(ratatui::buffer::Cell::symbol).filter(|symbol| !symbol.is_ascii()).collect();
            assert!(foreign.is_empty(), "{name}: {foreign:?}");
        }
    }
}

#[test]
fn every_size_is_borne_in_every_theme() {
    let sizes = [(20, 5), (21, 6), (39, 9), (60, 16), (80, 24), (300, 100)];
    let mut screens = SCENES.map(played);
    screens[0].over = Some(Over::Help(0));
    for (place, theme) in all().enumerate() {
        for size in sizes {
            drawn_in(&mut screens[place % SCENES.len()], theme, size);
        }
    }
}
