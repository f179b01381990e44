mod certificates;
mod consistency;
mod entries;
mod hooks;
mod keys;
mod links;
mod nodes;
mod requests;
mod sea;
mod shipments;
mod signatures;
mod told_first;
mod what_if;

use crate::settings::Settings;
use crate::testing::{Got, House, Move, house, message};
use sealane_data::observation::Kind;

const BOX: &str = "CSQU3054383";

fn voyage(booking: &'static str) -> [Move; 2] {
    [
        Move { kind: Kind::Loaded, container: BOX, booking, place: "SGSIN", at: "2026-09-05T14:20:00" },
        Move { kind: Kind::Discharged, container: BOX, booking, place: "MYPKG", at: "2026-09-12T06:00:00" },
    ]
}

fn assert_problem(got: &Got, status: u16, code: &str) {
    assert_eq!((got.status.as_u16(), got.json()["code"].as_str()), (status, Some(code)));
    assert_eq!(got.header("content-type"), "application/problem+json");
}

/// A house in which the terminal told of a box, naming the owner as a party of the booking.
async fn told() -> House {
    let house = house(Settings::default());
    house.tell(&house.terminal, &message(&voyage("BKG77001"), &["OWNER"])).await;
    house
}
