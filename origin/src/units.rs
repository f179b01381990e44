//! Units of quantities as certificates and shares write them (UN/ECE Recommendation 20), and the
//! customary spellings beside them: enough to compare two amounts of the same goods.

/// What a unit counts: only amounts of one kind can be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Mass,
    Volume,
    Length,
    Area,
    Pieces,
    Pairs,
    Sets,
}

/// A unit: its spellings, what it counts, and how much of the kind's first unit it is.
type Row = (&'static [&'static str], Of, f64);

/// Units by kind; the first of a kind is its measure.
const UNITS: &[Row] = &[
    (&["KGM", "KG", "KGS", "KILO", "KILOS", "KILOGRAM", "KILOGRAMS"], Of::Mass, 1.0),
    (&["TNE", "MT", "MTS", "TON", "TONS", "TONNE", "TONNES"], Of::Mass, 1_000.0),
    (&["GRM", "G", "GR", "GRS"], Of::Mass, 0.001),
    (&["MGM", "MG"], Of::Mass, 0.000_001),
    (&["HGM"], Of::Mass, 0.1),
    (&["DTN"], Of::Mass, 100.0),
    (&["LBR", "LB", "LBS"], Of::Mass, 0.453_592_37),
    (&["ONZ", "OZ"], Of::Mass, 0.028_349_523_125),
    (&["STN"], Of::Mass, 907.184_74),
    (&["LTN"], Of::Mass, 1_016.046_908_8),
    (&["LTR", "L"], Of::Volume, 1.0),
    (&["MLT", "ML"], Of::Volume, 0.001),
    (&["HLT", "HL"], Of::Volume, 100.0),
    (&["MTQ", "CBM", "M3"], Of::Volume, 1_000.0),
    (&["DMQ"], Of::Volume, 1.0),
    (&["CMQ"], Of::Volume, 0.001),
    (&["GLL"], Of::Volume, 3.785_411_784),
    (&["GLI"], Of::Volume, 4.546_09),
    (&["FTQ"], Of::Volume, 28.316_846_592),
    (&["MTR", "M"], Of::Length, 1.0),
    (&["CMT", "CM"], Of::Length, 0.01),
    (&["MMT", "MM"], Of::Length, 0.001),
    (&["KMT", "KM"], Of::Length, 1_000.0),
    (&["INH"], Of::Length, 0.025_4),
    (&["FOT"], Of::Length, 0.304_8),
    (&["YRD", "YD", "YDS"], Of::Length, 0.914_4),
    (&["MTK", "M2", "SQM"], Of::Area, 1.0),
    (&["CMK"], Of::Area, 0.000_1),
    (&["FTK"], Of::Area, 0.092_903_04),
    (&["YDK"], Of::Area, 0.836_127_36),
    (&["C62", "H87", "EA", "PCE", "PCS", "PC", "NAR", "NMB", "NIU", "UNIT", "UNITS"], Of::Pieces, 1.0),
    (&["DZN", "DZ"], Of::Pieces, 12.0),
    (&["CEN"], Of::Pieces, 100.0),
    (&["GRO"], Of::Pieces, 144.0),
    (&["MIL"], Of::Pieces, 1_000.0),
    (&["PR", "NPR", "PRS"], Of::Pairs, 1.0),
    (&["SET", "SETS"], Of::Sets, 1.0),
];

fn known(unit: &str) -> Option<(Of, f64)> {
    let plain = unit.trim().to_uppercase();
    UNITS.iter().find(|(names, ..)| names.contains(&plain.as_str())).map(|(_, of, size)| (*of, *size))
}

/// Returns an amount in another unit; nothing where the two cannot be compared.
///
/// A unit that is not known can be compared with itself only.
pub(crate) fn in_unit(amount: f64, from: &str, to: &str) -> Option<f64> {
    if from.trim().eq_ignore_ascii_case(to.trim()) {
        return Some(amount);
    }
    let ((of, size), (into, whole)) = known(from).zip(known(to))?;
    (of == into).then(|| amount * size / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_one_kind_are_compared_and_others_are_not() {
        for (amount, from, to, same) in [
            (3.2, "TNE", "KGM", 3_200.0),
            (3_200.0, "kg ", "tne", 3.2),
            (7_054.8, "LBR", "KGM", 3_200.0),
            (2.0, "DZN", "PCE", 24.0),
            (1.0, "MTQ", "LTR", 1_000.0),
            (5.0, "CT", "ct", 5.0),
        ] {
            let told = in_unit(amount, from, to).unwrap();
            assert!((told - same).abs() / same < 0.001, "{amount} {from} is {told} {to}");
        }
        for (from, to) in [("XXX", "KGM"), ("KGM", "XXX"), ("LTR", "KGM"), ("PR", "PCE"), ("CT", "BX")] {
            assert_eq!(in_unit(1.0, from, to), None, "{from} {to}");
        }
    }

    #[test]
    fn a_spelling_stands_once() {
        let all: Vec<&str> = UNITS.iter().flat_map(|(names, ..)| names.iter().copied()).collect();
        let distinct: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
    }
}
