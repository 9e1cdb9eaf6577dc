//! Which message on a local server was which on the remote one: a text file for each folder, with a line `local:remote` for each
//! message.

use std::fs;
use std::path::Path;

use super::{file_name, optional, validity};
use crate::model::ids::{Uid, UidValidity};

/// A folder of a local server as OfflineIMAP left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The local server's UIDVALIDITY under which the local UIDs hold.
    pub validity: UidValidity,
    /// Remote UIDs with those that the messages have on the local server.
    pub pairs: Vec<(Uid, Uid)>,
}

impl Mapping {
    /// What was kept of the folder that the local server calls `name`, in this repository; `None` where nothing was. What can't be
    /// read is said in a sentence.
    pub fn read(metadata: &Path, repository: &str, name: &str) -> Result<Option<Self>, String> {
        let home = metadata.join(format!("Repository-{repository}"));
        let Some(validity) = validity(&home.join("FolderValidity"), name)? else { return Ok(None) };
        let path = home.join("UIDMapping").join(file_name(name));
        if path.with_file_name(format!("{}.tmp", file_name(name))).exists() {
            return Err(format!("{} was being written when OfflineIMAP was cut off", path.display()));
        }
        let Some(text) = optional(&path, fs::read_to_string(&path))? else { return Ok(None) };
        let pairs = text.lines().map(pair).collect::<Option<Vec<_>>>();
        let pairs = pairs.ok_or_else(|| format!("{} holds something else than pairs of UIDs", path.display()))?;
        Ok(Some(Self { validity, pairs }))
    }
}

fn pair(line: &str) -> Option<(Uid, Uid)> {
    let (local, remote) = line.trim().split_once(':')?;
    let uid = |text: &str| text.trim().parse().ok().and_then(Uid::new);
    Some((uid(remote)?, uid(local)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_unless_something_is_wrong_with_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("Repository-Here");
        fs::create_dir_all(home.join("FolderValidity")).unwrap();
        fs::create_dir_all(home.join("UIDMapping")).unwrap();
        let read = |name: &str| Mapping::read(directory.path(), "Here", name);
        assert_eq!(read("A/b"), Ok(None));
        fs::write(home.join("FolderValidity/A.b"), "77\n").unwrap();
        assert_eq!(read("A/b"), Ok(None));
        let uid = |number| Uid::new(number).unwrap();
        for (text, wanted) in [
            ("", Some(vec![])),
            ("11:1\n12:4\n", Some(vec![(uid(1), uid(11)), (uid(4), uid(12))])),
            ("11:1\n12", None),
            ("11:0\n", None),
            ("11:-1\n", None),
        ] {
            fs::write(home.join("UIDMapping/A.b"), text).unwrap();
            let found = read("A/b").ok().flatten().map(|mapping| (mapping.validity, mapping.pairs));
            assert_eq!(found, wanted.map(|pairs| (UidValidity(77), pairs)), "{text}");
        }
        fs::write(home.join("UIDMapping/A.b"), "11:1\n").unwrap();
        fs::write(home.join("UIDMapping/A.b.tmp"), "").unwrap();
        assert!(read("A/b").unwrap_err().contains("cut off"));
    }
}
