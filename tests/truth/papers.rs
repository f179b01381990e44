//! What bay plans and booking papers may and may not do to a container's journeys.

use super::{PartyId, Places, Recorded, Reference, ReferenceKind, SubmissionId, World};
use sealane_data::container::Teu;
use sealane_data::observation::{Classifier, Kind};
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

const SHIP: &str = "TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'";

/// What is ordered and permitted before and between the moves: acceptance, loading, discharge, release.
fn orders() -> Vec<String> {
    let eqd = "EQD+CN+CSQU3054383+45G1:102:5+2+2+5'";
    let (klang, cai_mep) = ("MYPKG:139:6+KMT:TER:306", "VNVUT:139:6+CMIT:TER:306");
    vec![
        message("COPARN:D:95B:UN:SMDG10", &format!("BGM+11+ACC1+9'RFF+BN:BOOK0001'{eqd}LOC+165+{klang}'")),
        message(
            "COPRAR:D:95B:UN:SMDG16",
            &format!(
                "BGM+45+LOAD1+9'{SHIP}LOC+9+{klang}'DTM+133:202609042000:203'{eqd}RFF+BN:BOOK0001'LOC+11+VNVUT:139:6'"
            ),
        ),
        message(
            "MOVINS:D:95B:UN:SMDG20",
            &format!(
                "BGM++MOV1+9'{SHIP}LOC+5+MYPKG:139:6'DTM+133:202609042000:203'HAN+LOA'LOC+147+0140682::5'RFF+BM:1'{eqd}"
            ),
        ),
        message(
            "VERMAS:D:16A:UN:SMDG10",
            &format!("BGM+749+VGM1+9'{eqd}RFF+BN:BOOK0001'MEA+AAE+VGM+KGM:24180'DTM+798:202609031000:203'"),
        ),
        message(
            "COPRAR:D:00B:UN:SMDG20",
            &format!("BGM+118+DISC1+9'{SHIP}LOC+11+{cai_mep}'DTM+132:202609071800:203'{eqd}"),
        ),
        message(
            "CUSCAR:D:95B:UN",
            &format!(
                "BGM+85+MAN1+9'DTM+137:202609061000:203'{SHIP}LOC+60+VNVUT:139:6'{eqd}CNI+1+B1'RFF+BM:ZZAU12345678'GID+1'SGP+CSQU3054383'"
            ),
        ),
        message("COREOR:D:95B:UN", &format!("BGM+12+REL1+9'RFF+BM:ZZAU12345678'{eqd}LOC+165+{cai_mep}'")),
    ]
}

#[test]
fn orders_and_permissions_make_neither_moves_nor_stops_nor_journeys() {
    let moves = [
        gate(34, 3, 5, "BOOK0001", "MYPKG:139:6+KMT:TER:306"),
        lift(46, 4, 9, "MYPKG:139:6+KMT:72"),
        lift(44, 8, 11, "VNVUT:139:6+CMIT:TER:306"),
        gate(36, 12, 5, "BOOK0001", "VNVUT:139:6+CMIT:TER:306"),
    ];
    let all: Vec<String> = orders().into_iter().chain(moves.iter().cloned()).collect();
    for (with, without) in folded(&all, false).iter().zip(&folded(&moves, false)) {
        let keys = with.journeys(&container());
        assert_eq!(keys, without.journeys(&container()), "no journey is cut or doubled");
        let stops = |w: &World| -> Vec<(String, usize)> {
            let stops = w.route(&w.journeys(&container())).stops;
            stops.iter().map(|s| (s.node.to_string(), s.events.len())).collect()
        };
        let names = |w: &World| stops(w).into_iter().map(|(node, _)| node).collect::<Vec<_>>();
        assert_eq!(names(with), names(without), "no stop is added");
        let lifts = |w: &World| {
            let months = w.months_changed_after(0).into_iter();
            months.flat_map(|(n, y, m)| w.quay_moves(n, y, m)).collect::<Vec<_>>()
        };
        let teu = |w: &World| lifts(w).iter().filter_map(|l| l.teu).map(Teu::hundredths).sum::<i64>();
        assert_eq!(lifts(with).len(), 2);
        assert_eq!(teu(with), teu(without), "no TEU is added");
        let journey = with.journey(&keys[0]).unwrap();
        let planned = journey.events.iter().filter(|e| e.event.classifier == Classifier::Planned);
        assert!(planned.count() >= 4, "what was ordered is told as planned: {journey:?}");
    }
}

#[test]
fn orders_alone_are_plans_alone() {
    for world in folded(&orders(), false) {
        assert!(world.months_changed_after(0).is_empty(), "nothing was moved");
        let keys = world.journeys(&container());
        assert_eq!(keys.len(), 1, "papers of one booking and bill are one journey: {keys:?}");
        let journey = world.journey(&keys[0]).unwrap();
        let past = journey.events.iter().filter(|e| e.event.classifier == Classifier::Actual);
        let kinds: Vec<Kind> = past.map(|e| e.event.kind).collect();
        assert!(kinds.iter().all(|k| matches!(k, Kind::Booked | Kind::Status)), "{kinds:?}");
    }
}

#[test]
fn orders_without_a_time_are_told_apart_by_their_papers() {
    let order = |number: u8, booking: &str| {
        message(
            "COPARN:D:95B:UN:SMDG10",
            &format!(
                "BGM+11+ACC{number}+9'RFF+BN:{booking}'EQD+CN+CSQU3054383+45G1:102:5+2+2+5'LOC+165+MYPKG:139:6+KMT:TER:306'"
            ),
        )
    };
    for world in folded(&[order(1, "BOOK0001"), order(2, "BOOK0002")], false) {
        let one = world.journeys(&Reference::new(ReferenceKind::Booking, "BOOK0001"));
        let two = world.journeys(&Reference::new(ReferenceKind::Booking, "BOOK0002"));
        assert_eq!((one.len(), two.len()), (1, 1));
        assert_ne!(one, two, "two bookings of a box are two journeys");
    }
}

#[test]
fn replaced_and_cancelled_orders_are_no_longer_planned() {
    let order = |function: u8, hour: u8, place: &str| {
        message(
            "COPARN:D:00B:UN:SMDG20",
            &format!(
                "BGM+126+ACC00009+{function}'DTM+137:2026090{hour}0800:203'RFF+BN:BOOK0001'EQD+CN+CSQU3054383+45G1:102:5+2+2+5'LOC+165+{place}'"
            ),
        )
    };
    let first = order(9, 1, "MYPKG:139:6+KMT:TER:306");
    for function in [4, 5] {
        let second = order(function, 2, "CNSGH:139:6+SGICT:TER:306");
        for world in folded(&[first.clone(), second.clone()], false) {
            let keys = world.journeys(&container());
            let nodes: Vec<_> = world.journey(&keys[0]).unwrap().events.into_iter().map(|e| e.node).collect();
            assert_eq!(nodes.len(), 1, "the newer word stands: {nodes:?}");
            assert!(nodes[0].as_ref().is_some_and(|n| n.to_string().starts_with("CN-")), "{nodes:?}");
        }
    }
    let cancel = order(1, 3, "MYPKG:139:6+KMT:TER:306");
    for world in folded(&[first, cancel], false) {
        assert!(world.journeys(&container()).is_empty(), "nothing is planned any more");
    }
}
