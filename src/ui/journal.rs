//! Lines as the journal of systemd likes them: each begins with its level (sd-daemon(3)), and none with its time, which the
//! journal knows itself.

use std::os::fd::AsFd;

use rustix::fs::fstat;

use super::phrase::Level;

/// The environment variable that names the journal's end of an output, by its device and inode.
const VARIABLE: &str = "JOURNAL_STREAM";

/// Whether what is written to `output` goes to the journal. Children have the variable too, and may write to somewhere else, so
/// it has to be this very stream (systemd.exec(5)).
pub fn is_at(output: impl AsFd, env: impl Fn(&str) -> Option<String>) -> bool {
    let Some(stream) = env(VARIABLE) else { return false };
    fstat(output).is_ok_and(|stat| format!("{}:{}", stat.st_dev, stat.st_ino) == stream)
}

/// What a line of this level begins with.
pub fn prefix(level: Level) -> String {
    format!("<{}>", level.severity())
}

/// A text of one line or several as the journal wants it.
pub fn lines(level: Level, text: &str) -> String {
    let prefix = prefix(level);
    let lines: Vec<String> = text.lines().map(|line| format!("{prefix}{line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn an_output_is_the_journals_only_when_it_is_that_very_stream() {
        let (file, other) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let name = |file: &File| {
            let meta = file.metadata().unwrap();
            format!("{}:{}", meta.dev(), meta.ino())
        };
        let own = name(&file);
        for (stream, is) in [
            (Some(own.clone()), true),
            (Some(name(&other)), false),
            (Some(format!("{own}0")), false),
            (Some(String::new()), false),
            (Some("nonsense".to_owned()), false),
            (None, false),
        ] {
            let env = |name: &str| stream.clone().filter(|_| name == "JOURNAL_STREAM");
            assert_eq!(is_at(&file, env), is, "{stream:?}");
        }
    }

    #[test]
    fn each_line_has_its_level() {
        for (level, text, wanted) in [
            (Level::Error, "one", "<3>one"),
            (Level::Warning, "one\ntwo", "<4>one\n<4>two"),
            (Level::Info, "one\n", "<6>one"),
            (Level::Debug, "", ""),
        ] {
            assert_eq!(lines(level, text), wanted);
        }
    }
}
