//! Passwords from the desktop's keyring (the Secret Service of freedesktop.org, which GNOME and KDE have).

use std::time::Duration;

use crate::model::question::Secret;

/// The password of `user` on `host`; `None` when the keyring has none. It is looked for under the names that `secret-tool`
/// and libsecret use (`server`, `user`), and under those of Python's keyring (`service`, `username`). A keyring that is
/// locked asks the user to unlock it, for `patience`. The error says what is wrong with the keyring.
#[cfg(feature = "keyring")]
pub fn find(host: &str, user: &str, patience: Duration) -> Result<Option<Secret>, String> {
    use std::collections::HashMap;

    use dbus_secret_service::{EncryptionType, SecretService};
    use zeroize::Zeroizing;

    let search = || {
        let service = SecretService::connect_with_max_prompt_timeout(EncryptionType::Dh, patience.as_secs())?;
        for [machine, person] in [["server", "user"], ["service", "username"]] {
            let found = service.search_items(HashMap::from([(machine, host), (person, user)]))?;
            let Some(item) = found.unlocked.first().or(found.locked.first()) else { continue };
            item.ensure_unlocked().or_else(|_| item.unlock())?;
            return item.get_secret().map(|bytes| Some(Zeroizing::new(bytes)));
        }
        Ok(None)
    };
    let found = search().map_err(|error: dbus_secret_service::Error| error.to_string())?;
    found.map(|bytes| text(&bytes)).transpose()
}

/// This program was built without it.
#[cfg(not(feature = "keyring"))]
pub fn find(_host: &str, _user: &str, _patience: Duration) -> Result<Option<Secret>, String> {
    Err("this program was built without it".to_owned())
}

#[cfg(feature = "keyring")]
fn text(bytes: &[u8]) -> Result<Secret, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "what it holds isn't text".to_owned())?;
    Ok(Secret::new(text.to_owned()))
}
