//! Token services that are known by the mail server or by their address.

use super::settings::Provider;

/// What is known about a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who it is.
    pub provider: Provider,
    /// Where tokens are fetched.
    pub token: String,
    /// Where a person gives permission.
    pub authorize: String,
    /// Where a code for another machine is given out.
    pub device: Option<String>,
    /// What permission mail needs.
    pub scope: &'static str,
}

/// Google's. It gives no permission to read mail by way of a code for another machine.
fn google() -> Known {
    Known {
        provider: Provider::Google,
        token: "https://oauth2.googleapis.com/token".to_owned(),
        // Without this a second permission comes without a refresh token.
        authorize: "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent".to_owned(),
        device: None,
        scope: "https://mail.google.com/",
    }
}

/// Where Microsoft's addresses begin; the name of an organisation, or `common`, follows.
const MICROSOFT: &str = "https://login.microsoftonline.com/";
/// How they go on.
const VERSION: &str = "/oauth2/v2.0/";

/// Microsoft's, for one organisation or for all.
fn microsoft(tenant: &str) -> Known {
    let address = |end| format!("{MICROSOFT}{tenant}{VERSION}{end}");
    Known {
        provider: Provider::Microsoft,
        token: address("token"),
        authorize: address("authorize"),
        device: Some(address("devicecode")),
        scope: "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    }
}

/// The service at this address, where one is given; else the one of this mail server.
pub fn known(address: Option<&str>, host: &str) -> Option<Known> {
    let googles = ["https://accounts.google.com/", "https://oauth2.googleapis.com/", "https://www.googleapis.com/"];
    match address {
        Some(address) if googles.iter().any(|begin| address.starts_with(begin)) => Some(google()),
        Some(address) => {
            let tenant = address.strip_prefix(MICROSOFT)?.strip_suffix("token")?.strip_suffix(VERSION)?;
            Some(microsoft(tenant))
        }
        None => match host.to_lowercase().as_str() {
            "imap.gmail.com" | "imap.googlemail.com" => Some(google()),
            "outlook.office365.com" | "outlook.office.com" | "imap-mail.outlook.com" => Some(microsoft("common")),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_their_address_or_else_by_the_mail_server() {
        let table = [
            (None, "imap.gmail.com", Some("https://oauth2.googleapis.com/token")),
            (None, "Outlook.Office365.com", Some("https://login.microsoftonline.com/common/oauth2/v2.0/token")),
            (None, "imap.example.org", None),
            (Some("https://accounts.google.com/o/oauth2/token"), "x", Some("https://oauth2.googleapis.com/token")),
            (
                Some("https://login.microsoftonline.com/acme/oauth2/v2.0/token"),
                "x",
                Some("https://login.microsoftonline.com/acme/oauth2/v2.0/token"),
            ),
            // Nobody's permission is asked for at one place, and shown at another.
            (Some("https://tokens.example.org/"), "imap.gmail.com", None),
            (Some("https://accounts.google.com.example.org/"), "x", None),
        ];
        for (address, host, wanted) in table {
            let found = known(address, host).map(|known| known.token);
            assert_eq!(found.as_deref(), wanted, "{address:?} {host}");
        }
        let acme = known(Some("https://login.microsoftonline.com/acme/oauth2/v2.0/token"), "").unwrap();
        assert_eq!(acme.device.as_deref(), Some("https://login.microsoftonline.com/acme/oauth2/v2.0/devicecode"));
    }
}
