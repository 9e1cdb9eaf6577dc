use super::*;

fn listed(folders: &[(&str, Option<Special>)]) -> Vec<ListItem> {
    let item = |(name, special): &(&str, Option<Special>)| ListItem {
        selectable: true,
        subscribed: true,
        separator: Some('/'),
        name: (*name).to_owned(),
        special: *special,
    };
    folders.iter().map(item).collect()
}

#[test]
fn special_folders_are_found_by_name_by_use_or_in_english() {
    let (all, junk, trash) = (Some(Special::All), Some(Special::Junk), Some(Special::Trash));
    let german = [("[Google Mail]/Alle", all), ("[Google Mail]/Spam", junk), ("[Google Mail]/Papierkorb", trash)];
    let plain = [("[Gmail]/Trash", None), ("[Gmail]/Spam", None), ("Bin", None)];
    let named = |name: Option<&str>| GmailSettings { trash: name.map(str::to_owned), ..GmailSettings::default() };
    for (settings, folders, found) in [
        (named(None), &german, Ok(("[Google Mail]/Papierkorb", "[Google Mail]/Spam", Some("[Google Mail]/Alle")))),
        (named(None), &plain, Ok(("[Gmail]/Trash", "[Gmail]/Spam", None))),
        (named(Some("Bin")), &plain, Ok(("Bin", "[Gmail]/Spam", None))),
        (named(Some("Bin")), &german, Err("Bin")),
    ] {
        let expected = found.map(|(trash, spam, all)| Places {
            trash: trash.to_owned(),
            spam: spam.to_owned(),
            all: all.map(str::to_owned),
        });
        assert_eq!(Places::find(&settings, &listed(folders)), expected.map_err(str::to_owned));
    }
    assert_eq!(Places::find(&named(None), &[]), Err(TRASH.to_owned()));
}

#[test]
fn a_star_is_no_place() {
    for (label, place) in
        [("\\Inbox", true), ("\\Sent", true), ("\\starred", false), ("\\Important", false), ("Starred", true)]
    {
        assert_eq!(is_place(label), place, "{label}");
    }
}
