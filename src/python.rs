//! Python in options whose value is needed before anything else: asked while the configuration is read. And the functions among
//! them, which are needed later, where a person only wants to know whether the file is right.

use std::cell::RefCell;
use std::path::Path;

use crate::config::Literal;
use crate::config::settings::{CommonSettings, Settings};
use crate::store::python::{Interpreter, Value};

/// The interpreter that the configuration is read with, and that the engine goes on with; made on first need.
#[derive(Default)]
pub struct Reader(RefCell<Option<Interpreter>>);

impl Reader {
    /// What `code`, the value of `option`, comes to; or why it comes to nothing, in a sentence.
    pub fn work_out(&self, pythonfile: Option<&Path>, option: &str, code: &str) -> Result<Literal, String> {
        let mut interpreter = self.0.borrow_mut();
        let interpreter = interpreter.get_or_insert_with(|| Interpreter::new(pythonfile.map(Path::to_path_buf)));
        let value = interpreter.evaluate(option, code).map_err(|fault| fault.to_string())?;
        match value {
            Value::None => Ok(Literal::None),
            Value::Bool(truth) => Ok(Literal::Bool(truth)),
            Value::Int(number) => Ok(Literal::Number(number.to_string())),
            Value::Text(_) | Value::Bytes(_) => value.text().map(Literal::Text),
            _ => value.texts().map(Literal::List),
        }
    }

    /// The interpreter, if there was need of one.
    pub fn into_inner(self) -> Option<Interpreter> {
        self.0.into_inner()
    }
}

/// Whether every option that has to be a Python function is one. They are made, not called; what they import is imported, and
/// the `pythonfile` is run.
///
/// # Errors
/// A sentence for each that isn't, on a line of its own.
pub fn check(settings: &Settings, interpreter: Option<Interpreter>) -> Result<(), String> {
    let mut interpreter = interpreter.unwrap_or_else(|| Interpreter::new(settings.pythonfile.clone()));
    let mut faults: Vec<String> = Vec::new();
    for (option, code) in functions(settings) {
        if let Err(fault) = interpreter.function(&option, &code) {
            faults.push(fault.to_string());
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// The options that have to be functions, and what stands there.
fn functions(settings: &Settings) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |option: String, code: Option<&String>| all.extend(code.map(|code| (option, code.clone())));
    for account in &settings.accounts {
        for common in [&account.remote.common, account.local.common()] {
            let CommonSettings { name, nametrans, folderfilter, foldersort, .. } = common;
            let here = [("nametrans", nametrans), ("folderfilter", folderfilter), ("foldersort", foldersort)];
            for (key, code) in here {
                add(format!("[Repository {name}] {key}"), code.as_ref());
            }
        }
        if let Some(hook) = &account.hooks.inbox {
            add(hook.option.clone(), Some(&hook.code));
        }
    }
    if let Some(list) = &settings.mailbox_list {
        add("[mbnames] folderfilter".to_owned(), list.folderfilter.as_ref());
        add("[mbnames] sort_keyfunc".to_owned(), list.sort_keyfunc.as_ref());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_literals_would_be() {
        let reader = Reader::default();
        let come_to = |code: &str| reader.work_out(None, "x", code);
        assert_eq!(come_to("'a' + 'b'"), Ok(Literal::Text("ab".into())));
        assert_eq!(come_to("b'ab'"), Ok(Literal::Text("ab".into())));
        assert_eq!(come_to("990 + 3"), Ok(Literal::Number("993".into())));
        assert_eq!(come_to("None or None"), Ok(Literal::None));
        assert_eq!(come_to("[c for c in 'ab']"), Ok(Literal::List(vec!["a".into(), "b".into()])));
        assert!(come_to("nobody()").unwrap_err().contains("nobody"));
        assert!(come_to("object()").is_err());
    }
}
