//! Names that no other file has.

use std::time::{SystemTime, UNIX_EPOCH};

/// Makes the unique parts of file names: `<seconds>_<n>.<pid>.<host>`.
///
/// The count begins at random, so that several in one process don't meet.
#[derive(Debug)]
pub struct Unique {
    count: u32,
    ending: String,
}

impl Unique {
    /// A source for this process.
    pub fn new() -> Self {
        let system = rustix::system::uname();
        let host = clean_host(&system.nodename().to_string_lossy());
        Self { count: fastrand::u32(..1 << 30), ending: format!("{}.{host}", std::process::id()) }
    }

    /// The next one.
    pub fn next(&mut self) -> String {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.count = self.count.wrapping_add(1);
        format!("{seconds}_{}.{}", self.count, self.ending)
    }

    /// Whether a program on this host gave this name.
    pub fn is_from_this_host(&self, name: &str) -> bool {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let host = self.ending.split_once('.').map(|(_, host)| host);
        let mut parts = name.splitn(3, '.');
        let time = parts.next().and_then(|time| time.split_once('_'));
        time.is_some_and(|(seconds, count)| digits(seconds) && digits(count))
            && parts.next().is_some_and(digits)
            && parts.next() == host
    }
}

/// What would end the name, a field or the unique part is replaced; a name stays far below 255 bytes.
fn clean_host(host: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    host.chars().take(64).map(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_are_recognised() {
        let mut unique = Unique::new();
        let (a, b) = (unique.next(), unique.next());
        assert_ne!(a, b);
        assert!(unique.is_from_this_host(&a));
        for foreign in ["", "a", "1_2.3", "1_2.3.another.host.example", "1.3.h", "x_2.3.h"] {
            assert!(!unique.is_from_this_host(foreign), "{foreign}");
        }
        assert_eq!(clean_host("a:b/c,d é"), "a_b_c_d__");
    }
}
