//! What configurations do with Python: OfflineIMAP's examples, and sorting.

use super::tests::with_file;
use super::*;

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}

#[test]
fn names_are_sorted_by_a_key_or_by_a_comparison() {
    let (mut python, _directory) = with_file(concat!(
        "import functools, operator\nclass Sorter:\n  def key(self, n): return n.lower()\n  def cmp(self, a, b): return cmp(b, a)\n",
        "s = Sorter()\ndef last(a, b=None): return a[-1]\ndef any_number(*a): return cmp(*a)\n",
    ));
    for (code, wanted) in [
        ("lambda x, y: -cmp(x, y)", ["b1", "a2", "C0"]),
        ("lambda x, y: (x < y) - (x > y)", ["b1", "a2", "C0"]),
        ("cmp", ["C0", "a2", "b1"]),
        ("lambda name: name[-1]", ["C0", "b1", "a2"]),
        ("str.lower", ["a2", "b1", "C0"]),
        ("s.key", ["a2", "b1", "C0"]),
        ("s.cmp", ["b1", "a2", "C0"]),
        ("last", ["C0", "b1", "a2"]),
        ("any_number", ["C0", "a2", "b1"]),
        ("operator.itemgetter(1)", ["C0", "b1", "a2"]),
        ("functools.cmp_to_key(lambda a, b: cmp(b, a))", ["b1", "a2", "C0"]),
        ("functools.partial(lambda base, a, b: cmp(a, b), 1)", ["C0", "a2", "b1"]),
    ] {
        let function = python.function("foldersort", code).unwrap();
        assert_eq!(python.sort(&function, &texts(&["b1", "a2", "C0"])).unwrap(), wanted, "{code}");
    }
    let none = python.function("foldersort", "lambda x, y: None").unwrap();
    let fault = python.sort(&none, &texts(&["a", "b"])).unwrap_err();
    assert!(fault.cause.starts_with("TypeError: "), "{fault}");
    assert_eq!(fault.reach, Reach::Account);
}

#[test]
fn the_examples_of_the_sample_file_work() {
    let (mut python, _directory) = with_file(concat!(
        "def mbnames_folderfilter(accountname, foldername):\n    wanted = {'work': ['A', 'B']}\n",
        "    if accountname in wanted:\n        return foldername in wanted[accountname]\n    return False\n",
        "def getcredentials(filename, hostname, what):\n    return {'hostname': hostname, 'port': 993, 'passwd': b'pw'}[what]\n",
        "def get_client_id(accountname): return None\n",
    ));
    let call = |python: &mut Interpreter, code: &str, argument: &str| {
        let function = python.function("x", code).unwrap();
        (python.call(&function, &[argument.into()]).unwrap(), python.call_truth(&function, &[argument.into()]).unwrap())
    };
    for (code, argument, wanted) in [
        (r"lambda foldername: re.sub('^INBOX\.', '', foldername)", "INBOX.Sent", Value::from("Sent")),
        (r"lambda foldername: re.sub('^INBOX\.*', '.', foldername)", "INBOX.Sent", Value::from(".Sent")),
        (r"lambda foldername: re.sub('^INBOX\.*', '.', foldername)", "INBOX", Value::from(".")),
        ("lambda foldername: foldername in ['INBOX', 'Sent']", "Sent", Value::Bool(true)),
        ("lambda foldername: foldername not in ['Trash']", "Trash", Value::Bool(false)),
        ("lambda foldername: not re.search('(^Trash$|Del)', foldername)", "Deleted", Value::Bool(false)),
        (
            "lambda foldername: foldername in [\n'INBOX', 'Sent Mail',\n'Deleted Items', 'Received']",
            "Received",
            Value::Bool(true),
        ),
        (
            "lambda foldername: {'INBOX': [2, 3]}.get(foldername)",
            "INBOX",
            Value::List(vec![Value::Int(2), Value::Int(3)]),
        ),
        ("lambda foldername: {'INBOX': [2, 3]}.get(foldername)", "Sent", Value::None),
    ] {
        let truth = !matches!(wanted, Value::None | Value::Bool(false));
        assert_eq!(call(&mut python, code, argument), (wanted, truth), "{code}");
    }
    assert_eq!(python.texts("folderincludes", "['debian.user', 'debian.personal']").unwrap().len(), 2);
    let backwards = python.function("foldersort", "lambda x, y: -cmp(x, y)").unwrap();
    assert_eq!(python.sort(&backwards, &texts(&["a", "c", "b"])).unwrap(), ["c", "b", "a"]);
    let filter = python.function("folderfilter", "mbnames_folderfilter").unwrap();
    assert!(python.call_truth(&filter, &["work".into(), "B".into()]).unwrap());
    assert!(!python.call_truth(&filter, &["home".into(), "B".into()]).unwrap());
    let entry = |account: &str, folder: &str| {
        Value::Map(vec![("accountname".into(), account.into()), ("foldername".into(), folder.into())])
    };
    let key = python.function("sort_keyfunc", "lambda d: (d['accountname'], d['foldername'])").unwrap();
    assert_eq!(python.order(&key, &[entry("b", "a"), entry("a", "z"), entry("a", "b")]).unwrap(), [2, 1, 0]);
    assert_eq!(
        python.text("header", r#""mailboxes ""#).unwrap() + &python.text("footer", r#""\n""#).unwrap(),
        "mailboxes \n"
    );
    assert_eq!(python.text("remotehosteval", r#"getcredentials("f", "h", "hostname")"#).unwrap(), "h");
    assert_eq!(python.number("remoteporteval", r#"getcredentials("f", "h", "port")"#).unwrap(), 993);
    assert_eq!(python.text("remotepasseval", r#"getcredentials("f", "h", "passwd")"#).unwrap(), "pw");
    assert_eq!(python.optional_text("oauth2_client_id_eval", r#"get_client_id("a")"#).unwrap(), None);
    let hook = python.function("newmail_hook", "lambda: os.system(\n\"exit 0 > /dev/null 2>&1\")").unwrap();
    python.run(&hook, &[]).unwrap();
}

/// OfflineIMAP's evaluator, where the package is installed.
const THEIRS: &str = "/usr/share/offlineimap3/offlineimap/localeval.py";
/// Evaluates what its arguments say with OfflineIMAP's evaluator, and shows the results as JSON.
const COMPARE: &str = "
import importlib.util, json, re, sys
spec = importlib.util.spec_from_file_location('localeval', sys.argv[1])
theirs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(theirs)
evaluator = theirs.LocalEval(sys.argv[2])
for code in sys.argv[3:]:
    try: print(json.dumps(evaluator.eval(code, {'re': re}), separators=(',', ':')))
    except Exception as error: print(type(error).__name__)
";

#[test]
fn offlineimap_comes_to_the_same_results() {
    if !std::path::Path::new(THEIRS).is_file() {
        return;
    }
    let (mut python, directory) = with_file(
        "import os\nstate = []\ndef add(x):\n    state.append(x)\n    return len(state)\n_hidden = 'h'\ndef where(): return __name__, __doc__\n",
    );
    let codes = [
        r"(lambda foldername: re.sub('^INBOX\.', '', foldername))('INBOX.a.b')",
        r"(lambda foldername: re.sub('^INBOX\.*', '.', foldername))('INBOX')",
        "(lambda foldername: not re.search('(^Trash$|Del)', foldername))('Deleted')",
        "(lambda foldername: foldername in ['INBOX', 'Sent'])('Sent')",
        " \t'led by spaces'",
        "add(1), add(2), state",
        "globals().update(y=1)",
        "y",
        "_hidden, where(), __name__, os.sep",
        "os.path.basename(__file__)",
        "globals().update(state=None)",
        "state",
        "x = 1",
        "'a'\n'b'",
        "('a'\n'b')",
        "",
        "undefined",
    ];
    // Not every Python has what their evaluator needs.
    let path = directory.path().join("mine.py");
    let mut theirs = std::process::Command::new("python3");
    let theirs = theirs.args(["-B", "-W", "ignore", "-c", COMPARE, THEIRS]).arg(path).args(codes).output().unwrap();
    if !theirs.status.success() {
        return;
    }
    let theirs = String::from_utf8(theirs.stdout).unwrap();
    let ours = codes.map(|code| match python.evaluate("x", code) {
        Ok(value) => value.to_json().to_string(),
        Err(fault) => fault.cause.split(':').next().unwrap().to_owned(),
    });
    assert_eq!(ours.join("\n") + "\n", theirs);
}
