//! Files that are kept for their bytes alone: papers and files of answers are told from certificates and from each
//! other, also where they are the same bytes, and what was erased is kept anew.

use super::certificates::{bindings, certificate};
use super::papers::pdf;
use super::run_ok;
use super::server::{Server, data};
use serde_json::{Value, json};

/// Sends bytes and returns the answer, which has to have this status; some have nothing to say beside it.
fn send(server: &Server, path: &str, bytes: &[u8], status: u16) -> Value {
    let answer = server.ask("POST", path, bytes);
    assert_eq!(answer.status, status, "{path}: {}", String::from_utf8_lossy(&answer.body));
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// Makes a certificate and returns where its answers go.
fn door(server: &Server) -> String {
    let document = certificate("EXAMPLE-0100", bindings()).to_string();
    let taken = send(server, "/v1/certificates", document.as_bytes(), 201);
    format!("/v1/certificates/{}/consistency", taken["id"].as_str().unwrap())
}

fn answer(handed: &Value) -> String {
    json!({"rule": "R6", "text": "See the file.", "file": handed["submission"]}).to_string()
}

#[test]
fn the_same_bytes_may_be_a_file_and_a_paper() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let (door, file) = (door(&server), pdf(&["Certificate No. EXAMPLE-0101"]));
    let handed = send(&server, &format!("{door}/files"), &file, 201);
    let paper = send(&server, "/v1/papers", &file, 200);
    assert_ne!(paper["submission"], handed["submission"]);
    let mut typed = certificate("EXAMPLE-0101", bindings());
    typed["paper"] = json!({"submission": paper["submission"], "sha256": paper["sha256"]});
    send(&server, "/v1/certificates", typed.to_string().as_bytes(), 201);
    send(&server, &format!("{door}/answers"), answer(&handed).as_bytes(), 201);
}

#[test]
fn the_same_bytes_may_be_a_file_and_a_certificate() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let door = door(&server);
    let file_first = certificate("EXAMPLE-0102", bindings()).to_string();
    let certificate_first = certificate("EXAMPLE-0103", bindings()).to_string();
    send(&server, &format!("{door}/files"), file_first.as_bytes(), 201);
    send(&server, "/v1/certificates", file_first.as_bytes(), 201);
    send(&server, "/v1/certificates", certificate_first.as_bytes(), 201);
    let handed = send(&server, &format!("{door}/files"), certificate_first.as_bytes(), 201);
    send(&server, &format!("{door}/answers"), answer(&handed).as_bytes(), 201);
}

#[test]
fn a_file_that_was_erased_is_kept_when_it_comes_again() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let (door, bytes) = (door(&server), b"the protocol of the inspection");
    let first = send(&server, &format!("{door}/files"), bytes, 201);
    let (id, folder) = (first["submission"].as_str().unwrap(), data.to_str().unwrap());
    run_ok(&["erase", id, "--data", folder, "--reason", "nobody named it", "--by", "Officer"]);
    let again = send(&server, &format!("{door}/files"), bytes, 201);
    assert_ne!(again["submission"], first["submission"]);
    send(&server, &format!("{door}/answers"), answer(&again).as_bytes(), 201);
    let kept = server.ask("GET", &format!("{door}/files/{}", again["sha256"].as_str().unwrap()), b"");
    assert_eq!((kept.status.as_u16(), kept.body.as_slice()), (200, &bytes[..]));
}
