//! What of the mail is looked at: `maxage`, `maxsize` and `startdate`.

use chrono::NaiveDate;

use super::naming;
use super::settings::PythonHook;
use super::source::Source;
use super::value;
use crate::model::extent::{Age, Extent};

/// What an account looks at; `local` and `remote` are the sections of its repositories.
pub fn extent(source: &mut Source, account: &str, local: Option<&str>, remote: Option<&str>) -> Extent {
    let age = source.read(account, "maxage", age);
    let largest = source.read(account, "maxsize", |text| Ok(value::count(text)? as u64));
    let mut from = |section: Option<&str>| {
        let section = section?;
        let day = source
            .read(section, "startdate", |text| day(text).ok_or_else(|| "expected a day, as in 2024-01-31".to_owned()));
        if day.is_some() && age.is_some() {
            source.wrong(section, "startdate", "the account has a maxage as well; expected one of the two");
        }
        day
    };
    let (here_from, there_from) = (from(local), from(remote));
    Extent { age, largest, there_from, here_from }
}

fn age(text: &str) -> Result<Age, String> {
    let days = text.parse().ok().filter(|days| *days > 0).map(Age::Days);
    let age = days.or_else(|| day(text).map(Age::Since));
    age.ok_or_else(|| "expected a number of days, at least 1, or a day, as in 2024-01-31".to_owned())
}

/// The first second of a day, in UTC.
fn day(text: &str) -> Option<i64> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

/// `copy_ignore_eval`, which stands in the remote repository.
pub fn ignored(source: &mut Source, section: &str) -> Option<PythonHook> {
    let example = "lambda folder: {'INBOX': [2, 3]}.get(folder)";
    let code = naming::function_like(source, section, "copy_ignore_eval", example)?;
    Some(PythonHook { option: format!("[{section}] copy_ignore_eval"), code })
}
