//! What goes wrong with files on their way, as it really does. None of it hides the truth.

use super::Draft;
use super::rng::Rng;
use super::time::DAY;
use std::collections::BTreeMap;

/// One kind of fault of a simulated feed.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// What happens, in one sentence.
    pub about: &'static str,
}

/// Every kind of fault in a world with `Settings::faults`.
pub const FAULTS: &[Fault] = &[
    fault("wrong_count", "the segment count of a message trailer is too high"),
    fault("no_trailer", "the interchange trailer is missing"),
    fault("repeated", "a file is delivered a second time, byte for byte"),
    fault("late", "a file comes one to three days late and so out of order"),
    fault("byte_order_mark", "a UTF-8 byte order mark stands before the first segment"),
    fault("lower_case", "container numbers, size types and references are in lower case"),
    fault("trailing_junk", "text and a Ctrl-Z follow the last segment"),
    fault("two_in_one", "two interchanges come in one file"),
    fault("constant_reference", "one terminal gives every interchange the control reference 1"),
    fault("corrected_time", "a move is told with a wrong time and replaced later by BGM function 5"),
    fault(
        "corrected_number",
        "a container number has a wrong check digit and is replaced later by BGM function 5",
    ),
    fault("cancelled", "a gate-out that never was is told and later cancelled by BGM function 1"),
];

const fn fault(name: &'static str, about: &'static str) -> Fault {
    Fault { name, about }
}

/// Damages about one file in eighty; pinned files are left alone.
pub(super) fn damage(seed: u64, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut rng = Rng::new(seed, "faults");
    let mut damaged: Vec<Draft> = Vec::with_capacity(drafts.len() + 64);
    // Files that wait for the next one of the same sender.
    let mut waiting: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut turn = 0_usize;
    for mut draft in drafts {
        if draft.pinned {
            damaged.push(draft);
            continue;
        }
        if let Some(mut first) = waiting.remove(&draft.sender) {
            first.append(&mut draft.bytes);
            draft.bytes = first;
        } else if rng.chance(13) {
            turn += 1;
            match turn % 8 {
                0 => raise_count(&mut draft.bytes),
                1 => cut_trailer(&mut draft.bytes),
                2 => damaged.push(Draft { at: draft.at + rng.between(60, DAY), ..draft.clone() }),
                3 => draft.at += rng.between(DAY, 3 * DAY),
                4 => drop(draft.bytes.splice(0..0, *b"\xEF\xBB\xBF")),
                5 => lower_case(&mut draft.bytes),
                6 => draft.bytes.extend_from_slice(b"\r\n-- end of transmission --\r\n\x1a"),
                _ => {
                    waiting.insert(draft.sender.clone(), std::mem::take(&mut draft.bytes));
                    continue;
                }
            }
        }
        damaged.push(draft);
    }
    damaged.extend(left_over(waiting, &damaged));
    damaged
}

/// A file whose sender sends nothing more still arrives, a day after everything else.
fn left_over(waiting: BTreeMap<String, Vec<u8>>, damaged: &[Draft]) -> Vec<Draft> {
    let at = damaged.iter().map(|d| d.at).max().unwrap_or(0);
    let draft = |(sender, bytes)| Draft { at, sender, stem: "CODECO", bytes, pinned: true };
    waiting.into_iter().map(draft).collect()
}

/// Writes a `1` before the count of the first message trailer.
fn raise_count(bytes: &mut Vec<u8>) {
    if let Some(at) = bytes.windows(4).position(|w| w == b"UNT+") {
        bytes.insert(at + 4, b'1');
    }
}

fn cut_trailer(bytes: &mut Vec<u8>) {
    if let Some(at) = bytes.windows(4).rposition(|w| w == b"UNZ+") {
        bytes.truncate(at);
    }
}

fn lower_case(bytes: &mut [u8]) {
    for segment in bytes.split_mut(|b| *b == b'\'') {
        let start = segment.iter().position(u8::is_ascii_alphabetic).unwrap_or(0);
        let segment = &mut segment[start..];
        if segment.starts_with(b"EQD+CN+") || segment.starts_with(b"RFF+B") {
            segment[7..].make_ascii_lowercase();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damages_are_what_they_are_called() {
        let file =
            b"UNB+UNOA:2'\r\nUNH+1+CODECO'\r\nEQD+CN+TSTU+22G1'\r\nRFF+BN:ZZ1'\r\nUNT+4+1'\r\nUNZ+1+1'\r\n"
                .to_vec();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let mut bytes = file.clone();
        raise_count(&mut bytes);
        assert!(text(&bytes).contains("UNT+14+1'"));
        let mut bytes = file.clone();
        cut_trailer(&mut bytes);
        assert!(text(&bytes).ends_with("UNT+4+1'\r\n"));
        let mut bytes = file;
        lower_case(&mut bytes);
        assert!(text(&bytes).contains("EQD+CN+tstu+22g1'\r\nRFF+BN:zz1'"));
    }
}
