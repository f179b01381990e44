//! The seven verbs through their door, the outbox and the sandbox; and what is refused with a reason.

use super::super::certificates::{bindings, certificate};
use super::super::server::{Answer, Server, data};
use super::{House, QUICK, mood, sandbox, until};
use serde_json::{Value, json};

const VERBS: [&str; 7] = ["issue", "push", "verify", "retrieve", "display", "subscribe", "qr"];

impl House {
    fn ask(&self, id: &str, verb: &str) -> Answer {
        self.server.ask("POST", &format!("/v1/certificates/{id}/requests/{verb}"), b"")
    }

    /// Asks with a verb and waits until something came of it.
    fn asked(&self, id: &str, verb: &str) -> Value {
        let answer = self.ask(id, verb);
        assert_eq!(answer.status, 202, "{verb}: {}", String::from_utf8_lossy(&answer.body));
        let poll = answer.header("location").to_owned();
        until(|| self.server.get(&poll), |p| p["state"] != "pending")
    }

    /// Enters a certificate that is not issued yet.
    fn draft(&self, number: &str) -> String {
        let mut document = certificate(number, bindings());
        document["lifecycle"] = json!({"state": "draft"});
        let answer = self.server.ask("POST", "/v1/certificates", document.to_string().as_bytes());
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    fn life(&self, id: &str) -> String {
        let view = self.server.get(&format!("/v1/certificates/{id}"));
        view["lifecycle"]["state"].as_str().unwrap().to_owned()
    }
}

#[test]
fn each_of_the_seven_verbs_goes_through_the_outbox_once() {
    let house = House::pushed_to(QUICK);
    let draft = house.draft("EXAMPLE-7700");
    let issued = house.enter("EXAMPLE-7800");
    for (n, verb) in VERBS.into_iter().enumerate() {
        let id = if verb == "issue" { &draft } else { &issued };
        let told = house.asked(id, verb);
        assert_eq!((&told["verb"], &told["outcome"]), (&json!(verb), &json!("confirmed")), "{told:#}");
        assert!(told["code"].as_str().unwrap().starts_with("SBX-"), "{told:#}");
        let digest = told["exchange_sha256"].as_str().unwrap();
        let exchange = house.server.ask("GET", &format!("/v1/registries/exchanges/{digest}"), b"");
        let text = String::from_utf8(exchange.body).unwrap();
        assert!(text.contains(&format!("/rcep-smart/{verb}")) && text.contains("status 200"), "{text}");
        // The same again: it is there, and nobody is called.
        let calls = house.counts()["calls"].clone();
        let again = house.ask(id, verb);
        assert_eq!((again.status.as_u16(), &again.json()["cached"]), (200, &json!(true)), "{verb}");
        let counts = house.counts();
        assert_eq!((&counts["calls"], &counts["effects"]), (&calls, &json!(n + 1)), "{verb}");
    }
    let field = |verb: &str, name: &str| {
        let list = house.server.get(&format!("/v1/certificates/{issued}/requests/{verb}"));
        assert_eq!(list["open"], json!([]));
        list["history"][0]["fields"][name].clone()
    };
    assert_eq!(field("retrieve", "document")["certified_by"], "sandbox");
    assert_eq!(field("display", "display")["number"], "EXAMPLE-7800");
    assert_eq!(field("subscribe", "subscription"), "sub-EXAMPLE-7800");
    assert_eq!(field("qr", "qr"), "sandbox:rcep-smart:EXAMPLE-7800");
    // Only a verification verifies.
    assert_eq!(house.axis(&draft)["state"], "not_checked");
    assert_eq!(house.axis(&issued)["state"], "confirmed");
}

#[test]
fn an_application_moves_the_certificate_and_is_made_once() {
    let house = House::pushed_to(QUICK);
    // The answer comes later: until then the certificate is asked for.
    let later = house.draft("EXAMPLE-7702");
    let poll = house.ask(&later, "issue").header("location").to_owned();
    assert_eq!(house.life(&later), "submitted");
    until(|| house.server.get(&poll), |p| p["state"] != "pending");
    assert_eq!(house.life(&later), "issued");
    let refused = house.draft("EXAMPLE-7801");
    assert_eq!(house.asked(&refused, "issue")["outcome"], "refuted");
    assert_eq!(house.life(&refused), "rejected");
    // What ended is not handed over, and what is issued is not applied for.
    let no = |id: &str, verb: &str, why: &str| {
        let answer = house.ask(id, verb);
        assert_eq!(answer.status, 409, "{verb}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(why), "{}", answer.json());
    };
    no(&refused, "push", "rejected");
    let other = house.enter("EXAMPLE-7900");
    no(&other, "issue", "issued");
    assert_eq!(house.ask(&other, "brew").status, 404);
}

#[test]
fn faults_of_every_verb_are_tried_again_and_never_an_answer() {
    let house = House::pushed_to(QUICK);
    for (n, verb) in VERBS.into_iter().enumerate() {
        let number = format!("EXAMPLE-{n}00");
        let id = if verb == "issue" { house.draft(&number) } else { house.enter(&number) };
        mood(&house.sandbox, "down");
        let told = house.asked(&id, verb);
        assert_eq!(
            (&told["state"], &told["fault"]),
            (&json!("fault"), &json!("unavailable")),
            "{verb}: {told:#}"
        );
        assert!(told["attempts"].as_u64() > Some(1), "{verb}: {told:#}");
        mood(&house.sandbox, "wrong");
        assert_eq!(house.asked(&id, verb)["fault"], "contract", "{verb}");
        mood(&house.sandbox, "up");
        assert_eq!(house.asked(&id, verb)["outcome"], "confirmed", "{verb}");
    }
}

#[test]
fn who_subscribes_is_told_when_a_certificate_no_longer_stands() {
    let house = House::pushed_to(QUICK);
    let id = house.enter("EXAMPLE-7720");
    assert_eq!(house.asked(&id, "subscribe")["outcome"], "confirmed");
    // Nobody asks again: the registry says it by itself, signed.
    let axis = until(|| house.axis(&id), |a| a["state"] == "refuted");
    assert_eq!(axis["gateway"], "rcep-smart", "{axis}");
}

#[test]
fn what_was_only_announced_and_what_cannot_be_asked_is_refused_with_the_reason() {
    let (dir, data) = data();
    let server = Server::serve(&data);
    let house = House { _dir: dir, data, sandbox: sandbox(&[]), server };
    let id = house.enter("EXAMPLE-7700");
    let refused = |verb: &str| {
        let answer = house.ask(&id, verb);
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (409, "application/problem+json")
        );
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    for verb in VERBS {
        let why = refused(verb);
        assert!(why.contains("are announced only") && why.contains("RCEP Smart"), "{verb}: {why}");
    }
    assert!(refused("verify").ends_with("check at the issuer yourself"));
    // A profile of one's own that knows one verb, and to which nobody may push.
    let text = format!(
        "id = \"chamber\"\nname = \"Chamber\"\ninterface = \"private\"\nregimes = [\"RCEP\"]\nconnected = true\n\
         environment = \"test\"\n[environments.test]\nbase = \"http://{}/rcep-smart\"\n[answer]\noutcome = \"$.result\"\n\
         confirmed = [\"VALID\"]\n[verbs.verify]\npath = \"/verify\"\nbody = {{ certificate_no = \"{{number}}\" }}\n[verbs.subscribe]\npath = \"/subscribe\"\nbody = {{ certificate_no = \"{{number}}\" }}\n{QUICK}",
        house.sandbox.address
    );
    std::fs::create_dir_all(house.data.join("registries")).unwrap();
    std::fs::write(house.data.join("registries/chamber.toml"), text).unwrap();
    house.connected("chamber");
    assert!(refused("qr").contains("`chamber` cannot be asked to qr"));
    assert!(refused("subscribe").contains("reached_at"));
    let other = house.server.ask("POST", &format!("/v1/certificates/{id}/requests/qr?registry=moon"), b"");
    assert!(other.json()["detail"].as_str().unwrap().contains("`moon`"));
}
