use super::*;

fn person<'a>(user: &'a str, secret: &'a str) -> Person<'a> {
    Person { user, identity: None, secret }
}

const NOWHERE: Place<'_> = Place { host: "imap.example.org", port: 143, binding: None, binds: false };

fn text(words: &[u8]) -> &str {
    std::str::from_utf8(words).unwrap()
}

#[test]
fn what_is_said_at_once_is_what_the_standards_show() {
    let token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
    let table = [
        (Mechanism::Plain, person("tim", "tanstaaftanstaaf"), "\0tim\0tanstaaftanstaaf".to_owned()),
        (
            Mechanism::Plain,
            Person { identity: Some("Ursel"), ..person("Kurt", "xipj3plmq") },
            "Ursel\0Kurt\0xipj3plmq".to_owned(),
        ),
        (
            Mechanism::OAuthBearer,
            person("user@example.com", token),
            format!("n,a=user@example.com,\x01host=imap.example.org\x01port=143\x01auth=Bearer {token}\x01\x01"),
        ),
        (
            Mechanism::XOAuth2,
            person("someuser@example.com", "ya29.vF9"),
            "user=someuser@example.com\x01auth=Bearer ya29.vF9\x01\x01".to_owned(),
        ),
    ];
    for (mechanism, person, wanted) in table {
        let mut exchange = exchange(mechanism, person, NOWHERE).unwrap().unwrap();
        assert_eq!(text(&exchange.first().unwrap()), wanted);
        assert_eq!(exchange.proven(), Ok(()));
        // A reason for a refusal is answered once.
        assert!(exchange.answer(b"{\"status\":\"401\"}").is_ok());
        assert_eq!(exchange.reason(), Some("{\"status\":\"401\"}"));
        assert!(exchange.answer(b"").is_err());
    }
}

#[test]
fn cram_md5_answers_as_the_standard_shows() {
    let mut exchange = cram::Cram::new(person("tim", "tanstaaftanstaaf"));
    assert!(exchange.first().is_none());
    let answer = exchange.answer(b"<1896.697170952@postoffice.reston.mci.net>").unwrap();
    assert_eq!(text(&answer), "tim b913a602c7eda7a495b4e6e7334d3890");
    assert!(exchange.answer(b"<again>").is_err());
}

/// RFC 7677, section 3.
const NONCE_256: &str = "rOprNGfwEbeRWgbNEkqO";
const CHALLENGE_256: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

fn scram_256(place: Place<'_>) -> scram::Scram<sha2::Sha256> {
    scram::Scram::with_nonce(person("user", "pencil"), place, NONCE_256.to_owned()).unwrap()
}

#[test]
fn scram_goes_as_the_standards_show() {
    let mut sha1 =
        scram::Scram::<sha1::Sha1>::with_nonce(person("user", "pencil"), NOWHERE, "fyko+d2lbbFgONRv9qkxdawL".into())
            .unwrap();
    assert_eq!(text(&sha1.first().unwrap()), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    let challenge = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
    let answer = sha1.answer(challenge).unwrap();
    assert_eq!(text(&answer), "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
    assert!(sha1.proven().is_err());
    assert!(sha1.answer(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap().is_empty());
    assert_eq!(sha1.proven(), Ok(()));

    let mut sha256 = scram_256(NOWHERE);
    assert_eq!(text(&sha256.first().unwrap()), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    let answer = sha256.answer(CHALLENGE_256.as_bytes()).unwrap();
    assert_eq!(
        text(&answer),
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    assert!(sha256.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap().is_empty());
    assert_eq!(sha256.proven(), Ok(()));
}

#[test]
fn a_server_that_does_not_know_the_password_is_not_believed() {
    for last in ["v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=", "v=", "v=====", "", "x=1"] {
        let mut scram = scram_256(NOWHERE);
        scram.first();
        scram.answer(CHALLENGE_256.as_bytes()).unwrap();
        assert!(scram.answer(last.as_bytes()).unwrap_err().contains("has not proven"), "{last}");
        assert!(scram.proven().is_err());
    }
    // Nor one that leaves the proof out, or refuses in its own words.
    let mut scram = scram_256(NOWHERE);
    scram.first();
    assert!(scram.proven().is_err());
    scram.answer(CHALLENGE_256.as_bytes()).unwrap();
    assert!(scram.answer(b"e=invalid-proof").unwrap().is_empty());
    assert_eq!(scram.reason(), Some("invalid-proof"));
    assert!(scram.proven().is_err());
}

#[test]
fn a_challenge_that_is_not_right_is_not_answered() {
    let good = CHALLENGE_256;
    for (challenge, words) in [
        (String::new(), "makes no sense"),
        ("m=ext,".to_owned() + good, "makes no sense"),
        (good.replace("r=rOprNGfw", "r=xOprNGfw"), "isn't an answer"),
        (good.replace("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", ""), "isn't an answer"),
        (good.replace("s=W22", "s=*"), "makes no sense"),
        (good.replace("i=4096", "i=one"), "makes no sense"),
        (good.replace("i=4096", "i=1"), "rounds"),
        (good.replace("i=4096", "i=4294967295"), "rounds"),
        (good.replace("i=4096", "i=99999999999"), "makes no sense"),
    ] {
        let mut scram = scram_256(NOWHERE);
        scram.first();
        let said = scram.answer(challenge.as_bytes()).unwrap_err();
        assert!(said.contains(words), "{challenge}: {said}");
    }
    let mut scram = scram_256(NOWHERE);
    assert!(scram.answer(good.as_bytes()).is_err(), "nothing was asked for yet");
    scram.first();
    assert!(scram.answer(b"\xff").unwrap_err().contains("isn't text"));
}

#[test]
fn the_proof_covers_the_connection_where_it_can() {
    let first = |binding: Option<&[u8]>, binds: bool| {
        let place = Place { binding, binds, ..NOWHERE };
        let mut scram = scram_256(place);
        let first = text(&scram.first().unwrap()).split_once("n=").unwrap().0.to_owned();
        let answer = scram.answer(CHALLENGE_256.as_bytes()).unwrap();
        let covered = text(&answer).split_once(',').unwrap().0.to_owned();
        let proof = text(&answer).rsplit_once(',').unwrap().1.to_owned();
        (first, covered, proof)
    };
    let plain = first(None, false);
    assert_eq!((plain.0.as_str(), plain.1.as_str()), ("n,,", "c=biws"));
    let able = first(Some(b"abc"), false);
    assert_eq!((able.0.as_str(), able.1.as_str()), ("y,,", "c=eSws"));
    let bound = first(Some(b"abc"), true);
    assert_eq!(bound.0, "p=tls-server-end-point,,");
    assert_eq!(bound.1, "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsYWJj");
    assert!(plain.2 != able.2 && able.2 != bound.2 && bound.2 != first(Some(b"abd"), true).2);
}

#[test]
fn names_are_written_so_that_they_can_be_told_apart() {
    let person = Person { user: "a,b=c", identity: Some("x=y,"), secret: "\u{aa}" };
    let mut scram = scram::Scram::<sha1::Sha1>::with_nonce(person, NOWHERE, "abc".into()).unwrap();
    assert_eq!(text(&scram.first().unwrap()), "n,a=x=3Dy=2C,n=a=2Cb=3Dc,r=abc");
    let person = Person { user: "a\u{7}", identity: None, secret: "" };
    assert!(scram::Scram::<sha1::Sha1>::with_nonce(person, NOWHERE, "abc".into()).is_err());
}
