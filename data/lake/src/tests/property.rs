//! The lake against a naive fold of the same moves.

use super::{Ledger, ask};
use crate::Lake;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sealane_data::container::Teu;
use sealane_data::fact::{Certainty, QuayMove};
use sealane_data::node::NodeId;
use sealane_data::observation::{Kind, Load, Trade};
use std::collections::{BTreeMap, BTreeSet};

const NODES: [&str; 5] = ["CN-YANGSHAN", "CN-YANGSHAN-3", "CN-YANGSHAN-4", "MY-PKG", "US-NYC"];

prop_compose! {
    fn any_move()(
        node in select(&NODES[..]),
        // From August to November 2026, so months, a change to winter time and both sides of the range are hit.
        second in 1_785_542_400_i64..1_795_996_800,
        kind in select(vec![Kind::Loaded, Kind::Discharged]),
        container in 0..40_u8,
        teu in option::of(select(vec![50_i64, 100, 200, 225, 265])),
        load in select(vec![Load::Laden, Load::Empty, Load::Unknown]),
        trade in option::of(select(vec![Trade::Export, Trade::Transshipment, Trade::Restow])),
        certainty in select(vec![Certainty::Observed, Certainty::Observed, Certainty::Reported, Certainty::Inferred]),
    ) -> QuayMove {
        QuayMove {
            node: NodeId(node.into()),
            at: Timestamp::from_second(second).unwrap(),
            kind,
            container: format!("AAAU{container}").into(),
            size_type: None,
            teu: teu.map(Teu::from_hundredths),
            load,
            trade,
            vessel: None,
            certainty,
            witnesses: 1,
        }
    }
}

/// The answer's lines and its excluded restows, excluded others and days without moves.
fn naive(ledger: &Ledger, node: &str, from: Date, to: Date) -> (Vec<String>, [u64; 3]) {
    let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let mut rows: BTreeMap<(Date, String, String), (u64, i64, u64)> = BTreeMap::new();
    let (mut restows, mut others, mut days) = (0, 0, BTreeSet::new());
    for m in &ledger.facts.lock().unwrap().1 {
        let place = ledger.nodes.iter().find(|n| n.id == m.node).unwrap();
        let day = m.at.to_zoned(TimeZone::get(&place.zone).unwrap()).date();
        let here = place.id.0 == node || place.parent.as_ref().is_some_and(|p| p.0 == node);
        if !here || day < from || day > to {
            continue;
        }
        days.insert(day);
        if m.trade == Some(Trade::Restow) {
            restows += 1;
        } else if m.certainty == Certainty::Observed {
            let row = rows.entry((day, word(&m.kind), word(&m.load))).or_default();
            row.0 += 1;
            row.1 += m.teu.map_or(0, Teu::hundredths);
            row.2 += u64::from(m.teu.is_none());
        } else {
            others += 1;
        }
    }
    let line = |((day, kind, load), (moves, teu, unknown)): ((Date, String, String), (u64, i64, u64))| {
        format!("{day} {kind} {load} {moves} {}.{:02} {unknown}", teu / 100, teu % 100)
    };
    let all = from.series(jiff::ToSpan::day(1)).take_while(|d| *d <= to).count() as u64;
    (rows.into_iter().map(line).collect(), [restows, others, all - days.len() as u64])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_equal_a_naive_fold(
        batches in vec((vec(any_move(), 0..60), select(&NODES[..]), 0..120_i64, 0..90_i64, any::<bool>()), 1..5),
        cancelled in 0..40_u8,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut lake = Lake::open(folder.path(), "log-1").unwrap();
        let ledger = Ledger::new();
        for (moves, node, start, length, reopen) in batches {
            ledger.add(&lake, moves);
            ledger.cancel(&lake, &format!("AAAU{cancelled}"));
            let from = Date::constant(2026, 7, 20).saturating_add(jiff::ToSpan::days(start));
            let to = from.saturating_add(jiff::ToSpan::days(length));
            let answer = ask(&lake, &ledger, node, &from.to_string(), &to.to_string());
            let coverage = &answer.coverage;
            let excluded =
                [coverage.restows_excluded, coverage.not_observed_excluded, coverage.days_without_moves];
            prop_assert_eq!((super::lines(&answer), excluded), naive(&ledger, node, from, to));
            if reopen {
                // What was marked up to the cursor is in the manifest; the rest is told again.
                drop(lake);
                lake = Lake::open(folder.path(), "log-1").unwrap();
                let head = crate::MoveSource::seq(&ledger);
                let cursor = lake.resume(head);
                prop_assert!(cursor <= head, "{} after {}", cursor, head);
                ledger.tell_after(&lake, cursor);
            }
        }
    }
}
