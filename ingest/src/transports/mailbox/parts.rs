//! What of a mail is handed over: its attachments that can be read, else its text, else the mail itself.

use crate::formats::carried::{is_edi, raw};
use crate::reading::is_readable;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

/// Most attachments of one mail.
const MOST: usize = 64;
/// How deep mails may lie in mails.
const DEEPEST: usize = 3;

/// A part of a mail that is a submission of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The attachment's name, or what it is.
    pub(super) name: String,
    /// Its bytes, as the sender had them.
    pub(super) bytes: Vec<u8>,
}

/// What of a mail is handed over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// What is handed over.
    pub(super) taken: Vec<Part>,
    /// Attachments beside them that nothing here reads, such as pictures and signatures.
    pub(super) left: usize,
}

/// Returns what of a mail is handed over. It is never nothing: of a mail in which nothing can be read the
/// reader says so.
pub(super) fn parts(mail: Vec<u8>) -> Parts {
    let mut parts = Parts::default();
    let text = MessageParser::default().parse(&mail).and_then(|parsed| {
        gather(&parsed, 0, &mut parts);
        let alone = parts.taken.is_empty() && parts.left == 0;
        let body = parsed.text_bodies().next().filter(|_| alone)?;
        let PartType::Text(_) = &body.body else { return None };
        let bytes = contents(&parsed, body);
        (!bytes.trim_ascii().is_empty()).then_some(bytes)
    });
    if parts.taken.is_empty() {
        // Counted once, as the mail that could not be read.
        parts.left = 0;
        parts.taken.push(match text {
            Some(bytes) => Part { name: "text".to_owned(), bytes },
            None => Part { name: "mail".to_owned(), bytes: mail },
        });
    }
    parts
}

fn gather(mail: &Message<'_>, depth: usize, parts: &mut Parts) {
    for part in mail.attachments() {
        match &part.body {
            PartType::Message(inner) if depth < DEEPEST => gather(inner, depth + 1, parts),
            // The mail's own text in another form is no attachment.
            PartType::Html(_) if part.attachment_name().is_none() => {}
            PartType::Multipart(_) => {}
            _ => {
                let bytes = contents(mail, part);
                if parts.taken.len() < MOST && is_readable(&bytes) {
                    parts.taken.push(Part { name: name(part, parts.taken.len() + 1), bytes });
                } else {
                    parts.left += 1;
                }
            }
        }
    }
}

/// Returns a name for people; nothing in it can be taken for a path.
fn name(part: &MessagePart<'_>, n: usize) -> String {
    let told = part.attachment_name().unwrap_or_default();
    let plain: String =
        told.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).take(100).collect();
    if plain.trim().is_empty() { format!("attachment {n}") } else { plain }
}

/// Returns the bytes of a part as the sender had them. Texts were turned into Unicode by what the mail says
/// of their characters; EDI says that itself, so of EDI the bytes count.
fn contents(mail: &Message<'_>, part: &MessagePart<'_>) -> Vec<u8> {
    if matches!(part.body, PartType::Text(_))
        && let Some(raw) = raw(mail, part).filter(|raw| is_edi(raw))
    {
        return raw.into_owned();
    }
    part.contents().to_vec()
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
