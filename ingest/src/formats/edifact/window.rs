//! What a cutter hands on: interchanges, messages as windows on the bytes, and what became of every byte.

use super::delimiters::Delimiters;
use super::envelope::{Envelope, MessageHeader};
use super::index::Index;
use super::trailer::Interchange;
use sealane_data::finding::{Finding, Place};

/// What the cutter hands on.
#[derive(Debug)]
pub enum Cut<'a> {
    /// An interchange began, with its header here.
    Opened(&'a Envelope, &'a Place),
    /// A message is complete.
    Message(Window<'a>),
    /// An interchange ended, by its trailer or otherwise.
    Closed(&'a Interchange),
    /// Something outside messages is wrong or doubtful.
    Finding(Finding),
}

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// EDIFACT.
    Edifact,
    /// X12.
    X12,
    /// A platform file of records.
    Flat,
}

/// One message, `UNH` to `UNT`.
#[derive(Debug)]
pub struct Window<'a> {
    /// The bytes as received, terminators included.
    pub bytes: &'a [u8],
    /// The structural index of `bytes`.
    pub index: &'a Index,
    /// The first byte, from the start of the submission.
    pub start: u64,
    /// The line of the first byte, from 1.
    pub line: u32,
    /// The interchange it stands in.
    pub envelope: &'a Envelope,
    /// The service characters.
    pub delimiters: Delimiters,
    /// Whether segments are broken by line ends inside; see [`Unwrapped`].
    pub wrapped: bool,
    /// What is wrong with its frame.
    pub findings: Vec<Finding>,
    /// How it is written.
    pub syntax: Syntax,
    /// What it is, by `UNH`, by `ST` and `GS`, or by a flat file's head; it is taken by who reads the window.
    pub header: Option<MessageHeader>,
}

/// What became of every byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Blanks and line ends between segments.
    pub blank: u64,
    /// Envelope segments.
    pub service: u64,
    /// Bytes in messages.
    pub message: u64,
    /// Bytes that a finding names as skipped.
    pub skipped: u64,
}
