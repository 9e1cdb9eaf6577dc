//! What services answer, well or not, as tables.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use zeroize::Zeroizing;

use super::*;
use crate::config::settings::Provider;

fn reply(status: u16, body: &str) -> http::Reply {
    let form = Form::default().with("grant_type", "refresh_token").with("refresh_token", "hunter2");
    http::Reply { status, body: Zeroizing::new(body.as_bytes().to_vec()), form }
}

#[test]
fn tokens_are_read_as_services_write_them() {
    for (body, access, seconds, refresh) in [
        (r#"{"access_token":"a","token_type":"Bearer","expires_in":3599}"#, "a", Some(3599), None),
        (r#"{"access_token":"a","token_type":"bearer","expires_in":"60"}"#, "a", Some(60), None),
        (r#"{"access_token":"a.b-c_d~e+f/g==","refresh_token":"r","x":[1]}"#, "a.b-c_d~e+f/g==", None, Some("r")),
        (r#"{"access_token":"a","expires_in":null,"refresh_token":null}"#, "a", None, None),
        (r#"{"access_token":"a","expires_in":-5,"refresh_token":""}"#, "a", Some(0), None),
        (r#"{"access_token":"a","expires_in":1e300}"#, "a", Some(1_000_000_000), None),
        (r#"{"access_token":"a","expires_in":"soon","token_type":7}"#, "a", None, None),
    ] {
        let grant = answer::grant(&reply(200, body)).unwrap();
        assert_eq!(grant.access.reveal(), access, "{body}");
        assert_eq!(grant.lifetime, seconds.map(Duration::from_secs), "{body}");
        assert_eq!(grant.refresh.as_ref().map(Secret::reveal), refresh, "{body}");
    }
}

#[test]
fn answers_that_make_no_sense_are_failures_without_a_secret() {
    for (status, body, error, words) in [
        (200, "", Error::Nonsense, "no object in JSON"),
        (200, "<html>hunter2</html>", Error::Nonsense, "no object in JSON"),
        (200, r#"["access_token"]"#, Error::Nonsense, "no object in JSON"),
        (200, r#"{"access_token":"a""#, Error::Nonsense, "no object in JSON"),
        (200, "{}", Error::Nonsense, "no access_token"),
        (200, r#"{"access_token":5}"#, Error::Nonsense, "no access_token"),
        (200, r#"{"access_token":""}"#, Error::Nonsense, "no access_token"),
        (200, r#"{"access_token":"a\u0001b"}"#, Error::Nonsense, "access_token holds characters"),
        (200, r#"{"access_token":"a b"}"#, Error::Nonsense, "access_token holds characters"),
        (200, r#"{"access_token":"a","refresh_token":"r\n"}"#, Error::Nonsense, "refresh_token holds characters"),
        (200, r#"{"access_token":"a","token_type":"mac"}"#, Error::Nonsense, "of a kind"),
        (200, r#"{"error":"invalid_grant","access_token":"a"}"#, Error::InvalidGrant, "run out"),
        (302, "", Error::Nonsense, "another address"),
        (404, "not here", Error::Nonsense, "HTTP 404"),
        (401, r#"{"message":"x"}"#, Error::Nonsense, "HTTP 401"),
        (503, "<html>", Error::Busy, "HTTP 503"),
        (429, "", Error::Busy, "HTTP 429"),
        (400, r#"{"error":7}"#, Error::Nonsense, "HTTP 400"),
        (400, r#"{"error":"invalid_grant"}"#, Error::InvalidGrant, "run out"),
        (
            401,
            r#"{"error":"invalid_client","error_description":"hunter2\u001b[31m is\nwrong"}"#,
            Error::InvalidClient,
            "it says: *** [31m is wrong",
        ),
        (400, r#"{"error":"invalid_scope","error_description":9}"#, Error::InvalidScope, "permission"),
        (400, r#"{"error":"hunter2"}"#, Error::Unknown, "the error ***"),
        (400, r#"{"error":"slow_down"}"#, Error::SlowDown, "too often"),
    ] {
        let failure = answer::grant(&reply(status, body)).unwrap_err();
        assert_eq!(failure.error, error, "{status} {body}");
        assert!(failure.cause.contains(words), "{status} {body}: {}", failure.cause);
        assert!(!failure.cause.contains("hunter2"), "{}", failure.cause);
    }
}

#[test]
fn codes_for_other_machines_are_read_as_services_write_them() {
    let body = |more: &str| format!(r#"{{"device_code":"d","user_code":"AB-CD"{more}}}"#);
    let read = |more: &str| answer::device(&reply(200, &body(more)));
    let device = read(r#","verification_uri":"https://a/","interval":7,"expires_in":900"#).unwrap();
    assert_eq!((device.address.as_str(), device.user_code.as_str()), ("https://a/", "AB-CD"));
    assert_eq!((device.interval.as_secs(), device.lifetime), (7, Some(Duration::from_secs(900))));
    let google = read(r#","verification_url":"https://g/""#).unwrap();
    assert_eq!((google.address.as_str(), google.interval.as_secs(), google.lifetime), ("https://g/", 5, None));
    let interval =
        |text: &str| read(&format!(r#","verification_uri":"u","interval":{text}"#)).unwrap().interval.as_secs();
    assert_eq!((interval("0"), interval("99999"), interval("\"x\"")), (1, 60, 5));
    for (more, words) in [("", "verification_uri"), (r#","verification_uri":1"#, "verification_uri")] {
        assert!(read(more).unwrap_err().cause.contains(words));
    }
    for body in [r#"{"user_code":"x","verification_uri":"u"}"#, r#"{"device_code":"x","verification_uri":"u"}"#] {
        assert_eq!(answer::device(&reply(200, body)).unwrap_err().error, Error::Nonsense);
    }
}

#[test]
fn a_token_is_used_until_shortly_before_its_end() {
    let now = SystemTime::UNIX_EPOCH;
    let grant = |lifetime: Option<u64>| Grant {
        access: Secret::new("a".into()),
        lifetime: lifetime.map(Duration::from_secs),
        refresh: None,
    };
    for (lifetime, fresh) in [(Some(3600), Some(3540)), (Some(60), Some(30)), (Some(0), Some(0)), (None, None)] {
        assert_eq!(grant(lifetime).fresh_until(now), fresh.map(|seconds| now + Duration::from_secs(seconds)));
    }
}

fn client(token_url: &str) -> Client {
    Client {
        id: Secret::new("me & co".into()),
        secret: Some(Secret::new("hunter2".into())),
        token_url: token_url.to_owned(),
        route: TokenRoute::Environment,
        limit: Duration::from_secs(30),
    }
}

#[test]
fn the_address_for_the_browser_holds_what_the_service_needs_and_no_secret() {
    let proof = Proof::new().unwrap();
    let settings = OAuthSettings { scope: "mail x".into(), provider: Provider::Other, ..OAuthSettings::default() };
    let client = client("https://t/");
    let address = |url: &str| client.permission(&settings, url, "me@x", "http://127.0.0.1:5/", &proof);
    let plain = address("https://a/auth");
    assert!(
        plain.starts_with("https://a/auth?response_type=code&client_id=me%20%26%20co&redirect_uri=http%3A%2F%2F127")
    );
    assert!(plain.contains("&scope=mail%20x") && plain.contains("&code_challenge_method=S256"), "{plain}");
    assert!(plain.contains(&format!("&state={}&", proof.state)) && plain.contains(&proof.challenge), "{plain}");
    assert!(!plain.contains("hunter2") && !plain.contains(proof.verifier.reveal()), "{plain}");
    assert!(address("https://a/auth?p=1").starts_with("https://a/auth?p=1&response_type=code&"));
}

/// What a service hears that says just this, and what comes of it.
fn against(answer: &'static [u8], limit: Duration) -> (String, Result<Grant, Failure>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let service = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = Vec::new();
        let mut room = [0; 4096];
        while !String::from_utf8_lossy(&heard).contains("refresh_token=r") {
            let count = stream.read(&mut room).unwrap();
            heard.extend_from_slice(&room[..count]);
        }
        let _ = stream.write_all(answer);
        // Until the other side has enough.
        while !answer.is_empty() && answer.ends_with(b"...") && stream.write_all(&[b' '; 4096]).is_ok() {}
        if answer.is_empty() {
            let _ = stream.read(&mut room);
        }
        String::from_utf8(heard).unwrap()
    });
    let client = Client { limit, ..client(&url) };
    let result = client.refresh(&Secret::new("r".into()));
    (service.join().unwrap(), result)
}

#[test]
fn a_refresh_token_is_shown_in_a_form_and_nowhere_else() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"access_token\":\"a\"}";
    let (said, result) = against(answer, Duration::from_secs(30));
    assert_eq!(result.unwrap().access.reveal(), "a");
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /token HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("\r\ncontent-type: application/x-www-form-urlencoded"), "{head}");
    assert_eq!(body, "grant_type=refresh_token&client_id=me%20%26%20co&client_secret=hunter2&refresh_token=r");
}

#[test]
fn a_service_that_misbehaves_is_a_failure() {
    let long = Duration::from_secs(30);
    for (answer, limit, error, words) in [
        (&b"HTTP/1.1 200 OK\r\n\r\n..."[..], long, Error::Nonsense, "has no end"),
        (
            b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            long,
            Error::Nonsense,
            "another address",
        ),
        (
            b"HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
            long,
            Error::Nonsense,
            "another address",
        ),
        (b"220 mail.example.org ESMTP\r\n\r\n", long, Error::Nonsense, "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", long, Error::Network, "ended the connection"),
        (b"", Duration::from_millis(200), Error::Network, "time limit (socktimeout)"),
    ] {
        let (_, result) = against(answer, limit);
        let failure = result.unwrap_err();
        assert!(
            failure.error == error && failure.cause.contains(words),
            "{}: {failure:?}",
            String::from_utf8_lossy(answer)
        );
    }
}

#[test]
fn what_python_comes_to_is_trimmed_and_nothing_is_nothing() {
    let mut asked = Vec::new();
    let mut come_to = |word: Option<Word>, text: Option<&str>| {
        let mut evaluate = |option: &str, _: &Secret| {
            asked.push(option.to_owned());
            Ok(text.map(str::to_owned))
        };
        resolve("oauth2_client_id", word.as_ref(), &mut evaluate).unwrap().map(|secret| secret.reveal().to_owned())
    };
    let python = || Some(Word::Python(Secret::new("f()".into())));
    assert_eq!(come_to(python(), Some("id\n")).as_deref(), Some("id"));
    assert_eq!(come_to(python(), Some(" ")), None);
    assert_eq!(come_to(python(), None), None);
    assert_eq!(come_to(Some(Word::Written(Secret::new("w".into()))), Some("x")).as_deref(), Some("w"));
    assert_eq!(come_to(None, Some("x")), None);
    assert_eq!(asked, ["oauth2_client_id_eval"; 3]);
}
