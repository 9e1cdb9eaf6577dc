use proptest::prelude::*;

use super::*;

fn map(text: &str) -> NameMap {
    NameMap::parse(text).unwrap()
}

#[test]
fn substitutions_are_carried_out_in_order() {
    for (text, name, wanted) in [
        (r"s/^INBOX\.//", "INBOX.Lists.a", "Lists.a"),
        (r"s/^INBOX\.//", "INBOX", "INBOX"),
        (r"s/^INBOX\.//; s/\./\//g", "INBOX.Lists.a", "Lists/a"),
        (r"s|^\[Gmail\]/||", "[Gmail]/All Mail", "All Mail"),
        ("s/^/work-/", "INBOX", "work-INBOX"),
        (r"s/^(\w+)-(\w+)$/\2 by \1 $5/", "a-b", "b by a $5"),
        (r"s#x#\\#g", "axbx", "a\\b\\"),
        ("s/a/b/", "aa", "ba"),
        ("s/A/b/gi", "aAc", "bbc"),
        ("s/x/y/\n  s/y/z/", "x", "z"),
    ] {
        assert_eq!(map(text).forth(name), wanted, "{text} {name}");
    }
}

#[test]
fn the_way_back_is_derived_where_it_can_be() {
    for (text, here, there) in [
        (r"s/^INBOX\.//", "INBOX.Lists", Some("Lists")),
        (r"s/^INBOX\.//", "INBOX", Some("INBOX")),
        (r"s/^INBOX\.//; s/\./\//g", "INBOX.Lists.a", Some("Lists/a")),
        ("s/^/work-/", "Lists", Some("work-Lists")),
        ("s/^Sent Items$/Sent/", "Sent Items", Some("Sent")),
        ("s/-old$/.archive/", "a-old", Some("a.archive")),
        (r"s/(a|b)/x/", "a", None),
        ("s/a/b/", "a", None),
        ("s/ //g", "a b", None),
        ("s/A/b/gi", "a", None),
    ] {
        let map = map(text);
        if let Some(there) = there {
            assert_eq!(map.forth(here), there, "{text}");
            assert_eq!(map.back(there).as_deref(), Some(here), "{text}");
        } else {
            assert_eq!(map.back("x"), None, "{text}");
        }
    }
}

#[test]
fn mistakes_say_what_was_expected() {
    for (text, words) in [
        ("", "expected a substitution"),
        ("INBOX", "expected s/expression/replacement/"),
        ("s/a/b", "expected s/expression/replacement/"),
        ("s/(/b/", "regular expression"),
        ("s/a/b/x", "flags g or i"),
        (r"s/a/\1/", "group"),
        (r"s/a/b\", "expected s/expression"),
        ("sxaxbx", "expected s/expression"),
    ] {
        let error = NameMap::parse(text).unwrap_err();
        assert!(error.contains(words), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "s[/|,][a-z^$.()\\\\/|,*]{0,12}[/|,][a-z\\\\0-9$]{0,8}[/|,]?[gi;]{0,2}|.{0,30}", name in ".{0,20}") {
        if let Ok(map) = NameMap::parse(&text) {
            let there = map.forth(&name);
            let _ = map.back(&there);
        }
    }

    #[test]
    fn prefixes_come_back(prefix in "[A-Za-z. \\[\\]$]{1,8}", name in "[a-z./]{1,12}") {
        let map = map(&format!("s/^{}//", regex::escape(&prefix).replace('/', "\\/")));
        let here = format!("{prefix}{name}");
        let there = map.forth(&here);
        prop_assert_eq!(&there, &name);
        prop_assert_eq!(map.back(&there), Some(here));
    }
}
