//! Every option that is followed has a test that fails when it is ignored.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use blinkensync::config::options::OPTIONS;

/// Options, and the test that would notice if they were ignored; where two are named, one that the file is understood, and one of
/// what comes of it. Three options mean nothing by design, and their tests show that what they ask for is done in any case:
/// `dynamic_folderfilter`, `status_backend` and `tls_level`.
#[rustfmt::skip]
const TESTS: &[(&str, &[&str])] = &[
    ("it/first_sync.rs everything_arrives_byte_for_byte_with_flags_and_dates",
        &["metadata", "accounts", "localrepository", "remoterepository", "type", "localfolders", "remotehost", "remoteport",
          "remoteuser", "remotepass", "sslcacertfile"]),
    ("it/followed.rs no_more_accounts_than_maxsyncaccounts_are_at_work_at_once", &["maxsyncaccounts"]),
    ("it/followed.rs folders_that_may_not_be_written_are_not_spoken_of_when_that_is_asked_for", &["ignore-readonly"]),
    ("it/followed.rs host_port_and_user_may_be_worked_out_by_python", &["remotehosteval", "remoteporteval", "remoteusereval"]),
    ("it/followed.rs no_more_connections_than_maxconnections_are_made", &["maxconnections"]),
    ("it/followed.rs a_server_that_stays_silent_is_given_up_after_socktimeout", &["socktimeout"]),
    ("it/followed.rs the_filter_is_asked_again_at_each_synchronisation", &["dynamic_folderfilter"]),
    ("it/followed.rs only_one_kind_of_address_is_used_where_that_is_wished", &["ipv6"]),
    ("it/followed.rs the_interface_that_the_file_names_is_taken", &["ui"]),
    ("it/lines.rs lines_begin_with_their_time_where_that_is_wished", &["timestamps"]),
    ("it/records.rs the_log_is_opened_anew_at_a_hangup_only_where_that_is_wished", &["reopenlog"]),
    ("it/power.rs what_a_power_cut_took_or_spoilt_is_fetched_again", &["fsync"]),
    ("it/lights.rs a_countdown_is_cut_short_by_a_key_and_held_by_another", &["autorefresh"]),
    ("it/watched.rs nobody_is_watched_who_does_not_want_it", &["watch"]),
    ("it/watched.rs a_connection_is_kept_for_the_next_run_and_made_anew_when_it_is_lost", &["holdconnectionopen"]),
    ("it/watched/places.rs a_folder_to_be_watched_that_nobody_has_is_told_of_once_and_disturbs_no_other", &["idlefolders"]),
    ("it/watched/silent.rs a_connection_that_goes_dead_while_nothing_happens_is_noticed_in_time", &["keepalive"]),
    ("it/python.rs the_file_of_python_is_at_hand_and_gives_the_password", &["pythonfile", "remotepasseval"]),
    ("it/python.rs a_prefix_is_taken_off_here_and_put_on_there", &["nametrans"]),
    ("it/python.rs a_filter_over_several_lines_leaves_folders_out", &["folderfilter", "folderincludes"]),
    ("it/python.rs the_file_of_python_is_at_hand_and_gives_the_password", &["foldersort"]),
    ("it/names.rs patterns_say_which_folders_take_part", &["folderpatterns"]),
    ("it/names.rs a_map_names_folders_there_and_back", &["namemap"]),
    ("it/folders.rs as_nested_directories", &["sep"]),
    ("it/hooks.rs each_is_run_at_its_time_and_told_what_was_done", &["presynchook", "postsynchook", "newmailhook"]),
    ("it/takeover.rs from_its_plain_caches_of_both_formats", &["status_backend"]),
    ("it/spelling.rs names_are_decoded_here_and_encoded_there", &["utf8foldernames"]),
    ("it/spelling.rs the_old_option_means_the_same_and_says_so", &["decodefoldernames"]),
    ("it/part.rs what_is_too_old_is_left_alone_until_more_is_wanted", &["maxage"]),
    ("it/part.rs what_is_too_large_is_left_alone", &["maxsize"]),
    ("it/part.rs each_side_may_begin_with_a_day", &["startdate"]),
    ("it/part.rs what_a_function_names_is_never_copied", &["copy_ignore_eval"]),
    ("it/listing.rs only_folders_that_are_subscribed_to_take_part", &["subscribedonly"]),
    ("it/listing.rs folders_begin_at_the_reference_and_keep_their_names", &["reference"]),
    ("it/options.rs no_folder_is_made_on_a_server_where_that_is_not_allowed", &["createfolders"]),
    ("it/options.rs deletions_here_stay_here_where_that_is_wished", &["sync_deletes"]),
    ("it/options.rs without_expunge_what_is_deleted_here_is_only_marked_there", &["expunge"]),
    ("it/options.rs more_deletions_here_than_allowed_are_not_done_there", &["maxdeletes"]),
    ("it/gone.rs a_folder_that_is_gone_is_deleted_there_too_when_that_is_wished", &["syncfolderdeletes"]),
    ("it/readonly.rs a_server_that_is_read_only_gives_and_does_not_take", &["readonly"]),
    ("it/passwords.rs what_stands_first_in_the_order_counts", &["remotepassfile", "remotepasscmd"]),
    ("it/passwords.rs the_keyring_gives_the_password_by_either_name", &["keyring"]),
    ("it/logins.rs the_first_of_those_that_are_allowed_and_offered_is_taken", &["auth_mechanisms"]),
    ("it/logins.rs somebody_who_may_acts_as_another", &["remote_identity"]),
    ("it/tls/fingerprints.rs each_digest_is_a_fingerprint_and_a_wrong_one_is_none", &["cert_fingerprint"]),
    ("it/tls/client.rs a_server_that_wants_to_see_a_certificate_is_shown_one", &["sslclientcert", "sslclientkey"]),
    ("it/tls/certificates.rs what_is_older_than_the_least_version_is_not_spoken", &["ssl_version", "tls_level"]),
    ("it/tunnels.rs a_tunnel_that_is_logged_in_needs_neither_name_nor_password", &["preauthtunnel"]),
    ("it/tunnels.rs a_tunnel_to_log_in_through", &["transporttunnel"]),
    ("it/proxies.rs mail_goes_through_proxies_of_every_kind", &["proxy"]),
    ("it/proxies.rs tokens_are_fetched_through_a_proxy_of_their_own", &["authproxy"]),
    ("it/letters.rs names_get_another_sign_when_that_is_wished_and_nothing_is_transferred", &["maildir-windows-compatible"]),
    ("it/letters.rs keywords_are_small_letters_and_go_both_ways", &["customflag_*"]),
    ("it/dates.rs files_and_their_names_have_the_dates_that_stand_in_messages",
        &["utime_from_header", "filename_use_mail_timestamp"]),
    ("it/dates.rs what_is_read_keeps_the_time_of_its_last_access_where_that_is_wished", &["restoreatime"]),
    ("it/left_out.rs fields_are_left_out_of_what_is_uploaded_and_messages_are_recognised_without_them", &["filterheaders"]),
    ("it/compressed.rs what_is_compressed_is_the_same_in_fewer_bytes", &["usecompression"]),
    ("it/mbnames.rs it_is_what_offlineimap_writes",
        &["enabled", "filename", "header", "peritem", "sep", "footer", "folderfilter", "sort_keyfunc"]),
    ("it/mbnames.rs after_each_account_or_at_the_end", &["incremental"]),
    ("it/hooks.rs they_are_told_which_synchronisations_are_quick", &["quick"]),
    ("it/lights.rs lights_are_the_character_that_the_configuration_names", &["statuschar"]),
    ("it/dressed.rs the_screen_looks_as_the_configuration_says", &["theme", "colourblind", "shapes", "ascii", "colours", "mouse"]),
    ("it/dressed.rs new_mail_is_announced_where_that_is_wished", &["notify"]),
    ("config/screen.rs keys_are_read_with_the_place_where_they_stand", &["keys"]),
    ("it/python.rs unread_mail_in_the_inbox_rings_the_bell_once", &["newmail_hook"]),
    ("config/settings.rs how_messages_are_fetched_is_kept", &["retrycount", "singlethreadperfolder"]),
    ("demo/retries.rs what_brings_nothing_is_tried_so_often_and_no_more", &["retrycount"]),
    ("demo/retries.rs a_folder_has_only_one_connection_where_that_is_wished", &["singlethreadperfolder"]),
    ("it/oauth.rs an_access_token_logs_in_by_either_mechanism_and_nobody_is_asked_for_a_password", &["oauth2_access_token"]),
    ("it/oauth.rs a_refresh_token_is_exchanged_once_for_all_connections",
        &["oauth2_refresh_token", "oauth2_client_id", "oauth2_client_secret", "oauth2_request_url"]),
    ("it/oauth.rs python_gives_the_tokens_as_it_did_for_offlineimap",
        &["oauth2_refresh_token_eval", "oauth2_client_id_eval", "oauth2_client_secret_eval", "oauth2_request_url_eval",
          "oauth2_access_token_eval"]),
    ("it/permission.rs a_code_is_typed_on_any_machine", &["oauth2_device_url", "oauth2_scope"]),
    ("it/permission.rs a_browser_on_this_machine_brings_the_answer", &["oauth2_authorize_url"]),
    ("demo/gmail/settings.rs the_file_says_where_deleted_and_unwanted_messages_are", &["trashfolder", "spamfolder"]),
    ("demo/gmail/labels.rs labels_come_and_go_both_ways", &["synclabels", "labelsheader", "ignorelabels"]),
    ("config/settings.rs protection_follows_ssl_starttls_and_port", &["ssl", "starttls"]),
];

#[test]
fn every_option_has_a_test() {
    let named: BTreeSet<&str> = TESTS.iter().flat_map(|(_, options)| options.iter().copied()).collect();
    let followed: BTreeSet<&str> = OPTIONS.iter().map(|option| option.name).collect();
    let missing: Vec<_> = followed.difference(&named).collect();
    assert!(missing.is_empty(), "no test is named for {missing:?}");
    let unknown: Vec<_> = named.difference(&followed).collect();
    assert!(unknown.is_empty(), "no option: {unknown:?}");
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_tests_are_there_and_set_the_options() {
    for (test, options) in TESTS {
        let (file, name) = test.split_once(' ').unwrap();
        let text = read(&tests().join(file));
        assert!(text.contains(&format!("#[test]\nfn {name}()")), "{test} is missing");
        for option in *options {
            // Where it isn't set in the test itself, it is in what all of them have, or read in a test of its own.
            let common = ["support/world.rs", "config/settings.rs"].map(|file| read(&tests().join(file)));
            let written = option.trim_end_matches('*');
            let set = [&text].into_iter().chain(&common).any(|text| text.contains(written));
            assert!(set, "{test} doesn't speak of {option}");
        }
    }
}
