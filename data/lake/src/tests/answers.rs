//! Answers computed by hand.

use super::{ask, lift, lines, open, question};
use crate::{KPIS, to_csv};
use sealane_data::fact::Certainty;
use sealane_data::observation::Kind::{Discharged, Loaded};
use sealane_data::observation::{Load, Trade};
use sealane_data::ports::KpiError;

#[test]
fn local_days_differ_from_utc_days_across_a_month() {
    let (_folder, lake, ledger) = open();
    ledger.add(
        &lake,
        [
            // 23:30 on 31 August and 00:30 on 1 September in Shanghai: one UTC day.
            lift("CN-YANGSHAN-3", "2026-08-31T15:30:00Z", Loaded, "AAAU1", Some("22G1")),
            lift("CN-YANGSHAN-3", "2026-08-31T16:30:00Z", Loaded, "AAAU2", Some("45G1")),
            lift("CN-YANGSHAN-3", "2026-09-01T15:59:59.999999Z", Discharged, "AAAU3", Some("L5G1")),
            lift("CN-YANGSHAN-3", "2026-09-01T16:00:00Z", Discharged, "AAAU4", Some("22G1")),
        ],
    );
    let answer = ask(&lake, &ledger, "CN-YANGSHAN-3", "2026-09-01", "2026-09-01");
    assert_eq!(lines(&answer), ["2026-09-01 discharged laden 1 2.25 0", "2026-09-01 loaded laden 1 2.00 0"]);
    assert_eq!((answer.as_of_seq, answer.zone.as_str(), answer.kpi.as_str()), (4, "Asia/Shanghai", "teu"));
    assert_eq!(answer.coverage.first.as_deref(), Some("2026-08-31T15:30:00Z"));
    assert_eq!(answer.coverage.last.as_deref(), Some("2026-09-01T16:00:00Z"));
    let august = ask(&lake, &ledger, "CN-YANGSHAN-3", "2026-08-01", "2026-08-31");
    assert_eq!(lines(&august), ["2026-08-31 loaded laden 1 1.00 0"]);
    assert_eq!(august.coverage.days_without_moves, 30);
}

#[test]
fn days_follow_summer_time() {
    let (_folder, lake, ledger) = open();
    // New York changed to summer time on 8 March 2026 at 07:00Z and back on 1 November at 06:00Z.
    ledger.add(
        &lake,
        [
            lift("US-NYC", "2026-03-08T04:59:00Z", Loaded, "AAAU1", Some("22G1")),
            lift("US-NYC", "2026-03-08T05:00:00Z", Loaded, "AAAU2", Some("22G1")),
            lift("US-NYC", "2026-03-09T03:59:00Z", Loaded, "AAAU3", Some("22G1")),
            lift("US-NYC", "2026-03-09T04:00:00Z", Loaded, "AAAU4", Some("22G1")),
            lift("US-NYC", "2026-11-01T03:59:00Z", Loaded, "AAAU5", Some("22G1")),
            lift("US-NYC", "2026-11-01T04:00:00Z", Loaded, "AAAU6", Some("22G1")),
            lift("US-NYC", "2026-11-02T04:59:00Z", Loaded, "AAAU7", Some("22G1")),
            lift("US-NYC", "2026-11-02T05:00:00Z", Loaded, "AAAU8", Some("22G1")),
        ],
    );
    let spring = ask(&lake, &ledger, "US-NYC", "2026-03-08", "2026-03-08");
    assert_eq!(lines(&spring), ["2026-03-08 loaded laden 2 2.00 0"]);
    let autumn = ask(&lake, &ledger, "US-NYC", "2026-10-31", "2026-11-01");
    assert_eq!(lines(&autumn), ["2026-10-31 loaded laden 1 1.00 0", "2026-11-01 loaded laden 2 2.00 0"]);
}

#[test]
fn only_observed_throughput_counts_and_the_rest_is_told() {
    let (_folder, lake, ledger) = open();
    let at = "2026-09-05T02:00:00Z";
    let size = Some("45G1");
    let restow = |c, certainty| {
        let base = lift("MY-PKG", at, Loaded, c, size);
        sealane_data::fact::QuayMove { trade: Some(Trade::Restow), certainty, ..base }
    };
    let mut empty = lift("MY-PKG", at, Discharged, "AAAU4", Some("2200"));
    empty.load = Load::Empty;
    let mut unsaid = lift("MY-PKG", at, Discharged, "AAAU5", None);
    (unsaid.load, unsaid.trade, unsaid.vessel) = (Load::Unknown, None, None);
    let mut reported = lift("MY-PKG", at, Loaded, "AAAU6", size);
    reported.certainty = Certainty::Reported;
    ledger.add(
        &lake,
        [
            restow("AAAU1", Certainty::Observed),
            restow("AAAU2", Certainty::Reported),
            reported,
            empty,
            unsaid,
            lift("MY-PKG", at, Discharged, "AAAU7", Some("0000")),
            lift("MY-PKG", at, Discharged, "AAAU8", Some("L5G1")),
            lift("MY-PKG", at, Discharged, "AAAU9", Some("9510")),
        ],
    );
    let answer = ask(&lake, &ledger, "MY-PKG", "2026-09-04", "2026-09-06");
    assert_eq!(
        lines(&answer),
        [
            "2026-09-05 discharged empty 1 1.00 0",
            "2026-09-05 discharged laden 3 4.50 1",
            "2026-09-05 discharged unknown 1 0.00 1",
        ]
    );
    assert_eq!((answer.coverage.restows_excluded, answer.coverage.not_observed_excluded), (2, 1));
    assert_eq!((answer.coverage.days_without_moves, answer.scope), (2, Certainty::Observed));
}

#[test]
fn a_port_is_its_terminals_and_its_own_moves() {
    let (_folder, lake, ledger) = open();
    let at = "2026-09-05T02:00:00Z";
    ledger.add(
        &lake,
        [
            lift("CN-YANGSHAN-3", at, Loaded, "AAAU1", Some("22G1")),
            lift("CN-YANGSHAN-4", at, Loaded, "AAAU2", Some("L5G1")),
            lift("CN-YANGSHAN", at, Loaded, "AAAU3", Some("42G1")),
            lift("MY-PKG", at, Loaded, "AAAU4", Some("42G1")),
        ],
    );
    let sum = |node| lines(&ask(&lake, &ledger, node, "2026-09-05", "2026-09-05"));
    assert_eq!(sum("CN-YANGSHAN"), ["2026-09-05 loaded laden 3 5.25 0"]);
    assert_eq!(sum("CN-YANGSHAN-3"), ["2026-09-05 loaded laden 1 1.00 0"]);
    assert_eq!(sum("CN-YANGSHAN-4"), ["2026-09-05 loaded laden 1 2.25 0"]);
}

#[test]
fn ranges_and_nodes_are_checked() {
    let (_folder, lake, ledger) = open();
    let fails = |node, from, to| lake.teu(&ledger, &question(node, from, to)).unwrap_err();
    assert!(matches!(fails("XX-NONE", "2026-01-01", "2026-01-02"), KpiError::UnknownNode(_)));
    assert!(matches!(fails("MY-PKG", "2026-01-02", "2026-01-01"), KpiError::BadRange(..)));
    assert!(matches!(fails("MY-PKG", "2016-01-01", "2026-01-01"), KpiError::BadRange(..)));
    let years = ask(&lake, &ledger, "MY-PKG", "2016-01-01", "2025-12-31");
    assert_eq!((years.rows.len(), years.coverage.days_without_moves), (0, 3653));
    assert_eq!((years.coverage.first, years.coverage.last), (None, None));
    for (from, to) in [("9999-12-30", "9999-12-31"), ("-009999-01-01", "-009999-01-02")] {
        assert_eq!(ask(&lake, &ledger, "MY-PKG", from, to).coverage.days_without_moves, 2);
    }
}

#[test]
fn csv_has_a_header_and_exact_numbers() {
    let (_folder, lake, ledger) = open();
    ledger.add(
        &lake,
        [
            lift("MY-PKG", "2026-09-04T17:00:00Z", Loaded, "AAAU1", Some("L5G1")),
            lift("MY-PKG", "2026-09-05T02:00:00Z", Discharged, "AAAU2", None),
        ],
    );
    let csv = to_csv(&ask(&lake, &ledger, "MY-PKG", "2026-09-01", "2026-09-30"));
    assert_eq!(
        csv,
        "node,day,direction,load,moves,teu,unknown_size,as_of_seq,scope\n\
         MY-PKG,2026-09-05,discharged,laden,1,0.00,1,2,observed\n\
         MY-PKG,2026-09-05,loaded,laden,1,2.25,0,2,observed\n"
    );
    let none = to_csv(&ask(&lake, &ledger, "US-NYC", "2026-09-01", "2026-09-30"));
    assert_eq!(none, "node,day,direction,load,moves,teu,unknown_size,as_of_seq,scope\n");
}

#[test]
fn every_kpi_is_told_in_words() {
    assert!(KPIS.iter().all(|k| !k.id.is_empty() && k.about.ends_with('.') && !k.unit.is_empty()));
    assert!(KPIS.iter().any(|k| k.id == "teu"));
}
