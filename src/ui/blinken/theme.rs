//! Colours: what a terminal shows for each meaning, from truecolor down to letters alone.

pub mod abilities;
pub mod colour;
pub mod glyphs;
mod palette;
#[cfg(test)]
mod tests;

use ratatui::style::{Color, Modifier, Style};

use crate::model::light::Light;
use crate::model::screen::ScreenSettings;

pub use crate::model::screen::{Depth, Ground};
pub use glyphs::Glyphs;

use abilities::Abilities;
use colour::{Rgb, blend, legible, nearest, of_index};
use palette::{Palette, sixteen};

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

/// The colours and the characters of one terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    depth: Depth,
    ground: Ground,
    colour_blind: bool,
    letters: bool,
    sign: Option<char>,
    glyphs: &'static Glyphs,
}

impl Theme {
    /// The theme for a dark terminal with so many colours, which shows every character.
    pub fn new(depth: Depth) -> Self {
        let glyphs = &glyphs::FULL;
        Self { depth, ground: Ground::Dark, colour_blind: false, letters: false, sign: None, glyphs }
    }

    /// The theme that a person wants on a terminal with these abilities.
    pub fn chosen(wish: &ScreenSettings, abilities: Abilities) -> Self {
        let depth = wish.colours.unwrap_or(abilities.colours);
        let ground = wish.ground.unwrap_or(abilities.ground);
        let theme = Self::new(depth).with(abilities.glyphs(wish.ascii)).on(ground).drawing(wish.lamp);
        let theme = if wish.colour_blind { theme.for_the_colour_blind() } else { theme };
        if wish.shapes { theme.in_letters() } else { theme }
    }

    /// The same with lamps drawn as this character, if it is one, and the terminal has it.
    #[must_use]
    pub fn drawing(self, sign: Option<char>) -> Self {
        Self { sign, ..self }
    }

    /// The same drawn with these characters.
    #[must_use]
    pub fn with(self, glyphs: &'static Glyphs) -> Self {
        Self { glyphs, ..self }
    }

    /// The same on this ground.
    #[must_use]
    pub fn on(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }

    /// The same in colours that people see apart who can't see all of them. Where the terminal chooses the shades, nobody
    /// can promise that, so lamps are letters there.
    #[must_use]
    pub fn for_the_colour_blind(self) -> Self {
        Self { colour_blind: true, letters: self.letters || !self.shades(), ..self }
    }

    /// The same with letters for lamps.
    #[must_use]
    pub fn in_letters(self) -> Self {
        Self { letters: true, ..self }
    }

    /// The characters to draw with.
    pub fn glyphs(self) -> &'static Glyphs {
        self.glyphs
    }

    /// Whether there are colours at all.
    pub fn has_colours(self) -> bool {
        self.depth != Depth::None
    }

    /// Whether the shades are ours to choose; lamps fade only there.
    fn shades(self) -> bool {
        matches!(self.depth, Depth::True | Depth::Cube)
    }

    fn palette(self) -> &'static Palette {
        Palette::of(self.ground, self.colour_blind)
    }

    /// The style of a piece of text.
    pub fn tone(self, tone: Tone) -> Style {
        let palette = self.palette();
        let (rgb, dark, light) = match tone {
            Tone::Bright => (palette.bright, Color::White, Color::Black),
            Tone::Plain => (palette.plain, Color::Reset, Color::Reset),
            Tone::Dim => (palette.dim, Color::DarkGray, Color::DarkGray),
            Tone::Warning => (palette.warning, Color::LightYellow, Color::Magenta),
            Tone::Error => (palette.error, Color::LightRed, Color::Red),
            Tone::Track => (palette.track, Color::DarkGray, Color::Gray),
        };
        let few = Style::new().fg(if self.ground == Ground::Dark { dark } else { light });
        let style = self.ink(rgb, few);
        let bold = matches!(tone, Tone::Bright | Tone::Warning | Tone::Error);
        // Without colours, what is seldom read would be as bright as the rest.
        let faint = self.depth == Depth::None && matches!(tone, Tone::Dim | Tone::Track);
        match (bold, faint) {
            (true, _) => style.add_modifier(Modifier::BOLD),
            (_, true) => style.add_modifier(Modifier::DIM),
            _ => style,
        }
    }

    /// The style of text in a light's colour.
    pub fn text(self, light: Light) -> Style {
        let palette = self.palette();
        match light {
            Light::Ended => self.tone(Tone::Dim),
            _ if self.shades() => {
                let shown = |rgb| if self.depth == Depth::Cube { of_index(nearest(rgb)) } else { rgb };
                let rgb = legible(palette.light(light), palette.ground, palette.ink, shown);
                self.emphasis(light, self.rgb(rgb))
            }
            _ => self.light(light),
        }
    }

    /// A bar in a light's colour, and whether its empty part is seen by its ground alone, without dots.
    pub fn bar(self, light: Light) -> (Style, bool) {
        let style = self.light(light);
        if self.shades() { (style.bg(self.colour(self.palette().bar)), true) } else { (style, false) }
    }

    /// A lamp: its sign and its style. `glow` is what is left of its afterglow, `breath` how far a countdown's lamp
    /// is lit, both from 0 to 1; `before` is what it did before it went dark.
    pub fn lamp(self, light: Light, before: Option<Light>, glow: f64, breath: f64) -> (char, Style) {
        if self.depth == Depth::None {
            return (self.without_colours(light, breath > 0.5), Style::new());
        }
        let palette = self.palette();
        match light {
            Light::Ended if glow > 0.0 && self.shades() => {
                let before = before.unwrap_or(light);
                let style = self.rgb(blend(palette.light(light), palette.light(before), glow));
                (self.sign(before, true), style)
            }
            Light::Ended => (self.sign(light, false), self.light(light)),
            Light::Waiting if self.shades() => {
                (self.sign(light, true), self.rgb(blend(palette.ember, palette.light(light), breath)))
            }
            // A letter and a character of the user's have no dark form, so the colour goes out.
            Light::Waiting if breath <= 0.5 && (self.letters || self.users().is_some()) => {
                (self.sign(light, false), self.light(Light::Ended))
            }
            Light::Waiting => (self.sign(light, breath > 0.5), self.light(light)),
            _ => (self.sign(light, true), self.light(light)),
        }
    }

    /// The user's character for a lamp, where it can be drawn.
    fn users(self) -> Option<char> {
        self.sign.filter(|sign| self.glyphs.has(*sign))
    }

    fn sign(self, light: Light, lit: bool) -> char {
        match self.users() {
            _ if self.letters => letter(light, self.glyphs),
            Some(sign) => sign,
            None if lit => self.glyphs.lit,
            None => self.glyphs.dark,
        }
    }

    /// A lamp where there are no colours: a letter that says what it does, or the user's character while it does anything.
    fn without_colours(self, light: Light, lit: bool) -> char {
        match (light, self.users().filter(|_| !self.letters)) {
            (Light::Waiting, _) if !lit => ' ',
            (Light::Ended, _) | (_, None) => letter(light, self.glyphs),
            (_, Some(sign)) => sign,
        }
    }

    fn light(self, light: Light) -> Style {
        self.emphasis(light, self.ink(self.palette().light(light), sixteen(light, self.ground)))
    }

    /// What is about to be deleted stands out.
    fn emphasis(self, light: Light, style: Style) -> Style {
        if light == Light::Deleting && self.depth != Depth::None { style.add_modifier(Modifier::BOLD) } else { style }
    }

    fn ink(self, rgb: Rgb, few: Style) -> Style {
        match self.depth {
            Depth::True | Depth::Cube => self.rgb(rgb),
            Depth::Sixteen => few,
            Depth::None => Style::new(),
        }
    }

    fn rgb(self, rgb: Rgb) -> Style {
        Style::new().fg(self.colour(rgb))
    }

    fn colour(self, [r, g, b]: Rgb) -> Color {
        match self.depth {
            Depth::Cube => Color::Indexed(nearest([r, g, b])),
            _ => Color::Rgb(r, g, b),
        }
    }
}

/// The letter that stands for a light where colours don't say enough.
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
