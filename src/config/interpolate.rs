//! `%(name)s` and `%%` in values.

use super::raw::Sections;

/// How deep references may lead through each other; deeper is a circle.
const DEPTH: usize = 10;

/// How long a value may become, in bytes, so that references that multiply each other end.
const LONGEST: usize = 1 << 16;

/// The value with every `%(name)s` replaced from the same section or `[DEFAULT]`, and `%%` by `%`.
///
/// The error is a sentence that says which reference can't be followed.
pub fn interpolate(sections: &Sections, section: &str, value: &str) -> Result<String, String> {
    expand(sections, section, value, DEPTH)
}

fn expand(sections: &Sections, section: &str, value: &str, depth: usize) -> Result<String, String> {
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
        let depth = depth.checked_sub(1).ok_or_else(|| format!("%({name})s leads back to itself"))?;
        let lower = name.to_lowercase();
        let found = [section, "DEFAULT"].iter().find_map(|place| sections.get(*place)?.get(&lower));
        let found = found.ok_or_else(|| format!("%({name})s is neither in this section nor in [DEFAULT]"))?;
        out.push_str(&expand(sections, section, &found.value, depth)?);
        if out.len() > LONGEST {
            return Err(format!("%({name})s makes the value too long"));
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
        let text = |value| interpolate(&sections, "s", value);
        assert_eq!(text("%(user)s/100%%"), Ok("/h/u/100%".to_owned()));
        for (wrong, word) in [("50%", "%%"), ("%(loop)s", "itself"), ("%(none)s", "neither")] {
            assert!(text(wrong).unwrap_err().contains(word), "{wrong}");
        }
    }
}
