//! How messages are fetched.

use super::settings::Fetching;
use super::source::Source;
use super::value;

/// `retrycount` and `singlethreadperfolder`.
pub fn fetching(source: &mut Source, section: &str) -> Fetching {
    let usual = Fetching::default();
    Fetching {
        retries: source.read(section, "retrycount", value::whole).unwrap_or(usual.retries),
        alone: source.read(section, "singlethreadperfolder", value::boolean).unwrap_or(usual.alone),
    }
}
