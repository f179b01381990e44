//! The land that ways are held against, read by other code than the network reads it: Natural Earth 10m, and the land detail
//!
//! In the three boxes the detail replaces Natural Earth, whose coast is wrong there. The Thi Vai
//! river above Cai Mep is in neither: our own approximate outline is water.

use ::geojson::{FeatureCollection, GeometryValue};
use sealane_data::node::Position;
use std::collections::HashMap;

/// Longitude and latitude.
type Point = [f64; 2];
/// A closed ring.
type Ring = Vec<Point>;

/// The boxes with detail, as west, south, east, north.
const CAIMEP: [f64; 4] = [106.9, 10.4, 107.1, 10.7];
const KLANG: [f64; 4] = [101.2, 2.85, 101.5, 3.1];
const YANGSHAN: [f64; 4] = [121.95, 30.55, 122.2, 30.7];

macro_rules! reference {
    ($name:literal) => {
        include_str!(concat!("../../../../data/reference/", $name))
    };
}

/// Land as edges in one-degree buckets.
pub(crate) struct Land {
    /// Polygons of the detail, by box.
    detail: Vec<([f64; 4], Vec<Ring>)>,
    river: Vec<Ring>,
    coast: Vec<Ring>,
    buckets: HashMap<(i32, i32), Vec<(Point, Point)>>,
}

impl Land {
    pub(crate) fn read() -> Self {
        let detail = vec![
            (CAIMEP, rings(reference!("land-detail-caimep.geojson"))),
            (KLANG, rings(reference!("land-detail-klang.geojson"))),
            (YANGSHAN, rings(reference!("land-detail-yangshan.geojson"))),
        ];
        let coast = natural_earth(include_bytes!("../../../testdata/land-10m-asia.bin"));
        let mut land = Self {
            detail,
            river: rings(reference!("thi-vai-river.geojson")),
            coast,
            buckets: HashMap::new(),
        };
        for ring in &land.coast {
            for edge in ring.windows(2) {
                let (low, high) = spread(edge[0], edge[1]);
                for key in (low.0..=high.0).flat_map(|x| (low.1..=high.1).map(move |y| (x, y))) {
                    land.buckets.entry(key).or_default().push((edge[0], edge[1]));
                }
            }
        }
        land
    }

    /// Returns whether a point is on land.
    pub(crate) fn holds(&self, at: Point) -> bool {
        if inside_any(&self.river, at) {
            return false;
        }
        match self.detail_at(at) {
            // Neighbouring polygons of the detail overlap, so each counts by itself.
            Some(rings) => inside_any(rings, at),
            None => self.coast.iter().filter(|ring| inside(ring, at)).count() % 2 == 1,
        }
    }

    /// Returns the metres to the nearest shore of the detail box or river around a point.
    pub(crate) fn to_shore(&self, at: Point) -> f64 {
        let shores = self.detail_at(at).into_iter().flatten().chain(&self.river);
        let edges = shores.flat_map(|ring| ring.windows(2));
        edges.map(|edge| to_edge(at, edge[0], edge[1])).fold(f64::INFINITY, f64::min)
    }

    /// Returns where a straight piece crosses a shore or runs over land.
    pub(crate) fn hits(&self, a: Point, b: Point) -> Vec<Point> {
        let mut hits: Vec<Point> = self.edges_near(a, b).filter_map(|(c, d)| crossing(a, b, c, d)).collect();
        // At the edge of a box land may begin without a shore: look at points in between, too.
        hits.extend(
            (0..=200).map(|n| along(a, b, f64::from(n) / 200.0)).filter(|at| self.holds_in_detail(*at)),
        );
        hits.retain(|at| !inside_any(&self.river, *at));
        hits
    }

    fn holds_in_detail(&self, at: Point) -> bool {
        self.detail_at(at).is_some_and(|rings| inside_any(rings, at))
    }

    fn detail_at(&self, [x, y]: Point) -> Option<&[Ring]> {
        let held = |b: &[f64; 4]| b[0] <= x && x <= b[2] && b[1] <= y && y <= b[3];
        self.detail.iter().find(|(b, _)| held(b)).map(|(_, rings)| rings.as_slice())
    }

    /// Returns Natural Earth's edges near a piece; those inside a box with detail do not count.
    fn edges_near(&self, a: Point, b: Point) -> impl Iterator<Item = (Point, Point)> {
        let (low, high) = spread(a, b);
        let keys = (low.0..=high.0).flat_map(move |x| (low.1..=high.1).map(move |y| (x, y)));
        let coast = keys.filter_map(|key| self.buckets.get(&key)).flatten().copied();
        let coast =
            coast.filter(move |(c, d)| crossing(a, b, *c, *d).is_some_and(|at| self.detail_at(at).is_none()));
        let detail = self.detail.iter().flat_map(|(_, rings)| rings).flat_map(|ring| ring.windows(2));
        coast.chain(detail.map(|edge| (edge[0], edge[1])))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "degrees")]
/// Returns the one-degree buckets from the lowest to the highest that a piece touches.
fn spread(a: Point, b: Point) -> ((i32, i32), (i32, i32)) {
    let bucket = |x: f64, y: f64| (x.floor() as i32, y.floor() as i32);
    (bucket(a[0].min(b[0]), a[1].min(b[1])), bucket(a[0].max(b[0]), a[1].max(b[1])))
}

fn along(a: Point, b: Point, share: f64) -> Point {
    [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

/// Returns where two pieces cross.
fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<Point> {
    let side = |p: Point, q: Point, r: Point| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    let (sc, sd) = (side(a, b, c), side(a, b, d));
    let (sa, sb) = (side(c, d, a), side(c, d, b));
    ((sc > 0.0) != (sd > 0.0) && (sa > 0.0) != (sb > 0.0)).then(|| along(a, b, sa / (sa - sb)))
}

fn inside_any(rings: &[Ring], at: Point) -> bool {
    rings.iter().any(|ring| inside(ring, at))
}

fn inside(ring: &[Point], [x, y]: Point) -> bool {
    let crosses = |e: &&[Point]| {
        (e[0][1] > y) != (e[1][1] > y)
            && x < e[0][0] + (e[1][0] - e[0][0]) * (y - e[0][1]) / (e[1][1] - e[0][1])
    };
    ring.windows(2).filter(crosses).count() % 2 == 1
}

fn to_edge(at: Point, a: Point, b: Point) -> f64 {
    let flat = |p: Point| [(p[0] - at[0]) * 111_195.0 * at[1].to_radians().cos(), (p[1] - at[1]) * 111_195.0];
    let ([ax, ay], [bx, by]) = (flat(a), flat(b));
    let (dx, dy) = (bx - ax, by - ay);
    let share = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (ax + share * dx).hypot(ay + share * dy)
}

/// Returns the outer rings of a file; inner rings are ponds that no ship reaches.
fn rings(text: &str) -> Vec<Ring> {
    let all: FeatureCollection = text.parse().unwrap();
    let outer = |polygon: &Vec<Vec<::geojson::Position>>| polygon[0].iter().map(|p| [p[0], p[1]]).collect();
    let mut found = Vec::new();
    for geometry in all.features.into_iter().filter_map(|feature| feature.geometry) {
        match &geometry.value {
            GeometryValue::Polygon { coordinates } => found.push(outer(coordinates)),
            GeometryValue::MultiPolygon { coordinates } => found.extend(coordinates.iter().map(outer)),
            other => panic!("unexpected {other:?}"),
        }
    }
    found
}

/// Decodes `testdata/land-10m-asia.bin`; the format is described in `data/reference/tools/land_extract.py`.
fn natural_earth(bytes: &[u8]) -> Vec<Ring> {
    let mut bytes = bytes.iter().copied().peekable();
    let mut found = Vec::new();
    while bytes.peek().is_some() {
        let count = varint(&mut bytes);
        let (mut x, mut y) = (0, 0);
        found.push(
            (0..count)
                .map(|_| {
                    x += zigzag(varint(&mut bytes));
                    y += zigzag(varint(&mut bytes));
                    [x as f64 / 1e4, y as f64 / 1e4]
                })
                .collect(),
        );
    }
    found
}

fn varint(bytes: &mut impl Iterator<Item = u8>) -> i64 {
    let (mut value, mut shift) = (0, 0);
    for byte in bytes {
        value |= i64::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            break;
        }
    }
    value
}

fn zigzag(value: i64) -> i64 {
    if value % 2 == 0 { value / 2 } else { -(value + 1) / 2 }
}

/// Returns longitude and latitude of a position.
pub(crate) fn point(at: Position) -> Point {
    [at.lon, at.lat]
}
