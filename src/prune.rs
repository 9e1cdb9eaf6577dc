//! What `--mbnames-prune` does and says.

use crate::config::settings::Settings;
use crate::engine;
use crate::store::python::Interpreter;
use crate::ui::clean::clean;

/// Forgets what the list of folders has of accounts that are gone, or only says so; the lines for a person, or the sentence that
/// says what went wrong.
pub fn prune(settings: &Settings, python: Option<Interpreter>, pretend: bool) -> Result<String, String> {
    let python = python.unwrap_or_else(|| Interpreter::new(settings.pythonfile.clone()));
    let told = engine::prune(settings, python, pretend).map_err(|fault| clean(&fault.to_string()).into_owned())?;
    Ok(told.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n"))
}
