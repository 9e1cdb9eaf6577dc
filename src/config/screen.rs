//! What the lights look like, and what else the screen does.

use super::source::{Source, did_you_mean};
use super::value::{self, boolean};
use crate::model::screen::{Depth, Ground, Notify, ScreenSettings};

/// The section of all this.
pub const LIGHTS: &str = "ui.Curses.Blinkenlights";

/// What `notify` may name.
const NEWS: [&str; 2] = ["mail", "errors"];

/// Reads the section; what is wrong in it is remarked on, and as if it weren't there.
pub fn screen(source: &mut Source) -> ScreenSettings {
    let usual = ScreenSettings::default();
    let switch = |source: &mut Source, key, usual| source.read(LIGHTS, key, boolean).unwrap_or(usual);
    ScreenSettings {
        // The dot is OfflineIMAP's own choice.
        lamp: source.read(LIGHTS, "statuschar", value::sign).filter(|sign| *sign != '.'),
        ground: source.read(LIGHTS, "theme", ground).flatten(),
        colour_blind: switch(source, "colourblind", usual.colour_blind),
        shapes: switch(source, "shapes", usual.shapes),
        ascii: source.read(LIGHTS, "ascii", ascii).flatten(),
        colours: source.read(LIGHTS, "colours", colours).flatten(),
        mouse: switch(source, "mouse", usual.mouse),
        notify: source.read(LIGHTS, "notify", notify).unwrap_or_default(),
        keys: source.read(LIGHTS, "keys", keys).unwrap_or_default(),
        keys_at: source.place(LIGHTS, "keys"),
    }
}

fn ground(text: &str) -> Result<Option<Ground>, String> {
    match text.to_lowercase().as_str() {
        "auto" => Ok(None),
        "dark" => Ok(Some(Ground::Dark)),
        "light" => Ok(Some(Ground::Light)),
        _ => Err("expected auto, dark or light".to_owned()),
    }
}

fn ascii(text: &str) -> Result<Option<bool>, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(None);
    }
    boolean(text).map(Some).map_err(|_| "expected auto, yes or no".to_owned())
}

fn colours(text: &str) -> Result<Option<Depth>, String> {
    match text.to_lowercase().as_str() {
        "auto" => Ok(None),
        "true" => Ok(Some(Depth::True)),
        "256" => Ok(Some(Depth::Cube)),
        "16" => Ok(Some(Depth::Sixteen)),
        "none" => Ok(Some(Depth::None)),
        _ => Err("expected auto, true, 256, 16 or none".to_owned()),
    }
}

fn notify(text: &str) -> Result<Notify, String> {
    let mut wished = Notify::default();
    for word in value::list(text) {
        match word.to_lowercase().as_str() {
            "mail" => wished.mail = true,
            "errors" => wished.errors = true,
            other => return Err(format!("expected mail, errors or both{}", did_you_mean(other, NEWS))),
        }
    }
    Ok(wished)
}

/// `action: key key, action: key`. Whether there are such actions and keys, others know.
fn keys(text: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    let pair = |item: &String| {
        let (action, keys) = item.split_once(':')?;
        let keys: Vec<String> = keys.split_whitespace().map(str::to_owned).collect();
        Some((action.trim().to_owned(), keys)).filter(|(action, keys)| !action.is_empty() && !keys.is_empty())
    };
    let expected = "expected a list of actions, each with its keys, as in quit: x, pause: Space";
    value::list(text).iter().map(pair).collect::<Option<Vec<_>>>().ok_or_else(|| expected.to_owned())
}
