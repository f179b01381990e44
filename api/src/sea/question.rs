//! What is asked, and why there may be no answer.

use crate::problem::{Problem, What};
use sealane_data::node::Position;
use sealane_data::places::{NodeIx, Places};
use sealane_mapper::ends::{self, EndError, Meant};
use sealane_mapper::sea::{SeaError, SeaNetwork, Vessel};
use serde::Deserialize;
use thiserror::Error;
use utoipa::ToSchema;

/// Stops on the way at most.
const MOST_VIA: usize = 8;
/// Passages named at most.
const MOST_PASSAGES: usize = 64;
/// Alternatives at most.
const MOST_ALTERNATIVES: usize = 3;
/// Bytes of one text at most: names of ports are short.
const LONGEST: usize = 200;
/// The speed where none is given, in knots.
pub(super) const SPEED: f64 = 16.0;
/// Candidates of a doubtful text that are named.
const NAMED: usize = 12;

/// How a line over the 180th meridian is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Antimeridian {
    /// Cut there, as RFC 7946 asks.
    #[default]
    Split,
    /// One line whose longitudes run on beyond 180.
    Unwrap,
}

/// A question: from where to where, and how.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SeaRouteQuestion)]
pub struct Question {
    /// A node's id, UN/LOCODE, SMDG code or name, or a position as `lat=1.26,lon=103.8`.
    pub from: String,
    /// The same.
    pub to: String,
    /// What the way touches, in order; at most 8.
    #[serde(default)]
    pub via: Vec<String>,
    /// Ids of passages that it must not use.
    #[serde(default)]
    pub avoid: Vec<String>,
    /// Ids of passages that are shut by default and may be used.
    #[serde(default)]
    pub open: Vec<String>,
    /// The ship's draught in metres.
    pub draft: Option<f64>,
    /// Its length over all in metres.
    pub length: Option<f64>,
    /// Its beam in metres.
    pub beam: Option<f64>,
    /// Its speed in knots, 1 to 60; 16 if absent.
    pub speed: Option<f64>,
    /// How many other ways are wanted, 0 to 3.
    #[serde(default)]
    pub alternatives: usize,
    /// How a line over the 180th meridian is written.
    #[serde(default)]
    pub antimeridian: Antimeridian,
    /// The zoom level that the lines are drawn at, 0 to 22; whole if absent.
    pub zoom: Option<u8>,
}

/// A list in an address: parts between `separator`, blanks around them dropped.
pub fn list(text: Option<&str>, separator: char) -> Vec<String> {
    let parts = text.unwrap_or_default().split(separator).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
}

/// Why there is no answer, in one sentence with what to do about it.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Trouble {
    /// A number or list is out of bounds.
    #[error("{0}")]
    Bad(String),
    /// A text means no node and no position.
    #[error("{0}")]
    UnknownEnd(String),
    /// A text may mean several nodes.
    #[error("{0}")]
    Several(String),
    /// A passage is unknown.
    #[error("{0}")]
    UnknownPassage(String),
    /// An end is too far from the water.
    #[error("{0}")]
    TooFar(String),
    /// No way is left.
    #[error("{0}")]
    NoRoute(String),
    /// The time of the request was over.
    #[error("the time for this request was over; ask for fewer ways at once")]
    TooSlow,
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        let what = match &trouble {
            Trouble::Bad(_) => What::BadQuery,
            Trouble::UnknownEnd(_) => What::UnknownEnd,
            Trouble::Several(_) => What::SeveralNodes,
            Trouble::UnknownPassage(_) => What::UnknownPassage,
            Trouble::TooFar(_) => What::TooFarFromWater,
            Trouble::NoRoute(_) => What::NoSeaRoute,
            Trouble::TooSlow => What::TimedOut,
        };
        Self::new(what, trouble.to_string())
    }
}

/// Returns `NAME (ID)`.
fn named(places: &Places, ix: NodeIx) -> String {
    let node = places.node(ix);
    format!("{} ({})", node.name, node.id)
}

fn swapped(error: &SeaError, at: Position) -> String {
    let (lat, lon) = (at.lon, at.lat);
    format!("{error}; with its numbers swapped it would be at the water: write `lat={lat},lon={lon}`")
}

/// Returns what is meant in words.
pub(super) fn words(places: &Places, meant: Meant) -> String {
    match meant {
        Meant::Node(ix) => named(places, ix),
        Meant::At(Position { lat, lon }) => format!("lat={lat},lon={lon}"),
    }
}

impl Trouble {
    /// Returns why a passage cannot be closed.
    pub(crate) fn of_passage(network: &SeaNetwork, error: &SeaError) -> Self {
        let SeaError::UnknownPassage(id) = error else { return Self::Bad(error.to_string()) };
        let known: Vec<&str> = network.passages().iter().map(|p| p.id.as_str()).collect();
        Self::UnknownPassage(format!("passage `{id}` is unknown; known are {}", known.join(", ")))
    }

    pub(crate) fn of_text(places: &Places, error: EndError) -> Self {
        match error {
            EndError::Several { text, candidates, .. } => Self::several(places, &text, &candidates),
            other => Self::UnknownEnd(other.to_string()),
        }
    }

    /// Returns that a text may mean several nodes, and which.
    pub fn several(places: &Places, text: &str, candidates: &[NodeIx]) -> Self {
        let head = match places.reason(text) {
            Some(why) => format!("`{text}` means no node by itself ({why}); it is carried by:"),
            None => format!("`{text}` may mean several nodes; give the id, a code or the whole name of one:"),
        };
        let shown = candidates.iter().take(NAMED).map(|ix| format!("  {}", named(places, *ix)));
        let mut lines: Vec<String> = std::iter::once(head).chain(shown).collect();
        if candidates.len() > NAMED {
            lines.push(format!("  and {} more", candidates.len() - NAMED));
        }
        Self::Several(lines.join("\n"))
    }

    /// Returns why there is no way on from a position.
    pub(crate) fn of_position(network: &SeaNetwork, at: Position, error: &SeaError) -> Self {
        match error {
            SeaError::TooFar(_) if ends::looks_swapped(network, at) => Self::TooFar(swapped(error, at)),
            SeaError::TooFar(_) => Self::TooFar(error.to_string()),
            SeaError::NoRoute => Self::NoRoute(error.to_string()),
            _ => Self::UnknownEnd(error.to_string()),
        }
    }

    pub(super) fn of_way(
        network: &SeaNetwork,
        places: &Places,
        [from, to]: [Meant; 2],
        error: &SeaError,
    ) -> Self {
        let pair = format!("{} to {}", words(places, from), words(places, to));
        match error {
            SeaError::UnknownPassage(_) => Self::of_passage(network, error),
            SeaError::TooFar(at) if ends::looks_swapped(network, *at) => {
                Self::TooFar(format!("{pair}: {}", swapped(error, *at)))
            }
            SeaError::TooFar(_) => Self::TooFar(format!("{pair}: {error}; give a port or a position nearer")),
            SeaError::NoRoute => {
                Self::NoRoute(format!("{pair}: {error}; open a passage, or give a smaller ship"))
            }
            SeaError::BadPosition(_) | SeaError::UnknownNode(_) => {
                Self::UnknownEnd(format!("{pair}: {error}"))
            }
        }
    }
}

impl Question {
    /// Returns the ship.
    pub(super) fn vessel(&self) -> Vessel {
        Vessel { draft: self.draft, length: self.length, beam: self.beam }
    }

    /// Returns the speed in knots.
    pub(super) fn knots(&self) -> f64 {
        self.speed.unwrap_or(SPEED)
    }

    /// Returns where the way begins, what it touches and where it ends.
    pub(super) fn meant(&self, places: &Places) -> Result<Vec<Meant>, Trouble> {
        let texts = [&self.from].into_iter().chain(&self.via).chain([&self.to]);
        texts.map(|text| ends::read(places, text).map_err(|e| Trouble::of_text(places, e))).collect()
    }

    /// Refuses what is out of bounds.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        let bad = |text: String| Err(Trouble::Bad(text));
        if [&self.from, &self.to].into_iter().chain(&self.via).any(|text| text.len() > LONGEST) {
            return bad(format!("`from`, `to` and `via` may have at most {LONGEST} bytes each"));
        }
        if self.from.trim().is_empty() || self.to.trim().is_empty() {
            return bad("`from` and `to` are needed".to_owned());
        }
        if self.via.len() > MOST_VIA {
            return bad(format!("`via` may name at most {MOST_VIA} ends"));
        }
        if self.avoid.len().max(self.open.len()) > MOST_PASSAGES {
            return bad(format!("`avoid` and `open` may name at most {MOST_PASSAGES} passages each"));
        }
        if self.alternatives > MOST_ALTERNATIVES {
            return bad(format!("`alternatives` is 0 to {MOST_ALTERNATIVES}"));
        }
        if self.alternatives > 0 && !self.via.is_empty() {
            return bad("`alternatives` are told of ways without `via` only".to_owned());
        }
        if !(1.0..=60.0).contains(&self.knots()) {
            return bad("`speed` is 1 to 60 knots".to_owned());
        }
        let sizes = [("draft", self.draft, 30.0), ("length", self.length, 500.0), ("beam", self.beam, 80.0)];
        for (name, size, most) in sizes {
            if size.is_some_and(|metres| !(metres > 0.0 && metres <= most)) {
                return bad(format!("`{name}` is more than 0 and at most {most} metres"));
            }
        }
        match self.zoom {
            Some(zoom) if zoom > 22 => bad("`zoom` is 0 to 22".to_owned()),
            _ => Ok(()),
        }
    }
}
