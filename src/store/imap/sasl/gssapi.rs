//! GSSAPI (RFC 4752): a Kerberos ticket shows who we are, and the server shows that it is the one we mean.

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_HOSTBASED_SERVICE, OidSet};

use super::{Exchange, Person, Place, Words};

/// The layer after the exchange: none, since TLS is beneath (RFC 4752, section 3.3).
const NO_LAYER: u8 = 1;

/// Whether there is a ticket to show.
pub(super) fn has_ticket() -> bool {
    credentials().is_ok()
}

fn credentials() -> Result<Cred, libgssapi::error::Error> {
    let mut kerberos = OidSet::new();
    kerberos.add(GSS_MECH_KRB5)?;
    Cred::acquire(None, None, CredUsage::Initiate, Some(&kerberos))
}

/// Our side of it.
pub(super) struct Gssapi {
    context: ClientCtx,
    first: Words,
    /// Whom to be afterwards.
    identity: String,
    /// Whether the server's words about layers were answered.
    settled: bool,
}

impl Gssapi {
    /// Or why there is no ticket for this server.
    pub(super) fn new(person: Person<'_>, place: Place<'_>) -> Result<Self, String> {
        let begin = || {
            let target = Name::new(format!("imap@{}", place.host).as_bytes(), Some(GSS_NT_HOSTBASED_SERVICE))?;
            let flags = CtxFlags::GSS_C_MUTUAL_FLAG | CtxFlags::GSS_C_SEQUENCE_FLAG | CtxFlags::GSS_C_INTEG_FLAG;
            let mut context = ClientCtx::new(Some(credentials()?), target, flags, Some(GSS_MECH_KRB5));
            let first = context.step(None, None)?.map(|token| token.to_vec()).unwrap_or_default();
            Ok((context, Words::new(first)))
        };
        let (context, first) = begin().map_err(|error: libgssapi::error::Error| explain(error))?;
        let identity = person.identity.unwrap_or(person.user).to_owned();
        Ok(Self { context, first, identity, settled: false })
    }

    /// Says that no layer is wanted, and whom we want to be.
    fn settle(&mut self, challenge: &[u8]) -> Result<Words, String> {
        let offer = self.context.unwrap(challenge).map_err(explain)?;
        if offer.len() != 4 || offer[0] & NO_LAYER == 0 {
            return Err("the server insists on encryption of its own, which TLS is there for".to_owned());
        }
        let mut words = vec![NO_LAYER, 0, 0, 0];
        words.extend_from_slice(self.identity.as_bytes());
        let wrapped = self.context.wrap(false, &words).map_err(explain)?;
        self.settled = true;
        Ok(Words::new(wrapped.to_vec()))
    }
}

impl Exchange for Gssapi {
    fn first(&mut self) -> Option<Words> {
        Some(std::mem::take(&mut self.first))
    }

    fn answer(&mut self, challenge: &[u8]) -> Result<Words, String> {
        if self.settled {
            return Err("the server asks for more than was promised".to_owned());
        }
        if self.context.is_complete() {
            return self.settle(challenge);
        }
        let token = self.context.step(Some(challenge), None).map_err(explain)?;
        Ok(token.map(|token| Words::new(token.to_vec())).unwrap_or_default())
    }

    fn proven(&self) -> Result<(), String> {
        if self.settled { Ok(()) } else { Err("the server has not shown its own ticket".to_owned()) }
    }
}

fn explain(error: libgssapi::error::Error) -> String {
    let text = error.to_string();
    format!("Kerberos says: {}", text.trim())
}
