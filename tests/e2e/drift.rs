//! A partner whose clock jumps and one that drops a segment are told, with the submission it began with,
//! and the alarm ends when they are right again.

use super::server::{Server, data};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sealane_data::operate::Drift;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::places::Places;
use sealane_data::recorded::{Entry, Recorded, Reread};
use sealane_data::submission::SubmissionId;
use sealane_ingest::ReadContext;
use sealane_mapper::World;

/// A gate report of a box at an instant, as a terminal at Yangshan writes it in a zone.
fn report(number: usize, at: Timestamp, zone: &str, mass: bool) -> String {
    let local = at.to_zoned(TimeZone::get(zone).unwrap()).strftime("%Y%m%d%H%M").to_string();
    let mass = if mass { "MEA+AAE+VGM+KGM:24180'" } else { "" };
    let count = if mass.is_empty() { 6 } else { 7 };
    format!(
        "UNB+UNOA:2+TERMINAL+FORWARDER+260905:0900+DR{number:05}'UNH+{number}+COARRI:D:95B:UN:ITG13'BGM+44+DR{number}+9'EQD+CN+CSQU3054383+45G1:102:5++2+5'DTM+203:{local}:203'LOC+11+CNSGH:139:6+SGICT:TER:306'{mass}UNT+{count}+{number}'UNZ+1+DR{number:05}'"
    )
}

/// A world that hears one partner, one submission an hour.
struct Simulated {
    world: World,
    partner: Partner,
    heard: usize,
}

impl Simulated {
    fn new() -> Self {
        let partner = Partner::new(PartyId("terminal".into()));
        Self { world: World::new(Places::embedded(), std::slice::from_ref(&partner)), partner, heard: 0 }
    }

    /// Sends reports that come some minutes after the lift.
    fn send(&mut self, count: usize, zone: &str, mass: bool) {
        for _ in 0..count {
            self.heard += 1;
            let start: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
            let lift = start + SignedDuration::from_hours(i64::try_from(self.heard).unwrap());
            let at = lift + SignedDuration::from_mins(7 + i64::try_from(self.heard * 37 % 50).unwrap());
            let text = report(self.heard, lift, zone, mass);
            let reading = sealane_ingest::read(
                text.as_bytes(),
                ReadContext { partner: &self.partner, wants_ack: false },
            );
            let submission = SubmissionId(format!("sub_{}", self.heard).into());
            for message in reading.messages {
                assert_eq!(message.observations.len(), 1, "{:?}", message.findings);
                let (seq, party) = (self.world.seq() + 1, self.partner.id.clone());
                self.world.apply(&[Recorded {
                    seq,
                    at,
                    party,
                    submission: submission.clone(),
                    entry: Entry::Message(message),
                }]);
            }
        }
    }

    fn drift(&self) -> Vec<Drift> {
        self.world
            .drift()
            .into_iter()
            .map(|(party, drift)| {
                assert_eq!(party, self.partner.id);
                drift
            })
            .collect()
    }
}

#[test]
fn a_zone_that_shifts_by_eight_hours_is_an_alarm_since_its_first_submission() {
    let mut partner = Simulated::new();
    partner.send(40, "Asia/Shanghai", true);
    assert_eq!(partner.drift(), []);
    partner.send(2, "UTC", true);
    assert_eq!(partner.drift(), [], "two may be late");
    partner.send(1, "UTC", true);
    let drift = partner.drift();
    assert_eq!(drift.len(), 1, "{drift:?}");
    assert_eq!((drift[0].what.as_str(), drift[0].since.0.as_str()), ("delay", "sub_41"));
    assert!((drift[0].now - drift[0].before - 480.0).abs() < 40.0, "{drift:?}");
    assert!(drift[0].told.contains("as if its clock were"), "{drift:?}");

    // Reading the three again with a correction, as the operator does, ends it.
    let retracted: Vec<u64> = (41..=43).collect();
    let reread = Entry::Reread(Box::new(Reread { retracted, ..Reread::default() }));
    let (seq, at) = (partner.world.seq() + 1, "2026-09-05T00:00:00Z".parse().unwrap());
    let record = Recorded {
        seq,
        at,
        party: PartyId::operator(),
        submission: SubmissionId("sub_41".into()),
        entry: reread,
    };
    partner.world.apply(&[record]);
    assert_eq!(partner.drift(), []);
}

#[test]
fn a_dropped_segment_is_an_alarm_and_ends_when_it_comes_back_or_becomes_the_custom() {
    let mut partner = Simulated::new();
    partner.send(30, "Asia/Shanghai", true);
    partner.send(7, "Asia/Shanghai", false);
    assert_eq!(partner.drift(), []);
    partner.send(1, "Asia/Shanghai", false);
    let drift = partner.drift();
    assert_eq!(drift.len(), 1, "{drift:?}");
    let told = &drift[0];
    assert_eq!(
        (told.what.as_str(), told.segment.as_str(), told.since.0.as_str()),
        ("gross_mass", "MEA", "sub_31")
    );
    assert_eq!((told.before, told.now), (100.0, 0.0));
    let mut custom = Simulated::new();
    custom.send(30, "Asia/Shanghai", true);
    custom.send(60, "Asia/Shanghai", false);
    assert_eq!(custom.drift(), [], "what it has done for long is its custom");
    partner.send(1, "Asia/Shanghai", true);
    assert_eq!(partner.drift(), [], "it is back");
}

#[test]
fn the_operator_sees_the_alarm_and_its_measure() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let post = |number: usize, zone: &str| {
        let lift = Timestamp::now() - SignedDuration::from_mins(10 + i64::try_from(number).unwrap());
        let text = report(number, lift, zone, true);
        let answer = server.ask("POST", "/v1/submissions", text.as_bytes()).json();
        assert_eq!(answer["events"], 1, "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    };
    for number in 0..14 {
        post(number, "Asia/Shanghai");
    }
    let measure = || String::from_utf8(server.ask("GET", "/metrics", b"").body).unwrap();
    assert!(measure().contains("sealane_partner_drift{party=\"operator\"} 0"), "{}", measure());
    let first = post(14, "UTC");
    post(15, "UTC");
    post(16, "UTC");
    let partners = server.get("/v1/partners");
    let operator = partners["partners"].as_array().unwrap().iter().find(|p| p["id"] == "operator").unwrap();
    assert_eq!(
        (&operator["drift"][0]["what"], &operator["drift"][0]["since"]),
        (&"delay".into(), &first.as_str().into())
    );
    assert!(measure().contains("sealane_partner_drift{party=\"operator\"} 1"), "{}", measure());
}
