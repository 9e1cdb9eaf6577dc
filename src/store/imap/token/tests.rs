use proptest::prelude::*;

use super::*;

fn atoms(text: &str) -> Vec<String> {
    Tokens::new(text.as_bytes())
        .map(|token| match token {
            Token::Open => "(".into(),
            Token::Close => ")".into(),
            Token::Atom(_) => token.text(),
            Token::Text(_) => format!("'{}'", token.text()),
        })
        .collect()
}

#[test]
fn takes_apart_what_servers_say() {
    for (text, tokens) in [
        ("* 1 FETCH (UID 7 FLAGS (\\Seen $x))", "* 1 FETCH ( UID 7 FLAGS ( \\Seen $x ) )"),
        ("a  b\t c\r\n", "a b c"),
        ("\"a b\" \"\" \"q\\\"b\\\\\"", "'a b' '' 'q\"b\\'"),
        ("\"never closed", "'never closed'"),
        ("{3}\r\na)b NIL", "'a)b' NIL"),
        ("{3+}\na b x", "'a b' x"),
        ("~{2}\r\nxy z", "'xy' z"),
        ("{99}\r\nshort", "{99} short"),
        ("BODY[HEADER.FIELDS (DATE TO)] NIL", "BODY[HEADER.FIELDS (DATE TO)] NIL"),
        ("BODY[]<0> x", "BODY[]<0> x"),
        ("(foo[bar] [x] a[)", "( foo[bar] [x] a[ )"),
        ("(a)(b)", "( a ) ( b )"),
    ] {
        assert_eq!(atoms(text).join(" "), tokens, "{text:?}");
    }
}

#[test]
fn values_are_skipped_whole() {
    let mut tokens = Tokens::new(b"(a (b c) d) e (f (g) \"h\") i");
    tokens.skip_value();
    assert!(tokens.next().unwrap().is("E"));
    let mut members = Vec::new();
    tokens.each_member(|token| members.push(token.text()));
    assert_eq!(members, ["f", "h"]);
    assert_eq!(tokens.rest(), b"i");
}

#[test]
fn bytes_that_are_not_utf_8_are_kept() {
    assert_eq!(Token::Atom(b"Entw\xfcrfe").text(), "Entwürfe");
}

proptest! {
    #[test]
    fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut tokens = Tokens::new(&bytes);
        let mut left = bytes.len() + 1;
        loop {
            let before = tokens.rest().len();
            if tokens.next().is_none() { break; }
            prop_assert!(tokens.rest().len() < before || before == 0);
            left -= 1;
            prop_assert!(left > 0);
        }
    }
}
