//! `sealane route FROM TO`: the way by sea between two nodes or positions.

use super::{Usage, print};
use anyhow::{Context as _, Result, bail};
use sealane_api::sea::{Answer, Antimeridian, Charts, End, Question, Trouble, Way};
use sealane_data::places::{NodeIx, Pick, Places};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `route`.
#[derive(Debug, clap::Args)]
pub(crate) struct RouteArgs {
    /// A node (our id, a UN/LOCODE, an SMDG code or a name), or a position as `lat=1.26,lon=103.8`.
    from: String,
    /// The same.
    to: String,
    /// What the way touches; give it again for more.
    #[arg(long)]
    via: Vec<String>,
    /// Passages that it must not use, such as `suez,panama`.
    #[arg(long, value_delimiter = ',')]
    avoid: Vec<String>,
    /// Passages that are shut by default and may be used.
    #[arg(long, value_delimiter = ',')]
    open: Vec<String>,
    /// The ship's draught in metres.
    #[arg(long, value_name = "METRES")]
    draft: Option<f64>,
    /// Its length over all in metres.
    #[arg(long, value_name = "METRES")]
    length: Option<f64>,
    /// Its beam in metres.
    #[arg(long, value_name = "METRES")]
    beam: Option<f64>,
    /// Its speed.
    #[arg(long, value_name = "KNOTS", default_value_t = 16.0)]
    speed: f64,
    /// How many other ways are wanted, 0 to 3.
    #[arg(long, value_name = "N", default_value_t = 0)]
    alternatives: usize,
    /// How a line over the 180th meridian is written: cut (RFC 7946), or running on beyond 180.
    #[arg(long, value_enum, default_value_t)]
    antimeridian: Meridian,
    /// Prints one JSON object.
    #[arg(long, conflicts_with = "geojson")]
    json: bool,
    /// Prints a GeoJSON feature collection.
    #[arg(long)]
    geojson: bool,
    /// Draws the way as a picture.
    #[arg(long, value_name = "FILE.svg")]
    map: Option<PathBuf>,
}

/// How a line over the 180th meridian is written.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Meridian {
    #[default]
    Split,
    Unwrap,
}

impl RouteArgs {
    /// Runs the command: 1 when no way is known, 2 when what was typed is wrong or may mean several nodes.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let answer = match Charts::default().answer(&Places::embedded(), &self.question()) {
            Ok(answer) => answer,
            Err(trouble @ (Trouble::Bad(_) | Trouble::Several(_) | Trouble::UnknownPassage(_))) => {
                return Err(Usage(trouble.to_string()).into());
            }
            Err(trouble) => return Err(trouble.into()),
        };
        if let Some(file) = &self.map {
            std::fs::write(file, answer.svg()).with_context(|| format!("`{}`", file.display()))?;
        }
        if self.geojson {
            print::line(String::from_utf8_lossy(&answer.geojson()));
        } else if self.json {
            print::line(serde_json::to_string(&answer)?);
        } else {
            answer.routes.iter().flat_map(|way| lines(&answer, way)).for_each(print::line);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn question(&self) -> Question {
        Question {
            from: self.from.clone(),
            to: self.to.clone(),
            via: self.via.clone(),
            avoid: self.avoid.clone(),
            open: self.open.clone(),
            draft: self.draft,
            length: self.length,
            beam: self.beam,
            speed: Some(self.speed),
            alternatives: self.alternatives,
            antimeridian: match self.antimeridian {
                Meridian::Split => Antimeridian::Split,
                Meridian::Unwrap => Antimeridian::Unwrap,
            },
            zoom: None,
        }
    }
}

/// Says a way in words.
fn lines(answer: &Answer, way: &Way) -> Vec<String> {
    let head = match way.without.as_slice() {
        [] => [&answer.from].into_iter().chain(&answer.via).chain([&answer.to]).map(end).collect::<Vec<_>>(),
        without => vec![format!("Without {}", without.join(", "))],
    };
    let mut lines = vec![
        head.join(" to "),
        format!("  {:.1} nm, {:.1} km by sea", way.distance_nm, way.distance_km),
        format!(
            "  {:.1} hours at {} knots, that is {:.1} days",
            way.duration_hours,
            answer.speed_knots,
            way.duration_hours / 24.0
        ),
    ];
    if !way.passages.is_empty() {
        let names: Vec<&str> = way.passages.iter().map(|used| used.name.as_str()).collect();
        lines.push(format!("  through {}", names.join(", ")));
    }
    let apart = [(way.river_nm, "on rivers"), (way.land_nm, "ashore")];
    let apart: Vec<String> = apart
        .iter()
        .filter(|(miles, _)| *miles > 0.0)
        .map(|(miles, on)| format!("{miles:.1} nm {on}"))
        .collect();
    if !apart.is_empty() {
        lines.push(format!("  not counted: {}", apart.join(", ")));
    }
    if let Some(factor) = answer.factors.iter().find(|factor| factor.id == way.emission.factor) {
        lines.push(format!(
            "  about {:.0} kg of CO2 equivalent for a TEU, by {} g per TEU and km and {} % more for the distance really sailed:",
            way.emission.kg_co2e_per_teu, factor.grams_co2e_per_teu_km, factor.distance_adjustment_percent
        ));
        lines.push(format!("  {}", factor.source));
    }
    lines
}

fn end(end: &End) -> String {
    match (&end.name, &end.node) {
        (Some(name), Some(node)) => format!("{name} ({node})"),
        _ => format!("lat={},lon={}", end.lat, end.lon),
    }
}

/// Returns the node that a text means, or says which ones it could mean.
///
/// # Errors
///
/// If no node is meant, or ([`Usage`]) if several may be.
pub(crate) fn node(places: &Places, text: &str) -> Result<NodeIx> {
    match places.pick(text) {
        Pick::One(node) => Ok(node),
        Pick::Nothing => bail!("node `{text}` is unknown; try a name, a UN/LOCODE or an SMDG code"),
        Pick::Several(candidates) => {
            Err(Usage(Trouble::several(places, text, &candidates).to_string()).into())
        }
    }
}
