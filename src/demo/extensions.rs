//! Which extensions the server offers: one table, from which all that has to know of each of them is made.

/// Makes the switches, and what goes through all of them, from a table of their names and of what CAPABILITY says.
macro_rules! extensions {
    ($($(#[$about:meta])* $switch:ident: $name:literal, $advertised:literal;)*) => {
        /// Which extensions the server offers. What is switched off is neither advertised nor understood.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Extensions {
            $($(#[$about])* pub $switch: bool,)*
            /// LITERAL- (RFC 7888): literals that come without waiting are small. Offered only where LITERAL+ is not.
            pub literal_minus: bool,
            /// X-GM-EXT-1: folders are Gmail's labels.
            pub gmail: bool,
        }

        impl Extensions {
            /// Everything.
            pub const ALL: Self = Self { $($switch: true,)* literal_minus: false, gmail: false };

            /// Plain IMAP4rev1.
            pub const NONE: Self = Self { $($switch: false,)* literal_minus: false, gmail: false };

            /// Everything but one extension, each in turn, by the name that CAPABILITY gives it.
            pub fn each_off() -> impl Iterator<Item = (&'static str, Self)> {
                [$(($name, Self { $switch: false, ..Self::ALL }),)*].into_iter()
            }

            /// What CAPABILITY says of each that is on.
            fn advertised(self) -> impl Iterator<Item = &'static str> {
                [$((self.$switch, $advertised),)*].into_iter().filter_map(|(on, words)| on.then_some(words))
            }
        }
    };
}

extensions! {
    /// UIDPLUS (RFC 4315).
    uidplus: "UIDPLUS", "UIDPLUS";
    /// CONDSTORE (RFC 7162).
    condstore: "CONDSTORE", "CONDSTORE ENABLE";
    /// QRESYNC (RFC 7162); nothing without CONDSTORE.
    qresync: "QRESYNC", "QRESYNC";
    /// IDLE (RFC 2177).
    idle: "IDLE", "IDLE";
    /// LIST-STATUS (RFC 5819), with as much of LIST-EXTENDED as it needs.
    list_status: "LIST-STATUS", "LIST-EXTENDED LIST-STATUS SPECIAL-USE";
    /// ESEARCH (RFC 4731).
    esearch: "ESEARCH", "ESEARCH";
    /// LITERAL+ (RFC 7888).
    literal_plus: "LITERAL+", "LITERAL+";
    /// MULTIAPPEND (RFC 3502).
    multiappend: "MULTIAPPEND", "MULTIAPPEND";
    /// MOVE (RFC 6851).
    move_: "MOVE", "MOVE";
    /// COMPRESS=DEFLATE (RFC 4978).
    compress: "COMPRESS=DEFLATE", "COMPRESS=DEFLATE";
}

/// Bytes of a literal that LITERAL- allows to come without waiting (RFC 7888, section 5).
const SMALL_LITERAL: u64 = 4096;

impl Extensions {
    /// What Gmail offers, and its way with folders.
    pub const GMAIL: Self =
        Self { qresync: false, literal_plus: false, multiappend: false, literal_minus: true, gmail: true, ..Self::ALL };

    /// Every set that a client has to get along with, by what to call it: all, none, all but one, the lesser of those
    /// that come in two sizes, and what Gmail has.
    pub fn variations() -> impl Iterator<Item = (String, Self)> {
        let lesser = Self { literal_plus: false, literal_minus: true, ..Self::ALL };
        let some = [
            ("all", Self::ALL),
            ("none", Self::NONE),
            ("LITERAL- instead of LITERAL+", lesser),
            ("what Gmail has", Self::GMAIL),
        ];
        let some = some.into_iter().map(|(name, set)| (name.to_owned(), set));
        some.chain(Self::each_off().map(|(name, set)| (format!("all but {name}"), set)))
    }

    /// What CAPABILITY says.
    pub(super) fn capabilities(mut self) -> String {
        self.qresync &= self.condstore;
        let mut words = vec!["IMAP4rev1 AUTH=PLAIN SASL-IR UNSELECT"];
        words.extend(self.advertised());
        words.extend(self.gmail.then_some("X-GM-EXT-1"));
        words.extend((self.literal_minus && !self.literal_plus).then_some("LITERAL-"));
        words.join(" ")
    }

    /// How large a literal may be that comes without waiting.
    pub(super) fn largest_unasked(self) -> Option<u64> {
        match (self.literal_plus, self.literal_minus) {
            (true, _) => Some(u64::MAX),
            (false, true) => Some(SMALL_LITERAL),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_not_advertised_and_everything_else_is() {
        let all = Extensions::ALL.capabilities();
        for (name, extensions) in Extensions::each_off() {
            assert!(all.split(' ').any(|word| word == name), "{name} in {all}");
            assert!(!extensions.capabilities().split(' ').any(|word| word == name), "{name}");
        }
        assert_eq!(Extensions::NONE.capabilities(), "IMAP4rev1 AUTH=PLAIN SASL-IR UNSELECT");
    }

    #[test]
    fn of_two_kinds_of_literals_that_need_not_wait_only_the_greater_is_offered() {
        let both = Extensions { literal_minus: true, ..Extensions::ALL };
        let minus = Extensions { literal_plus: false, ..both };
        assert_eq!(both.capabilities(), Extensions::ALL.capabilities());
        assert!(minus.capabilities().ends_with(" LITERAL-"));
        assert_eq!(minus.largest_unasked(), Some(4096));
    }
}
