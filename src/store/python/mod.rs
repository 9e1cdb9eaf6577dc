//! Python in the configuration, worked out by a python3 that is started on first need.
//!
//! One co-process answers all questions: a line of JSON goes there, a line comes back. It runs the `pythonfile` first. Each
//! value then sees the names of that file, `re`, `os` and Python 2's `cmp`, in a room of its own, as in OfflineIMAP. What the
//! user's code prints goes to a file, never into the conversation; it has no terminal and no input.
//!
//! What is promised:
//!
//! - **It ends with us.** It sees the conversation close, whatever the user's code is doing, and takes what that started along.
//!   Only code that lets no other thread run, such as an endless match, goes on until its time is over. When it is idle at the
//!   end, what the code left in the background goes on.
//! - **It never holds us up.** A question has a time limit, and a [`Cutter`] ends it sooner; then the process and what it
//!   started are ended.
//! - **It may die once.** It is started again, and asked again. Nothing is lost by that, since a [`Function`] is its text, and
//!   worked out where it is missing; but what the user's code remembered by itself is gone, and a hook may run twice.
//! - **A fault names the option**, the exception, and the line of the pythonfile; what is wrong with a folder's name reaches as
//!   far as the folder, everything else as far as the account. No fault shows what a value came to, but an exception's text is
//!   its writer's.
//!
//! A truth value is what Python takes a value for, as in OfflineIMAP: `None`, `0` and `''` are false, and what `re.search`
//! finds is true. Only functions and generators are refused, since they are true whatever they would give.

mod conversation;
mod fault;
mod leftovers;
mod patience;
mod process;
mod value;

#[cfg(test)]
mod leftovers_tests;
#[cfg(test)]
mod life_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod use_tests;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use self::conversation::{Ask, Conversation, Want};
use self::fault::Matter;
pub use self::patience::Cutter;
pub use self::value::{Mismatch, Value};
use crate::model::fault::{Fault, Reach};

/// How long an answer may take.
pub const LIMIT: Duration = Duration::from_secs(30);

/// A function that an option's value is: its text, which the co-process works out where it hasn't yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Function {
    option: Arc<str>,
    code: Arc<str>,
}

/// Works Python out.
pub struct Interpreter(Conversation);

impl fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interpreter").field("started", &self.is_started()).finish_non_exhaustive()
    }
}

impl Interpreter {
    /// An interpreter for a configuration with this `pythonfile`, its path expanded. Nothing is started yet.
    pub fn new(pythonfile: Option<PathBuf>) -> Self {
        Self(Conversation::new(pythonfile, "python3".into(), LIMIT))
    }

    /// The same with another time limit for each answer.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.0.limit = limit;
        self
    }

    /// The same with another python3.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.0.program = program.into();
        self
    }

    /// Another time limit from now on; a command that asks for a passphrase may need more, for example.
    pub fn set_limit(&mut self, limit: Duration) {
        self.0.limit = limit;
    }

    /// What ends its questions from another thread, when the program is to stop; they come to a [`Fault::stopped`].
    pub fn cutter(&mut self) -> io::Result<Cutter> {
        self.0.cutter()
    }

    /// Whether the co-process was needed so far.
    pub fn is_started(&self) -> bool {
        self.0.is_started()
    }

    /// What the option's value is.
    pub fn evaluate(&mut self, option: &str, code: &str) -> Result<Value, Fault> {
        self.0.request(&self.matter(option, code), Ask::Value, Want::Value, &[])
    }

    /// The text that the option's value is; bytes are read as UTF-8.
    pub fn text(&mut self, option: &str, code: &str) -> Result<String, Fault> {
        self.evaluate_as(option, code, Value::text)
    }

    /// The same, or nothing where it is `None`.
    pub fn optional_text(&mut self, option: &str, code: &str) -> Result<Option<String>, Fault> {
        self.evaluate_as(option, code, Value::optional_text)
    }

    /// The list of texts that the option's value is.
    pub fn texts(&mut self, option: &str, code: &str) -> Result<Vec<String>, Fault> {
        self.evaluate_as(option, code, Value::texts)
    }

    /// The whole number that the option's value is.
    pub fn number(&mut self, option: &str, code: &str) -> Result<i64, Fault> {
        self.evaluate_as(option, code, Value::number)
    }

    /// The option's value as it is understood by `read`, usually a method of [`Value`].
    pub fn evaluate_as<T>(
        &mut self,
        option: &str,
        code: &str,
        read: impl FnOnce(Value) -> Result<T, Mismatch>,
    ) -> Result<T, Fault> {
        let value = self.evaluate(option, code)?;
        read(value).map_err(|mismatch| self.matter(option, code).mismatch(&mismatch))
    }

    /// The function that the option's value is: a lambda, or a name from the pythonfile.
    pub fn function(&mut self, option: &str, code: &str) -> Result<Function, Fault> {
        self.0.request(&self.matter(option, code), Ask::Function, Want::Value, &[])?;
        Ok(Function { option: option.into(), code: code.into() })
    }

    /// What the function gives for these arguments.
    pub fn call(&mut self, function: &Function, arguments: &[Value]) -> Result<Value, Fault> {
        self.0.request(&self.call_matter(function, arguments), Ask::Call, Want::Value, arguments)
    }

    /// The same as it is understood by `read`, usually a method of [`Value`].
    pub fn call_as<T>(
        &mut self,
        function: &Function,
        arguments: &[Value],
        read: impl FnOnce(Value) -> Result<T, Mismatch>,
    ) -> Result<T, Fault> {
        let value = self.call(function, arguments)?;
        read(value).map_err(|mismatch| self.call_matter(function, arguments).mismatch(&mismatch))
    }

    /// The text that the function gives, as `nametrans` does.
    pub fn call_text(&mut self, function: &Function, arguments: &[Value]) -> Result<String, Fault> {
        self.call_as(function, arguments, Value::text)
    }

    /// Whether Python takes for true what the function gives, as `folderfilter` does.
    pub fn call_truth(&mut self, function: &Function, arguments: &[Value]) -> Result<bool, Fault> {
        let matter = self.call_matter(function, arguments);
        Ok(self.0.request(&matter, Ask::Call, Want::Truth, arguments)? == Value::Bool(true))
    }

    /// Calls the function for what it does; what it gives is of no interest.
    pub fn run(&mut self, function: &Function, arguments: &[Value]) -> Result<(), Fault> {
        self.0.request(&self.call_matter(function, arguments), Ask::Call, Want::Nothing, arguments).map(drop)
    }

    /// The names in the order of the function: one with a parameter gives the key to sort by, one with two compares, as
    /// `foldersort` does since Python 2.
    pub fn sort(&mut self, function: &Function, names: &[String]) -> Result<Vec<String>, Fault> {
        let items: Vec<Value> = names.iter().map(|name| Value::from(name.as_str())).collect();
        Ok(self.order(function, &items)?.into_iter().filter_map(|at| names.get(at).cloned()).collect())
    }

    /// The order of any values by such a function: their places, the first one's first.
    pub fn order(&mut self, function: &Function, items: &[Value]) -> Result<Vec<usize>, Fault> {
        let matter = self.matter(&function.option, &function.code);
        let places = self.0.request(&matter, Ask::Order, Want::Value, items)?;
        let places = places.numbers().unwrap_or_default();
        Ok(places.into_iter().filter_map(|place| usize::try_from(place).ok()).collect())
    }

    /// What the user's code printed since this was asked last, at most the last megabyte of it.
    pub fn take_prints(&mut self) -> String {
        self.0.take_prints()
    }

    fn matter<'a>(&self, option: &'a str, code: &'a str) -> Matter<'a> {
        let pythonfile = self.0.pythonfile.clone();
        Matter { option, code, about: String::new(), reach: Reach::Account, pythonfile }
    }

    fn call_matter<'a>(&self, function: &'a Function, arguments: &[Value]) -> Matter<'a> {
        let texts = arguments.iter().filter_map(|argument| match argument {
            Value::Text(text) => Some(text.clone()),
            Value::Odd(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        });
        let about = texts.collect::<Vec<_>>().join(", ");
        Matter { about, reach: Reach::Folder, ..self.matter(&function.option, &function.code) }
    }
}
