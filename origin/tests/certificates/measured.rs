//! What certificates cost, beside the budgets of design 7: bind and compare, sign, verify.

use crate::story::{Story, direct_under, sample};
use sealane_origin::trust::{KeyRing, SigningKey, Verdict, sign, verify};
use sealane_origin::{Cargo, Case, Movement, Papers, assess, movement};
use serde_json::{Value, json};
use std::time::Instant;

/// One figure and its bar.
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: &'static str,
    /// The figure with its unit.
    pub(crate) value: String,
    /// The bar with its unit.
    pub(crate) bar: &'static str,
    /// Whether it is met.
    pub(crate) met: bool,
}

/// How many certificates, each with a journey of its own.
const CERTIFICATES: usize = 1_000;

/// Measures everything.
pub(crate) fn figures() -> Vec<Figure> {
    let mut all = compared();
    all.extend(signed());
    all
}

/// Returns a container number with its check digit (ISO 6346).
fn container(n: usize) -> String {
    let bare = format!("MSCU{n:06}");
    let value = |c: char| match c {
        'M' => 24,
        'S' => 30,
        'C' => 13,
        'U' => 32,
        digit => digit.to_digit(10).unwrap(),
    };
    let sum: u32 = bare.chars().enumerate().map(|(i, c)| value(c) << i).sum();
    format!("{bare}{}", sum % 11 % 10)
}

fn compared() -> Vec<Figure> {
    let mut story = Story::new();
    for n in 0..CERTIFICATES {
        let (box_, booking, bill) = (container(n), format!("EXBK{n:06}"), format!("EXBL{n:06}"));
        let bindings = json!([{"type": "TRD", "value": bill}, {"type": "BKG", "value": booking}, {"type": "EQ", "value": box_}]);
        let document = sample(&[("/number", json!(format!("EXAMPLE-{n:06}"))), ("/bindings", bindings)]);
        story.certificate("exporter", &format!("eco_{n}"), &document);
        direct_under(&mut story, &box_, &[&format!("booking:{booking}"), &format!("bl:{bill}")]);
    }
    let told = story.told();
    let (world, papers) = (&told.world, Papers::default());
    // What a door reads from the log is read before: here only the rules and the binding are measured.
    let cargo: Vec<Cargo> = (0..CERTIFICATES)
        .map(|n| {
            let wanted = movement::sources(&told.graph(&format!("eco_{n}")).bound(), world);
            let at = wanted.iter().filter_map(|seq| told.log.binary_search_by_key(seq, |r| r.seq).ok());
            Cargo::read(at.map(|at| &told.log[at]))
        })
        .collect();
    let mut passed = 0;
    let start = Instant::now();
    for (n, cargo) in cargo.iter().enumerate() {
        let certificate = told.get(&format!("eco_{n}"));
        let graph = told.register.binding(certificate, world);
        let movement = Movement::of(&graph.bound(), world, cargo);
        let uses = told.register.other_uses(certificate, world);
        let case = Case {
            certificate,
            movement: &movement,
            papers: &papers,
            conflicts: &graph.conflicts,
            entry: told.register.entry_state(certificate, None),
            uses: &uses,
            sites: &[],
            places: world.places(),
            covered: &|_, _, _, _| true,
        };
        passed += usize::from(assess(&case).state == "consistent");
    }
    let rate = CERTIFICATES as f64 / start.elapsed().as_secs_f64();
    assert_eq!(passed, CERTIFICATES, "every certificate of the measurement agrees");
    vec![Figure {
        what: "bind and compare, one core",
        value: format!("{rate:.0}/s"),
        bar: "10,000/s",
        met: rate >= 10_000.0,
    }]
}

fn signed() -> Vec<Figure> {
    let line: Vec<Value> = (0..500)
        .map(|n| {
            let share = f64::from(n) / 499.0;
            json!([
                ((122.075 - 21.0 * share) * 1e6).round() / 1e6,
                ((30.6133 - 28.0 * share) * 1e6).round() / 1e6
            ])
        })
        .collect();
    let document = json!({"type": "FeatureCollection", "features": [{"type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line}, "properties": {"kind": "leg"}}]});
    let ring = KeyRing::new("sealane.example", SigningKey::from_bytes(&[42; 32]).unwrap(), Vec::new());
    let at = "2026-09-10T06:00:00Z".parse().unwrap();
    let (rounds, trusted) = (500, ring.trusted());
    let made = sign(&document, &ring.domain, ring.current(), at);
    let start = Instant::now();
    for _ in 0..rounds {
        assert_eq!(sign(&document, &ring.domain, ring.current(), at).jws, made.jws);
    }
    let signing = start.elapsed().as_secs_f64() * 1e3 / f64::from(rounds);
    let start = Instant::now();
    for _ in 0..rounds {
        assert!(matches!(verify(&made.bytes, &made.jws, &trusted), Verdict::Intact { .. }));
    }
    let verifying = start.elapsed().as_secs_f64() * 1e3 / f64::from(rounds);
    let figure = |what, took: f64, bar, limit| Figure {
        what,
        value: format!("{took:.3} ms"),
        bar,
        met: took <= limit,
    };
    vec![
        figure("sign a route of 500 points", signing, "1 ms", 1.0),
        figure("verify it", verifying, "0.5 ms", 0.5),
    ]
}
