//! Where a ship's way may bend: off the capes, some miles out, nearer where the water is narrow.
//!
//! A shortest way between obstacles bends at their convex corners only. Each corner of the coast,
//! made coarser first, is pushed seaward; a sharp one becomes a fan of points, so that the way around
//! it keeps its distance.

use crate::sea::corner::{Corner, Reach};
use crate::sea::land::Ring;
use crate::sea::shores::{DEGREE, Point, Shores, near};
use crate::sea::sphere::dot;

/// One way of making corners.
struct Pass {
    /// How far the coarser coast may be from the coast, in metres.
    coarse: f64,
    /// The distance from the coast in metres that ships wish, and take before the open sea.
    wide: f64,
    /// The distance from the coast in metres where it is not: that or a share of it.
    offing: f64,
    /// Points of the pass are at least so far apart, in shares of their distance from the coast.
    apart: f64,
}

const PASSES: [Pass; 3] = [
    Pass { coarse: 22_000.0, wide: 18_000.0, offing: 18_000.0, apart: 0.35 },
    Pass { coarse: 3_000.0, wide: 15_000.0, offing: 15_000.0, apart: 0.6 },
    Pass { coarse: 2_000.0, wide: 5_000.0, offing: 3_500.0, apart: 0.8 },
];

/// Shares of the offing that are tried where there is little room.
const SHARES: [f64; 9] = [1.0, 0.7, 0.5, 0.35, 0.25, 0.17, 0.12, 0.08, 0.05];

/// Areas to avoid are drawn with some room around them; two miles more are what ships keep off a cape nearby.
const AVOID: Pass = Pass { coarse: 500.0, wide: 3_500.0, offing: 3_500.0, apart: 0.3 };

/// Islands farther than this from great capes and other such islands are stops on ways across oceans, in metres.
const LONELY: f64 = 80_000.0;

/// Islands of at least this radius are such stops themselves, in metres.
const LARGE: f64 = 25_000.0;

/// Beyond this latitude in hundred-thousandths of a degree narrow water is joined to its surroundings only.
const POLAR: i32 = 6_600_000;

/// The largest turn of a way at one point, in radians.
const TURN: f64 = 1.05;
/// What a way may leave the ideal line by, in radians: the coast was made coarser and points were moved.
const SLACK: f64 = 0.26;

/// Returns the corners off all coasts, in the order of the rings.
pub(super) fn corners(rings: &[Ring], avoid: &[Ring], land: &Shores, tick: &dyn Fn(usize)) -> Vec<Corner> {
    let mut found = Found::default();
    for bend in avoid.iter().flat_map(|ring| bends(ring, &AVOID)) {
        place(&bend, &AVOID, 1, land, &mut found);
    }
    for (number, pass) in PASSES.iter().enumerate() {
        for (done, ring) in rings.iter().enumerate() {
            if done % 64 == 0 {
                tick(number * rings.len() + done);
            }
            let set = bends(ring, pass);
            // Of small islands near each other, one is joined across oceans.
            let islet = set.first().filter(|bend| number == 0 && (1.0..LARGE).contains(&bend.more[0]));
            if islet.is_some_and(|bend| found.near(rounded(bend.at), LONELY).is_some()) {
                continue;
            }
            for bend in set {
                place(&bend, pass, number, land, &mut found);
            }
        }
    }
    found.corners
}

/// Returns the places of the corners off areas to avoid.
pub(super) fn around(avoid: &[Ring], land: &Shores) -> rustc_hash::FxHashSet<[i32; 2]> {
    let mut found = Found::default();
    for bend in avoid.iter().flat_map(|ring| bends(ring, &AVOID)) {
        place(&bend, &AVOID, 1, land, &mut found);
    }
    found.corners.into_iter().map(|corner| corner.at).collect()
}

/// A direction in which a corner of land is gone around.
struct Bend {
    /// The corner of the land.
    at: Point,
    /// The direction outward, east and north.
    out: [f64; 2],
    /// Half of the turn.
    half: f64,
    /// How much farther than the offing the point lies, in metres and as a factor.
    more: [f64; 2],
}

/// Returns the convex bends of a ring with land on its left.
fn bends(ring: &Ring, pass: &Pass) -> Vec<Bend> {
    let ring = facing(ring);
    let kept = coarser(&ring, pass.coarse);
    if kept.len() < 3 {
        return islet(&ring);
    }
    let mut found = Vec::new();
    for (number, at) in kept.iter().enumerate() {
        let (before, after) = (kept[(number + kept.len() - 1) % kept.len()], kept[(number + 1) % kept.len()]);
        let (come, go) = (step(before, *at), step(*at, after));
        let turn = libm::atan2(come[0] * go[1] - come[1] * go[0], come[0] * go[0] + come[1] * go[1]);
        if turn < 0.03 {
            continue;
        }
        let count = (turn / TURN).ceil().max(1.0);
        let half = turn / count / 2.0;
        let first = libm::atan2(-come[0], come[1]);
        let mut share = 0.5;
        while share < count {
            let bearing = first + 2.0 * half * share;
            found.push(Bend {
                at: *at,
                out: [libm::cos(bearing), libm::sin(bearing)],
                half,
                more: [0.0, 1.0 / libm::cos(half)],
            });
            share += 1.0;
        }
    }
    found
}

/// Returns six points around a ring that is smaller than what was made coarser.
fn islet(ring: &[Point]) -> Vec<Bend> {
    let Some(first) = ring.first() else { return Vec::new() };
    let bounds = ring.iter().fold([*first, *first], |[low, high], p| {
        [[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]]
    });
    let middle = [f64::midpoint(bounds[0][0], bounds[1][0]), f64::midpoint(bounds[0][1], bounds[1][1])];
    let size = |p: &Point| {
        let [x, y] = step(middle, *p);
        (x * x + y * y).sqrt()
    };
    let radius = ring.iter().map(size).fold(0.0, f64::max);
    (0..6)
        .map(|sixth| {
            let bearing = f64::from(sixth) * std::f64::consts::FRAC_PI_3;
            let half = std::f64::consts::FRAC_PI_6;
            Bend {
                at: middle,
                out: [libm::cos(bearing), libm::sin(bearing)],
                half,
                more: [radius, 1.0 / libm::cos(half)],
            }
        })
        .collect()
}

/// Points placed so far, found by cells of a tenth of a degree.
#[derive(Default)]
struct Found {
    corners: Vec<Corner>,
    cells: rustc_hash::FxHashMap<[i32; 2], Vec<usize>>,
}

impl Found {
    /// Returns a point within some metres.
    fn near(&self, at: [i32; 2], metres: f64) -> Option<usize> {
        let wide = libm::cos((f64::from(at[0]) / 1e5).to_radians()).max(0.1);
        let [rows, columns] = [metres / DEGREE * 10.0, metres / DEGREE * 10.0 / wide].map(whole);
        let cell = at.map(|part| part.div_euclid(10_000));
        let cells =
            (-rows..=rows).flat_map(|r| (-columns..=columns).map(move |c| [cell[0] + r, cell[1] + c]));
        cells.filter_map(|cell| self.cells.get(&cell)).flatten().copied().find(|number| {
            let other = self.corners[*number].at;
            let high = f64::from(other[0] - at[0]) / 1e5 * DEGREE;
            let across = f64::from(other[1] - at[1]) / 1e5 * DEGREE * wide;
            high * high + across * across < metres * metres
        })
    }

    fn push(&mut self, corner: Corner) {
        self.cells.entry(corner.at.map(|part| part.div_euclid(10_000))).or_default().push(self.corners.len());
        self.corners.push(corner);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a few cells")]
fn whole(cells: f64) -> i32 {
    cells.ceil() as i32
}

/// Places the point of a bend: as far out as wished, or where narrow water is widest.
fn place(bend: &Bend, pass: &Pass, number: usize, land: &Shores, found: &mut Found) {
    let wide = libm::cos(bend.at[1].to_radians()).max(0.05);
    let out = |metres: f64| {
        [bend.at[0] + bend.out[0] * metres / DEGREE / wide, bend.at[1] + bend.out[1] * metres / DEGREE]
    };
    let tried = |offing: f64| {
        let metres = bend.more[0] + offing * bend.more[1];
        let at = out(metres);
        if !(-60.0..78.0).contains(&at[1]) || land.holds(at) {
            return None;
        }
        let clear = land.clearance(at, offing.max(pass.offing));
        // A point with much room has none but its own coast near; another must see it.
        let near = out(bend.more[0] + pass.coarse.min(metres * 0.3));
        (clear >= 0.5 * metres || !land.hit(near, at)).then_some((clear, at))
    };
    // In straits and before their mouths only the place where the water is widest is sure to see on through them.
    let open = || {
        let beyond = out(bend.more[0] + 2.0 * pass.wide * bend.more[1]);
        !land.holds(beyond) && land.nearest(beyond, pass.wide).is_none()
    };
    let mut best = tried(pass.wide).filter(|(clear, _)| *clear > 0.8 * pass.wide && open());
    let shares: &[f64] = if best.is_some() { &[] } else { &SHARES };
    for share in shares {
        let Some((clear, at)) = tried(pass.offing * share) else { continue };
        if best.is_none_or(|(known, _)| clear > known) {
            best = Some((clear, at));
        }
        if clear > 0.8 * pass.offing * share {
            break;
        }
    }
    let Some((clear, at)) = best.filter(|(clear, _)| *clear > 150.0) else { return };
    let at = rounded(at);
    let roomy = clear > 0.75 * pass.offing;
    // The great capes come first and mark points of the coast; narrow water is left to the last pass.
    if number == 0 && !roomy {
        return;
    }
    let reach = match (number, clear) {
        (0, _) => Reach::Ocean,
        (1, _) if clear > 5_000.0 || pass.offing < 5_000.0 => Reach::Coast,
        (1, _) if clear > 1_200.0 && at[0] < POLAR => Reach::Strait,
        _ => Reach::Narrow,
    };
    let free = !roomy || bend.more[0] > 0.0 && clear < 3_000.0;
    let bearing = libm::atan2(bend.out[0], bend.out[1]);
    let corner = Corner::new(at, (!free).then(|| part(bearing)), part(bend.half + SLACK).clamp(1, 64), reach);
    if let Some(neighbour) = found.near(at, (clear * pass.apart).max(2_400.0)) {
        let other = &mut found.corners[neighbour];
        let apart = dot(other.away(), corner.away());
        if other.out.is_some() && (corner.out.is_none() || apart < 0.9) {
            *other = Corner::new(other.at, None, 64, other.reach);
        } else if other.out.is_some() {
            // The one point stands for both bends.
            let slack = (other.slack.max(corner.slack) + part(libm::acos(apart.min(1.0)))).min(64);
            *other = Corner::new(other.at, other.out, slack, other.reach);
        }
        return;
    }
    found.push(corner);
}

/// Returns an angle in 256ths of a turn.
#[expect(clippy::cast_possible_truncation, reason = "0 to 255")]
fn part(radians: f64) -> u8 {
    ((radians / std::f64::consts::TAU * 256.0).round() as i64).rem_euclid(256) as u8
}

#[expect(clippy::cast_possible_truncation, reason = "degrees times 100,000 fit")]
pub(super) fn rounded(at: Point) -> [i32; 2] {
    let at = near(at, [0.0, 0.0]);
    [(at[1] * 1e5).round() as i32, (at[0] * 1e5).round() as i32]
}

/// Returns the way from one point to another in metres, east and north.
fn step(a: Point, b: Point) -> [f64; 2] {
    let wide = libm::cos(f64::midpoint(a[1], b[1]).to_radians());
    [(b[0] - a[0]) * DEGREE * wide, (b[1] - a[1]) * DEGREE]
}

/// Returns a ring without its repeated end, with what it encloses on its left.
fn facing(ring: &Ring) -> Vec<Point> {
    let mut open: Vec<Point> = ring[..ring.len().saturating_sub(1)].to_vec();
    let area: f64 = ring.windows(2).map(|p| p[0][0] * p[1][1] - p[1][0] * p[0][1]).sum();
    if area < 0.0 {
        open.reverse();
    }
    open
}

/// Returns the points of a closed line that keep it within some metres (Douglas and Peucker).
fn coarser(ring: &[Point], metres: f64) -> Vec<Point> {
    if ring.len() < 3 {
        return Vec::new();
    }
    let far = |from: Point| {
        let apart = |p: &Point| {
            let [x, y] = step(from, *p);
            x * x + y * y
        };
        (0..ring.len()).max_by(|a, b| apart(&ring[*a]).total_cmp(&apart(&ring[*b]))).unwrap_or(0)
    };
    let start = far(ring[0]);
    let turned: Vec<Point> = ring[start..].iter().chain(&ring[..=start]).copied().collect();
    let middle = (far(ring[start]) + ring.len() - start) % ring.len();
    let mut keep = vec![false; turned.len()];
    keep[0] = true;
    let mut open = vec![(0, middle), (middle, turned.len() - 1)];
    let [x, y] = step(turned[0], turned[middle]);
    if (x * x + y * y).sqrt() < 2.0 * metres {
        return Vec::new();
    }
    keep[middle] = true;
    while let Some((from, to)) = open.pop() {
        let mut worst = (metres, from);
        for at in from + 1..to {
            let off = off_line(turned[at], turned[from], turned[to]);
            if off > worst.0 {
                worst = (off, at);
            }
        }
        if worst.1 != from {
            keep[worst.1] = true;
            open.extend([(from, worst.1), (worst.1, to)]);
        }
    }
    keep.pop();
    turned.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(at, _)| at).collect()
}

fn off_line(at: Point, a: Point, b: Point) -> f64 {
    let wide = libm::cos(at[1].to_radians());
    let flat = |p: Point| [(p[0] - at[0]) * DEGREE * wide, (p[1] - at[1]) * DEGREE];
    let ([ax, ay], [bx, by]) = (flat(a), flat(b));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (ax + share * dx, ay + share * dy);
    (x * x + y * y).sqrt()
}
