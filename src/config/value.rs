//! What a value means: switches, numbers, times, lists and paths.

use std::path::PathBuf;
use std::time::Duration;

use unicode_width::UnicodeWidthChar;

use super::literal::Literal;
use super::settings::Quick;

/// The longest time that makes sense.
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What a value may refer to outside the file.
pub struct Environment<'a> {
    /// The user's home directory.
    pub home: Option<PathBuf>,
    /// The value of an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a file is there.
    pub is_file: &'a dyn Fn(&std::path::Path) -> bool,
    /// What Python comes to: its pythonfile, the option it stands in, and the code itself.
    pub python: &'a Python<'a>,
}

/// Works Python out; an error is a sentence.
pub type Python<'a> = dyn Fn(Option<&std::path::Path>, &str, &str) -> Result<Literal, String> + 'a;

/// A switch, in any of the words that `ConfigParser` knows.
///
/// # Errors
/// The words that were expected.
pub fn boolean(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "on" | "1" => Ok(true),
        "no" | "false" | "off" | "0" => Ok(false),
        _ => Err("expected yes or no".to_owned()),
    }
}

/// A whole number, at least 1.
///
/// # Errors
/// That one was expected.
pub fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "expected a whole number, at least 1".to_owned())
}

/// A whole number, 0 too.
///
/// # Errors
/// That one was expected.
pub fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number".to_owned())
}

/// How many synchronisations in between are quick: none for 0, all for less.
///
/// # Errors
/// That such a number was expected.
pub fn quick(text: &str) -> Result<Quick, String> {
    let number: i64 = text.parse().map_err(|_| "expected a whole number, 0 for never or -1 for always".to_owned())?;
    Ok(match u64::try_from(number) {
        Ok(0) => Quick::Never,
        Ok(number) => Quick::Between(number),
        Err(_) => Quick::Always,
    })
}

/// A character that takes one column on a terminal.
///
/// # Errors
/// That one was expected.
pub fn sign(text: &str) -> Result<char, String> {
    let mut letters = text.chars();
    let one = letters.next().filter(|letter| letters.next().is_none() && letter.width() == Some(1));
    one.ok_or_else(|| "expected one character that takes one column, without quotes".to_owned())
}

/// A TCP port.
///
/// # Errors
/// That one was expected.
pub fn port(text: &str) -> Result<u16, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "expected a port from 1 to 65535".to_owned())
}

/// A time in this unit, fractions too; nothing for 0 and less, and for less than a millisecond, which nobody can wait.
///
/// # Errors
/// That a number was expected, of a year at most: clocks can't count on for ever.
pub fn time(text: &str, unit: Duration, expected: &str) -> Result<Option<Duration>, String> {
    let wrong = || format!("expected {expected}, at most a year");
    let number: f64 = text.parse().map_err(|_| wrong())?;
    if number <= 0.0 {
        return Ok(None);
    }
    let time = Duration::try_from_secs_f64(number * unit.as_secs_f64()).map_err(|_| wrong())?;
    if time > YEAR { Err(wrong()) } else { Ok(Some(time).filter(|time| *time >= Duration::from_millis(1))) }
}

/// The items between commas or lines, without the empty ones.
pub fn list(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Names of header fields (RFC 5322, section 2.2), in lower case.
///
/// # Errors
/// That such names were expected.
pub fn fields(text: &str) -> Result<Vec<String>, String> {
    let names = list(text);
    let wrong = |name: &String| name.contains(|c: char| !c.is_ascii_graphic() || c == ':');
    if names.iter().any(wrong) {
        return Err("expected names of header fields with commas in between, each without a colon".to_owned());
    }
    Ok(names.into_iter().map(|name| name.to_ascii_lowercase()).collect())
}

/// A path, with `~`, `$NAME` and `${NAME}` replaced.
///
/// # Errors
/// A home that can't be found, or a variable that isn't set.
pub fn path(text: &str, environment: &Environment) -> Result<PathBuf, String> {
    if text.contains('\n') {
        return Err("expected one path on one line".to_owned());
    }
    let text = variables(text, environment)?;
    match text.strip_prefix('~') {
        None => Ok(PathBuf::from(text)),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = environment.home.clone().ok_or("~ can't be replaced, because HOME isn't set")?;
            let rest = rest.trim_start_matches('/');
            Ok(if rest.is_empty() { home } else { home.join(rest) })
        }
        Some(_) => {
            Err("expected a path that begins with / or ~/; the homes of other users are written in full".to_owned())
        }
    }
}

fn variables(text: &str, environment: &Environment) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, after) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(braced) => braced,
            None => after.split_at(after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len())),
        };
        if name.is_empty() {
            out.push('$');
        } else {
            let value = (environment.variable)(name);
            out.push_str(&value.ok_or_else(|| format!("the environment variable {name} isn't set"))?);
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn no_python(_: Option<&Path>, _: &str, _: &str) -> Result<Literal, String> {
        Err(String::new())
    }

    fn place(text: &str) -> Result<PathBuf, String> {
        let variable = |name: &str| (name == "BOX").then(|| "box".to_owned());
        path(
            text,
            &Environment {
                home: Some(PathBuf::from("/home/u")),
                variable: &variable,
                is_file: &|_| true,
                python: &no_python,
            },
        )
    }

    #[test]
    fn switches_are_read_in_any_case() {
        for (text, wanted) in [("YES", true), ("on", true), ("1", true), ("False", false), ("off", false), ("0", false)]
        {
            assert_eq!(boolean(text), Ok(wanted), "{text}");
        }
        assert!(boolean("maybe").is_err() && boolean("").is_err());
    }

    #[test]
    fn times_have_fractions_and_end_at_nothing() {
        let minutes = |text| time(text, Duration::from_secs(60), "minutes");
        assert_eq!(minutes("0.5"), Ok(Some(Duration::from_secs(30))));
        assert_eq!(minutes("0"), Ok(None));
        assert_eq!(minutes("-3"), Ok(None));
        assert_eq!(minutes("1e-9"), Ok(None));
        for wrong in ["soon", "nan", "inf", "1e300", "1e9"] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!((count("4"), port("993")), (Ok(4), Ok(993)));
        assert!(count("0").is_err() && count("-1").is_err() && port("65536").is_err() && port("0").is_err());
    }

    #[test]
    fn quick_ones_are_none_all_or_so_many() {
        let known = [("0", Quick::Never), ("-1", Quick::Always), ("-7", Quick::Always), ("10", Quick::Between(10))];
        for (text, wanted) in known {
            assert_eq!(quick(text), Ok(wanted), "{text}");
        }
        assert!(["", "yes", "1.5"].into_iter().all(|text| quick(text).is_err()));
    }

    #[test]
    fn a_sign_takes_one_column() {
        for (text, wanted) in [("#", Some('#')), ("◆", Some('◆')), ("'", Some('\''))] {
            assert_eq!(sign(text).ok(), wanted, "{text}");
        }
        for wrong in ["", "##", "'#'", "字", "\u{301}", "\u{7}", "e\u{301}", "👩\u{200d}🔬"] {
            assert!(sign(wrong).unwrap_err().contains("one column"), "{wrong:?}");
        }
    }

    #[test]
    fn paths_are_expanded() {
        for (text, wanted) in [
            ("~", "/home/u"),
            ("~/Mail", "/home/u/Mail"),
            ("/a/$BOX/b", "/a/box/b"),
            ("/a/${BOX}b", "/a/boxb"),
            ("/a$/b", "/a$/b"),
            ("/a~b", "/a~b"),
        ] {
            assert_eq!(place(text).as_deref(), Ok(Path::new(wanted)), "{text}");
        }
        for (text, word) in [("$NONE/x", "NONE"), ("~other/x", "in full"), ("/a\n/b", "one line")] {
            assert!(place(text).unwrap_err().contains(word), "{text}");
        }
    }

    #[test]
    fn lists_have_no_empty_items() {
        assert_eq!(list("a, b,\nc,"), ["a", "b", "c"]);
    }

    proptest! {
        #[test]
        fn any_path_is_answered(text in "(?s).{0,40}|[a/$~{}]{0,12}") {
            let _ = place(&text);
        }
    }
}
