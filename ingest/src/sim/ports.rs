//! The simulator's own tables of ports, terminals and rough sea distances.
//!
//! They repeat facts that `data/reference` holds too, on purpose: a slip there must show as a
//! difference and not be copied into the truth.

/// A port of the simulated world.
pub(super) struct Port {
    pub(super) country: &'static str,
    /// As it stands in box 4 of a certificate.
    pub(super) text: &'static str,
    /// The port's code in three dialects.
    pub(super) codes: [&'static str; 3],
    /// Hours east of UTC; none of these places has summer time.
    pub(super) offset: i64,
    pub(super) zone: &'static str,
    /// Whether the country is a Party of RCEP.
    pub(super) rcep: bool,
}

/// The ports; `DISTANCES` and `SITES` count in this order.
pub(super) const PORTS: [Port; 12] = [
    port("CN", "YANGSHAN, SHANGHAI, CHINA", ["CNSGH", "CNSHA", "CNYSA"], 8, "Asia/Shanghai"),
    port("VN", "CAI MEP, VIET NAM", ["VNVUT", "VNCMT", "VNTOT"], 7, "Asia/Ho_Chi_Minh"),
    port("MY", "PORT KLANG, MALAYSIA", ["MYPKG"; 3], 8, "Asia/Kuala_Lumpur"),
    port("SG", "SINGAPORE", ["SGSIN"; 3], 8, "Asia/Singapore"),
    Port { rcep: false, ..port("HK", "HONG KONG", ["HKHKG"; 3], 8, "Asia/Hong_Kong") },
    port("KR", "BUSAN, KOREA", ["KRPUS"; 3], 9, "Asia/Seoul"),
    port("JP", "YOKOHAMA, JAPAN", ["JPYOK"; 3], 9, "Asia/Tokyo"),
    port("TH", "LAEM CHABANG, THAILAND", ["THLCH"; 3], 7, "Asia/Bangkok"),
    port("ID", "JAKARTA, INDONESIA", ["IDJKT", "IDTPP", "IDJKT"], 7, "Asia/Jakarta"),
    port("PH", "MANILA, PHILIPPINES", ["PHMNL"; 3], 8, "Asia/Manila"),
    port("CN", "NINGBO, CHINA", ["CNNGB", "CNNBO", "CNNGB"], 8, "Asia/Shanghai"),
    Port { rcep: false, ..port("TW", "KAOHSIUNG", ["TWKHH"; 3], 8, "Asia/Taipei") },
];

const fn port(
    country: &'static str,
    text: &'static str,
    codes: [&'static str; 3],
    offset: i64,
    zone: &'static str,
) -> Port {
    Port { country, text, codes, offset, zone, rcep: true }
}

/// A place where ships are worked: a terminal, or a port whose terminals are not told apart.
pub(super) struct Site {
    /// Our node id.
    pub(super) node: &'static str,
    pub(super) port: usize,
    pub(super) name: &'static str,
    /// The SMDG terminal code; empty where only the port is told.
    pub(super) smdg: &'static str,
    /// The code of carrier C's own list; empty where only the port is told.
    pub(super) own: &'static str,
}

/// The sites; services and terminals count in this order.
pub(super) const SITES: [Site; 17] = [
    site("CN-YANGSHAN-1-2", 0, "Yangshan I-II", "SHENG", "ZCY1"),
    site("CN-YANGSHAN-3", 0, "Yangshan III", "SGICT", "ZCY3"),
    site("CN-YANGSHAN-4", 0, "Yangshan IV", "SIPGSD", "ZCY4"),
    site("VN-CMIT", 1, "Cai Mep CMIT", "CMIT", "ZCM1"),
    site("VN-TCIT", 1, "Cai Mep TCIT", "TCIT", "ZCM2"),
    site("VN-GML", 1, "Cai Mep Gemalink", "GML", "ZCM3"),
    site("MY-WESTPORTS", 2, "Westports", "KMT", "ZCK1"),
    site("MY-NORTHPORT", 2, "Northport", "NPM", "ZCK2"),
    site("SG-SIN", 3, "Singapore", "", ""),
    site("HK-HKG", 4, "Hong Kong", "", ""),
    site("KR-PUS", 5, "Busan", "", ""),
    site("JP-YOK", 6, "Yokohama", "", ""),
    site("TH-LCH", 7, "Laem Chabang", "", ""),
    site("ID-JKT", 8, "Jakarta", "", ""),
    site("PH-MNL", 9, "Manila", "", ""),
    site("CN-NGB", 10, "Ningbo", "", ""),
    site("TW-KHH", 11, "Kaohsiung", "", ""),
];

const fn site(
    node: &'static str,
    port: usize,
    name: &'static str,
    smdg: &'static str,
    own: &'static str,
) -> Site {
    Site { node, port, name, smdg, own }
}

/// Rough sea distances in nautical miles; row `i` has the ports before `PORTS[i]`.
const DISTANCES: [&[i64]; 12] = [
    &[],
    &[1680],
    &[2390, 830],
    &[2190, 620, 210],
    &[800, 920, 1650, 1460],
    &[480, 2020, 2690, 2500, 1140],
    &[1030, 2400, 3090, 2890, 1590, 660],
    &[2220, 590, 1010, 810, 1490, 2450, 2930],
    &[2470, 1020, 730, 525, 1790, 2780, 3180, 1290],
    &[1120, 870, 1530, 1330, 630, 1380, 1760, 1490, 1560],
    &[90, 1620, 2330, 2130, 735, 510, 1050, 2150, 2440, 1080],
    &[590, 1090, 1820, 1620, 340, 920, 1320, 1700, 1990, 550, 540],
];

impl Site {
    /// Returns the site's port.
    pub(super) fn port(&self) -> &'static Port {
        &PORTS[self.port]
    }
}

/// Returns the rough sea distance between two sites in nautical miles; 0 within a port.
pub(super) fn distance(from: usize, to: usize) -> i64 {
    let (a, b) = (SITES[from].port, SITES[to].port);
    DISTANCES[a.max(b)].get(a.min(b)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_whole_and_hold_the_triangle_inequality_roughly() {
        for (i, row) in DISTANCES.iter().enumerate() {
            assert_eq!(row.len(), i);
        }
        for a in 0..SITES.len() {
            for b in 0..SITES.len() {
                assert_eq!(distance(a, b), distance(b, a));
                for c in 0..SITES.len() {
                    assert!(distance(a, b) <= distance(a, c) + distance(c, b) + 100, "{a} {b} {c}");
                }
            }
        }
    }
}
