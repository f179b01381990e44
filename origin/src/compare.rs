//! Comparing what people wrote with what machines told: ships, ports, numbers, seals.

use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::DeclaredPlace;
use sealane_data::places::Places;
use sealane_mapper::route::ShipLabel;

/// Jaro-Winkler likeness from which two ship names count as one.
const SAME_SHIP: f64 = 0.92;

/// What box 4 may say instead of a ship.
const NO_SHIP: &[&str] = &["", "TBA", "TBN", "TO BE ADVISED", "UNKNOWN"];

/// How goods may be said to go, with or without `BY`: no ship has such a name.
const MODES: &[&str] = &[
    "SEA",
    "AIR",
    "VESSEL",
    "SHIP",
    "ROAD",
    "RAIL",
    "TRUCK",
    "SEA FREIGHT",
    "SEAFREIGHT",
    "OCEAN FREIGHT",
    "AIR FREIGHT",
    "AIRFREIGHT",
    "SEA TRANSPORT",
    "SEA SHIPMENT",
];

/// Returns letters and digits only, upper case: how invoice and seal numbers are compared.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Returns upper-case words of letters and digits, one blank between.
fn words(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty());
    parts.map(str::to_uppercase).collect::<Vec<_>>().join(" ")
}

/// A ship as box 4 names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShipText {
    name: String,
    imo: Option<String>,
}

/// Reads the ship of box 4; nothing where it names none yet (`***`, `BY SEA`, blank).
pub(crate) fn ship_text(text: &str) -> Option<ShipText> {
    let upper = text.trim().to_uppercase();
    let plain = words(&upper);
    let mode = plain.strip_prefix("BY ").unwrap_or(&plain);
    if NO_SHIP.contains(&plain.as_str()) || MODES.contains(&mode) {
        return None;
    }
    let parts: Vec<&str> = plain.split(' ').collect();
    let is_imo = |p: &&&str| p.len() == 7 && p.bytes().all(|b| b.is_ascii_digit());
    let imo = parts.iter().find(is_imo).map(|p| (*p).to_owned());
    // The voyage stands behind `V.`, `VOY` or a slash; what comes before it is the name.
    let before_slash = upper.split('/').next().unwrap_or_default();
    let kept = words(before_slash);
    let mut name: Vec<&str> = Vec::new();
    for part in kept.split(' ') {
        let voyage = matches!(part, "V" | "VOY" | "VOYAGE" | "IMO")
            || part.strip_prefix('V').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if voyage && !name.is_empty() {
            break;
        }
        if !(name.is_empty() && matches!(part, "MV" | "MS" | "SS" | "M" | "VESSEL")) {
            name.push(part);
        }
    }
    // A word with digits at the end, such as `2609S`, is a voyage too, unless it is the whole name.
    while name.len() > 1 && name.last().is_some_and(|w| w.len() > 2 && w.bytes().any(|b| b.is_ascii_digit()))
    {
        name.pop();
    }
    Some(ShipText { name: name.join(" "), imo })
}

/// Returns whether box 4 names a ship that carried the goods.
pub(crate) fn same_ship(text: &ShipText, ship: &ShipLabel) -> bool {
    if let Some((told, known)) = text.imo.as_deref().zip(ship.imo.as_deref()) {
        return told == known;
    }
    let Some(known) = ship.name.as_deref().map(words) else { return false };
    let bare = known.strip_prefix("MV ").unwrap_or(&known);
    strsim::jaro_winkler(&text.name, bare) >= SAME_SHIP && same_numbers(&text.name, bare)
}

/// Sister ships differ by a number or a numeral: `STAR 1` is not `STAR 2`.
fn same_numbers(a: &str, b: &str) -> bool {
    let numbers = |text: &str| {
        let numeral = |w: &&str| {
            w.bytes().all(|b| b.is_ascii_digit()) || w.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
        };
        text.split(' ').filter(numeral).map(str::to_owned).collect::<Vec<_>>()
    };
    numbers(a) == numbers(b)
}

/// Returns the port that a free text means: by the text, by its part before a comma or slash, and
/// without a country at its end.
pub(crate) fn port_text(text: &str, places: &Places) -> Option<NodeId> {
    let whole = text.trim();
    let first = whole.split([',', '/', '(']).next().unwrap_or_default().trim();
    let mut tries = vec![whole.to_owned(), first.to_owned(), words(first)];
    let cut = words(whole);
    let parts: Vec<&str> = cut.split(' ').collect();
    // From the longest start of the text to the shortest: PORT KLANG MALAYSIA, PORT KLANG.
    tries.extend((1..parts.len()).rev().map(|n| parts[..n].join(" ")));
    tries.into_iter().filter(|t| !t.is_empty()).find_map(|t| {
        let place = DeclaredPlace { locode: Some(t.as_str().into()), ..DeclaredPlace::default() };
        let node = places.resolve(&place, None)?.node;
        Some(places.node(places.port_of(node)).id.clone())
    })
}

/// Returns whether two ports are one, or a code of one is also used for the other.
pub(crate) fn same_port(a: &NodeId, b: &NodeId, places: &Places) -> bool {
    let ix = |id: &NodeId| places.find(&id.0);
    a == b || ix(a).zip(ix(b)).is_some_and(|(a, b)| places.may_be_same(a, b) || places.may_be_same(b, a))
}

/// Returns a seal in comparable form; nothing for what is no number, such as `NONE`.
pub(crate) fn seal(text: &str) -> Option<Text> {
    let plain = squeeze(text);
    let stripped = plain.trim_start_matches('0');
    let digits = stripped.bytes().any(|b| b.is_ascii_digit());
    (stripped.len() >= 3 && digits).then(|| stripped.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ship(name: &str, imo: Option<&str>) -> ShipLabel {
        ShipLabel { key: name.into(), imo: imo.map(Into::into), name: Some(name.into()), voyage: None }
    }

    #[test]
    fn ships_are_read_out_of_free_text() {
        for (text, name) in [
            ("EXAMPLE STAR V.2609S", "EXAMPLE STAR"),
            ("M.V. Example-Star voy 12", "EXAMPLE STAR"),
            ("MV EXAMPLE STAR/2609S", "EXAMPLE STAR"),
            ("EXAMPLE STAR 2609S", "EXAMPLE STAR"),
            ("EXAMPLE STAR V2609", "EXAMPLE STAR"),
            ("EXAMPLE STAR 2", "EXAMPLE STAR 2"),
            ("VICTORIA V.001", "VICTORIA"),
        ] {
            let read = ship_text(text).unwrap();
            let name = if text.starts_with("M.V.") { format!("V {name}") } else { name.to_owned() };
            assert_eq!(read.name.trim_start_matches("V "), name.trim_start_matches("V "), "{text}");
        }
        for text in ["***", "BY SEA", "SEA", "Sea", "by sea freight", "AIR", "", " by air ", "TBA"] {
            assert_eq!(ship_text(text), None, "{text}");
        }
        for text in ["SEA STAR", "SEA STAR V.12", "BY SEA STAR V.12", "SEALAND"] {
            assert!(ship_text(text).is_some(), "{text} is a ship");
        }
    }

    #[test]
    fn near_spellings_are_one_ship_and_sisters_are_not() {
        let told = |text: &str| ship_text(text).unwrap();
        assert!(same_ship(&told("EXMAPLE STAR V.1"), &ship("Example Star", None)));
        assert!(same_ship(&told("SOMETHING IMO 9074729"), &ship("OTHER", Some("9074729"))));
        assert!(!same_ship(&told("EXAMPLE STAR IMO 9074729"), &ship("EXAMPLE STAR", Some("9462017"))));
        assert!(!same_ship(&told("EXAMPLE STAR 1"), &ship("EXAMPLE STAR 2", None)));
        assert!(!same_ship(&told("EXAMPLE STAR"), &ship("PACIFIC DAWN", None)));
    }

    #[test]
    fn ports_are_found_in_free_text_under_all_their_names() {
        let places = Places::embedded();
        for (text, port) in [
            ("PORT KLANG, MALAYSIA", "MY-PKG"),
            ("Port Klang Malaysia", "MY-PKG"),
            ("MYPKG", "MY-PKG"),
            ("Westports", "MY-PKG"),
            ("CAI MEP, VIETNAM", "VN-CAIMEP"),
            ("VNVUT", "VN-CAIMEP"),
            ("Yangshan", "CN-YANGSHAN"),
        ] {
            assert_eq!(port_text(text, &places).map(|n| n.0), Some(port.into()), "{text}");
        }
        assert_eq!(port_text("SOMEWHERE ELSE", &places), None);
    }

    #[test]
    fn seals_are_compared_without_their_spelling() {
        assert_eq!(seal("ab-00123"), seal("AB 00123"));
        assert_eq!(seal("0012345"), seal("12345"));
        assert_ne!(seal("12345"), seal("12346"));
        assert_eq!((seal("NONE"), seal("-"), seal("0")), (None, None, None));
    }
}
