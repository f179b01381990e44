//! What a transport hands over at once.

use jiff::Timestamp;

/// A frame: a message of a WebSocket, a line, a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When it came.
    pub at: Timestamp,
    /// Its bytes as they came, without the end of a line.
    pub bytes: Vec<u8>,
    /// Where its source goes on after it, when it says so.
    pub cursor: Option<String>,
}

impl Frame {
    /// Returns a frame that says nothing of where to go on.
    pub fn new(at: Timestamp, bytes: Vec<u8>) -> Self {
        Self { at, bytes, cursor: None }
    }

    /// Returns what it weighs in memory.
    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + self.cursor.as_ref().map_or(0, String::len) + size_of::<Self>()
    }
}
