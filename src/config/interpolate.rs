//! `%(name)s` and `%%` in values.

use super::options::is_secret;
use super::raw::{Sections, find};

/// How deep references may lead through each other; deeper is a circle.
const DEPTH: usize = 10;

/// How long a value may become, in bytes, so that references that multiply each other end.
const LONGEST: usize = 1 << 16;

/// The value of `key` with every `%(name)s` replaced from the same section or `[DEFAULT]`, and `%%` by `%`.
///
/// # Errors
/// A sentence that says which reference can't be followed; of a secret value it repeats nothing.
pub fn interpolate(sections: &Sections, section: &str, key: &str, value: &str) -> Result<String, String> {
    expand(sections, section, value, is_secret(key), DEPTH)
}

/// The names that a value refers to, in lower case.
pub fn references(value: &str) -> impl Iterator<Item = String> {
    value.split("%(").skip(1).filter_map(|part| Some(part.split_once(")s")?.0.to_lowercase()))
}

fn expand(sections: &Sections, section: &str, value: &str, secret: bool, depth: usize) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = value;
    while let Some((plain, after)) = rest.split_once('%') {
        out.push_str(plain);
        if let Some(after) = after.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let reference = after.strip_prefix('(').and_then(|after| after.split_once(")s"));
        let (name, after) = reference.ok_or("a single % must be written %%, or begin a %(name)s")?;
        let shown = if secret { "a reference in it".to_owned() } else { format!("%({name})s") };
        let depth = depth.checked_sub(1).ok_or_else(|| format!("{shown} leads back to itself"))?;
        let lower = name.to_lowercase();
        let missing = || format!("{shown} is neither in this section nor in [DEFAULT]; a % of its own is written %%");
        let found = find(sections, section, &lower).ok_or_else(missing)?;
        out.push_str(&expand(sections, section, &found.value, secret || is_secret(&lower), depth)?);
        if out.len() > LONGEST {
            return Err(format!("{shown} makes the value too long"));
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::raw::read;
    use super::*;

    #[test]
    fn references_are_followed() {
        let sections = read("[DEFAULT]\nhome = /h\n[s]\nuser = %(HOME)s/u\nloop = %(loop)s").sections;
        let text = |value| interpolate(&sections, "s", "k", value);
        assert_eq!(text("%(user)s/100%%"), Ok("/h/u/100%".to_owned()));
        for (wrong, word) in [("50%", "%%"), ("%(loop)s", "itself"), ("%(none)s", "neither")] {
            assert!(text(wrong).unwrap_err().contains(word), "{wrong}");
        }
        assert_eq!(references("%(A)s/%%/%(b)s").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn references_that_multiply_each_other_end() {
        let mut text = String::from("[s]\na0 = xxxxxxxxxxxxxxxx\n");
        for step in 1..9 {
            let line = format!("a{step} = {}\n", format!("%(a{})s", step - 1).repeat(10));
            text.push_str(&line);
        }
        assert!(interpolate(&read(&text).sections, "s", "k", "%(a8)s").unwrap_err().contains("too long"));
    }

    #[test]
    fn secrets_are_not_repeated() {
        let sections = read("[s]\nremotepass = hunter2%(hunter3)s").sections;
        for (key, value) in [("remotepass", "hunter2%(hunter3)s"), ("remotepass", "hunter2%"), ("k", "%(remotepass)s")]
        {
            assert!(!interpolate(&sections, "s", key, value).unwrap_err().contains("hunter"), "{value}");
        }
    }
}
