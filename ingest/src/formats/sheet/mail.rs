//! Mail (RFC 5322, MIME): its attachments.

use super::{Format, Known, text};
use mail_parser::{MessageParser, MimeHeaders as _, PartType};

/// Most attachments of one mail.
const MAX_ATTACHMENTS: usize = 32;

/// How deep mails may lie in mails.
const MAX_DEPTH: usize = 3;

/// One attachment.
pub(super) struct Attachment {
    /// Its name, distinct in the mail.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

impl Attachment {
    /// Returns the kind of spreadsheet it is, by what is in it and for texts also by its name.
    pub(super) fn format(&self, known: Known<'_>) -> Option<Format> {
        super::binary(&self.bytes).or_else(|| {
            let name = self.name.to_ascii_lowercase();
            let named = [".csv", ".tsv", ".txt"].iter().any(|e| name.ends_with(e));
            (named && text::guess(&self.bytes, None, known).is_table(known)).then_some(Format::Text)
        })
    }
}

/// Returns the attachments of a mail and of the mails in it.
pub(super) fn attachments(bytes: &[u8]) -> Vec<Attachment> {
    let mut found = Vec::new();
    if let Some(mail) = MessageParser::default().parse(bytes) {
        gather(&mail, 0, &mut found);
    }
    found
}

fn gather(mail: &mail_parser::Message<'_>, depth: usize, found: &mut Vec<Attachment>) {
    for part in mail.attachments() {
        if found.len() == MAX_ATTACHMENTS {
            return;
        }
        match &part.body {
            PartType::Message(inner) if depth < MAX_DEPTH => gather(inner, depth + 1, found),
            // Pictures of signatures and the mail's own text in another form are no attachments.
            PartType::InlineBinary(bytes) if super::binary(bytes).is_none() => {}
            PartType::Html(_) | PartType::Multipart(_) | PartType::Message(_) => {}
            PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Text(_) => {
                let n = found.len() + 1;
                let told = part.attachment_name().map(|name| name.chars().take(100).collect::<String>());
                let name = told.unwrap_or_else(|| format!("attachment {n}"));
                let taken = found.iter().any(|a| a.name == name);
                let name = if taken { format!("{n} {name}") } else { name };
                found.push(Attachment { name, bytes: part.contents().to_vec() });
            }
        }
    }
}
