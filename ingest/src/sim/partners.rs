//! Profiles of the simulated parties, as an operator would write them.

use super::dialects::{CARRIERS, FORWARDERS, TERMINALS};
use super::ports::{PORTS, SITES};
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::partner::{Authority, Partner, PartyId};
use std::collections::BTreeSet;

/// Terminal codes that only one terminal uses.
const OWN_CODES: [(&str, &str, &str); 2] =
    [("sim-klang-northport", "NPT1", "MY-NORTHPORT"), ("sim-hongkong", "HK7", "HK-HKG")];

/// Returns the profiles: terminals, carriers, forwarders, exporters.
pub(super) fn all() -> Vec<Partner> {
    let mut partners: Vec<Partner> = TERMINALS.iter().map(terminal).collect();
    partners.extend(CARRIERS.iter().map(carrier));
    partners.extend(super::depots::partners());
    partners.push(super::coloaders::partner());
    let other =
        |id: String| Partner { name: format!("{id} (synthetic)"), ..Partner::new(PartyId(id.into())) };
    partners.extend(FORWARDERS.iter().map(|f| {
        let zone = Some("Asia/Singapore".to_owned());
        Partner { zone, edi_ids: vec![f.unb.into()], ..other(f.party.to_owned()) }
    }));
    let countries: BTreeSet<&str> = PORTS.iter().map(|p| p.country).collect();
    for country in countries {
        for n in 1..=2 {
            partners.push(other(format!("sim-exporter-{}-{n}", country.to_ascii_lowercase())));
        }
    }
    partners
}

/// A terminal is believed in everything about its own node.
fn terminal(t: &super::dialects::Terminal) -> Partner {
    let site = &SITES[t.site];
    let mut partner = Partner::new(PartyId(t.party.into()));
    partner.name = format!("{} (synthetic)", site.name);
    partner.edi_ids = vec![t.unb.into()];
    partner.default_node = Some(NodeId(site.node.into()));
    partner.zone = Some(site.port().zone.to_owned());
    partner.authority = vec![Authority { nodes: vec![site.node.into()], kinds: Vec::new() }];
    for (_, code, node) in OWN_CODES.iter().filter(|(party, _, _)| *party == t.party) {
        partner.aliases.insert((*code).into(), NodeId((*node).into()));
    }
    partner
}

/// A carrier is believed in the calls of ships everywhere, and in nothing else.
fn carrier(c: &super::dialects::Carrier) -> Partner {
    let mut partner = Partner::new(PartyId(c.party.into()));
    partner.name = format!("{} (synthetic)", c.name);
    partner.edi_ids = vec![c.unb.into()];
    partner.zone = Some("Asia/Singapore".to_owned());
    let kinds = vec![Kind::VesselArrived, Kind::VesselDeparted];
    partner.authority = vec![Authority { nodes: vec!["*".into()], kinds }];
    if c.places == super::dialects::PlaceStyle::Own {
        for site in SITES.iter().filter(|s| !s.own.is_empty()) {
            partner.aliases.insert(site.own.into(), NodeId(site.node.into()));
        }
    }
    partner
}
