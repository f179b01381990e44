//! What bay plans and booking papers may and may not do to a container's journeys.

use super::{PartyId, Places, Recorded, Reference, ReferenceKind, SubmissionId, World};
use sealane_data::observation::Kind;
use sealane_data::partner::Partner;
use sealane_data::recorded::Entry;
use sealane_ingest::ReadContext;

/// Folds messages of the operator, each an interchange of its own, in their order and backwards.
fn folded(messages: &[String], marked: bool) -> [World; 2] {
    let partner = Partner::operator();
    let mut log = Vec::new();
    let mut seq = 1;
    for (n, message) in messages.iter().enumerate() {
        let mark = if marked { "++++++1" } else { "" };
        let text = format!("UNB+UNOA:2+A+B+260930:1200+REF{n}{mark}'{message}UNZ+1+REF{n}'");
        let reading =
            sealane_ingest::read(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false });
        for message in reading.messages {
            assert!(!message.observations.is_empty(), "{:?}", message.findings);
            let (party, submission) = (PartyId::operator(), SubmissionId("sub_test".into()));
            let at = jiff::Timestamp::UNIX_EPOCH;
            let record = Recorded { seq, at, party, submission, entry: Entry::Message(message) };
            seq = record.last_seq() + 1;
            log.push(record);
        }
    }
    let fold = |log: &[Recorded]| {
        let mut world = World::new(Places::embedded(), &[]);
        for record in log {
            world.apply(std::slice::from_ref(record));
        }
        world
    };
    let forwards = fold(&log);
    log.reverse();
    [forwards, fold(&log)]
}

fn message(kind: &str, segments: &str) -> String {
    let count = segments.matches('\'').count() + 2;
    format!("UNH+1+{kind}'{segments}UNT+{count}+1'")
}

/// A gate move of the container, laden (5) or empty (4), by day of September.
fn gate(code: u8, day: u8, load: u8, booking: &str, place: &str) -> String {
    message(
        "CODECO:D:95B:UN:ITG14",
        &format!(
            "BGM+{code}+G{day}+9'EQD+CN+CSQU3054383+45G1:102:5+++{load}'RFF+BN:{booking}'DTM+203:202609{day:02}1200:203'LOC+165+{place}'"
        ),
    )
}

fn container() -> Reference {
    Reference::new(ReferenceKind::Container, "CSQU3054383")
}

#[test]
fn a_bill_written_weeks_later_cuts_no_later_trip() {
    let bill = "BGM+705+ZZAU12345678+9'DTM+137:202609251000:203'RFF+BN:BOOK0001'GID+1'EQD+CN+CSQU3054383+45G1:102:5+++5'";
    let messages = [
        gate(34, 1, 5, "BOOK0001", "MYPKG:139:6+KMT:TER:306"),
        gate(36, 12, 5, "BOOK0001", "CNSGH:139:6+SGICT:TER:306"),
        gate(34, 14, 4, "BOOK0001", "CNSGH:139:6+SGICT:TER:306"),
        gate(36, 20, 4, "BOOK0002", "CNSGH:139:6+SGICT:TER:306"),
        message("IFTMCS:D:00B:UN", bill),
        gate(34, 27, 5, "BOOK0002", "CNSGH:139:6+SGICT:TER:306"),
    ];
    for world in folded(&messages, false) {
        assert_eq!(world.journeys(&container()).len(), 2);
        let booking = world.journeys(&Reference::new(ReferenceKind::Booking, "BOOK0001"));
        let bill = world.journeys(&Reference::new(ReferenceKind::MasterBl, "ZZAU12345678"));
        assert_eq!((bill.len(), bill), (1, booking), "the bill opens the trip of its booking");
    }
}

/// A bay plan at Singapore, between loading at Port Klang and discharge at Cai Mep.
fn bay_plan() -> String {
    message(
        "BAPLIE:D:95B:UN:SMDG22",
        "BGM++BAY1+9'TDT+20+1E+++ZZA:172:20+++9074729:146::SHIP'LOC+5+SGSIN:139:6'DTM+186:202609051200:203'LOC+147+0140682::5'MEA+VGM++KGM:24180'LOC+9+MYPKG'LOC+11+VNVUT:139:6'RFF+BM:1'EQD+CN+CSQU3054383+45G1+++5'",
    )
}

fn lift(code: u8, day: u8, qualifier: u8, place: &str) -> String {
    message(
        "COARRI:D:95B:UN:ITG13",
        &format!(
            "BGM+{code}+C{day}+9'TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'LOC+{qualifier}+{place}'EQD+CN+CSQU3054383+45G1:102:5+2++5'DTM+203:202609{day:02}1200:203'"
        ),
    )
}

#[test]
fn a_bay_plan_makes_neither_a_stop_nor_a_move() {
    let (on, off) = (lift(46, 4, 9, "MYPKG:139:6+KMT:72"), lift(44, 8, 11, "VNVUT:139:6+CMIT:TER:306"));
    for world in folded(&[on.clone(), bay_plan(), off.clone()], false) {
        let keys = world.journeys(&container());
        let route = world.route(&keys);
        let stops: Vec<String> = route.stops.iter().map(|s| s.node.to_string()).collect();
        assert_eq!(stops, ["MY-WESTPORTS", "VN-CMIT"]);
        let journey = world.journey(&keys[0]).unwrap();
        assert!(journey.events.iter().any(|e| e.event.kind == Kind::OnBoard));
        let lifts = world.months_changed_after(0).into_iter().flat_map(|(n, y, m)| world.quay_moves(n, y, m));
        assert_eq!(lifts.count(), 2);
    }
    for world in folded(&[bay_plan()], false) {
        assert!(world.months_changed_after(0).is_empty());
        let stops = world.route(&world.journeys(&container())).stops;
        assert_eq!(stops.len(), 2, "where it was loaded and where it goes, by plan: {stops:?}");
    }
}

#[test]
fn test_interchanges_reach_no_map_and_no_figure() {
    for world in folded(&[lift(46, 4, 9, "MYPKG:139:6+KMT:72"), bay_plan()], true) {
        assert!(world.journeys(&container()).is_empty() && world.months_changed_after(0).is_empty());
        assert!(world.calls().is_empty());
    }
}
