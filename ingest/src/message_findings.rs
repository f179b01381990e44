//! Findings about orders, papers and acknowledgements, in one table: [`FINDINGS`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    BOXES_ASKED, "MSG-001", Info, "an order asks for boxes that have no number yet", "nothing to do; the boxes are known once a message names them";
    DIRECTION_UNSAID, "MSG-002", Info, "an announced visit says neither in nor out", "send the trade in `EQD` element 5, or a document code that says the direction";
    NO_MASS, "MSG-003", Warning, "a message about a verified mass holds none", "send `MEA+AAE+VGM` with unit and value";
    GOODS_ONLY, "MSG-004", Info, "the message names no container, bill, booking or port and gave no data", "nothing to do where the goods are in no container; else send `EQD` and `RFF+BM`";
    CUSTOMS_ERROR, "MSG-005", Warning, "customs answered with an error", "look the code up in the guide of that customs office";
    ACCEPTED, "MSG-006", Info, "an acknowledgement says that something of ours was received or accepted", "nothing to do";
    REJECTED, "MSG-007", Warning, "an acknowledgement says that something of ours was rejected", "ask the operator to look at what was sent";
    APPLICATION_ERROR, "MSG-008", Warning, "the receiver of something of ours reports an error in it", "ask the operator to look at what was sent";
    HANDLING_UNKNOWN, "MSG-009", Info, "a stowage instruction says neither loading nor discharge nor restow", "use `HAN+LOA`, `HAN+DIS` or `HAN+RES` before the cells";
    PLACE_UNKNOWN, "MSG-010", Warning, "a place is none that is known here", "send its UN/LOCODE and terminal code, or have your own code set in your profile";
    TOO_EARLY, "MSG-011", Warning, "a ship is expected at a port before it left the port before", "check the order of the ports and their times";
    REJECTED_HERE, "MSG-012", Warning, "the message was rejected as the partner's profile asks, and reaches no map", "mend what the acknowledgement names and send the message again";
    LISTED_TOO_MANY, "MSG-013", Warning, "a message or one of its parts names more references or ports than are kept", "split the message into several with fewer references each";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("MSG-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
