//! How registries are tied to a house: profiles, credentials, pushes, people, and the conformance report.

use super::super::certificates::{BOOKING, bindings, certificate, gate_and_load};
use super::super::server::{Answer, Server, data};
use super::super::{installed, run, run_ok, skip};
use super::{House, QUICK, connect, sandbox, until};
use serde_json::{Value, json};
use std::process::Command;

#[test]
fn what_is_published_is_verified_by_itself_and_a_shadow_has_no_effect() {
    let house = House::new(QUICK);
    let text = std::fs::read_to_string(house.data.join("registries/rcep-smart.toml")).unwrap();
    std::fs::write(
        house.data.join("registries/rcep-smart.toml"),
        text.replace("when = []", "when = [\"published\"]"),
    )
    .unwrap();
    let id = house.enter("EXAMPLE-7700");
    assert_eq!(house.server.ask("POST", &format!("/v1/certificates/{id}/publish"), b"").status, 200);
    until(|| house.axis(&id), |a| a["state"] == "confirmed");
    let all = house.server.get(&format!("/v1/certificates/{id}/verifications"));
    assert_eq!(all["history"][0]["trigger"], "published");
    let shadow = text.replace("connected = true", "connected = true\nshadow = true");
    std::fs::write(house.data.join("registries/rcep-smart.toml"), shadow).unwrap();
    until(|| house.server.get("/v1/registries"), |s| s["registries"][0]["shadow"] == true);
    let dark = house.enter("EXAMPLE-7800");
    let told = house.settled(&dark);
    assert_eq!((&told["outcome"], &told["shadow"]), (&json!("confirmed"), &json!(true)));
    assert_eq!(house.axis(&dark)["state"], "not_checked", "nothing follows from what a shadow is told");
    // A file with a fault is named, and what was in order goes on.
    std::fs::write(
        house.data.join("registries/rcep-smart.toml"),
        text.replace("connected = true", "conected = true"),
    )
    .unwrap();
    let status =
        until(|| house.server.get("/v1/registries"), |s| s["problems"][0]["file"] == "rcep-smart.toml");
    assert!(status["problems"][0]["problem"].as_str().unwrap().contains("conected"), "{status:#}");
    assert_eq!(status["registries"][0]["connected"], true);
}

#[test]
fn a_signed_push_takes_a_confirmation_back_and_an_unsigned_one_nothing() {
    let house = House::pushed_to(QUICK);
    let id = house.enter("EXAMPLE-7720");
    let told = house.settled(&id);
    assert_eq!(told["outcome"], "confirmed");
    let axis = until(|| house.axis(&id), |a| a["state"] == "refuted");
    assert!(axis["checked_at"].is_string(), "{axis}");
    let forged =
        json!({"result": "VALID", "verification_code": "X", "idempotency_key": told["key"]}).to_string();
    let push = |signature: &str| {
        let headers = [("x-signature", signature)];
        house
            .server
            .ask_with("POST", "/v1/registries/rcep-smart/push", &headers, None, forged.as_bytes())
            .status
    };
    assert_eq!((push("sha256=00").as_u16(), push("").as_u16()), (404, 404));
    assert_eq!(house.axis(&id)["state"], "refuted");
    // Signed it is taken, and the same once only: an old word does not take back a newer one.
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"sandbox-secret");
    let signed = |body: &str| {
        let mark = sealane_data::hex::write(ring::hmac::sign(&key, body.as_bytes()).as_ref());
        let headers = [("x-signature", mark.as_str())];
        let path = "/v1/registries/rcep-smart/push";
        house.server.ask_with("POST", path, &headers, None, body.as_bytes()).status.as_u16()
    };
    let back = json!({"result": "INVALID", "idempotency_key": told["key"], "reasons": ["revoked again"]})
        .to_string();
    assert_eq!((signed(&forged), house.axis(&id)["state"].clone()), (204, "confirmed".into()));
    assert_eq!((signed(&back), house.axis(&id)["state"].clone()), (204, "refuted".into()));
    assert_eq!((signed(&forged), house.axis(&id)["state"].clone()), (204, "refuted".into()));
}

/// A server without registries, the keys of three parties, and a certificate of the first that is tied to a
/// booking which the last was granted.
struct Parties {
    _dir: tempfile::TempDir,
    server: Server,
    owner: String,
    stranger: String,
    buyer: String,
    id: String,
}

impl Parties {
    fn new() -> Self {
        let (dir, data) = data();
        let key = |party: &str| {
            run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", party]).trim().to_owned()
        };
        Server::serve(&data).kill();
        let (owner, stranger, buyer) = (key("owner"), key("stranger"), key("buyer"));
        let grants = format!("id = \"buyer\"\ngrants = [\"booking:{BOOKING}\"]\n");
        std::fs::create_dir_all(data.join("partners")).unwrap();
        std::fs::write(data.join("partners/buyer.toml"), grants).unwrap();
        let server = Server::serve(&data);
        gate_and_load(&server);
        let mut parties = Self { _dir: dir, server, owner, stranger, buyer, id: String::new() };
        let document = certificate("EXAMPLE-7700", bindings());
        let taken = parties.ask(&parties.owner, "POST", "/v1/certificates", &document);
        assert_eq!(taken.status, 201, "{}", String::from_utf8_lossy(&taken.body));
        taken.json()["id"].as_str().unwrap().clone_into(&mut parties.id);
        parties
    }

    fn ask(&self, key: &str, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.server.ask_with(method, path, &headers, Some(key), body.to_string().as_bytes())
    }

    fn path(&self, tail: &str) -> String {
        format!("/v1/certificates/{}/{tail}", self.id)
    }
}

/// What a person saw on the page of China Customs.
fn seen(at: jiff::Timestamp) -> Value {
    json!({"page": "gacc", "outcome": "confirmed", "code": "GACC-1", "checked_at": at, "file_sha256": "ab".repeat(32)})
}

#[test]
fn strangers_learn_nothing_and_an_owners_word_stays_a_claim() {
    let parties = Parties::new();
    let (owner, stranger, now) = (&parties.owner, &parties.stranger, jiff::Timestamp::now());
    let (checks, verifications) = (parties.path("checks"), parties.path("verifications"));
    assert_eq!(parties.ask(owner, "POST", &checks, &seen(now)).status, 403);
    for (method, path) in [("POST", &checks), ("POST", &verifications), ("GET", &verifications)] {
        assert_eq!(parties.ask(stranger, method, path, &seen(now)).status, 404, "{method} {path}");
    }
    // Whoever enters a certificate that names the same box and booking is no party to the movement.
    let tied = parties.ask(stranger, "POST", "/v1/certificates", &certificate("EXAMPLE-9999", bindings()));
    assert_eq!((tied.status.as_u16(), &tied.json()["bindings"][0]["bound"]), (201, &json!(true)));
    assert_eq!(parties.ask(stranger, "POST", &checks, &seen(now)).status, 404);
    let hook = json!({"certificate": parties.id});
    assert_eq!(parties.ask(stranger, "POST", "/v1/hooks/order", &hook).status, 404);
    assert_eq!(parties.ask(stranger, "GET", "/v1/registries", &json!({})).status, 403);
    let off = json!({"on": false});
    assert_eq!(parties.ask(owner, "POST", "/v1/registries/rcep-smart/switch", &off).status, 403);
    let none = parties.ask(owner, "POST", &verifications, &json!({}));
    assert_eq!(none.status, 409, "no registry is connected");
    assert!(none.json()["detail"].as_str().unwrap().contains("check at the issuer yourself"));
    let regimes = parties.ask(stranger, "GET", "/v1/regimes", &json!({})).json();
    let regimes = regimes["regimes"].as_array().unwrap();
    assert!(regimes.len() == 5 && regimes.iter().all(|r| r["interface"] == "announced-only"));
    assert!(regimes.iter().all(|r| r["published"] == json!([]) && r["connected"] == false), "{regimes:#?}");
}

#[test]
fn what_a_person_saw_counts_for_thirty_days() {
    let parties = Parties::new();
    let (owner, buyer, now) = (&parties.owner, &parties.buyer, jiff::Timestamp::now());
    let checks = parties.path("checks");
    let axis = || {
        let path = format!("/v1/certificates/{}", parties.id);
        parties.ask(owner, "GET", &path, &json!({})).json()["verification"].clone()
    };
    // The buyer was granted the booking that the certificate is tied to.
    let month = jiff::SignedDuration::from_hours(24 * 31);
    let long_ago = seen(now.checked_sub(month).unwrap());
    assert_eq!(parties.ask(buyer, "POST", &checks, &long_ago).status, 204);
    assert_eq!(axis()["state"], "stale", "31 days are too long");
    assert_eq!(parties.ask(buyer, "POST", &checks, &seen(now)).status, 204);
    let shown = axis();
    assert_eq!((&shown["state"], &shown["code"]), (&json!("confirmed"), &json!("GACC-1")));
    assert_eq!(shown["gateway"], "manual:gacc");
    assert!(shown["text"].as_str().unwrap().starts_with("a person looked"), "{shown}");
    let cached = parties.ask(owner, "POST", "/v1/hooks/order", &json!({"number": "EXAMPLE-7700"}));
    assert_eq!((cached.status.as_u16(), &cached.json()["state"]), (200, &json!("confirmed")));
    for (field, wrong) in [("outcome", "pending"), ("page", "moon")] {
        let mut bad = seen(now);
        bad[field] = json!(wrong);
        assert_eq!(parties.ask(buyer, "POST", &checks, &bad).status, 409, "{wrong}");
    }
}

#[test]
fn tokens_assertions_keys_and_signatures_are_given_by_reference_and_leave_no_trace() {
    let (dir, data) = data();
    let secret = dir.path().join("registry.secret");
    std::fs::write(&secret, "s3cret-of-the-registry\n").unwrap();
    let file = secret.display();
    let auths = [
        ("token", format!("[auth]\nkind = \"oauth2\"\ntoken = \"/oauth/token\"\nclient = \"house\"\nscope = \"eco:verify\"\nsecret = {{ file = \"{file}\" }}\n")),
        ("token", "[auth]\nkind = \"private_key_jwt\"\ntoken = \"/oauth/token\"\nclient = \"house\"\n[auth.signer]\nurl = \"http://SANDBOX/sign\"\n".to_owned()),
        ("api-key", format!("[auth]\nkind = \"api_key\"\nheader = \"x-api-key\"\nsecret = {{ file = \"{file}\" }}\n")),
        ("basic", format!("[auth]\nkind = \"basic\"\nuser = \"house\"\nsecret = {{ file = \"{file}\" }}\n")),
        ("signature", "[signer]\nurl = \"http://SANDBOX/sign\"\n".to_owned()),
    ];
    let server = Server::serve(&data);
    let first = sandbox(&[]);
    connect(&data, "rcep-smart", &format!("http://{}", first.address), QUICK);
    let mut house = House { _dir: dir, data, sandbox: first, server };
    for (n, (wanted, auth)) in auths.iter().enumerate() {
        house.sandbox = sandbox(&["--auth", wanted, "--secret", secret.to_str().unwrap()]);
        let base = format!("http://{}", house.sandbox.address);
        connect(
            &house.data,
            "rcep-smart",
            &base,
            &format!("{QUICK}{}", auth.replace("SANDBOX", &house.sandbox.address)),
        );
        let kind = auth.split('"').nth(1).filter(|_| auth.starts_with("[auth]")).unwrap_or("none");
        until(|| house.server.get("/v1/registries"), |s| s["registries"][0]["auth"] == kind);
        let id = house.enter(&format!("EXAMPLE-{n}00"));
        // The file may have been read while the sandbox before it was still named.
        let told = until(
            || house.settled(&id),
            |t| t["state"] == "answered" || house.counts()["calls"].as_u64() > Some(0),
        );
        assert_eq!(told["outcome"], "confirmed", "{wanted} {auth}: {told:#}");
        let digest = told["exchange_sha256"].as_str().unwrap();
        let exchange = house.server.ask("GET", &format!("/v1/registries/exchanges/{digest}"), b"");
        let shown =
            format!("{}{}", String::from_utf8_lossy(&exchange.body), house.server.get("/v1/registries"));
        assert!(!shown.contains("s3cret") && !shown.to_lowercase().contains("bearer"), "{shown}");
    }
    // A wrong secret is a fault of ours with the registry, and says nothing about the certificate.
    std::fs::write(&secret, "not-the-secret\n").unwrap();
    let base = format!("http://{}", house.sandbox.address);
    connect(&house.data, "rcep-smart", &base, &format!("{QUICK}{}", auths[3].1));
    until(|| house.server.get("/v1/registries"), |s| s["registries"][0]["auth"] == "basic");
    let id = house.enter("EXAMPLE-9900");
    let told = house.settled(&id);
    assert_eq!((&told["state"], &told["fault"]), (&json!("fault"), &json!("auth")), "{told:#}");
}

/// Makes an authority and certificates of it for a server and a client; `at` says where files lie.
fn certify(at: &dyn Fn(&str) -> String) {
    let openssl = |arguments: &[&str]| {
        let made = Command::new("openssl").args(arguments).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    openssl(
        &[
            &["req", "-x509"][..],
            &new[..],
            &["-subj", "/CN=Test authority", "-keyout", &at("ca.key"), "-out", &at("ca.pem")],
        ]
        .concat(),
    );
    for (name, extension) in
        [("server", "subjectAltName=DNS:localhost"), ("client", "extendedKeyUsage=clientAuth")]
    {
        let files = ["-keyout", &at(&format!("{name}.key")), "-out", &at(&format!("{name}.pem"))];
        let subject = format!("/CN={name}");
        let signed = [
            "-CA",
            &at("ca.pem"),
            "-CAkey",
            &at("ca.key"),
            "-subj",
            &subject,
            "-addext",
            extension,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ];
        openssl(&[&["req", "-x509"][..], &new[..], &signed[..], &files[..]].concat());
    }
}

#[test]
fn mutual_tls_is_asked_for_and_given() {
    if !installed("openssl") {
        return skip("mutual_tls_is_asked_for_and_given", "openssl");
    }
    let (dir, data) = data();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    certify(&at);
    let sandbox = sandbox(&[
        "--tls-cert",
        &at("server.pem"),
        "--tls-key",
        &at("server.key"),
        "--client-ca",
        &at("ca.pem"),
    ]);
    let port = sandbox.address.rsplit(':').next().unwrap().to_owned();
    let base = format!("https://localhost:{port}");
    let ca = format!("ca = \"{}\"\n", at("ca.pem"));
    let mtls =
        format!("[auth]\nkind = \"mtls\"\ncert = \"{}\"\nkey = \"{}\"\n", at("client.pem"), at("client.key"));
    connect(&data, "rcep-smart", &base, &format!("{ca}{QUICK}{mtls}"));
    let server = Server::serve(&data);
    let house = House { _dir: dir, data, sandbox, server };
    house.connected("rcep-smart");
    let id = house.enter("EXAMPLE-7700");
    assert_eq!(house.settled(&id)["outcome"], "confirmed");
    connect(&house.data, "rcep-smart", &base, &format!("{ca}{QUICK}"));
    until(|| house.server.get("/v1/registries"), |s| s["registries"][0]["auth"] == "none");
    let id = house.enter("EXAMPLE-7800");
    let told = house.settled(&id);
    assert_eq!((&told["state"], &told["fault"]), (&json!("fault"), &json!("unavailable")), "{told:#}");
}

#[test]
fn every_embedded_adapter_conforms_and_a_bent_one_does_not() {
    for regime in ["rcep-smart", "rcep-v2", "asw-originlink", "usmca-ecert", "ca-origin"] {
        let report = run_ok(&["sandbox", "--conformance", regime]);
        assert!(report.contains("17 of 17 right") && !report.contains("WRONG"), "{regime}\n{report}");
    }
    let dir = tempfile::tempdir().unwrap();
    let bent = dir.path().join("bent.toml");
    std::fs::write(&bent, "extends = \"rcep-smart\"\n[answer]\nrefuted = [\"NEVER\"]\nnumber = \"\"\n")
        .unwrap();
    let output = run(&["sandbox", "--conformance", bent.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let wrong: Vec<&str> =
        lines.iter().filter(|l| l["good"] == false).map(|l| l["case"].as_str().unwrap()).collect();
    assert_eq!(wrong, ["verify …01", "verify …20 twice", "verify, answered about another"]);
}

#[test]
fn old_answers_are_asked_again_by_policy_and_within_its_budget() {
    let house = House::new(&format!("{QUICK}[reconcile]\nevery = \"300ms\"\nper_hour = 3\n"));
    let ids = ["EXAMPLE-7700", "EXAMPLE-7800"].map(|number| house.enter(number));
    for id in &ids {
        assert_eq!(house.settled(id)["outcome"], "confirmed");
    }
    let never = house.enter("EXAMPLE-7900");
    let reconciled = || -> usize {
        let of = |id: &String| {
            let all = house.server.get(&format!("/v1/certificates/{id}/verifications"));
            let history = all["history"].as_array().unwrap().clone();
            history.iter().filter(|h| h["trigger"] == "reconciliation" && h["state"] == "answered").count()
        };
        ids.iter().map(of).sum()
    };
    // Both are fresh for a day, and asked again all the same: three times an hour and no more.
    until(|| json!(reconciled()), |n| *n == 3);
    let calls = house.counts()["calls"].clone();
    assert_eq!(calls, 5);
    // What is due is looked for all the time; a verification that is wanted shows that it was.
    let later = house.enter("EXAMPLE-8000");
    assert_eq!(house.settled(&later)["outcome"], "confirmed");
    assert_eq!((reconciled(), &house.counts()["calls"]), (3, &json!(6)));
    assert_eq!(house.axis(&never)["state"], "not_checked", "what nobody wanted is not asked");
}

#[test]
fn a_call_and_a_push_that_meet_settle_a_question_once() {
    let house = House::pushed_to(QUICK);
    // Each answer comes twice at the same moment: pushed, and to the call that asks what became of it.
    let ids: Vec<String> = (0..12).map(|n| house.enter(&format!("EXAMPLE-{n:02}02"))).collect();
    let asked: Vec<Answer> = ids.iter().map(|id| house.verify(id)).collect();
    assert!(asked.iter().all(|a| a.status == 202));
    for id in &ids {
        until(|| house.axis(id), |a| a["state"] == "confirmed");
        let path = format!("/v1/certificates/{id}/verifications");
        let all = until(|| house.server.get(&path), |v| v["open"] == json!([]));
        assert_eq!(all["history"].as_array().unwrap().len(), 1, "{all:#}");
        assert_eq!(all["history"][0]["outcome"], "confirmed");
    }
    assert_eq!(house.server.get("/v1/registries")["outbox"], json!([]));
}

#[test]
fn what_the_holder_of_a_link_saw_is_reported_and_never_confirmed() {
    let parties = Parties::new();
    let (owner, now) = (&parties.owner, jiff::Timestamp::now());
    let checks = parties.path("checks");
    let pass = |profile: &str| {
        let made = parties.ask(owner, "POST", &parties.path("links"), &json!({"profile": profile})).json();
        let link = made["address"].as_str().unwrap().split_once("#link=").unwrap().1.to_owned();
        let opened = parties.server.ask_with(
            "POST",
            "/v1/links/open",
            &[],
            None,
            json!({"link": link}).to_string().as_bytes(),
        );
        opened.json()["pass"].as_str().unwrap().to_owned()
    };
    let (buyer, public) = (pass("buyer"), pass("public"));
    // A pass that the owner made for itself is no link, and the public is nobody.
    let own = parties.ask(owner, "POST", &parties.path("passes"), &json!({"profile": "buyer"})).json();
    for key in [own["pass"].as_str().unwrap(), &public] {
        assert_eq!(parties.ask(key, "POST", &checks, &seen(now)).status, 403);
    }
    let axis = || {
        let path = format!("/v1/certificates/{}", parties.id);
        parties.ask(owner, "GET", &path, &json!({})).json()["verification"].clone()
    };
    assert_eq!(parties.ask(&buyer, "POST", &checks, &seen(now)).status, 204);
    let told = axis();
    assert_eq!((&told["state"], &told["code"]), (&json!("reported"), &json!("GACC-1")), "{told}");
    assert!(told["text"].as_str().unwrap().contains("exporter's link"), "{told}");
    // Who has a key of its own is known: that word counts, and no report stands over it.
    assert_eq!(parties.ask(&parties.buyer, "POST", &checks, &seen(now)).status, 204);
    assert_eq!(axis()["state"], "confirmed");
    assert_eq!(parties.ask(&buyer, "POST", &checks, &seen(now)).status, 204);
    assert_eq!(axis()["state"], "confirmed");
}
