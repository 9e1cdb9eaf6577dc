//! What Python 2 left behind is explained.

use std::fs;

use super::*;

/// The fault of this pythonfile or value.
fn advice(pythonfile: &str, code: &str) -> (String, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.py");
    fs::write(&path, pythonfile).unwrap();
    let fault = Interpreter::new(Some(path)).evaluate("nametrans", code).unwrap_err();
    (fault.cause, fault.advice)
}

#[test]
fn forms_of_python_2_in_a_file_are_told_how_to_write_today() {
    for (line, wanted) in [
        ("print 'x'", "print(x)"),
        ("print x, y", "print(x)"),
        ("exec 'x'", "exec(x)"),
        ("x = `1`", "repr(x)"),
        ("x = 1 <> 2", "!="),
        ("f = lambda (a, b): a", "lambda a, b"),
        ("def f(a, (b, c)): return a", "take it apart"),
        ("try: pass\nexcept ValueError, e: pass", "except X as e"),
        ("raise ValueError, 'text'", "raise E(\"text\")"),
        ("x = ur'text'", "r'…'"),
        ("x = 0700", "0o700"),
        ("x = 10L", "no L"),
        ("if 1:\n\tx = 1\n        y = 2", "spaces"),
        ("import sys; reload(sys)", "reload(sys)"),
        ("import ConfigParser", "configparser"),
        ("from urllib2 import urlopen", "urllib.request"),
        ("import offlineimap.imaputil", "OfflineIMAP's own modules"),
        ("import sys; print >>sys.stderr, 'x'", "file=f"),
        ("import sys; sys.setdefaultencoding('utf8')", "leave sys.setdefaultencoding out"),
        ("x = {}.keys(); x.sort()", "sorted(d)"),
        ("[1].sort(cmp=lambda a, b: 0)", "cmp_to_key"),
        ("import subprocess; subprocess.check_output(['echo']).split('a')", ".decode()"),
        ("import subprocess; subprocess.check_output(['echo']) + 'a'", ".decode()"),
        ("x = map(len, [])[0]", "list(…)"),
    ] {
        let (cause, advice) = advice(&format!("\n{line}\n"), "1");
        assert!(advice.contains(wanted), "{line}: {cause}; {advice}");
        assert!(cause.contains("(line 2 of ") || line.contains('\n'), "{line}: {cause}");
    }
}

#[test]
fn forms_of_python_2_in_a_value_are_told_how_to_write_today() {
    for (code, wanted) in [
        ("lambda f: f <> 'Trash'", "!="),
        ("lambda f: `f`", "repr(x)"),
        ("lambda (f): f", "lambda a, b"),
        ("ur'^INBOX'", "r'…'"),
        ("os.stat('/').st_mode == 0700", "0o700"),
        ("print 'INBOX'", "print(x)"),
        ("unicode('x')", "str"),
        ("basestring", "str"),
        ("long(1)", "int"),
        ("xrange(2)", "range"),
        ("raw_input()", "nobody can be asked"),
        ("reduce(1, [])", "functools.reduce"),
        ("{}.has_key('x')", "k in d"),
        ("{}.iteritems()", "items()"),
        ("'x'.decode('utf-7')", "leave .decode"),
        ("iter([]).next()", "next(x)"),
        ("file('/etc/passwd')", "open(…)"),
        ("subprocess.check_output(['true'])", "import subprocess"),
        ("b'x'.startswith('x')", ".decode()"),
    ] {
        let (cause, advice) = advice("", code);
        assert!(advice.contains(wanted), "{code}: {cause}; {advice}");
    }
}

#[test]
fn what_is_no_leftover_is_not_called_one() {
    for code in [
        "lambda f: f in ['<>', 'print x', '`', '0700'",
        "re.search('lambda (a)', 'x'",
        "print('x') if",
        "lambda f: (f",
        "{}['lambda (']",
        "undefined_name",
        "os.nothing",
        "int('x')",
        "len(1)",
        "0 1",
    ] {
        let (cause, advice) = advice("", code);
        assert_eq!(advice, "", "{code}: {cause}");
    }
}
