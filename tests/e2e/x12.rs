//! X12 by the same doors as EDIFACT: taken in, answered in its own format, tests on no map.

use super::server::{Server, data};

const CONFIRMED: &str = include_str!("../messages/301/synthetic_confirmed_4010.x12");
const CANCELLED: &str = include_str!("../messages/303/synthetic_cancellation_4010.x12");
const DISCHARGED: &str = include_str!("../messages/315/synthetic_discharged_4010.x12");
const TEST: &str = include_str!("../messages/315/synthetic_test_asks_ta1.x12");

const SHIPMENT: &str = "/v1/shipments/booking:BKG77001";

#[test]
fn x12_is_read_and_answered_in_its_own_format() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    // A test asks for TA1 (ISA14) and reaches no map.
    let test = server.ask("POST", "/v1/submissions", TEST.as_bytes()).json();
    assert!(test["acknowledgement"].as_str().unwrap().contains("*0*T*>~TA1*000000321*"), "{test}");
    assert_eq!(server.ask("GET", "/v1/shipments/container:CSQU3054383", b"").status, 404);

    let accept = [("accept", "application/edi-x12")];
    let key = std::fs::read_to_string(data.join("local.key")).unwrap();
    let answer =
        |text: &str| server.ask_with("POST", "/v1/submissions", &accept, Some(key.trim()), text.as_bytes());
    let got = answer(DISCHARGED);
    assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "application/edi-x12"));
    let told = String::from_utf8(got.body.clone()).unwrap();
    assert!(told.starts_with("ISA*00*") && told.contains("~AK2*315*0001~AK5*A~AK9*A*1*1*1~"), "{told}");
    let path = format!("/v1/submissions/{}/answer", got.header("sealane-submission"));
    let again = server.ask("GET", &path, b"");
    assert_eq!((again.header("content-type"), &again.body), ("application/edi-x12", &got.body));
    assert_eq!(server.ask("GET", "/v1/shipments/container:CSQU3054383", b"").status, 200);
}

#[test]
fn a_303_takes_back_what_its_301_said() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let post = |text: &str| assert_eq!(server.ask("POST", "/v1/submissions", text.as_bytes()).status, 200);
    // A booking is a shipment once it names a container.
    let named = "LX*1~\nN7*CSQU*305438*24180*G*******CN******K*3****45G1~\n";
    post(&CONFIRMED.replace("LX*1~\n", named).replace("SE*16*", "SE*17*"));
    assert_eq!(server.ask("GET", SHIPMENT, b"").status, 200);
    post(CANCELLED);
    assert_eq!(server.ask("GET", SHIPMENT, b"").status, 404);
}
