//! The thinnest writer of EDIFACT text: it terminates segments and counts them.

use std::fmt::{Arguments, Write as _};

/// A message being written; its text is literal.
pub(super) struct Message {
    reference: String,
    body: String,
    segments: u32,
    newline: &'static str,
}

/// Writes one segment: `put!(message, "RFF+BN:{booking}")`.
macro_rules! put {
    ($message:expr, $($text:tt)*) => { $message.segment(format_args!($($text)*)) };
}
pub(super) use put;

impl Message {
    /// Opens a message: `kind` is the whole second element of the header.
    pub(super) fn open(reference: &str, kind: &str, newline: &'static str) -> Self {
        let mut message = Self { reference: reference.to_owned(), body: String::new(), segments: 0, newline };
        put!(message, "UNH+{reference}+{kind}");
        message
    }

    /// Writes one segment; use `put!`.
    pub(super) fn segment(&mut self, text: Arguments<'_>) {
        let _ = self.body.write_fmt(text);
        self.body.push('\'');
        self.body.push_str(self.newline);
        self.segments += 1;
    }

    fn close(mut self) -> String {
        let count = self.segments + 1;
        let reference = std::mem::take(&mut self.reference);
        put!(self, "UNT+{count}+{reference}");
        self.body
    }
}

/// What a sender writes around its messages.
pub(super) struct Envelope {
    pub(super) sender: &'static str,
    pub(super) recipient: &'static str,
    /// Syntax identifier and version, such as `UNOA:2`.
    pub(super) syntax: &'static str,
    pub(super) una: bool,
    pub(super) newline: &'static str,
}

impl Envelope {
    /// Returns the interchange; `written` is the header's date and time.
    pub(super) fn wrap(&self, written: &str, control: &str, messages: Vec<Message>) -> Vec<u8> {
        let nl = self.newline;
        let mut text = String::new();
        if self.una {
            let _ = write!(text, "UNA:+.? '{nl}");
        }
        let (sender, recipient, syntax) = (self.sender, self.recipient, self.syntax);
        let _ = write!(text, "UNB+{syntax}+{sender}+{recipient}+{written}+{control}'{nl}");
        let count = messages.len();
        for message in messages {
            text.push_str(&message.close());
        }
        let _ = write!(text, "UNZ+{count}+{control}'{nl}");
        text.into_bytes()
    }
}
