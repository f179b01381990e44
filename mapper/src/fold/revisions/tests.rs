use crate::world::tests::{Made, message, of_box, said, tell, world};
use proptest::prelude::*;
use sealane_data::observation::{Classifier, Kind, Revision};
use sealane_data::reference::{Reference, ReferenceKind};

const WRITTEN: [&str; 6] = [
    "2026-09-01T00:00:00Z",
    "2026-09-02T00:00:00Z",
    "2026-09-03T00:00:00Z",
    "2026-09-04T00:00:00Z",
    "2026-09-05T00:00:00Z",
    "2026-09-06T00:00:00Z",
];
const TIMES: [&str; 6] = [
    "2026-08-01T00:00:00Z",
    "2026-08-04T00:00:00Z",
    "2026-08-07T00:00:00Z",
    "2026-08-10T00:00:00Z",
    "2026-08-13T00:00:00Z",
    "2026-08-16T00:00:00Z",
];

/// One event of a carrier's feed, told `n`-th: its first word, a newer one, or its retraction.
fn event(n: usize, revision: Revision, document: &'static str) -> Made {
    let said = of_box(said(Kind::GateIn, Classifier::Actual, "MY-WESTPORTS", TIMES[n]));
    let said = if revision == Revision::Cancel { Vec::new() } else { vec![said] };
    message("carrier", "DCSA", said).version(document, revision).written(WRITTEN[n])
}

/// Returns when the box came in at the gate, as it is believed.
fn believed(messages: &[&Made]) -> Vec<String> {
    let mut world = world(&[]);
    tell(&mut world, messages.iter().copied());
    let reference = Reference::new(ReferenceKind::Container, crate::world::tests::BOX);
    let journeys = world.journeys(&reference).into_iter().filter_map(|key| world.journey(&key));
    let mut told: Vec<String> =
        journeys.flat_map(|j| j.events).filter_map(|e| e.event.at).map(|at| at.to_string()).collect();
    told.sort();
    told
}

#[test]
fn the_newest_word_leads_and_a_retraction_takes_all_back() {
    let first = event(0, Revision::Original, "EVENT-1");
    let newer = event(1, Revision::Replace, "EVENT-1");
    let taken_back = event(2, Revision::Cancel, "EVENT-1");
    let again = event(3, Revision::Replace, "EVENT-1");
    assert_eq!(believed(&[&first, &newer]), [TIMES[1]]);
    assert_eq!(believed(&[&newer, &first]), [TIMES[1]], "the older one came later");
    assert_eq!(believed(&[&taken_back, &first, &newer]), [""; 0]);
    assert_eq!(believed(&[&again, &taken_back, &newer, &first]), [TIMES[3]]);
}

proptest! {
    #[test]
    fn the_order_of_arrival_of_overrides_and_retractions_does_not_matter(
        revisions in prop::collection::vec(0..3_u8, 6),
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let revision = |n: u8| [Revision::Original, Revision::Replace, Revision::Cancel][usize::from(n)];
        let mut all: Vec<Made> =
            revisions.iter().enumerate().map(|(n, r)| event(n, revision(*r), "EVENT-1")).collect();
        // Another event is not concerned.
        all.push(event(2, Revision::Original, "EVENT-2"));
        all.push(event(3, Revision::Replace, "EVENT-2"));
        let shuffled: Vec<&Made> = order.iter().map(|i| &all[*i]).collect();
        let sorted: Vec<&Made> = all.iter().collect();
        prop_assert_eq!(believed(&shuffled), believed(&sorted));
        // What is believed of the first event is what its newest replacement says, if that was not taken back.
        let newest = (0..6).rev().find(|n| revisions[*n] > 0);
        let expected: Vec<String> = match newest {
            Some(n) if revisions[n] == 2 => Vec::new(),
            Some(n) => vec![TIMES[n].to_owned()],
            None => TIMES.map(str::to_owned).to_vec(),
        };
        let mut expected = [expected, vec![TIMES[3].to_owned()]].concat();
        expected.sort();
        expected.dedup();
        let mut told = believed(&shuffled);
        told.dedup();
        prop_assert_eq!(told, expected);
    }
}
