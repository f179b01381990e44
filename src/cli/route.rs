//! `sealane route FROM TO`: the way by sea between two nodes.

use super::{Usage, print};
use anyhow::{Result, anyhow, bail};
use sealane_data::places::{NodeIx, Pick, Places};
use sealane_mapper::geojson;
use sealane_mapper::sea::{SeaError, SeaNetwork};
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
    /// Runs the command: 1 when no way is known, 2 when a text may mean several nodes.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let places = Places::embedded();
        let (from, to) = (node(&places, &self.from)?, node(&places, &self.to)?);
        let (a, b) = (places.node(from), places.node(to));
        let sailing =
            SeaNetwork::embedded().sail_nodes(&a.id, &b.id).map_err(|e| no_way(&places, from, to, &e))?;
        let line = sailing.line();
        let nautical_miles = sailing.distance_nm();
        let properties = serde_json::json!({
            "from": a.id, "to": b.id, "from_name": a.name, "to_name": b.name,
            "length_nm": (nautical_miles * 10.0).round() / 10.0,
            "length_km": (nautical_miles * 18.52).round() / 10.0,
            "passages": sailing.passages,
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

/// Says between which two nodes there is no way, and why.
fn no_way(places: &Places, from: NodeIx, to: NodeIx, why: &SeaError) -> anyhow::Error {
    let [a, b] = [from, to].map(|ix| named(places, ix));
    anyhow!("{a} to {b}: {why}")
}

/// Candidates named before the rest is only counted.
const NAMED: usize = 12;

/// Returns the node that a text means, or says which ones it could mean.
///
/// # Errors
///
/// If no node is meant, or ([`Usage`]) if several may be.
pub(crate) fn node(places: &Places, text: &str) -> Result<NodeIx> {
    match places.pick(text) {
        Pick::One(node) => Ok(node),
        Pick::Nothing => bail!("node `{text}` is unknown; try a name, a UN/LOCODE or an SMDG code"),
        Pick::Several(found) => {
            let mut lines = vec![format!(
                "`{text}` may mean several nodes; give the id, a code or the whole name of one:"
            )];
            if let Some(why) = places.reason(text) {
                lines = vec![format!("`{text}` means no node by itself ({why}); it is carried by:")];
            }
            lines.extend(found.iter().take(NAMED).map(|ix| format!("  {}", named(places, *ix))));
            if found.len() > NAMED {
                lines.push(format!("  and {} more", found.len() - NAMED));
            }
            Err(Usage(lines.join("\n")).into())
        }
    }
}

fn named(places: &Places, ix: NodeIx) -> String {
    let node = places.node(ix);
    format!("{} ({})", node.name, node.id)
}
