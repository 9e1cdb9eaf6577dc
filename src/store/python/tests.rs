//! What values, functions and mistakes come to.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::model::fault::FaultKind;

/// An interpreter with this pythonfile, and the directory that the file is in.
pub(super) fn with_file(text: &str) -> (Interpreter, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.py");
    fs::write(&path, text).unwrap();
    (Interpreter::new(Some(path)), directory)
}

#[test]
fn nothing_is_started_before_it_is_needed() {
    let mut python = Interpreter::new(None);
    assert!(!python.is_started());
    python.evaluate("x", "1").unwrap();
    assert!(python.is_started());
}

#[test]
fn every_type_of_value_comes_back() {
    let text = |text: &str| Value::from(text);
    let mut python = Interpreter::new(None);
    for (code, wanted) in [
        ("None", Value::None),
        ("True", Value::Bool(true)),
        ("-7", Value::Int(-7)),
        ("0.5", Value::Float(0.5)),
        ("'Entwürfe' + chr(0x1f4e7) + '\\0\\n\\\"'", text("Entwürfe\u{1f4e7}\0\n\"")),
        ("b'\\xff\\x00'", Value::Bytes(vec![0xff, 0])),
        ("b'caf\\xe9'.decode('utf-8', 'surrogateescape')", Value::Odd(b"caf\xe9".to_vec())),
        ("'\\ud800'", Value::Other("str that holds half a character".into())),
        ("('a', ['b'])", Value::List(vec![text("a"), Value::List(vec![text("b")])])),
        ("{'b', 'a'}", Value::List(vec![text("a"), text("b")])),
        ("{'a': 1}", Value::Map(vec![("a".into(), Value::Int(1))])),
        ("{'a': 1}.keys()", Value::List(vec![text("a")])),
        ("{1: 2}", Value::Other("dict".into())),
        ("(n for n in range(2))", Value::List(vec![Value::Int(0), Value::Int(1)])),
        ("re.search('a', 'a')", Value::Other("re.Match".into())),
        ("1 << 70", Value::Other("int".into())),
        ("float('nan')", Value::Other("float".into())),
        ("  \t 'spaces around'\n ", text("spaces around")),
        ("['a',\n'b'][1]", text("b")),
        ("'.'.join(os.path.splitext('a.b'))", text("a..b")),
        ("cmp('a', 'b') - cmp(2, 1)", Value::Int(-2)),
    ] {
        assert_eq!(python.evaluate("x", code).unwrap(), wanted, "{code}");
    }
}

#[test]
fn what_is_sent_is_what_the_code_sees() {
    let mut python = Interpreter::new(None);
    let same = python.function("x", "lambda value: value").unwrap();
    let values =
        [Value::from("Entwürfe\u{7f}\u{2028}"), Value::Odd(b"caf\xe9/\xff".to_vec()), Value::Bytes(vec![0, 255])];
    for value in values.into_iter().chain([Value::Map(vec![("a".into(), Value::List(vec![Value::Float(0.25)]))])]) {
        assert_eq!(python.call(&same, std::slice::from_ref(&value)).unwrap(), value);
    }
}

#[test]
fn types_are_checked_and_a_value_is_never_shown() {
    let mut python = Interpreter::new(None);
    assert_eq!(python.text("x", "b'caf\\xc3\\xa9'").unwrap(), "café");
    assert_eq!(python.optional_text("x", "None").unwrap(), None);
    assert_eq!(python.optional_text("x", "'a'").unwrap().as_deref(), Some("a"));
    assert_eq!(python.number("x", "'993'").unwrap(), 993);
    for list in ["['a', 'b']", "('a', b'b')", "{'b', 'a'}", "(c for c in 'ab')", "sorted({'b': 1, 'a': 2})"] {
        assert_eq!(python.texts("x", list).unwrap(), ["a", "b"], "{list}");
    }
    assert_eq!(python.evaluate_as("x", "None", Value::numbers).unwrap(), Vec::<i64>::new());
    let secret = |fault: Fault| {
        assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{fault}");
        fault.cause
    };
    assert_eq!(
        secret(python.text("x", "['hunter2']").unwrap_err()),
        "it must give text (a str), but gave a value of type list"
    );
    assert_eq!(secret(python.text("x", "None").unwrap_err()), "it must give text (a str), but gave None");
    assert_eq!(
        secret(python.text("x", "b'hunter2\\xff'").unwrap_err()),
        "it must give text, but gave bytes that are not UTF-8"
    );
    assert_eq!(
        secret(python.texts("x", "'hunter2'").unwrap_err()),
        "it must give a list of names, such as ['INBOX', 'Sent'], but gave a value of type str"
    );
    let item = secret(python.texts("x", "['a', 1]").unwrap_err());
    assert_eq!(item, "its list has a wrong item, number 2: it must give text (a str), but gave a value of type int");
    for code in ["'hunter2'", "True", "1.5"] {
        assert!(secret(python.number("x", code).unwrap_err()).starts_with("it must give a whole number, but gave"));
    }
    assert!(
        secret(python.evaluate_as("x", "'hunter2'", Value::numbers).unwrap_err()).contains("list of numbers or None")
    );
}

#[test]
fn a_truth_value_is_what_python_takes_for_true() {
    let mut python = Interpreter::new(None);
    for (result, wanted) in [
        ("True", true),
        ("1", true),
        ("re.search('NB', f)", true),
        ("'yes'", true),
        ("[0]", true),
        ("False", false),
        ("0", false),
        ("None", false),
        ("re.search('x', f)", false),
        ("''", false),
        ("[]", false),
    ] {
        let filter = python.function("folderfilter", &format!("lambda f: {result}")).unwrap();
        assert_eq!(python.call_truth(&filter, &["INBOX".into()]).unwrap(), wanted, "{result}");
    }
    for result in ["lambda g: g", "f.startswith", "(x in f for x in 'ab')", "len"] {
        let filter = python.function("folderfilter", &format!("lambda f: {result}")).unwrap();
        let fault = python.call_truth(&filter, &["INBOX".into()]).unwrap_err();
        assert!(fault.cause.ends_with("which Python always takes for true"), "{fault}");
        assert_eq!((fault.reach, fault.kind), (Reach::Folder, FaultKind::Config));
    }
}

#[test]
fn a_function_must_be_one() {
    let mut python = Interpreter::new(None);
    for code in ["lambda f: f", "str.lower", "re.compile('a').sub"] {
        python.function("nametrans", code).unwrap();
    }
    let fault = python.function("nametrans", "'INBOX'").unwrap_err();
    let sentence =
        "working out nametrans: it must give a function, such as lambda foldername: ..., but gave a value of type str";
    assert_eq!((fault.to_string().as_str(), fault.reach), (sentence, Reach::Account));
    let fault = python.function("nametrans", "None").unwrap_err();
    assert!(fault.cause.ends_with("but gave None"), "{fault}");
}

#[test]
fn a_mistake_is_told_with_the_option_the_exception_and_the_line_of_the_file() {
    let (mut python, directory) = with_file("def broken(f):\n    return {}[f]\n\n\ndef calls(g):\n    return g()\n");
    let path = directory.path().join("mine.py");
    let path = path.display();
    for (code, wanted) in [
        ("broken('a')", format!("working out x: KeyError: 'a' (line 2 of {path})")),
        (
            "calls(broken)",
            format!(
                "working out x: TypeError: broken() missing 1 required positional argument: 'f' (line 6 of {path})"
            ),
        ),
        ("calls(lambda: 1 / 0)", "working out x: ZeroDivisionError: division by zero".to_owned()),
        ("1 / 0", "working out x: ZeroDivisionError: division by zero".to_owned()),
        ("[1,\n2,\n1 / 0]", "working out x: ZeroDivisionError: division by zero (line 3 of the value)".to_owned()),
        ("exec('raise Exception(\"a\\\\n\\\\x1b[0m b\")')", "working out x: Exception: a \u{fffd}[0m b".to_owned()),
        ("exec('raise Exception')", "working out x: Exception".to_owned()),
        ("exec('import sys; sys.exit(3)')", "working out x: SystemExit: 3".to_owned()),
        ("exec('raise KeyboardInterrupt')", "working out x: KeyboardInterrupt".to_owned()),
        ("'\\ud800'.encode()", "working out x: UnicodeEncodeError: 'utf-8' codec".to_owned()),
        ("open('/nonexistent')", "working out x: FileNotFoundError: [Errno 2] No such file".to_owned()),
        ("(", "working out x: SyntaxError: ".to_owned()),
        ("", "working out x: SyntaxError: ".to_owned()),
        ("'a\0'", "working out x: ".to_owned()),
    ] {
        let fault = python.evaluate("x", code).unwrap_err();
        assert!(fault.to_string().starts_with(&wanted), "{code}: {fault}");
        assert_eq!((fault.reach, fault.kind), (Reach::Account, FaultKind::Config));
    }
    let broken = python.function("nametrans", "broken").unwrap();
    let fault = python.call_text(&broken, &["INBOX.x".into()]).unwrap_err();
    let wanted = format!("working out nametrans for INBOX.x: KeyError: 'INBOX.x' (line 2 of {path})");
    assert_eq!((fault.to_string(), fault.reach), (wanted, Reach::Folder));
    assert_eq!(python.number("x", "2 + 2").unwrap(), 4);
}

#[test]
fn a_mistake_in_the_pythonfile_is_told_with_its_line() {
    for (text, wanted) in [
        ("import re\n\nx = undefined\n", "NameError: name 'undefined' is not defined (line 3 of "),
        ("def a():\n    return (\n", "SyntaxError: "),
        ("import sys\nsys.exit('no')\n", "SystemExit: no (line 2 of "),
    ] {
        let (mut python, directory) = with_file(text);
        let fault = python.evaluate("nametrans", "1").unwrap_err();
        let path = directory.path().join("mine.py");
        let doing = format!("running the pythonfile {}, which nametrans needs", path.display());
        assert_eq!((fault.doing.as_str(), fault.reach), (doing.as_str(), Reach::Account));
        assert!(fault.cause.starts_with(wanted) && fault.cause.contains(&path.display().to_string()), "{fault}");
        // Mended, it works with the next question.
        fs::write(path, "x = 1").unwrap();
        assert_eq!(python.number("nametrans", "x").unwrap(), 1);
    }
    let fault = Interpreter::new(Some("/nonexistent/a.py".into())).evaluate("x", "1").unwrap_err();
    assert!(fault.cause.starts_with("FileNotFoundError: "), "{fault}");
}

#[test]
fn a_password_without_quotes_is_not_shown() {
    let mut python = Interpreter::new(None);
    let fault = python.text("remotepasseval", "hunter2").unwrap_err();
    assert!(!format!("{fault:?}").contains("hunter2"), "{fault}");
    assert!(fault.advice.contains("quotes"), "{fault}");
    assert!(python.text("remotehosteval", "imap").unwrap_err().cause.contains("'imap'"));
}

#[test]
fn each_value_has_a_room_of_its_own_and_the_file_one_for_all() {
    let (mut python, _directory) =
        with_file("count = 0\ndef more():\n    global count\n    count += 1\n    return count\n");
    python.evaluate("x", "globals().update(y=1)").unwrap();
    assert!(python.evaluate("x", "y").unwrap_err().cause.starts_with("NameError"));
    python.evaluate("x", "globals().update(re=None)").unwrap();
    assert_eq!(python.text("x", "re.sub('a', 'b', 'a')").unwrap(), "b");
    assert_eq!(python.number("x", "more() + more()").unwrap(), 3);
    assert_eq!(python.text("x", "more.__module__ + __name__").unwrap(), "<none><none>");
}
