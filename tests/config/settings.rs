//! What files mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use blinkensync::config::Request;
use blinkensync::config::settings::{
    AccountSettings, Fetching, Listing, MaildirSettings, OAuthSettings, PasswordSource, Provider, Security,
    TlsSettings, UiName, Word,
};
use blinkensync::model::listed::Listed;
use blinkensync::model::question::Secret;

use crate::{file, read, read_as};

fn maildir(account: &AccountSettings) -> &MaildirSettings {
    account.local.maildir().unwrap()
}

fn account(account: &str, local: &str, remote: &str) -> AccountSettings {
    read(&file("", account, local, remote)).unwrap().settings.accounts.remove(0)
}

#[test]
fn what_is_not_written_has_its_default() {
    let loaded = read(&file("", "", "", "")).unwrap();
    assert_eq!(loaded.warnings, [""; 0]);
    let settings = loaded.settings;
    assert_eq!(settings.metadata, Path::new("/home/u/.offlineimap"));
    assert_eq!((&settings.ui[..], settings.screen.lamp), (&[][..], None));
    assert_eq!((settings.max_sync_accounts, settings.fsync), (1, true));
    assert_eq!(settings.socket_timeout, Duration::from_secs(60));
    let account = &settings.accounts[0];
    assert_eq!((account.name.as_str(), account.autorefresh), ("A", None));
    assert_eq!((maildir(account).root.as_path(), maildir(account).separator), (Path::new("/home/u/Mail"), '.'));
    assert_eq!(account.local.common().name, "L");
    assert!(account.local.common().create_folders && !account.local.common().read_only);
    let remote = &account.remote;
    assert_eq!((remote.host.as_str(), remote.port, remote.user.as_str()), ("imap.example.org", 993, "me"));
    assert_eq!((remote.security, &remote.tls, remote.max_connections), (Security::Tls, &TlsSettings::default(), 4));
    assert_eq!(remote.password, PasswordSource::Ask);
}

#[test]
fn the_conversation_is_compressed_with_servers_elsewhere_unless_it_says_otherwise() {
    let compressed = |remote: &str| account("", "", remote).remote.compress;
    assert!(compressed("") && !compressed("usecompression = no"));
    let here = "remotehost = 127.0.0.1\nssl = no\nstarttls = no";
    assert!(!compressed(here) && compressed(&format!("{here}\nusecompression = yes")));
    assert!(!compressed("transporttunnel = x") && compressed("preauthtunnel = x\nusecompression = on"));
}

#[test]
fn how_messages_are_fetched_is_kept() {
    let fetching = |remote: &str| account("", "", remote).remote.fetching;
    assert_eq!(fetching(""), Fetching { retries: 2, alone: false });
    assert_eq!(fetching("retrycount = 30\nsinglethreadperfolder = yes"), Fetching { retries: 30, alone: true });
}

#[test]
fn a_list_of_folders_is_as_its_templates_say() {
    let list = |lines: &str| {
        let text = file(&format!("[mbnames]\nenabled = yes\nfilename = ~/$MAIL/list\n{lines}"), "", "", "");
        let loaded = read(&text).unwrap();
        assert_eq!(loaded.warnings, [""; 0]);
        loaded.settings.mailbox_list.unwrap()
    };
    let folder = |folder: &str| Listed { account: "A".into(), folder: folder.into(), root: "/m".into() };
    let text = |lines: &str| list(lines).text(&[folder("INBOX"), folder("b c")]);
    assert_eq!(list("").file, Path::new("/home/u//var/mail/list"));
    assert_eq!(text(""), "mailboxes \"+A/INBOX\" \"+A/b c\"\n");
    // What other sections or options are called has no meaning in an entry, but in the rest it has.
    let lines = "foldername = wrong\nperitem = %(localfolders)s/%(foldername)s %%\nsep = '%(foldername)s\\n'\nheader =\nfooter = host()";
    assert_eq!(text(lines), "/m/INBOX %wrong\n/m/b c %[mbnames] footer ");
    let list = list("folderfilter = wanted\nsort_keyfunc = lambda d:\n  d['foldername']\nincremental = yes");
    assert_eq!(list.folderfilter.as_deref(), Some("wanted"));
    assert_eq!(list.sort_keyfunc.as_deref(), Some("(lambda d:\nd['foldername']\n)"));
    assert!(list.incremental);
}

#[test]
fn a_tunnel_stands_in_place_of_the_server() {
    let remote = account("", "", "transporttunnel = ssh mail nc localhost 143").remote;
    let tunnel = remote.tunnel.unwrap();
    assert_eq!((tunnel.command.as_str(), tunnel.logs_in), ("ssh mail nc localhost 143", false));
    assert!(account("", "", "preauthtunnel = x").remote.tunnel.unwrap().logs_in);
    assert_eq!(account("", "", "").remote.tunnel, None);
}

#[test]
fn a_command_gives_the_password_where_nothing_else_does() {
    let source = |remote: &str| account("", "", remote).remote.password;
    let command = "remotepasscmd = pass show 'a b' | head -1";
    assert_eq!(source(command), PasswordSource::Command(Secret::new("pass show 'a b' | head -1".to_owned())));
    assert_eq!(source(&format!("{command}\nremotepassfile = /p")), PasswordSource::File("/p".into()));
}

#[test]
fn python_is_kept_for_later_and_what_is_none_is_nothing() {
    let remote = account("", "", "nametrans = lambda f:\n  f\nfolderfilter = None\nfoldersort =").remote.common;
    assert_eq!(remote.nametrans.as_deref(), Some("(lambda f:\nf\n)"));
    assert_eq!((remote.folderfilter, remote.foldersort), (None, None));
    assert!(account("", "nametrans = f", "").needs_python() && !account("", "", "").needs_python());
    assert!(account("", "", "remotepasseval = get()").needs_python());
}

#[test]
fn python_that_is_needed_at_once_is_worked_out() {
    let general = "pythonfile = ~/helpers.py";
    let remote = "folderincludes = names()\nremoteusereval = host()\nremoteporteval = 993 + 1";
    let account = read(&file(general, "", "", remote)).unwrap().settings.accounts.remove(0);
    assert_eq!(account.remote.common.includes, ["a", "b"]);
    assert_eq!(account.remote.user, "[Repository R] remoteusereval /home/u/helpers.py");
    assert_eq!(account.remote.port, 994);
}

#[test]
fn rules_for_folders_are_kept_for_each_side() {
    let account = account("", "namemap = s/^/a-/", "folderpatterns = INBOX, !b\nfolderincludes = ['c', 'd']");
    assert_eq!(account.local.common().map.clone().unwrap().forth("x"), "a-x");
    assert_eq!(account.local.common().patterns, None);
    let remote = account.remote.common;
    assert_eq!(remote.patterns.unwrap().decide(&["b"]), (false, Some("!b")));
    assert_eq!(remote.includes, ["c", "d"]);
}

#[test]
fn which_folders_of_a_server_are_looked_at_is_up_to_three_options() {
    let listing = |text: &str, remote: &str| account(text, "", remote).remote.listing;
    assert_eq!(listing("", ""), Listing::default());
    assert!(listing("", "subscribedonly = on").subscribed_only);
    for (text, reference) in [("Mail", "Mail"), ("\"#mh/\"", "#mh/"), ("\"\"", ""), ("Entwürfe", "Entw&APw-rfe")] {
        assert_eq!(listing("", &format!("reference = {text}")).reference, reference);
    }
    assert!(listing("utf8foldernames = yes", "").decode && !listing("utf8foldernames = no", "").decode);
    // The old name says the same, and that it is old.
    for remote in ["decodefoldernames = yes", "decodefoldernames = no"] {
        let loaded = read(&file("", "", "", remote)).unwrap();
        assert_eq!(loaded.settings.accounts[0].remote.listing.decode, remote.ends_with("yes"));
        assert_eq!(loaded.warnings.iter().any(|line| line.contains("utf8foldernames")), remote.ends_with("yes"));
    }
}

#[test]
fn what_is_written_is_followed() {
    let general = "metadata = $MAIL/state\nui = Curses.Blinkenlights, ttyui\nsocktimeout = 5\nfsync = no";
    let text =
        file(general, "autorefresh = 0.5", "sep = /\nreadonly = true\ncreatefolders = off", "maxconnections = 2");
    let settings = read(&text).unwrap().settings;
    assert_eq!(settings.metadata, Path::new("/var/mail/state"));
    assert_eq!(settings.ui, [UiName::Blinkenlights, UiName::Ttyui]);
    assert_eq!((settings.socket_timeout, settings.fsync), (Duration::from_secs(5), false));
    let account = &settings.accounts[0];
    assert_eq!(account.autorefresh, Some(Duration::from_secs(30)));
    assert_eq!(maildir(account).separator, '/');
    assert!(account.local.common().read_only && !account.local.common().create_folders);
    assert_eq!(account.remote.max_connections, 2);
}

#[test]
fn protection_follows_ssl_starttls_and_port() {
    for (text, security, port) in [
        ("ssl = yes", Security::Tls, 993),
        ("ssl = yes\nremoteport = 143", Security::Tls, 143),
        ("ssl = no", Security::StartTls, 143),
        ("remoteport = 143", Security::StartTls, 143),
        ("remoteport = 1993", Security::Tls, 1993),
        ("starttls = no", Security::Tls, 993),
        ("ssl = no\nstarttls = no", Security::None, 143),
        ("remoteporteval = 1143\nssl = no", Security::StartTls, 1143),
    ] {
        let remote = account("", "", text).remote;
        assert_eq!((remote.security, remote.port), (security, port), "{text}");
    }
    let warnings = read(&file("", "", "", "ssl = no\nstarttls = no")).unwrap().warnings;
    assert!(warnings[0].contains("unprotected"), "{warnings:?}");
    for host in ["localhost", "127.0.0.1", "::1"] {
        let text = file("", "", "", "ssl = no\nstarttls = no").replace("imap.example.org", host);
        assert_eq!(read(&text).unwrap().warnings, [""; 0], "{host}");
    }
}

#[test]
fn passwords_come_from_the_first_place_that_has_one() {
    let given = |text: &str| PasswordSource::Given(Secret::new(text.to_owned()));
    for (text, wanted) in [
        ("remotepass = 'a#b;c\\d'", given("'a#b;c\\d'")),
        ("remotepass = a%%b", given("a%b")),
        ("remotepasseval = 'x'\nremotepass = y", given("x")),
        ("remotepasseval = None\nremotepass = y", given("y")),
        ("remotepasseval = get()\nremotepass = y", PasswordSource::Python(Secret::new("get()".to_owned()))),
        ("remotepass = y\nremotepassfile = ~/pw", given("y")),
        ("remotepassfile = ~/pw", PasswordSource::File(PathBuf::from("/home/u/pw"))),
        ("remotepass =", PasswordSource::Ask),
    ] {
        assert_eq!(account("", "", text).remote.password, wanted, "{text}");
    }
}

#[test]
fn all_accounts_run_at_once_when_one_repeats() {
    let two =
        "[Account B]\nlocalrepository = L2\nremoterepository = R\n[Repository L2]\ntype = Maildir\nlocalfolders = /b";
    let text =
        |general: &str, account: &str| file(general, account, "", "").replace("accounts = A", "accounts = B, A") + two;
    let most = |general: &str, account: &str| read(&text(general, account)).unwrap().settings.max_sync_accounts;
    assert_eq!(most("", ""), 1);
    assert_eq!(most("", "autorefresh = 5"), 2);
    assert_eq!(most("", "autorefresh = 0"), 1);
    assert_eq!(most("maxsyncaccounts = 1", "autorefresh = 5"), 1);
    let names: Vec<String> =
        read(&text("", "")).unwrap().settings.accounts.iter().map(|account| account.name.to_string()).collect();
    assert_eq!(names, ["B", "A"]);
    let request = Request { accounts: vec!["A".into()], ..Request::default() };
    assert_eq!(read_as(&text("", ""), &request).unwrap().settings.accounts.len(), 1);
}

#[test]
fn the_command_line_overrides_the_file() {
    let overrides = ["ui=quiet", "Account_A:autorefresh=2", "Repository_R:remotepass=x=y"];
    let request = Request { overrides: overrides.map(str::to_owned).into(), ..Request::default() };
    let settings = read_as(&file("ui = basic", "", "", ""), &request).unwrap().settings;
    assert_eq!(settings.ui, [UiName::Quiet]);
    assert_eq!(settings.accounts[0].autorefresh, Some(Duration::from_secs(120)));
    assert_eq!(settings.accounts[0].remote.password, PasswordSource::Given(Secret::new("x=y".to_owned())));
}

#[test]
fn defaults_and_references_reach_every_section() {
    let text = "[DEFAULT]\nbase = /m\nreadonly = yes\n".to_owned() + &file("", "", "", "");
    let loaded = read(&text.replace("~/Mail", "%(base)s/%(leaf)s\nleaf = all")).unwrap();
    let account = &loaded.settings.accounts[0];
    assert_eq!(maildir(account).root, Path::new("/m/all"));
    assert!(account.local.common().read_only && account.remote.common.read_only);
    assert_eq!(loaded.warnings, [""; 0]);
}

#[test]
fn lights_are_drawn_with_the_users_character_and_a_dot_is_none() {
    let lamp =
        |text: &str| read(&file(&format!("[ui.Curses.Blinkenlights]\nstatuschar = {text}"), "", "", "")).unwrap();
    assert_eq!((lamp("@").settings.screen.lamp, lamp(".").settings.screen.lamp), (Some('@'), None));
    assert_eq!(lamp("@").warnings, [""; 0]);
}

/// What a repository says about tokens.
fn oauth(remote: &str) -> OAuthSettings {
    account("", "", remote).remote.oauth
}

#[test]
fn tokens_come_from_the_plain_option_and_else_from_python() {
    let written = |text: &str| Some(Word::Written(Secret::new(text.to_owned())));
    let python = |text: &str| Some(Word::Python(Secret::new(text.to_owned())));
    for (text, wanted) in [
        ("", None),
        ("oauth2_refresh_token = a%%b", written("a%b")),
        ("oauth2_refresh_token_eval = 'x'", written("x")),
        ("oauth2_refresh_token_eval = get()", python("get()")),
        ("oauth2_refresh_token_eval = get()\noauth2_refresh_token = y", written("y")),
        ("oauth2_refresh_token_eval = None", None),
        ("oauth2_refresh_token_eval = ''", None),
    ] {
        let text = format!("{text}\noauth2_request_url = https://t/");
        assert_eq!(oauth(&text).refresh_token, wanted, "{text}");
    }
    for option in ["client_id", "client_secret", "access_token", "refresh_token"] {
        let account = account("", "", &format!("oauth2_{option}_eval = get()"));
        assert!(account.needs_python(), "{option}");
        assert_eq!(account.remote.oauth.is_wanted(), option != "client_secret", "{option}");
    }
    assert_eq!(oauth("oauth2_request_url_eval = 'https://t/'").token_url.as_deref(), Some("https://t/"));
}

#[test]
fn token_services_are_known_for_gmail_and_for_microsoft() {
    let gmail = file("", "", "", "").replace("type = IMAP\nremotehost = imap.example.org", "type = Gmail");
    let microsoft = file("", "", "", "").replace("imap.example.org", "outlook.office365.com");
    let other =
        file("", "", "", "oauth2_request_url = https://t/\noauth2_authorize_url = https://a/\noauth2_scope = x");
    for (text, provider, token, authorize, device, scope) in [
        (gmail.as_str(), Provider::Google, "oauth2.googleapis.com/token", true, false, "https://mail.google.com/"),
        (microsoft.as_str(), Provider::Microsoft, "/common/oauth2/v2.0/token", true, true, "offline_access"),
        (other.as_str(), Provider::Other, "https://t/", true, false, "x"),
    ] {
        let oauth = read(text).unwrap().settings.accounts.remove(0).remote.oauth;
        assert_eq!(oauth.provider, provider);
        assert!(oauth.token_url.unwrap().ends_with(token) && oauth.scope.ends_with(scope), "{token}");
        assert_eq!((oauth.authorize_url.is_some(), oauth.device_url.is_some()), (authorize, device), "{token}");
    }
}
