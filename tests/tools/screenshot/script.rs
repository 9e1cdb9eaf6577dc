//! What is to be done before a picture is taken: a step a line.
//!
//! ```text
//! wait TEXT        until TEXT is on the screen
//! gone TEXT        until it isn't there any more
//! press KEYS       types; \e is Esc and \r is Enter
//! hold SECONDS     lets time pass
//! empty FOLDER     deletes all messages in a folder of an account's Maildir
//! picture NAME     takes a picture
//! end              until the program has ended
//! ```

use std::time::Duration;

/// A step.
pub enum Step {
    Wait(String),
    Gone(String),
    Press(String),
    Hold(Duration),
    Empty(String),
    Picture(String),
    End,
}

/// The steps of a script. Empty lines are no steps.
pub fn read(text: &str) -> Result<Vec<Step>, String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(step).collect()
}

fn step(line: &str) -> Result<Step, String> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim().to_owned();
    Ok(match verb {
        "wait" => Step::Wait(rest),
        "gone" => Step::Gone(rest),
        "press" => Step::Press(rest.replace("\\e", "\x1b").replace("\\r", "\r")),
        "hold" => Step::Hold(Duration::from_secs_f64(rest.parse().map_err(|_| format!("how long is \"{rest}\"?"))?)),
        "empty" => Step::Empty(rest),
        "picture" => Step::Picture(rest),
        "end" => Step::End,
        _ => return Err(format!("there is no step \"{verb}\"")),
    })
}

/// A size such as `100x30`, in columns and lines.
pub fn size(text: &str) -> Result<(u16, u16), String> {
    let parts = text.split_once('x').and_then(|(columns, lines)| Some((columns.parse().ok()?, lines.parse().ok()?)));
    parts.filter(|size| size.0 > 0 && size.1 > 0).ok_or_else(|| "a size is written as 100x30".into())
}
