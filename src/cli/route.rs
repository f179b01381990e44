//! `sealane route FROM TO`: the way by sea between two nodes.

use super::print;
use anyhow::{Result, anyhow, bail};
use sealane_data::places::{NodeIx, Places};
use sealane_mapper::{geojson, sea::SeaWays};
use std::process::ExitCode;

/// Arguments of `route`.
#[derive(Debug, clap::Args)]
pub(crate) struct RouteArgs {
    /// A node: our id, a UN/LOCODE, an SMDG code or a name.
    from: String,
    /// A node: our id, a UN/LOCODE, an SMDG code or a name.
    to: String,
    /// Prints one JSON object.
    #[arg(long, conflicts_with = "geojson")]
    json: bool,
    /// Prints a GeoJSON feature.
    #[arg(long)]
    geojson: bool,
}

impl RouteArgs {
    /// Runs the command: 1 when no way is known.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let places = Places::embedded();
        let (from, to) = (node(&places, &self.from)?, node(&places, &self.to)?);
        let line = SeaWays::embedded().path(&places, from, to).map_err(|e| anyhow!("{}", e.reason().1))?;
        let nautical_miles = SeaWays::length_nm(&line);
        let (a, b) = (places.node(from), places.node(to));
        let properties = serde_json::json!({
            "from": a.id, "to": b.id, "from_name": a.name, "to_name": b.name,
            "length_nm": (nautical_miles * 10.0).round() / 10.0,
            "length_km": (nautical_miles * 18.52).round() / 10.0,
        });
        if self.geojson {
            let geometry = geojson::line_geometry(&line);
            print::line(
                serde_json::json!({"type": "Feature", "geometry": geometry, "properties": properties}),
            );
        } else if self.json {
            print::line(properties);
        } else {
            print::line(format!("{} ({}) to {} ({})", a.name, a.id, b.name, b.id));
            print::line(format!("{nautical_miles:.1} nm, {:.1} km by sea", nautical_miles * 1.852));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns the node that a text means, or says which ones it could mean.
pub(crate) fn node(places: &Places, text: &str) -> Result<NodeIx> {
    let found = places.lookup(text);
    match found.as_slice() {
        [] => bail!("node `{text}` is unknown; try a name, a UN/LOCODE or an SMDG code"),
        [first, ..] => Ok(*first),
    }
}
