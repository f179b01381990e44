//! How carriers and forwarders write.

use super::Shape;
use crate::sim::fleet::Ship;
use crate::sim::ports::SITES;

/// How a carrier writes a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum PlaceStyle {
    /// SMDG terminal code with qualifier `TER`.
    Ter,
    /// SMDG terminal code with qualifier 72.
    Code72,
    /// The carrier's own terminal code.
    Own,
}

/// A carrier as a sender of IFTSAI and IFTSTA.
pub(in crate::sim) struct Carrier {
    pub(in crate::sim) party: &'static str,
    pub(in crate::sim) name: &'static str,
    /// The carrier code.
    pub(in crate::sim) code: &'static str,
    /// Code list and agency behind the code.
    pub(in crate::sim) list: &'static str,
    pub(in crate::sim) unb: &'static str,
    pub(in crate::sim) syntax: &'static str,
    pub(in crate::sim) una: bool,
    pub(in crate::sim) newline: &'static str,
    pub(in crate::sim) shape: Shape,
    /// What follows `IFTSAI` in its header.
    pub(in crate::sim) schedule: &'static str,
    /// What follows `IFTSTA` in its header.
    pub(in crate::sim) status: &'static str,
    pub(in crate::sim) places: PlaceStyle,
    /// Which of a port's three codes it writes.
    pub(in crate::sim) ports: usize,
    pub(in crate::sim) by_imo: bool,
    /// Place qualifiers: the port left, the port reached, ports to come.
    pub(in crate::sim) calls: (u8, u8, u8),
    /// Qualifier of the time of a status.
    pub(in crate::sim) status_time: u16,
}

/// Carriers and forwarders sit in Singapore: times of messages are eight hours east of UTC.
pub(in crate::sim) const OFFICE: i64 = 8;

impl Carrier {
    /// Returns a place as the carrier writes it, from the second element of `LOC` on.
    pub(in crate::sim) fn place(&self, site: usize) -> String {
        let s = &SITES[site];
        let port = s.port().codes[self.ports];
        match self.places {
            _ if s.smdg.is_empty() => format!("{port}:139:6"),
            PlaceStyle::Ter => format!("{port}:139:6+{}:TER:306", s.smdg),
            PlaceStyle::Code72 => format!("{port}:139:6+{}:72:306", s.smdg),
            PlaceStyle::Own => format!("{port}:139:6+{}:TER:ZZZ", s.own),
        }
    }

    /// Returns a ship as the carrier writes it, the eighth element of `TDT`.
    pub(in crate::sim) fn ship(&self, ship: &Ship) -> String {
        if self.by_imo {
            format!("{}:146::{}", ship.imo, ship.name)
        } else {
            format!("{}:103::{}", ship.call_sign, ship.name)
        }
    }
}

/// How a forwarder writes its instructions.
pub(in crate::sim) struct Forwarder {
    pub(in crate::sim) party: &'static str,
    pub(in crate::sim) unb: &'static str,
    pub(in crate::sim) syntax: &'static str,
    pub(in crate::sim) newline: &'static str,
    /// What follows `IFTMIN` in its header.
    pub(in crate::sim) instruction: &'static str,
    /// Whether it ties goods to containers and names the house bill there.
    pub(in crate::sim) splits: bool,
    /// Qualifier of its house bills.
    pub(in crate::sim) house: &'static str,
}

/// The forwarders; `Booking::forwarder` counts in this order.
pub(in crate::sim) const FORWARDERS: [Forwarder; 4] = [
    Forwarder {
        party: "sim-forwarder-1",
        unb: "SIMFWD1:ZZZ",
        syntax: "UNOA:2",
        newline: "\r\n",
        instruction: "D:95B:UN",
        splits: true,
        house: "BH",
    },
    Forwarder {
        party: "sim-forwarder-2",
        unb: "SIMFWD2",
        syntax: "UNOB:2",
        newline: "",
        instruction: "D:95B:UN",
        splits: false,
        house: "BH",
    },
    Forwarder {
        party: "sim-forwarder-3",
        unb: "SIMFWD3:ZZZ",
        syntax: "UNOC:3",
        newline: "\n",
        instruction: "D:00B:UN:SMDG20",
        splits: true,
        house: "HWB",
    },
    Forwarder {
        party: "sim-forwarder-4",
        unb: "SIMFWD4:14",
        syntax: "UNOC:3",
        newline: "",
        instruction: "D:00B:UN",
        splits: false,
        house: "BH",
    },
];

/// The carriers; `fleet::SERVICES` and booking numbers count in this order.
pub(in crate::sim) const CARRIERS: [Carrier; 3] = [
    Carrier {
        party: "sim-carrier-a",
        name: "Synthetic Line A",
        code: "ZZA",
        list: "172:20",
        unb: "ZZALINE:ZZZ",
        syntax: "UNOA:2",
        una: false,
        newline: "\r\n",
        shape: Shape::Group00,
        schedule: "D:99B:UN:SMDG10",
        status: "D:99B:UN",
        places: PlaceStyle::Ter,
        ports: 0,
        by_imo: true,
        calls: (94, 9, 152),
        status_time: 334,
    },
    Carrier {
        party: "sim-carrier-b",
        name: "Synthetic Line B",
        code: "ZZB",
        list: "LINES:306",
        unb: "ZZBLINE:ZZZ",
        syntax: "UNOC:3",
        una: true,
        newline: "",
        shape: Shape::Group00,
        schedule: "D:00B:UN",
        status: "D:00B:UN",
        places: PlaceStyle::Code72,
        ports: 1,
        by_imo: false,
        calls: (153, 153, 153),
        status_time: 334,
    },
    Carrier {
        party: "sim-carrier-c",
        name: "Synthetic Line C",
        code: "ZZC",
        list: "172:166",
        unb: "ZZCLINE",
        syntax: "UNOA:1",
        una: false,
        newline: "",
        shape: Shape::Flat95,
        schedule: "D:95B:UN",
        status: "D:95B:UN",
        places: PlaceStyle::Own,
        ports: 0,
        by_imo: true,
        calls: (94, 9, 152),
        status_time: 7,
    },
];
