//! How Gmail's labels are kept the same.

use crate::model::labels::Labels;

/// Where labels are kept, and which of them are not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSettings {
    /// The name of the field that holds them in the header of each message.
    pub field: String,
    /// Labels that are left as they are on both sides.
    pub ignored: Labels,
}
