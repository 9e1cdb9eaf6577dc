//! Which colour means what: a table for dark grounds and one for light ones, and the same two for people who don't see
//! all colours.

use ratatui::style::{Color, Modifier, Style};

use crate::model::light::Light;
use crate::model::screen::Ground;

use super::colour::Rgb;

/// The colours of one ground.
#[derive(Debug, PartialEq, Eq)]
pub struct Palette {
    /// The program's name, headings.
    pub bright: Rgb,
    /// Ordinary text.
    pub plain: Rgb,
    /// What is seldom read.
    pub dim: Rgb,
    /// A warning.
    pub warning: Rgb,
    /// A fault.
    pub error: Rgb,
    /// Rules, which may be faint.
    pub track: Rgb,
    /// What is behind a bar.
    pub bar: Rgb,
    /// A countdown's lamp at its darkest.
    pub ember: Rgb,
    /// The lightest ground that dark is, or the darkest that light is.
    pub ground: Rgb,
    /// The colour that is never mistaken for the ground.
    pub ink: Rgb,
    /// The lamps, in the order of [`Light::ALL`].
    lights: [Rgb; 14],
}

impl Palette {
    /// The palette for this ground.
    pub fn of(ground: Ground, colour_blind: bool) -> &'static Self {
        match (ground, colour_blind) {
            (Ground::Dark, false) => &DARK,
            (Ground::Dark, true) => &DARK_APART,
            (Ground::Light, false) => &LIGHT,
            (Ground::Light, true) => &LIGHT_APART,
        }
    }

    /// The colour of a lamp.
    pub fn light(&self, light: Light) -> Rgb {
        self.lights[light as usize]
    }
}

const fn rgb(hex: u32) -> Rgb {
    let [_, r, g, b] = hex.to_be_bytes();
    [r, g, b]
}

/// For black glass.
static DARK: Palette = Palette {
    bright: rgb(0xf2_f2f2),
    plain: rgb(0xc8_ccd0),
    dim: rgb(0x86_8c92),
    warning: rgb(0xff_d60a),
    error: rgb(0xff_5f56),
    track: rgb(0x3a_4046),
    bar: rgb(0x24_282c),
    ember: rgb(0x30_0c10),
    ground: rgb(0x1e_1e1e),
    ink: rgb(0xff_ffff),
    lights: [
        rgb(0x6c_6c6c), // ended
        rgb(0xd7_263d), // main thread
        rgb(0x9a_a0a6), // connecting
        rgb(0xa6_6bff), // account
        rgb(0x22_c8e6), // folder
        rgb(0x3c_cf5a), // listing
        rgb(0x4a_8cff), // directing
        rgb(0xff_9a2e), // downloading
        rgb(0xff_9a2e), // uploading
        rgb(0xff_4fd8), // pretending
        rgb(0xff_3b30), // deleting
        rgb(0xff_d60a), // adding flags
        rgb(0xff_7a9c), // removing flags
        rgb(0xd7_263d), // counting down
    ],
};

/// For paper.
static LIGHT: Palette = Palette {
    bright: rgb(0x10_1214),
    plain: rgb(0x34_3a40),
    dim: rgb(0x5c_636a),
    warning: rgb(0x7a_5c00),
    error: rgb(0xb3_160d),
    track: rgb(0xc4_c9cd),
    bar: rgb(0xe2_e6e9),
    ember: rgb(0xec_d0d4),
    ground: rgb(0xfd_f6e3),
    ink: rgb(0x00_0000),
    lights: [
        rgb(0x76_7676), // ended
        rgb(0xc2_122a), // main thread
        rgb(0x5f_666d), // connecting
        rgb(0x7a_3df0), // account
        rgb(0x00_7f99), // folder
        rgb(0x0f_7f2f), // listing
        rgb(0x1f_5fd6), // directing
        rgb(0xb8_5c00), // downloading
        rgb(0xb8_5c00), // uploading
        rgb(0xc2_189b), // pretending
        rgb(0xd0_190f), // deleting
        rgb(0x8a_6d00), // adding flags
        rgb(0xd0_3a63), // removing flags
        rgb(0xc2_122a), // counting down
    ],
};

/// For black glass, spaced by lightness. All of these are among the 256 colours, so that nothing is lost there.
static DARK_APART: Palette = Palette {
    lights: [
        rgb(0x6c_6c6c), // ended
        rgb(0xd7_005f), // main thread
        rgb(0xbc_bcbc), // connecting
        rgb(0x87_5fff), // account
        rgb(0x00_d7ff), // folder
        rgb(0x87_d75f), // listing
        rgb(0x5f_87d7), // directing
        rgb(0xd7_8700), // downloading
        rgb(0xd7_8700), // uploading
        rgb(0xd7_5faf), // pretending
        rgb(0xd7_0000), // deleting
        rgb(0xff_d700), // adding flags
        rgb(0xff_5f87), // removing flags
        rgb(0xd7_005f), // counting down
    ],
    ..DARK
};

/// For paper, spaced by lightness; of the 256 colours too.
static LIGHT_APART: Palette = Palette {
    lights: [
        rgb(0x76_7676), // ended
        rgb(0xaf_005f), // main thread
        rgb(0x00_0000), // connecting
        rgb(0x00_0087), // account
        rgb(0x00_5f5f), // folder
        rgb(0x87_875f), // listing
        rgb(0x00_87ff), // directing
        rgb(0x5f_0000), // downloading
        rgb(0x5f_0000), // uploading
        rgb(0xaf_00af), // pretending
        rgb(0xaf_0000), // deleting
        rgb(0xaf_8700), // adding flags
        rgb(0xd7_5faf), // removing flags
        rgb(0xaf_005f), // counting down
    ],
    ..LIGHT
};

/// A lamp where there are sixteen colours, whose shades the terminal chooses.
pub fn sixteen(light: Light, ground: Ground) -> Style {
    let dark = ground == Ground::Dark;
    let style = Style::new();
    match light {
        Light::Ended => style.fg(Color::DarkGray),
        Light::Control | Light::Waiting | Light::Deleting => style.fg(Color::Red),
        Light::Connecting if dark => style.fg(Color::Gray),
        Light::Connecting => style.fg(Color::Black),
        Light::Account => style.fg(Color::Magenta),
        Light::Folder => style.fg(Color::Cyan),
        Light::Listing => style.fg(Color::Green),
        Light::Directing => style.fg(Color::LightBlue),
        Light::Downloading | Light::Uploading => style.fg(Color::Yellow),
        Light::Pretending => style.fg(Color::LightMagenta),
        Light::AddingFlags if dark => style.fg(Color::LightYellow),
        // Light yellow can't be seen on white.
        Light::AddingFlags => style.fg(Color::Yellow).add_modifier(Modifier::UNDERLINED),
        Light::RemovingFlags => style.fg(Color::LightRed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_the_order_of_the_lights() {
        for (place, light) in Light::ALL.into_iter().enumerate() {
            assert_eq!(light as usize, place);
        }
    }
}
