//! What a partner's file makes of faults, through the doors: rejected is answered and on no map, and X12
//! answers end in `.x12`.

use super::server::{Server, data};
use super::{codeco, run_ok};

const X12: &str = include_str!("../messages/315/synthetic_discharged_4010.x12");

#[test]
fn what_a_profile_rejects_is_answered_so_and_on_no_map() {
    let (dir, data) = data();
    std::fs::create_dir_all(data.join("partners")).unwrap();
    let file = "id = \"strict\"\nacknowledge = \"always\"\non_error = \"reject\"\naperak = true\n";
    std::fs::write(data.join("partners/strict.toml"), file).unwrap();
    let server = Server::serve(&data);
    let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "strict"]);
    let post = |text: &str| {
        let answer = server.ask_with("POST", "/v1/submissions", &[], Some(key.trim()), text.as_bytes());
        assert_eq!(answer.status, 200);
        answer.json()
    };
    let good = codeco("1", "CSQU3054383", "BKGPOLICY1", "34", "202609040930");
    let told = post(&good.replace("UNT+9+1'", "UNT+99+1'"));
    let answer = told["acknowledgement"].as_str().unwrap();
    assert!(answer.contains("UCM+1+CODECO:D:95B:UN:ITG14+4+29+UNT'"), "{told}");
    assert!(told["groups"].as_array().unwrap().iter().any(|g| g["code"] == "MSG-012"), "{told}");
    let path = "/v1/shipments/container:CSQU3054383";
    assert_eq!(server.ask("GET", path, b"").status, 404, "rejected is on no map");

    let told = post(&good);
    let answer = told["acknowledgement"].as_str().unwrap();
    assert!(answer.contains("UCI+IC1+TERMINAL+FORWARDER+7'UNT+"), "{told}");
    assert_eq!(server.ask("GET", path, b"").status, 200);
    // Rejected for its frame alone, the same message comes again in a mended one and is read.
    let framed = codeco("3", "TSLU1000010", "BKGPOLICY3", "34", "202609040930");
    post(&framed.replace("UNZ+1+", "UNZ+7+"));
    let path = "/v1/shipments/container:TSLU1000010";
    assert_eq!(server.ask("GET", path, b"").status, 404, "rejected is on no map");
    post(&framed);
    assert_eq!(server.ask("GET", path, b"").status, 200, "the mended one is no repeat");
    let told = post(&codeco("2", "CSQU3054384", "BKGPOLICY2", "34", "202609040930"));
    let answer = told["acknowledgement"].as_str().unwrap();
    assert!(answer.contains("CONTRL") && answer.contains("APERAK:D:00B:UN'"), "{told}");
    assert!(answer.contains("ERC+EDI-041::ZZZ'"), "{told}");

    let file = dir.path().join("status.x12");
    std::fs::write(&file, X12).unwrap();
    run_ok(&["ingest", "--data", data.to_str().unwrap(), "--party", "strict", file.to_str().unwrap()]);
    let lies = || {
        let found = std::fs::read_dir(data.join("out/strict")).into_iter().flatten().flatten();
        found.map(|e| e.path()).find(|p| p.extension().is_some_and(|e| e == "x12"))
    };
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let path = loop {
        if let Some(path) = lies() {
            break path;
        }
        assert!(std::time::Instant::now() < end, "no answer in the folder");
    };
    assert!(std::fs::read_to_string(path).unwrap().starts_with("ISA*00*"));
}
