use super::*;
use proptest::prelude::*;

fn hour(hours: i64) -> Timestamp {
    Timestamp::from_second(1_788_000_000 + hours * 3_600).unwrap()
}

fn word(hours: i64) -> Told {
    Told { at: hour(hours), source: PartyId("carrier".into()), declared: false }
}

fn way(miles: f64) -> Made {
    Made { seen: hour(0), left: miles * 1852.0, knots: [12.0, 15.0, 18.0], hours: 20 }
}

fn hours(reckoned: &Reckoned) -> [f64; 3] {
    reckoned.arrival.unwrap().map(|at| at.duration_since(hour(0)).as_secs_f64() / 3_600.0)
}

fn shares(reckoned: &Reckoned) -> Vec<(GroundKind, u8)> {
    reckoned.grounds.iter().map(|g| (g.kind, g.share)).collect()
}

#[test]
fn near_the_port_progress_decides_and_far_from_it_the_schedule_counts_as_much() {
    let near =
        reckon(&Evidence { told: Some(word(40)), made: Some(way(150.0)), ..Evidence::default() }, hour(0));
    let [eta, early, late] = hours(&near);
    assert!((eta - 12.8).abs() < 0.2 && early < 11.5 && late > 15.0, "{near:?}");
    assert_eq!(shares(&near), [(GroundKind::Progress, 91), (GroundKind::Schedule, 9)]);
    let far =
        reckon(&Evidence { told: Some(word(120)), made: Some(way(1_425.0)), ..Evidence::default() }, hour(0));
    assert_eq!(shares(&far), [(GroundKind::Progress, 50), (GroundKind::Schedule, 50)]);
    assert!((hours(&far)[0] - 107.4).abs() < 0.1, "{far:?}");
}

#[test]
fn what_has_passed_is_overdue_and_never_ahead() {
    let late = reckon(&Evidence { told: Some(word(-5)), ..Evidence::default() }, hour(0));
    assert_eq!((late.arrival, late.overdue_since), (None, Some(hour(-5))));
    let sails =
        reckon(&Evidence { told: Some(word(-5)), made: Some(way(30.0)), ..Evidence::default() }, hour(0));
    assert_eq!((shares(&sails), sails.overdue_since), (vec![(GroundKind::Progress, 100)], Some(hour(-5))));
    assert!((hours(&sails)[0] - 2.0).abs() < 0.02);
    assert_eq!(sails.valid_until, Some(hour(2)));
    // Thirteen hours later the same position says nothing any more.
    let old = reckon(&Evidence { made: Some(way(3_000.0)), ..Evidence::default() }, hour(13));
    assert_eq!((old.arrival, old.valid_until), (None, None));
    let far = reckon(&Evidence { made: Some(way(3_000.0)), ..Evidence::default() }, hour(1));
    assert_eq!(far.valid_until, Some(hour(12)), "no longer than its position is good for");
}

#[test]
fn what_a_crew_typed_counts_only_where_nobody_else_told_anything() {
    let declared = Some(Told { declared: true, ..word(30) });
    let alone = reckon(&Evidence { told: declared.clone(), ..Evidence::default() }, hour(0));
    assert_eq!(shares(&alone), [(GroundKind::Declared, 100)]);
    let beside =
        reckon(&Evidence { told: declared.clone(), made: Some(way(150.0)), ..Evidence::default() }, hour(0));
    assert_eq!(shares(&beside), [(GroundKind::Progress, 100)]);
    let passed = reckon(&Evidence { told: declared, ..Evidence::default() }, hour(31));
    assert_eq!((passed.arrival, passed.overdue_since), (None, None));
}

#[test]
fn three_voyages_make_a_history() {
    let evidence = |n: usize| Evidence {
        departed: Some(hour(-10)),
        voyages: vec![50.0, 40.0, 45.0][..n].to_vec(),
        ..Evidence::default()
    };
    assert_eq!(reckon(&evidence(2), hour(0)).arrival, None);
    let known = reckon(&evidence(3), hour(0));
    assert_eq!((hours(&known), known.grounds[0].samples), ([35.0, 30.0, 40.0], 3));
    assert_eq!(reckon(&evidence(3), hour(36)).arrival, None, "it has passed");
}

proptest! {
    #[test]
    fn no_arrival_is_before_now_and_its_interval_is_around_it(
        told_at in -300..2_000_i64, miles in 0.0..9_000.0_f64, seen in -40..1_i64, declared: bool,
        voyages in prop::collection::vec(1.0..900.0_f64, 0..8), departed in -500..0_i64
    ) {
        let evidence = Evidence {
            told: Some(Told { declared, ..word(told_at) }),
            made: Some(Made { seen: hour(seen), ..way(miles) }),
            departed: Some(hour(departed)),
            voyages,
        };
        let reckoned = reckon(&evidence, hour(0));
        if let Some([eta, early, late]) = reckoned.arrival {
            prop_assert!(eta >= hour(0) && early >= hour(0) && early <= eta && eta <= late);
            prop_assert!(reckoned.valid_until.unwrap() <= eta);
            let whole: u32 = reckoned.grounds.iter().map(|g| u32::from(g.share)).sum();
            prop_assert!((98..=102).contains(&whole), "{}", whole);
        }
    }
}
