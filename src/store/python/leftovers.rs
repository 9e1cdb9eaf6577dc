//! What was Python 2, and how it is written today.

use regex::Regex;

/// Forms that are no syntax any more: what the line looks like without its strings, and what to write.
const FORMS: [(&str, &str); 11] = [
    (r"\bprint\b\s*(?:[^\s(=.,)\]:]|>>)", "this is Python 2: today it is print(x), with parentheses"),
    (r"\bexec\b\s*[^\s(=.,)\]:]", "this is Python 2: today it is exec(x), with parentheses"),
    ("`", "this is Python 2: for `x` write repr(x)"),
    ("<>", "this is Python 2: for <> write !="),
    (
        r"\blambda\s*\(",
        "this is Python 2: for lambda (a, b): … write lambda a, b: …, or lambda pair: … with pair[0] and pair[1]",
    ),
    (r"\bdef\s+\w+\s*\([^()]*\(", "this is Python 2: a parameter can't be a tuple; take it apart inside the function"),
    (r"\bexcept\b[^:]*,", "this is Python 2: for except X, e: write except X as e:"),
    (r"\braise\s+[\w.]+\s*,", "this is Python 2: for raise E, \"text\" write raise E(\"text\")"),
    (r"\b[uU][rR]['\x22]", "this is Python 2: for ur'…' write r'…'"),
    (r"(?:^|[^\w.])0[0-9]+\b", "this is Python 2: octal numbers begin with 0o today, so 0700 is 0o700"),
    (r"\b[0-9]+[lL]\b", "this is Python 2: numbers need no L at their end"),
];

/// Names that are gone.
const NAMES: [(&str, &str); 13] = [
    ("unicode", "this is Python 2: for unicode write str"),
    ("unichr", "this is Python 2: for unichr write chr"),
    ("basestring", "this is Python 2: for basestring write str"),
    ("long", "this is Python 2: for long write int"),
    ("xrange", "this is Python 2: for xrange write range"),
    ("raw_input", "this is Python 2, and nobody can be asked from here"),
    ("reduce", "this is Python 2: import functools in the pythonfile and write functools.reduce"),
    ("reload", "this is Python 2: reload(sys) and sys.setdefaultencoding can be left out today"),
    ("file", "this is Python 2: for file(…) write open(…)"),
    ("execfile", "this is Python 2: for execfile(f) write exec(open(f).read())"),
    ("apply", "this is Python 2: for apply(f, args) write f(*args)"),
    ("intern", "this is Python 2: for intern write sys.intern"),
    ("buffer", "this is Python 2: for buffer write memoryview"),
];

/// What things no longer have: the attribute, and what to write.
const ATTRIBUTES: [(&str, &str); 12] = [
    ("has_key", "this is Python 2: for d.has_key(k) write k in d"),
    ("iteritems", "this is Python 2: for iteritems() write items()"),
    ("iterkeys", "this is Python 2: for iterkeys() write keys()"),
    ("itervalues", "this is Python 2: for itervalues() write values()"),
    ("next", "this is Python 2: for x.next() write next(x)"),
    ("decode", "this is Python 2: a str is Unicode already; leave .decode(…) out"),
    ("setdefaultencoding", "this is Python 2: leave sys.setdefaultencoding out, text is Unicode today"),
    ("maxint", "this is Python 2: for sys.maxint write sys.maxsize"),
    ("getcwdu", "this is Python 2: for os.getcwdu() write os.getcwd()"),
    ("letters", "this is Python 2: for string.letters write string.ascii_letters"),
    ("sort", "this is Python 2: for keys = d.keys(); keys.sort() write keys = sorted(d)"),
    ("func_name", "this is Python 2: for f.func_name write f.__name__"),
];

/// Modules that have other names today.
const MODULES: [(&str, &str); 13] = [
    ("ConfigParser", "configparser"),
    ("Queue", "queue"),
    ("StringIO", "io"),
    ("cStringIO", "io"),
    ("cPickle", "pickle"),
    ("commands", "subprocess"),
    ("httplib", "http.client"),
    ("urllib2", "urllib.request"),
    ("urlparse", "urllib.parse"),
    ("__builtin__", "builtins"),
    ("thread", "threading"),
    ("sets", "the built-in set"),
    ("imp", "importlib"),
];

/// Modules of Python's own that values often use without an import; `re` and `os` are there.
const OFTEN: [&str; 13] = [
    "sys",
    "subprocess",
    "string",
    "time",
    "json",
    "functools",
    "itertools",
    "locale",
    "socket",
    "codecs",
    "base64",
    "netrc",
    "keyring",
];

/// Parts of messages about the difference between text and bytes, and other things that changed.
const TYPES: [(&str, &str); 9] = [
    (">>: 'builtin_function_or_method'", "this is Python 2: for print >>f, x write print(x, file=f)"),
    ("'cmp' is an invalid keyword", COMPARED),
    ("unexpected keyword argument 'cmp'", COMPARED),
    ("object is not subscriptable", "if it comes from map, filter, zip or keys(), put list(…) around it"),
    ("'dict_keys' and", "this is Python 2: put list(…) around keys()"),
    ("bytes-like object", BYTES),
    ("concat str to bytes", BYTES),
    ("bytes-like", BYTES),
    ("first arg must be bytes", BYTES),
];

const COMPARED: &str = "this is Python 2: for sort(cmp=f) write sort(key=functools.cmp_to_key(f))";
const BYTES: &str =
    "text and bytes are different things today: make text of what a program or a file gave by .decode()";

/// What to write instead of what raised the exception; `None` when it is no leftover that is known. `source` is the line that
/// is no Python, for a syntax error.
pub(super) fn advice(kind: &str, text: &str, source: &str) -> Option<String> {
    match kind {
        "TabError" => Some("indent by spaces alone; Python 2 let tabs and spaces be mixed".to_owned()),
        "SyntaxError" | "IndentationError" => form(text, source).map(str::to_owned),
        "NameError" => name(quoted(text)?),
        "AttributeError" => find(&ATTRIBUTES, quoted(text.rsplit_once("attribute ")?.1)?),
        "TypeError" => TYPES.iter().find(|(part, _)| text.contains(part)).map(|(_, advice)| (*advice).to_owned()),
        "ModuleNotFoundError" | "ImportError" => module(quoted(text)?),
        "EOFError" => {
            Some("nobody can be asked from here; without a password in the configuration you are asked".to_owned())
        }
        _ => None,
    }
}

fn form(text: &str, source: &str) -> Option<&'static str> {
    let line = without_strings(source);
    let matches = |pattern: &str| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(&line));
    // What Python itself recognises as a leftover comes first, since its line may hold others that are not to blame.
    let named = [("'print'", 0), ("'exec'", 1), ("leading zeros", 9)];
    let named = named.iter().find(|(part, _)| text.contains(part)).and_then(|(_, at)| FORMS.get(*at));
    named.or_else(|| FORMS.iter().find(|(pattern, _)| matches(pattern))).map(|(_, advice)| *advice)
}

fn name(name: &str) -> Option<String> {
    if OFTEN.contains(&name) {
        return Some(format!("write import {name} into your pythonfile; re and os alone are at hand without"));
    }
    find(&NAMES, name)
}

fn module(name: &str) -> Option<String> {
    if name.split('.').next() == Some("offlineimap") {
        return Some("OfflineIMAP's own modules are not there; leave what needs them out".to_owned());
    }
    let found = MODULES.iter().find(|(old, _)| *old == name);
    found.map(|(old, new)| format!("this is Python 2: {old} is {new} today"))
}

fn find(table: &[(&str, &str)], name: &str) -> Option<String> {
    table.iter().find(|(old, _)| *old == name).map(|(_, advice)| (*advice).to_owned())
}

/// The first quoted word.
fn quoted(text: &str) -> Option<&str> {
    text.split('\'').nth(1)
}

/// The line with nothing between its quotes, and without a comment.
fn without_strings(line: &str) -> String {
    let mut out = String::new();
    let mut open = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match open {
            Some(_) if letter == '\\' => drop(letters.next()),
            Some(quote) if letter == quote => {
                out.push(letter);
                open = None;
            }
            Some(_) => {}
            None if letter == '#' => break,
            None => {
                out.push(letter);
                open = Some(letter).filter(|c| matches!(c, '"' | '\''));
            }
        }
    }
    out
}
