//! How a store tells in detail what it does, where somebody wants to know.

use std::fmt;
use std::sync::Arc;

/// Whoever is told. A silent one costs nothing: what is to be told is put into words only when somebody listens.
#[derive(Clone, Default)]
pub struct Teller(Option<Arc<dyn Fn(String) + Send + Sync>>);

impl Teller {
    /// Tells nobody.
    pub fn silent() -> Self {
        Self(None)
    }

    /// Tells `listener`, which is called in the thread that does the work, and so should not take long.
    pub fn new(listener: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Whether anybody listens.
    pub fn is_heard(&self) -> bool {
        self.0.is_some()
    }

    /// Tells what `words` puts into words.
    pub fn tell(&self, words: impl FnOnce() -> String) {
        if let Some(listener) = &self.0 {
            listener(words());
        }
    }
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_heard() { "Teller(heard)" } else { "Teller(silent)" })
    }
}
