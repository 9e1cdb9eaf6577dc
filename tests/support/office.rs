//! An authority that issues certificates of all kinds, good and bad, with the help of openssl.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// How an authority that issues anything is run.
const RULES: &str = "[ca]\ndefault_ca = us\n[us]\ndatabase = index\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\nserial = serial\n\
                     unique_subject = no\n[any]\ncommonName = supplied\n";

/// A long time ago, and long from now, as openssl writes dates.
pub const LONG_AGO: &str = "20200101000000Z";
pub const NOT_SOON: &str = "20990101000000Z";
pub const FAR_OFF: &str = "20991231000000Z";

/// The authority, and a directory for the rest of the test.
pub struct Office {
    dir: TempDir,
}

/// A certificate and its key, each in a file.
#[derive(Clone)]
pub struct Paper {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Office {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("blinkensync-tls-").tempdir().unwrap();
        fs::write(dir.path().join("rules"), RULES).unwrap();
        fs::write(dir.path().join("index"), "").unwrap();
        let office = Self { dir };
        office.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3000 -subj /CN=Office -keyout ca.key -out ca.pem");
        office
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The authority's own certificate.
    pub fn ca(&self) -> PathBuf {
        self.dir().join("ca.pem")
    }

    /// A certificate that is valid now, for these names as openssl writes them.
    pub fn issue(&self, file: &str, names: &str) -> Paper {
        self.issue_for(file, names, (LONG_AGO, FAR_OFF))
    }

    /// The same, valid between two dates.
    pub fn issue_for(&self, file: &str, names: &str, (from, until): (&str, &str)) -> Paper {
        self.openssl(&format!("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={file} -keyout {file}.key -out {file}.req"));
        fs::write(self.dir().join("extensions"), format!("subjectAltName = {names}\n")).unwrap();
        self.openssl(&format!(
            "ca -batch -notext -create_serial -config rules -keyfile ca.key -cert ca.pem -in {file}.req -out {file}.pem \
             -startdate {from} -enddate {until} -extfile extensions"
        ));
        self.paper(file)
    }

    /// A certificate that nobody but itself vouches for.
    pub fn self_signed(&self, file: &str, names: &str) -> Paper {
        self.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN={file} \
             -addext subjectAltName={names} -keyout {file}.key -out {file}.pem"
        ));
        self.paper(file)
    }

    /// A certificate of this office in the directory of another one.
    pub fn moved_to(&self, other: &Self, file: &str, names: &str) -> Paper {
        let (ours, theirs) = (self.issue(file, names), other.paper(file));
        fs::copy(ours.certificate, &theirs.certificate).unwrap();
        fs::copy(ours.key, &theirs.key).unwrap();
        theirs
    }

    /// The digest of a certificate, as openssl shows it: in capitals, with colons.
    pub fn fingerprint(&self, paper: &Paper, digest: &str) -> String {
        let said = self.openssl(&format!("x509 -noout -fingerprint -{digest} -in {}", paper.certificate.display()));
        said.trim().split_once('=').unwrap().1.to_owned()
    }

    /// Runs openssl with these words, where all the files are; what it printed.
    pub fn openssl(&self, words: &str) -> String {
        let out = Command::new("openssl").args(words.split_whitespace()).current_dir(self.dir()).output().unwrap();
        assert!(out.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn paper(&self, file: &str) -> Paper {
        let [certificate, key] = ["pem", "key"].map(|kind| self.dir().join(format!("{file}.{kind}")));
        Paper { certificate, key }
    }
}
