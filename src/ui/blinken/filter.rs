//! Which lines of the log are shown, as a person writes it down: `account:home folder:lists level:warning colour:orange word`.

use std::str::FromStr;

use crate::model::light::Light;
use crate::ui::phrase::{Level, Phrase};

/// What a line has to be like; nothing, when everything is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    account: Vec<String>,
    folder: Vec<String>,
    words: Vec<String>,
    lights: Vec<Light>,
    level: Option<Level>,
}

/// The levels by the names that a person may write.
const LEVELS: [(&str, Level); 4] =
    [("debug", Level::Debug), ("info", Level::Info), ("warning", Level::Warning), ("error", Level::Error)];

impl Filter {
    /// Whether everything is shown.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a line is shown.
    pub fn shows(&self, phrase: &Phrase) -> bool {
        let is = |wanted: &[String], part: Option<&str>| {
            wanted.iter().all(|wanted| part.is_some_and(|part| part.to_lowercase().contains(wanted)))
        };
        self.level.is_none_or(|least| phrase.level >= least)
            && (self.lights.is_empty() || self.lights.contains(&phrase.light))
            && is(&self.account, phrase.account.as_deref())
            && is(&self.folder, phrase.folder.as_deref())
            && (self.words.is_empty() || is(&self.words, Some(&phrase.line())))
    }

    /// The same, for what matters more: warnings after everything, errors after warnings, then everything again.
    #[must_use]
    pub fn next_level(&self) -> Self {
        let level = match self.level {
            None | Some(Level::Debug | Level::Info) => Some(Level::Warning),
            Some(Level::Warning) => Some(Level::Error),
            Some(Level::Error) => None,
        };
        Self { level, ..self.clone() }
    }

    /// The colours all of whose lights are shown, and the other lights by the first word of what they mean.
    fn colours_and_lights(&self) -> (Vec<String>, Vec<String>) {
        let (mut colours, mut lights): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for light in &self.lights {
            let colour = light.colour().name();
            let mut alike = Light::ALL.iter().filter(|other| other.colour().name() == colour);
            let (names, name) = if alike.all(|other| self.lights.contains(other)) {
                (&mut colours, colour)
            } else {
                (&mut lights, light.meaning().split(' ').next().unwrap_or_default())
            };
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        (colours, lights)
    }

    /// In words, as they could be written down.
    pub fn words(&self) -> String {
        let level = self.level.map(|level| LEVELS.iter().find(|row| row.1 == level).map_or("", |row| row.0));
        let named = |name: &'static str, values: &[String]| {
            values.iter().map(move |value| format!("{name}:{value}")).collect::<Vec<_>>()
        };
        let (colours, lights) = self.colours_and_lights();
        let mut parts = named("account", &self.account);
        parts.extend(named("folder", &self.folder));
        parts.extend(level.map(|level| format!("level:{level}")));
        parts.extend(named("colour", &colours));
        parts.extend(named("light", &lights));
        parts.extend(self.words.iter().cloned());
        parts.join(" ")
    }
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            let word = word.to_lowercase();
            match word.split_once(':') {
                // Somebody is still typing.
                Some(("account" | "folder" | "level" | "colour" | "color" | "light", "")) => {}
                Some(("account", name)) => filter.account.push(name.to_owned()),
                Some(("folder", name)) => filter.folder.push(name.to_owned()),
                Some(("level", name)) => filter.level = Some(level(name)?),
                Some(("colour" | "color" | "light", name)) => filter.lights.extend(lights(name)?),
                _ => filter.words.push(word),
            }
        }
        Ok(filter)
    }
}

fn level(name: &str) -> Result<Level, String> {
    let found = LEVELS.iter().find(|row| row.0.starts_with(name)).map(|row| row.1);
    found.ok_or_else(|| format!("there is no level \"{name}\"; there are debug, info, warning and error"))
}

/// The lights of a colour, by its name or by what they mean.
fn lights(name: &str) -> Result<Vec<Light>, String> {
    let is = |light: &Light| light.colour().name().starts_with(name) || light.meaning().starts_with(name);
    let found: Vec<Light> = Light::ALL.into_iter().filter(is).collect();
    if found.is_empty() { Err(format!("no light is called \"{name}\"; the legend shows them all")) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(account: &str, folder: &str, level: Level, light: Light, text: &str) -> Phrase {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Phrase { level, account: some(account), folder: some(folder), light, text: text.into() }
    }

    #[test]
    fn a_line_is_shown_when_it_is_all_that_is_wished() {
        let line = phrase("home", "Lists/rust", Level::Warning, Light::Downloading, "9,000 to download");
        for (filter, shown) in [
            ("", true),
            ("account:home", true),
            ("account:HO folder:rust", true),
            ("account:work", false),
            ("folder:inbox", false),
            ("level:info", true),
            ("level:warn", true),
            ("level:error", false),
            ("colour:orange", true),
            ("color:green", false),
            ("light:downloading", true),
            ("download", true),
            ("download upload", false),
            ("lists", true),
            ("account:", true),
            ("subject:", false),
            ("12:30", false),
        ] {
            assert_eq!(filter.parse::<Filter>().unwrap().shows(&line), shown, "{filter}");
        }
        let programs_own = phrase("", "", Level::Info, Light::Control, "2 accounts");
        assert!(!"account:home".parse::<Filter>().unwrap().shows(&programs_own));
    }

    #[test]
    fn what_does_not_exist_is_said() {
        assert!("level:grave".parse::<Filter>().unwrap_err().contains("no level \"grave\""));
        assert!("colour:mauve".parse::<Filter>().unwrap_err().contains("\"mauve\""));
    }

    #[test]
    fn a_filter_reads_as_it_was_written() {
        for text in
            ["", "account:home folder:rust level:error colour:orange word", "colour:red light:downloading", "subject:"]
        {
            let filter: Filter = text.parse().unwrap();
            assert_eq!(filter.words(), text);
            assert_eq!(filter.words().parse(), Ok(filter));
        }
    }

    #[test]
    fn levels_come_one_after_the_other() {
        let warnings = Filter::default().next_level();
        assert_eq!(warnings.words(), "level:warning");
        assert_eq!(warnings.next_level().words(), "level:error");
        assert!(warnings.next_level().next_level().is_nothing());
    }
}
