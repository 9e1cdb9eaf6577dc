//! The README names the tests of each promise; they are there.

use std::fs;
use std::path::Path;

use crate::local;

/// What stands between backticks in the second column of the table of promises.
fn named(readme: &str) -> Vec<&str> {
    let section = readme.split("## What is promised").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    rows.flat_map(|row| row.rsplit_once(" | ").unwrap().1.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_test_that_the_readme_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let sources = ["src", "tests"].map(|directory| local::tree(&root.join(directory)));
    let sources: Vec<_> =
        sources.concat().into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    let text: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let names = named(&readme);
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let last = name.rsplit("::").next().unwrap();
        let is_test = text.contains(&format!("#[test]\nfn {last}("))
            || text.contains(&format!("#[test]\n    fn {last}("))
            || text.contains(&format!("        fn {last}("));
        let is_module = sources.iter().any(|path| path.file_stem().is_some_and(|stem| stem == last))
            || root.join("tests").join(last).is_dir();
        assert!(is_test || is_module, "{name}");
    }
}
