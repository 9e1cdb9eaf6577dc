//! Gmail's labels of a message.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// What stands between labels where several are written down; no label holds a control character.
const BETWEEN: char = '\n';

/// A set of labels, as people read them. Those of Gmail's own begin with a backslash (`\Inbox`). Many messages have the same
/// ones, so a copy costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels(Arc<BTreeSet<String>>);

impl Labels {
    /// Those of a text that [`Labels::text`] once gave.
    pub fn from_text(text: &str) -> Self {
        text.split(BETWEEN).collect()
    }

    /// All of them, for a program to read.
    pub fn text(&self) -> String {
        self.iter().collect::<Vec<_>>().join(&BETWEEN.to_string())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// What either has.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.is_empty() { self.clone() } else { self.iter().chain(other.iter()).collect() }
    }

    /// What only this one has.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_empty() { self.clone() } else { self.iter().filter(|label| !other.0.contains(*label)).collect() }
    }
}

impl<T: AsRef<str>> FromIterator<T> for Labels {
    /// Spaces around a label don't count; what is empty or holds control characters is no label.
    fn from_iter<I: IntoIterator<Item = T>>(labels: I) -> Self {
        let is_one = |label: &String| !label.is_empty() && !label.contains(char::is_control);
        let labels = labels.into_iter().map(|label| label.as_ref().trim().to_owned()).filter(is_one);
        Self(Arc::new(labels.collect()))
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_label_is_none() {
        let labels = Labels::from_iter(["b", " a, c ", "", " ", "d\ne", "b", "\\Inbox"]);
        assert_eq!(labels.to_string(), "\\Inbox, a, c, b");
        assert_eq!(Labels::from_text(&labels.text()), labels);
        assert_eq!(Labels::from_text(""), Labels::default());
    }

    #[test]
    fn sets_are_joined_and_parted() {
        let [one, other] = [["a", "b"], ["b", "c"]].map(Labels::from_iter);
        assert_eq!(one.union(&other), Labels::from_iter(["a", "b", "c"]));
        assert_eq!(one.minus(&other), Labels::from_iter(["a"]));
        assert!(one.minus(&one).is_empty());
    }
}
