//! A disk on which every step is told (`-d maildir`).

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::disk::Disk;
use crate::store::teller::Teller;

/// Another disk, and who is told what is done to it. Of what is written into a file, and of its date, only a failure is told.
#[derive(Debug)]
pub struct Told {
    disk: Arc<dyn Disk>,
    teller: Teller,
}

impl Told {
    /// Tells of `disk`.
    pub fn new(disk: Arc<dyn Disk>, teller: Teller) -> Self {
        Self { disk, teller }
    }

    fn told<T>(&self, result: io::Result<T>, words: impl FnOnce() -> String) -> io::Result<T> {
        self.teller.tell(|| match &result {
            Ok(_) => words(),
            Err(error) => format!("{}: {error}", words()),
        });
        result
    }

    fn if_failed<T>(&self, result: io::Result<T>, words: &str) -> io::Result<T> {
        if result.is_err() { self.told(result, || words.to_owned()) } else { result }
    }
}

/// A rename, as a person thinks of it.
fn renamed(from: &Path, to: &Path) -> String {
    let name = to.file_name().map_or_else(|| to.display().to_string(), |name| name.to_string_lossy().into_owned());
    let (parent, new) = (from.parent(), to.parent());
    if parent == new {
        return format!("rename {} to {name}", from.display());
    }
    if parent.is_some_and(|parent| parent.ends_with("tmp")) {
        return format!("deliver {}", to.display());
    }
    format!("move {} to {}", from.display(), to.display())
}

impl Disk for Told {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.told(self.disk.create(path), || format!("create {}", path.display()))
    }

    fn write(&self, file: &mut File, data: &[u8]) -> io::Result<()> {
        self.if_failed(self.disk.write(file, data), "write")
    }

    fn date(&self, file: &File, time: SystemTime) -> io::Result<()> {
        self.if_failed(self.disk.date(file, time), "date")
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.told(self.disk.rename_new(from, to), || renamed(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.told(self.disk.exchange(one, other), || format!("write {} anew", other.display()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.told(self.disk.remove(path), || format!("delete {}", path.display()))
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.told(self.disk.make_directory(path), || format!("make the directory {}", path.display()))
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.told(self.disk.remove_directory(path), || format!("delete the directory {}", path.display()))
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        self.told(self.disk.remove_tree(path), || format!("delete the directory {} and all in it", path.display()))
    }

    fn flush_file(&self, file: &File) -> io::Result<()> {
        self.told(self.disk.flush_file(file), || "flush a file".to_owned())
    }

    fn flush_directory(&self, directory: &Path) -> io::Result<()> {
        self.told(self.disk.flush_directory(directory), || format!("flush {}", directory.display()))
    }

    fn flush_file_system(&self, inside: &File) -> io::Result<()> {
        self.told(self.disk.flush_file_system(inside), || "flush the file system".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Mutex;

    use super::*;
    use crate::store::maildir::RealDisk;

    #[test]
    fn each_step_is_told_as_a_person_thinks_of_it() {
        let directory = tempfile::tempdir().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        let disk = Told::new(Arc::new(RealDisk), Teller::new(move |text| heard.lock().unwrap().push(text)));
        let path = |name: &str| directory.path().join(name);
        for part in ["tmp", "new", "cur"] {
            fs::create_dir(path(part)).unwrap();
        }
        let mut file = disk.create(&path("tmp/a")).unwrap();
        disk.write(&mut file, b"text").unwrap();
        disk.flush_file(&file).unwrap();
        disk.rename_new(&path("tmp/a"), &path("new/a")).unwrap();
        disk.rename_new(&path("new/a"), &path("cur/a:2,S")).unwrap();
        disk.rename_new(&path("cur/a:2,S"), &path("cur/a:2,RS")).unwrap();
        disk.remove(&path("cur/a:2,RS")).unwrap();
        disk.remove(&path("cur/a:2,RS")).unwrap_err();
        let at = format!("{}/", directory.path().display());
        let told: Vec<String> = told.lock().unwrap().iter().map(|line| line.replace(&at, "")).collect();
        let (last, others) = told.split_last().unwrap();
        assert_eq!(
            others,
            [
                "create tmp/a",
                "flush a file",
                "deliver new/a",
                "move new/a to cur/a:2,S",
                "rename cur/a:2,S to a:2,RS",
                "delete cur/a:2,RS"
            ]
        );
        assert!(last.starts_with("delete cur/a:2,RS: "), "{last}");
    }
}
