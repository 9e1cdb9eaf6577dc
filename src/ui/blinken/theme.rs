//! Colours: what a terminal shows for each meaning, from truecolor down to letters alone.

pub mod glyphs;

use ratatui::style::{Color, Modifier, Style};

use crate::model::light::Light;

pub use glyphs::Glyphs;

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Sixteen million.
    True,
    /// The cube of 256.
    Cube,
    /// The sixteen of old.
    Sixteen,
    /// None; lamps are letters.
    None,
}

/// What a piece of text is, apart from a light's colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// The program's name, headings.
    Bright,
    /// Ordinary text.
    Plain,
    /// What is seldom read: times, rules.
    Dim,
    /// A warning.
    Warning,
    /// A fault.
    Error,
    /// Rules between regions, and the empty part of a bar where it is drawn as dots.
    Track,
}

/// The colours of one terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    depth: Depth,
    sign: Option<char>,
    glyphs: &'static Glyphs,
}

impl Theme {
    /// The theme for a terminal with so many colours.
    pub fn new(depth: Depth) -> Self {
        Self { depth, sign: None, glyphs: &glyphs::FULL }
    }

    /// The same with lamps drawn as this character, if it is one.
    #[must_use]
    pub fn drawing(self, sign: Option<char>) -> Self {
        Self { sign, ..self }
    }

    /// The same drawn with these characters.
    #[must_use]
    pub fn with(self, glyphs: &'static Glyphs) -> Self {
        Self { glyphs, ..self }
    }

    /// The characters to draw with.
    pub fn glyphs(self) -> &'static Glyphs {
        self.glyphs
    }

    /// The theme that the environment asks for: `NO_COLOR` (when it isn't empty), `COLORTERM`, `TERM`.
    pub fn from_env(env: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| env(name).unwrap_or_default();
        let (term, colorterm) = (get("TERM"), get("COLORTERM"));
        let depth = if !get("NO_COLOR").is_empty() || matches!(term.as_str(), "dumb" | "vt100" | "vt220") {
            Depth::None
        } else if matches!(colorterm.as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
            Depth::True
        } else if term.contains("256color") || matches!(term.as_str(), "alacritty" | "xterm-kitty" | "foot") {
            Depth::Cube
        } else {
            Depth::Sixteen
        };
        Self::new(depth)
    }

    /// Whether lamps fade: where there are shades enough.
    fn fades(self) -> bool {
        matches!(self.depth, Depth::True | Depth::Cube)
    }

    /// The style of a piece of text.
    pub fn tone(self, tone: Tone) -> Style {
        let style = Style::new();
        match tone {
            Tone::Bright => self.ink(style, [0xf2, 0xf2, 0xf2], Color::White).add_modifier(Modifier::BOLD),
            Tone::Plain => self.ink(style, [0xc8, 0xcc, 0xd0], Color::Reset),
            Tone::Dim => self.ink(style, [0x7c, 0x82, 0x88], Color::DarkGray),
            Tone::Warning => self.ink(style, [0xff, 0xd6, 0x0a], Color::LightYellow).add_modifier(Modifier::BOLD),
            Tone::Error => self.ink(style, [0xff, 0x5f, 0x56], Color::LightRed).add_modifier(Modifier::BOLD),
            Tone::Track => self.ink(style, [0x3a, 0x40, 0x46], Color::DarkGray),
        }
    }

    /// The style of text in a light's colour.
    pub fn text(self, light: Light) -> Style {
        match light {
            Light::Ended => self.tone(Tone::Dim),
            // The lamp's red is too dark for letters on black.
            Light::Control | Light::Waiting => self.ink(Style::new(), [0xe8, 0x55, 0x66], sixteen(light)),
            _ => self.light(light),
        }
    }

    /// A bar in a light's colour, and whether its empty part is seen by its ground alone, without dots.
    pub fn bar(self, light: Light) -> (Style, bool) {
        let ground = match self.depth {
            Depth::True => Color::Rgb(0x24, 0x28, 0x2c),
            Depth::Cube => Color::Indexed(236),
            Depth::Sixteen | Depth::None => return (self.light(light), false),
        };
        (self.light(light).bg(ground), true)
    }

    /// A lamp: its sign and its style. `glow` is what is left of its afterglow, `breath` how far a countdown's lamp
    /// is lit, both from 0 to 1; `before` is what it did before it went dark.
    pub fn lamp(self, light: Light, before: Option<Light>, glow: f64, breath: f64) -> (char, Style) {
        if self.depth == Depth::None {
            return (self.without_colours(light, breath > 0.5), Style::new());
        }
        let sign = |lit: bool| self.sign.unwrap_or(if lit { self.glyphs.lit } else { self.glyphs.dark });
        match light {
            Light::Ended if glow > 0.0 && self.fades() => {
                let style = self.rgb(Style::new(), blend(rgb(light), rgb(before.unwrap_or(light)), glow));
                (sign(true), style)
            }
            Light::Ended => (sign(false), self.light(light)),
            Light::Waiting if self.fades() => {
                (sign(true), self.rgb(Style::new(), blend([0x30, 0x0c, 0x10], rgb(light), breath)))
            }
            // A character of the user's has no dark form, so the colour goes out.
            Light::Waiting if breath <= 0.5 && self.sign.is_some() => (sign(false), self.light(Light::Ended)),
            Light::Waiting => (sign(breath > 0.5), self.light(light)),
            _ => (sign(true), self.light(light)),
        }
    }

    /// A lamp where there are no colours: a letter that says what it does, or the user's character while it does anything.
    fn without_colours(self, light: Light, lit: bool) -> char {
        match (light, self.sign) {
            (Light::Waiting, _) if !lit => ' ',
            (Light::Ended, _) | (_, None) => letter(light, self.glyphs),
            (_, Some(sign)) => sign,
        }
    }

    fn light(self, light: Light) -> Style {
        let style = self.ink(Style::new(), rgb(light), sixteen(light));
        if light == Light::Deleting && self.depth != Depth::None { style.add_modifier(Modifier::BOLD) } else { style }
    }

    fn ink(self, style: Style, rgb: [u8; 3], sixteen: Color) -> Style {
        match self.depth {
            Depth::True | Depth::Cube => self.rgb(style, rgb),
            Depth::Sixteen => style.fg(sixteen),
            Depth::None => style,
        }
    }

    fn rgb(self, style: Style, [r, g, b]: [u8; 3]) -> Style {
        match self.depth {
            Depth::Cube => style.fg(Color::Indexed(cube([r, g, b]))),
            _ => style.fg(Color::Rgb(r, g, b)),
        }
    }
}

fn rgb(light: Light) -> [u8; 3] {
    match light {
        Light::Ended => [0x5a, 0x5a, 0x5a],
        Light::Control | Light::Waiting => [0xd7, 0x26, 0x3d],
        Light::Connecting => [0x9a, 0xa0, 0xa6],
        Light::Account => [0xa6, 0x6b, 0xff],
        Light::Folder => [0x22, 0xc8, 0xe6],
        Light::Listing => [0x3c, 0xcf, 0x5a],
        Light::Directing => [0x4a, 0x8c, 0xff],
        Light::Downloading | Light::Uploading => [0xff, 0x9a, 0x2e],
        Light::Pretending => [0xff, 0x4f, 0xd8],
        Light::Deleting => [0xff, 0x3b, 0x30],
        Light::AddingFlags => [0xff, 0xd6, 0x0a],
        Light::RemovingFlags => [0xff, 0x7a, 0x9c],
    }
}

fn sixteen(light: Light) -> Color {
    match light {
        Light::Ended => Color::DarkGray,
        Light::Control | Light::Waiting | Light::Deleting => Color::Red,
        Light::Connecting => Color::Gray,
        Light::Account => Color::Magenta,
        Light::Folder => Color::Cyan,
        Light::Listing => Color::Green,
        Light::Directing => Color::LightBlue,
        Light::Downloading | Light::Uploading => Color::Yellow,
        Light::Pretending => Color::LightMagenta,
        Light::AddingFlags => Color::LightYellow,
        Light::RemovingFlags => Color::LightRed,
    }
}

/// The letter that stands for a light where there are no colours.
fn letter(light: Light, glyphs: &Glyphs) -> char {
    match light {
        Light::Ended => glyphs.ended,
        Light::Control => '*',
        Light::Connecting => 'c',
        Light::Account => 'a',
        Light::Folder => 'f',
        Light::Listing => 'l',
        Light::Directing => 'm',
        Light::Downloading => glyphs.down,
        Light::Uploading => glyphs.up,
        Light::Pretending => '~',
        Light::Deleting => 'x',
        Light::AddingFlags => '+',
        Light::RemovingFlags => '-',
        Light::Waiting => 'z',
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes there are only bytes")]
fn blend(from: [u8; 3], to: [u8; 3], part: f64) -> [u8; 3] {
    let part = part.clamp(0.0, 1.0);
    std::array::from_fn(|i| (f64::from(from[i]) + (f64::from(to[i]) - f64::from(from[i])) * part).round() as u8)
}

/// The nearest colour of the 6 x 6 x 6 cube (whose levels are 0, 95, 135, 175, 215, 255).
fn cube(rgb: [u8; 3]) -> u8 {
    rgb.into_iter().fold(0, |index, part| {
        let level = match part {
            0..48 => 0,
            48..115 => 1,
            115..155 => 2,
            155..195 => 3,
            195..235 => 4,
            235.. => 5,
        };
        index * 6 + level
    }) + 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lights_stay_apart_at_every_depth() {
        for depth in [Depth::True, Depth::Cube, Depth::Sixteen, Depth::None] {
            let theme = Theme::new(depth);
            for one in Light::ALL {
                for other in Light::ALL.into_iter().filter(|other| other.colour() != one.colour()) {
                    let breath = if depth == Depth::Sixteen { 0.0 } else { 1.0 };
                    let red = [Light::Control, Light::Waiting];
                    if !(red.contains(&one) && red.contains(&other)) {
                        let look = |light| theme.lamp(light, None, 0.0, breath);
                        assert_ne!(look(one), look(other), "{depth:?}: {one:?} and {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        for (term, colorterm, no_color, depth) in [
            ("xterm-256color", "truecolor", "", Depth::True),
            ("xterm-256color", "truecolor", "1", Depth::None),
            ("tmux-256color", "", "", Depth::Cube),
            ("linux", "", "", Depth::Sixteen),
            ("dumb", "", "", Depth::None),
            ("", "", "", Depth::Sixteen),
        ] {
            let env = |name: &str| {
                let value = [("TERM", term), ("COLORTERM", colorterm), ("NO_COLOR", no_color)];
                value.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
            };
            assert_eq!(Theme::from_env(env), Theme::new(depth), "{term} {colorterm} {no_color}");
        }
    }

    #[test]
    fn the_users_character_is_drawn_at_every_depth() {
        for depth in [Depth::True, Depth::Cube, Depth::Sixteen, Depth::None] {
            let theme = Theme::new(depth).drawing(Some('@'));
            for light in Light::ALL.into_iter().filter(|light| *light != Light::Ended) {
                assert_eq!(theme.lamp(light, None, 0.0, 1.0).0, '@', "{depth:?}: {light:?}");
            }
            let (on, off) = (theme.lamp(Light::Waiting, None, 0.0, 1.0), theme.lamp(Light::Waiting, None, 0.0, 0.0));
            assert_ne!(on, off, "{depth:?}");
            assert_ne!(on, theme.lamp(Light::Ended, None, 0.0, 1.0), "{depth:?}");
        }
    }
}
