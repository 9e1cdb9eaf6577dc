//! A client that shares no code with ours: Python's imaplib.

use std::process::Command;

use blinkensync::demo::{Extensions, Options, Server};

const PROGRAM: &str = r#"
import imaplib, sys, time
imap = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=30)
def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]
try:
    imap.login("demo", "wrong")
    raise AssertionError("a wrong password was taken")
except imaplib.IMAP4.error:
    pass
ok(imap.login("demo", "lookenspeepers"))
ok(imap.create('"Other \\"one\\""'))
assert len(ok(imap.list())) == 2
date = imaplib.Time2Internaldate(1_000_000_000)
for subject in ("one", "two", "three"):
    ok(imap.append("INBOX", "(\\Seen)", date, b"Subject: %s\r\n\r\nbody\r\n" % subject.encode()))
assert ok(imap.select()) == [b"3"]
assert ok(imap.search(None, "SUBJECT", "two")) == [b"2"]
assert ok(imap.uid("SEARCH", "SEEN")) == [b"1 2 3"]
(label, body), end = ok(imap.fetch("2", "(FLAGS INTERNALDATE BODY.PEEK[])"))
assert body == b"Subject: two\r\n\r\nbody\r\n", body
assert imaplib.ParseFlags(label + end) == (b"\\Seen",), (label, end)
assert time.mktime(imaplib.Internaldate2tuple(label + end)) == 1_000_000_000, (label, end)
ok(imap.copy("1:2", '"Other \\"one\\""'))
ok(imap.store("1", "+FLAGS", "(\\Deleted)"))
assert ok(imap.expunge()) == [b"1"]
assert ok(imap.search(None, "ALL")) == [b"1 2"]
ok(imap.close())
assert ok(imap.status('"Other \\"one\\""', "(MESSAGES)"))[0].endswith(b"(MESSAGES 2)")
assert imap.logout()[0] == "BYE"
"#;

#[test]
fn pythons_client_does_its_day_of_work() {
    for extensions in [Extensions::ALL, Extensions::NONE] {
        let server = Server::start(Options { extensions, ..Options::default() }).unwrap();
        let port = server.address().port().to_string();
        let run = Command::new("python3").args(["-c", PROGRAM, &port]).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }
}
