//! What a thread is doing, as its lamp shows it.

use serde::{Deserialize, Serialize};

/// What the thread behind a lamp is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// It has ended; the lamp waits for another thread.
    Ended,
    /// The main thread, which watches the others.
    Control,
    /// Connecting or logging in.
    Connecting,
    /// An account's own thread, watching its folders.
    Account,
    /// Synchronising a folder.
    Folder,
    /// Loading a folder's list of messages.
    Listing,
    /// Directing the synchronisation of messages.
    Directing,
    /// Copying messages down to the local side.
    Downloading,
    /// Copying messages up to the server.
    Uploading,
    /// Pretending to copy, in a dry run.
    Pretending,
    /// Deleting messages.
    Deleting,
    /// Adding flags.
    AddingFlags,
    /// Removing flags.
    RemovingFlags,
    /// Counting down to the next synchronisation.
    Waiting,
}

/// A lamp's colour by name; the theme decides what a terminal shows for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Colour {
    Black,
    Red,
    Gray,
    Purple,
    Cyan,
    Green,
    Blue,
    Orange,
    Fuchsia,
    DeepRed,
    Yellow,
    Pink,
    RedAndBlack,
}

impl Colour {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Black => "black",
            Self::Red | Self::DeepRed => "red",
            Self::Gray => "gray",
            Self::Purple => "purple",
            Self::Cyan => "cyan",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Orange => "orange",
            Self::Fuchsia => "fuchsia",
            Self::Yellow => "yellow",
            Self::Pink => "pink",
            Self::RedAndBlack => "flashing",
        }
    }
}

impl Light {
    /// Every light there is, in the order of the legend.
    pub const ALL: [Self; 14] = [
        Self::Ended,
        Self::Control,
        Self::Connecting,
        Self::Account,
        Self::Folder,
        Self::Listing,
        Self::Directing,
        Self::Downloading,
        Self::Uploading,
        Self::Pretending,
        Self::Deleting,
        Self::AddingFlags,
        Self::RemovingFlags,
        Self::Waiting,
    ];

    /// The colour that means this, everywhere in the program.
    pub fn colour(self) -> Colour {
        match self {
            Self::Ended => Colour::Black,
            Self::Control => Colour::Red,
            Self::Connecting => Colour::Gray,
            Self::Account => Colour::Purple,
            Self::Folder => Colour::Cyan,
            Self::Listing => Colour::Green,
            Self::Directing => Colour::Blue,
            Self::Downloading | Self::Uploading => Colour::Orange,
            Self::Pretending => Colour::Fuchsia,
            Self::Deleting => Colour::DeepRed,
            Self::AddingFlags => Colour::Yellow,
            Self::RemovingFlags => Colour::Pink,
            Self::Waiting => Colour::RedAndBlack,
        }
    }

    /// What it means, for the legend.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Control => "main thread",
            Self::Connecting => "connecting",
            Self::Account => "account",
            Self::Folder => "folder",
            Self::Listing => "listing",
            Self::Directing => "directing",
            Self::Downloading => "downloading",
            Self::Uploading => "uploading",
            Self::Pretending => "pretending to copy",
            Self::Deleting => "deleting",
            Self::AddingFlags => "adding flags",
            Self::RemovingFlags => "removing flags",
            Self::Waiting => "counting down",
        }
    }
}
