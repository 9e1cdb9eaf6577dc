//! A small IMAP server with a life of its own, for the demonstration and for tests.
