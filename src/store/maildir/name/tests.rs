use proptest::prelude::*;

use super::*;

const OURS: &str = "7e33429f656f1e6e9d79b29c3f82c57e";

/// The name with these flags, where small letters mean nothing.
fn plain(name: &[u8], flags: System) -> Vec<u8> {
    with_flags(name, flags, Custom::default(), Form::Colon)
}

fn number(name: &str) -> Option<u32> {
    uid(name.replace('@', OURS).as_bytes(), OURS).map(Uid::get)
}

#[test]
fn a_uid_counts_only_in_its_own_folder() {
    for (name, expected) in [
        ("1_0.2.host,U=17,FMD5=@:2,S", Some(17)),
        ("1_0.2.host,FMD5=@,U=17", Some(17)),
        ("1_0.2.host,S=55,U=17,X,FMD5=@:2,", Some(17)),
        ("1_0.2.host,U=4294967295,FMD5=@:2,", Some(u32::MAX)),
        ("1_0.2.host,U=4294967296,FMD5=@:2,", None),
        ("1_0.2.host,U=99999999999999999999999,FMD5=@:2,", None),
        ("1_0.2.host,U=0,FMD5=@:2,", None),
        ("1_0.2.host,U=-1,FMD5=@:2,", None),
        ("1_0.2.host,U=+1,FMD5=@:2,", None),
        ("1_0.2.host,U=,FMD5=@:2,", None),
        ("1_0.2.host,U=3,U=4,FMD5=@:2,", Some(3)),
        ("1_0.2.host,U=3,FMD5=00000000000000000000000000000000:2,", None),
        ("1_0.2.host,U=3:2,", None),
        ("1_0.2.host,FMD5=@:2,", None),
        ("1_0.2.host:2,S,U=3,FMD5=@", None),
        ("U=3,FMD5=@", None),
        ("", None),
    ] {
        assert_eq!(number(name), expected, "{name}");
    }
}

#[test]
fn flags_are_the_letters_after_the_info() {
    for (name, expected) in [
        ("a:2,", System::NONE),
        ("a", System::NONE),
        ("a:2,FS", System::FLAGGED | System::SEEN),
        ("a:2,SSaZ9", System::SEEN),
        ("a:1,S", System::NONE),
        ("aS,F:2,T,S", System::DELETED),
        ("a:2,DFRST", System::ALL),
    ] {
        assert_eq!(flags(name.as_bytes()), expected, "{name}");
    }
}

#[test]
fn changing_flags_leaves_the_rest() {
    for (name, expected) in [
        ("a", "a:2,FS"),
        ("a,S=9:2,Dab", "a,S=9:2,FSab"),
        ("a:2,T,extra", "a:2,FS,extra"),
        ("a:1,x", "a:1,x:2,FS"),
        ("a:2,\u{e9}", "a:2,FS\u{e9}"),
    ] {
        let changed = plain(name.as_bytes(), System::FLAGGED | System::SEEN);
        assert_eq!(String::from_utf8_lossy(&changed), expected);
    }
}

#[test]
fn numbering_replaces_only_the_number() {
    let uid = Uid::new(5).unwrap();
    for (name, expected) in [
        ("a:2,Sx", "a,U=5,FMD5=@:2,Sx"),
        ("a", "a,U=5,FMD5=@:2,"),
        ("a,S=9,U=1,FMD5=old,W=2:2,", "a,S=9,W=2,U=5,FMD5=@:2,"),
    ] {
        let numbered = with_uid(name.as_bytes(), uid, OURS, Form::Colon);
        assert_eq!(String::from_utf8_lossy(&numbered), expected.replace('@', OURS));
    }
}

#[test]
fn a_name_without_its_number_is_otherwise_the_same() {
    for (name, expected) in
        [("a,S=9,U=1,FMD5=old,W=2:2,Sx", "a,S=9,W=2:2,Sx"), ("a,U=1", "a"), ("a:2,U=1", "a:2,U=1"), ("a", "a")]
    {
        assert_eq!(String::from_utf8_lossy(&without_uid(name.as_bytes())), expected);
    }
}

#[test]
fn both_forms_are_understood_and_become_each_other() {
    let (colon, other) = (Form::Colon, Form::Exclamation);
    for (name, set, to_colon, to_other) in [
        ("a,U=3,FMD5=@:2,FS", System::FLAGGED | System::SEEN, None, Some("a,U=3,FMD5=@!2,FS")),
        ("a,U=3,FMD5=@!2,FS", System::FLAGGED | System::SEEN, Some("a,U=3,FMD5=@:2,FS"), None),
        ("a,U=3,FMD5=@!2,xS,y", System::SEEN, Some("a,U=3,FMD5=@:2,xS,y"), None),
        // A mail reader that knows only colons took all of it for the base.
        (
            "a,U=3,FMD5=@!2,Sx:2,F",
            System::FLAGGED | System::SEEN,
            Some("a,U=3,FMD5=@:2,FSx"),
            Some("a,U=3,FMD5=@!2,FSx"),
        ),
        ("a,U=3,FMD5=@:2,S:2,F", System::SEEN, None, None),
        ("a,U=3,FMD5=@", System::NONE, None, None),
    ] {
        let shown = |name: Option<Vec<u8>>| name.map(|name| String::from_utf8(name).unwrap().replace(OURS, "@"));
        let bytes = name.replace('@', OURS).into_bytes();
        assert_eq!(number(name), Some(3), "{name}");
        assert_eq!((base(&bytes), flags(&bytes)), (format!("a,U=3,FMD5={OURS}").as_bytes(), set), "{name}");
        assert_eq!(shown(in_form(&bytes, colon)).as_deref(), to_colon, "{name}");
        assert_eq!(shown(in_form(&bytes, other)).as_deref(), to_other, "{name}");
    }
    let named = build(b"1_2.3.h", Uid::new(5), OURS, System::SEEN, other);
    assert_eq!(named, format!("1_2.3.h,U=5,FMD5={OURS}!2,S").into_bytes());
    assert_eq!(with_uid(b"a", Uid::new(5).unwrap(), OURS, other), format!("a,U=5,FMD5={OURS}!2,").into_bytes());
}

#[test]
fn text_keeps_bytes_apart() {
    assert_eq!(to_text(b"1_0.2.h,S=3"), "1_0.2.h,S=3");
    assert_eq!(to_text(b"a%\xff b"), "a%25%FF%20b");
}

proptest! {
    #[test]
    fn what_is_built_is_read(unique in "[0-9]{1,10}_[0-9]{1,5}\\.[0-9]{1,7}\\.[a-z.-]{0,20}", number: u32, bits in 0u8..32) {
        let (number, set) = (Uid::new(number), System::from_bits(bits));
        let name = build(unique.as_bytes(), number, OURS, set, Form::Colon);
        prop_assert_eq!(uid(&name, OURS), number);
        prop_assert_eq!(flags(&name), set);
        prop_assert_eq!(super::unique(&name), unique.as_bytes());
    }

    #[test]
    fn any_name_keeps_its_base_and_its_unknown_letters(name in proptest::collection::vec(any::<u8>(), 0..60), bits in 0u8..32) {
        let set = System::from_bits(bits);
        let changed = plain(&name, set);
        prop_assert_eq!(base(&changed), base(&name));
        prop_assert_eq!(flags(&changed), set);
        let unknown = |name: &[u8]| -> Vec<u8> {
            let mut some: Vec<u8> = split(name).1.iter().copied().filter(|b| !b"DFRST".contains(b)).collect();
            some.sort_unstable();
            some.dedup();
            some
        };
        prop_assert_eq!(unknown(&changed), unknown(&name));
    }

    #[test]
    fn any_letters_survive(old in "[A-Za-z]{0,20}", bits in 0u8..32) {
        let changed = plain(format!("a:2,{old}").as_bytes(), System::from_bits(bits));
        for letter in old.bytes().filter(|b| !b"DFRST".contains(b)) {
            prop_assert!(letters(&changed).any(|byte| *byte == letter));
        }
    }

    #[test]
    fn a_number_can_be_given_to_any_name(name in proptest::collection::vec(any::<u8>(), 0..60), number in 1u32..) {
        let number = Uid::new(number).unwrap();
        let numbered = with_uid(&name, number, OURS, Form::Colon);
        prop_assert_eq!(uid(&numbered, OURS), Some(number));
        prop_assert_eq!(flags(&numbered), flags(&name));
    }

    #[test]
    fn names_from_hell_are_names(name in hellish(), number in 1u32.., bits in 0u8..32) {
        let (number, set) = (Uid::new(number).unwrap(), System::from_bits(bits));
        let bare = without_uid(&name);
        prop_assert_eq!(uid(&bare, OURS), None);
        prop_assert_eq!(flags(&bare), flags(&name));
        prop_assert_eq!(super::unique(&bare), super::unique(&name));
        prop_assert_eq!(made(&bare), made(&name));
        let numbered = with_uid(&name, number, OURS, Form::Colon);
        prop_assert_eq!(uid(&numbered, OURS), Some(number));
        prop_assert_eq!(super::unique(&numbered), super::unique(&name));
        // Given again, nothing changes.
        prop_assert_eq!(with_uid(&numbered, number, OURS, Form::Colon), numbered.clone());
        let flagged = plain(&numbered, set);
        prop_assert_eq!((uid(&flagged, OURS), flags(&flagged)), (Some(number), set));
        prop_assert_eq!(plain(&flagged, set), flagged.clone());
        let windows = in_form(&flagged, Form::Exclamation).unwrap_or(flagged.clone());
        prop_assert_eq!((base(&windows), flags(&windows)), (base(&flagged), set));
        prop_assert_eq!(in_form(&windows, Form::Exclamation), None);
        for other in [&bare, &numbered, &flagged] {
            prop_assert!(!other.contains(&b'/') && !other.contains(&0), "{:?}", other);
        }
    }

    #[test]
    fn text_gives_the_bytes_back(name in proptest::collection::vec(any::<u8>(), 0..60)) {
        let text = to_text(&name);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let (byte, after) = match first {
                b'%' => (u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap(), &after[2..]),
                byte => (*byte, after),
            };
            bytes.push(byte);
            rest = after;
        }
        prop_assert_eq!(bytes, name);
    }
}

/// Names made of what names are made of, in any order, and of bytes that are in none.
fn hellish() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b":2,".to_vec()),
        Just(b"!2,".to_vec()),
        Just(b":1,".to_vec()),
        Just(b",U=0".to_vec()),
        Just(b",U=99999999999".to_vec()),
        Just(b",U=17".to_vec()),
        Just(b",U=".to_vec()),
        Just(format!(",FMD5={OURS}").into_bytes()),
        Just(b",FMD5=00".to_vec()),
        Just(b"SSTFa".to_vec()),
        Just(b"99999999999999999999".to_vec()),
        "[a-zA-Z0-9:,=.]{0,8}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>().prop_filter("not in names", |byte| *byte != b'/' && *byte != 0), 0..6),
    ];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}
