//! A Maildir on a memory card: exFAT doesn't tell upper case from lower case, and has no colons in names. It is a real one,
//! where this machine lets the test mount it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::local;
use crate::names::made_there;
use crate::world::World;

/// A card of 32 MB that is in place for as long as this lives.
struct Card {
    device: String,
    place: PathBuf,
}

impl Card {
    /// Puts one where the account's mail is to be, or says why that can't be done here.
    fn insert(world: &World) -> Result<Self, String> {
        let (image, place) = (world.dovecot.dir.join("card"), world.maildir());
        fs::File::create(&image).unwrap().set_len(32 << 20).unwrap();
        fs::create_dir(&place).unwrap();
        run("mkfs.exfat", &[image.to_str().unwrap()])?;
        let device = run("losetup", &["--find", "--show", image.to_str().unwrap()])?.trim().to_owned();
        let card = Self { device, place };
        run("mount.exfat-fuse", &[&card.device, card.place.to_str().unwrap()])?;
        Ok(card)
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        let _ = run("umount", &["--lazy", self.place.to_str().unwrap()]);
        let _ = run("losetup", &["--detach", &self.device]);
    }
}

fn run(program: &str, words: &[&str]) -> Result<String, String> {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap());
    let out =
        Command::new(program).env("PATH", path).args(words).output().map_err(|why| format!("{program}: {why}"))?;
    let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    if out.status.success() { Ok(said) } else { Err(format!("{program}: {said}")) }
}

#[test]
fn mail_is_kept_on_a_card_and_names_that_are_one_there_are_not_mixed() {
    let mut world = World::new();
    let _card = match Card::insert(&world) {
        Ok(card) => card,
        Err(why) => return println!("left out, since no exFAT can be mounted here: {why}"),
    };
    made_there(&world, &["Lists", "lists", "Work"]);
    // Without the option that does without colons nothing can be stored, which is said; nothing is taken for stored.
    let run = world.sync();
    run.ends_with(1).in_one_sentence().says("no colon in a name: set maildir-windows-compatible = yes");
    assert_eq!(local::messages(&world.maildir().join("Work")).len(), 0);
    world.account = "maildir-windows-compatible = yes\n".to_owned();
    world.local += "customflag_f = $Label1\n";
    // One of the two folders that are one here is left alone, and the others are synchronised.
    let alike =
        "takes its name for that of Lists, which is another; give it another name here with nametrans or namemap";
    world.sync().ends_with(1).in_one_sentence().says("2 downloaded").says("for the folder lists: ").says(alike);
    let files = || ["Lists", "Work"].map(|folder| local::messages(&world.maildir().join(folder)).len());
    assert_eq!(files(), [1, 1]);
    world.remote += "namemap = s/^lists$/small/\n";
    world.sync().ends_with(0).says("small: 1 downloaded");
    let work = world.maildir().join("Work");
    let named = |end: &str| {
        let file = local::messages(&work).remove(0);
        assert!(file.to_str().unwrap().ends_with(end), "{}", file.display());
        file
    };
    // A flag and a keyword whose letters are one here.
    for (flags, end) in [(["+", "\\Flagged"], "!2,F"), (["-", "\\Flagged"], "!2,"), (["+", "\\Flagged"], "!2,F")] {
        world.client(&[&["flag", "Work", "1"], &flags[..]].concat());
        world.sync().ends_with(0).says("1 flagged here");
        named(end);
    }
    world.client(&["several", "Work", "flag 1 - \\Flagged", "flag 1 + $Label1"]);
    world.sync().ends_with(0).says("1 flagged here");
    let file = named("!2,f");
    fs::rename(&file, file.with_file_name(file.file_name().unwrap().to_str().unwrap().replace("!2,f", "!2,F")))
        .unwrap();
    world.sync().ends_with(0).says("1 flagged on the server");
    assert_eq!(world.client(&["list", "Work"]), "1 (\\Flagged) hello\n");
    world.sync().ends_with(0).says("nothing new");
    // Without the option again, they keep the names that they can have.
    world.account = String::new();
    world.sync().ends_with(0).says("nothing new");
    named("!2,F");
}
