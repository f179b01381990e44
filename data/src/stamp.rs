//! Time stamps over what was signed on a day.

use crate::Text;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An authority stamped the root of a day (RFC 3161).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayStamp {
    /// The UTC day.
    pub day: Date,
    /// The root that is stamped, hexadecimal.
    pub root: String,
    /// The token, base64.
    pub token: String,
    /// When it was stamped, as the authority says.
    pub at: Timestamp,
    /// The authority's address.
    pub by: Text,
}
