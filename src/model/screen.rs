//! How a person wants the full screen to look and to behave.

/// How many colours a terminal has.
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

/// What is behind the letters of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Black, or nearly so.
    Dark,
    /// White, or nearly so.
    Light,
}

/// What a person is told of outside the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notify {
    /// New mail.
    pub mail: bool,
    /// Failures.
    pub errors: bool,
}

impl Notify {
    /// Whether there is anything to tell.
    pub fn anything(self) -> bool {
        self.mail || self.errors
    }
}

/// Everything about the full screen that can be chosen; [`Default`] is what it is when nothing was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenSettings {
    /// The character that a lamp is drawn with; `None`: the program's own.
    pub lamp: Option<char>,
    /// The ground that colours are chosen for; `None`: whatever the terminal says it has.
    pub ground: Option<Ground>,
    /// Colours that people see apart who can't see all of them.
    pub colour_blind: bool,
    /// Lamps are letters, even where there are colours.
    pub shapes: bool,
    /// ASCII alone is drawn; `None`: where the locale isn't a UTF-8 one.
    pub ascii: Option<bool>,
    /// How many colours there are; `None`: as the environment says.
    pub colours: Option<Depth>,
    /// The terminal reports what the mouse does, instead of selecting text with it.
    pub mouse: bool,
    /// What is told outside the screen.
    pub notify: Notify,
    /// Other keys than the usual ones: the name of an action, and the names of the keys that do it. Neither is checked.
    pub keys: Vec<(String, Vec<String>)>,
    /// Where the configuration says that, for a message about a mistake in it.
    pub keys_at: String,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            lamp: None,
            ground: None,
            colour_blind: false,
            shapes: false,
            ascii: None,
            colours: None,
            mouse: true,
            notify: Notify::default(),
            keys: Vec::new(),
            keys_at: String::new(),
        }
    }
}
