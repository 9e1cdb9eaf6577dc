//! The program as a service.

use std::fs;
use std::path::Path;

use crate::local;

#[test]
fn every_program_that_is_started_begins_where_the_managers_variables_are_taken_from_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = local::tree(&src).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let product = sources.filter(|path| !path.to_string_lossy().ends_with("tests.rs"));
    let starts = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        // Modules of tests come last.
        text.split("#[cfg(test)]\nmod tests").next().unwrap().contains("Command::new(")
    };
    let found: Vec<_> = product.filter(|path| starts(path)).collect();
    assert_eq!(found, [src.join("store/child.rs")]);
}
