//! How each simulated terminal and carrier writes: one row a sender, no two alike.

mod lines;

pub(super) use lines::{CARRIERS, Carrier, FORWARDERS, Forwarder, OFFICE, PlaceStyle};

/// In which order and groups a message is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Directory D.95B: segments stand flat behind the transport.
    Flat95,
    /// Directory D.00B: a message time, and times inside the place group.
    Group00,
}

/// A terminal, or the terminals of a port, as a sender of CODECO and COARRI.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of independent habits")]
pub(super) struct Terminal {
    /// Index into `ports::SITES`.
    pub(super) site: usize,
    pub(super) party: &'static str,
    /// Sender identification in the interchange header.
    pub(super) unb: &'static str,
    pub(super) shape: Shape,
    /// What follows the message type in its header.
    pub(super) directory: &'static str,
    pub(super) syntax: &'static str,
    pub(super) una: bool,
    pub(super) newline: &'static str,
    /// Document name codes of discharge and loading report.
    pub(super) reports: (u8, u8),
    /// Its own place, from the second element of LOC on.
    pub(super) place: &'static str,
    /// Whether it names ships by IMO number; else by call sign.
    pub(super) by_imo: bool,
    /// Whether it sends the size codes of 1984.
    pub(super) old_sizes: bool,
    /// Whether it puts a blank into container numbers.
    pub(super) spaced: bool,
    /// Qualifier of the time of a gate move.
    pub(super) gate_time: u8,
    /// Which of a port's three codes it writes.
    pub(super) ports: usize,
    /// Hours between gate reports.
    pub(super) batch_hours: i64,
    /// Whether returned empties come without references.
    pub(super) bare_returns: bool,
    /// Whether voyage numbers end with a blank.
    pub(super) voyage_blank: bool,
    /// Whether, in a world with faults, every interchange has the same control reference.
    pub(super) constant_reference: bool,
}

const BASE: Terminal = Terminal {
    site: 0,
    party: "",
    unb: "",
    shape: Shape::Flat95,
    directory: "D:95B:UN:ITG14",
    syntax: "UNOA:2",
    una: false,
    newline: "",
    reports: (44, 46),
    place: "",
    by_imo: true,
    old_sizes: false,
    spaced: false,
    gate_time: 7,
    ports: 0,
    batch_hours: 6,
    bare_returns: false,
    voyage_blank: false,
    constant_reference: false,
};

/// A port-level sender in the later directory.
const LATER: Terminal = Terminal {
    shape: Shape::Group00,
    directory: "D:00B:UN:SMDG20",
    syntax: "UNOC:3",
    reports: (119, 122),
    gate_time: 203,
    batch_hours: 12,
    ..BASE
};

/// The terminals, in the order of `ports::SITES`.
pub(super) const TERMINALS: [Terminal; 17] = [
    Terminal {
        site: 0,
        party: "sim-yangshan-1-2",
        unb: "SIMYAN12",
        place: "CNSHA:139:6+SHENG:TER:306",
        by_imo: false,
        ports: 1,
        ..BASE
    },
    Terminal {
        site: 1,
        party: "sim-yangshan-3",
        unb: "SIMYAN3:ZZZ",
        place: "CNSGH:139:6+SGICT:TER:306",
        una: true,
        newline: "\r\n",
        batch_hours: 4,
        ..BASE
    },
    Terminal {
        site: 2,
        party: "sim-yangshan-4",
        unb: "SIMYAN4:ZZZ",
        place: "CNSGH:139:6+SIPGSD:72:306",
        una: true,
        batch_hours: 4,
        ..LATER
    },
    Terminal {
        site: 3,
        party: "sim-caimep-cmit",
        unb: "SIMCMIT",
        directory: "D:95B:UN:ITG13",
        syntax: "UNOA:1",
        newline: "\r\n",
        place: "VNVUT:139:6+CMIT:TER:ZZZ",
        by_imo: false,
        old_sizes: true,
        bare_returns: true,
        ..BASE
    },
    Terminal {
        site: 4,
        party: "sim-caimep-tcit",
        unb: "SIMTCIT:ZZZ",
        newline: "\n",
        place: "VNCMT:139:6+TCIT:72:306",
        ports: 1,
        batch_hours: 6,
        ..LATER
    },
    Terminal {
        site: 5,
        party: "sim-caimep-gml",
        unb: "SIMGML:ZZZ",
        directory: "D:95B:UN:SMDG20",
        una: true,
        place: "VNTOT:139:6+GML:TER:306",
        ports: 2,
        ..BASE
    },
    Terminal {
        site: 6,
        party: "sim-klang-westports",
        unb: "SIMKMT",
        directory: "D:95B:UN:SMDG20",
        newline: "\r\n",
        place: "MYPKG:139:6+KMT:72:306",
        by_imo: false,
        spaced: true,
        gate_time: 203,
        batch_hours: 4,
        ..BASE
    },
    Terminal {
        site: 7,
        party: "sim-klang-northport",
        unb: "SIMNPM",
        directory: "D:95B:UN:ITG13",
        syntax: "UNOA:1",
        place: "MYPKG:139:6+NPT1:TER:ZZZ",
        voyage_blank: true,
        constant_reference: true,
        ..BASE
    },
    Terminal {
        site: 8,
        party: "sim-singapore",
        unb: "SIMSIN:ZZZ",
        place: "SGSIN:139:6",
        batch_hours: 6,
        ..LATER
    },
    Terminal { site: 9, party: "sim-hongkong", unb: "SIMHKG", place: "HKHKG:139:6+HK7:TER:ZZZ", ..BASE },
    Terminal { site: 10, party: "sim-busan", unb: "SIMPUS:ZZZ", place: "KRPUS:139:6", ..LATER },
    Terminal {
        site: 11,
        party: "sim-yokohama",
        unb: "SIMYOK",
        place: "JPYOK:139:6",
        batch_hours: 12,
        ..BASE
    },
    Terminal {
        site: 12,
        party: "sim-laemchabang",
        unb: "SIMLCH",
        directory: "D:95B:UN:ITG13",
        newline: "\r\n",
        place: "THLCH:139:6",
        batch_hours: 12,
        ..BASE
    },
    Terminal {
        site: 13,
        party: "sim-jakarta",
        unb: "SIMJKT",
        directory: "D:95B:UN:SMDG20",
        place: "IDTPP:139:6",
        ports: 1,
        batch_hours: 12,
        ..BASE
    },
    Terminal { site: 14, party: "sim-manila", unb: "SIMMNL", place: "PHMNL:139:6", batch_hours: 12, ..BASE },
    Terminal { site: 15, party: "sim-ningbo", unb: "SIMNGB:ZZZ", place: "CNNGB:139:6", ports: 2, ..LATER },
    Terminal {
        site: 16,
        party: "sim-kaohsiung",
        unb: "SIMKHH",
        place: "TWKHH:139:6",
        newline: "\r\n",
        batch_hours: 12,
        ..BASE
    },
];

#[cfg(test)]
mod tests {
    use super::super::ports::SITES;
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_sites() {
        assert!(TERMINALS.iter().enumerate().all(|(ix, t)| t.site == ix));
        for (t, s) in TERMINALS.iter().zip(&SITES) {
            assert!(t.place.starts_with(s.port().codes[t.ports]), "{}", t.party);
        }
    }
}
