//! What two servers say alike, without what each may say in its own way.

/// Response codes that a client acts upon; all others are a server's own affair.
const CODES: [&str; 6] = ["APPENDUID", "COPYUID", "MODIFIED", "READ-ONLY", "READ-WRITE", "TRYCREATE"];

/// A line in its normal form; `None` for one that a server may leave out.
///
/// Text for people, codes that nobody acts upon, UIDVALIDITY, modification sequences, `\Recent`, the order of flags and of
/// what FETCH brings, and quotes around plain names are the server's choice.
pub fn line(line: &str) -> Option<String> {
    let line = line.replace("\\Recent", "").replace("( ", "(").replace(" )", ")");
    let Some(untagged) = line.strip_prefix("* ") else { return Some(status(&line)) };
    let words: Vec<&str> = untagged.splitn(3, ' ').collect();
    match words.as_slice() {
        ["FLAGS" | "CAPABILITY" | "ENABLED", ..] | [_, "RECENT"] => None,
        ["OK", ..] => {
            let status = status(untagged);
            (status != "OK").then(|| format!("* {status}"))
        }
        ["NO" | "BAD" | "BYE", ..] => Some(format!("* {}", words[0])),
        [number, "FETCH", rest] => Some(format!("* {number} FETCH ({})", items(rest))),
        ["SEARCH", rest] => Some(format!("* SEARCH {}", without_modseq(rest))),
        ["SEARCH", one, rest] => Some(format!("* SEARCH {}", without_modseq(&format!("{one} {rest}")))),
        ["ESEARCH", ..] => Some(format!("* {}", extended_search(untagged))),
        ["LIST" | "LSUB", ..] => Some(format!("* {}", list(untagged))),
        ["STATUS", ..] => Some(format!("* {}", numbers(&untagged.replace('"', "").replace("inbox", "INBOX")))),
        _ => Some(format!("* {untagged}")),
    }
}

fn status(line: &str) -> String {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let code = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(code, _)| code);
    match code.filter(|code| CODES.contains(&code.split(' ').next().unwrap())) {
        Some(code) => format!("{word} [{}]", numbers(code)),
        None => word.to_owned(),
    }
}

/// Numbers that no two servers share: UIDVALIDITY, and the modification sequence that follows its word.
fn numbers(text: &str) -> String {
    let mut after_modseq = false;
    let words = text.split(' ').map(|word| {
        let bare = word.trim_matches(|c| c == '(' || c == ')');
        let own = bare.parse::<u64>().is_ok_and(|number| number > 1_000_000_000 || after_modseq);
        after_modseq = bare == "HIGHESTMODSEQ" || bare == "MODSEQ";
        if own { word.replace(bare, "#") } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_modseq(found: &str) -> String {
    found.split(" (MODSEQ").next().unwrap().to_owned()
}

/// The numbers found, with the tag that they answer shown as there or not.
fn extended_search(line: &str) -> String {
    let line = match (line.find(" (TAG"), line.find(')')) {
        (Some(from), Some(to)) => format!("{} TAG{}", &line[..from], &line[to + 1..]),
        _ => line.to_owned(),
    };
    numbers(&line)
}

fn list(line: &str) -> String {
    let (verb, rest) = line.split_once(" (").unwrap();
    let (attributes, rest) = rest.split_once(") ").unwrap();
    let mut attributes: Vec<&str> = attributes
        .split(' ')
        .filter(|attribute| !["\\Marked", "\\UnMarked", "\\HasNoChildren", ""].contains(attribute))
        .collect();
    attributes.sort_unstable();
    let (separator, name) = rest.split_once(' ').unwrap();
    let plain = name.trim_matches('"').bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/&-,".contains(&byte));
    let name = if plain && name != "\"\"" { name.trim_matches('"') } else { name };
    format!("{verb} ({}) {separator} {name}", attributes.join(" "))
}

/// What FETCH brings, sorted by name; MODSEQ only that it is there.
fn items(rest: &str) -> String {
    let inner = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap();
    let words = words(inner);
    assert!(words.len().is_multiple_of(2), "{rest}");
    let mut pairs: Vec<String> = words.chunks(2).map(|pair| item(&pair[0], &pair[1])).collect();
    pairs.sort();
    pairs.join(" ")
}

fn item(name: &str, value: &str) -> String {
    match name {
        "MODSEQ" => "MODSEQ (#)".to_owned(),
        "FLAGS" => {
            let mut flags: Vec<&str> = value.trim_matches(['(', ')']).split_whitespace().collect();
            flags.sort_unstable();
            format!("FLAGS ({})", flags.join(" "))
        }
        _ => format!("{} {value}", name.replace('"', "")),
    }
}

/// Words as FETCH separates them: by spaces outside of brackets, parentheses, quotes and literals.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut depth, mut quoted, mut literal) = (vec![String::new()], 0, false, false);
    for letter in text.chars() {
        match letter {
            '«' | '»' => literal = letter == '«',
            '"' if !literal => quoted = !quoted,
            '(' | '[' if !quoted && !literal => depth += 1,
            ')' | ']' if !quoted && !literal => depth -= 1,
            ' ' if depth == 0 && !quoted && !literal => {
                words.push(String::new());
                continue;
            }
            _ => {}
        }
        words.last_mut().unwrap().push(letter);
    }
    words
}

#[test]
fn only_what_servers_may_choose_is_levelled() {
    for (said, normal) in [
        ("OK [APPENDUID 1600000001 3] done", Some("OK [APPENDUID # 3]")),
        ("OK [HIGHESTMODSEQ 5] done", Some("OK")),
        ("* 0 RECENT", None),
        (
            "* 3 FETCH (UID 7 MODSEQ (12) FLAGS (\\Seen \\Answered \\Recent))",
            Some("* 3 FETCH (FLAGS (\\Answered \\Seen) MODSEQ (#) UID 7)"),
        ),
        (
            "* 1 FETCH (BODY[HEADER.FIELDS (\"A\")] «a b» UID 1)",
            Some("* 1 FETCH (BODY[HEADER.FIELDS (A)] «a b» UID 1)"),
        ),
        ("* LIST (\\HasNoChildren \\UnMarked) \"/\" INBOX", Some("* LIST () \"/\" INBOX")),
        ("* STATUS \"a\" (MESSAGES 1 HIGHESTMODSEQ 9)", Some("* STATUS a (MESSAGES 1 HIGHESTMODSEQ #)")),
        ("* ESEARCH (TAG \"x\") UID ALL 1:2", Some("* ESEARCH TAG UID ALL 1:2")),
    ] {
        assert_eq!(line(said).as_deref(), normal, "{said}");
    }
}
