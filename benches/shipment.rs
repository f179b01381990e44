//! Shipments of our own making: a certificate and the messages that move its container.

use serde_json::json;

/// Returns a certificate of the RCEP form with synthetic parties.
pub(crate) fn certificate(number: &str, booking: &str, containers: &[String]) -> Vec<u8> {
    let own = containers.iter().map(|c| json!({"type": "EQ", "value": c}));
    let bindings: Vec<_> = std::iter::once(json!({"type": "BKG", "value": booking})).chain(own).collect();
    json!({
        "number": number,
        "regime": "RCEP",
        "form": "certificate_of_origin",
        "issuer": {"country": "CN", "body": "Measure issuing body"},
        "lifecycle": {"state": "issued", "issued_on": "2026-09-03"},
        "exporter": {"name": "Measure Pump Works", "address": "1 Quay Road", "country": "CN"},
        "producer": {"mode": "same_as_exporter"},
        "consignee": {"name": "Ukuran Sdn. Bhd.", "address": "2 Market Road", "country": "MY"},
        "importing_party": "MY",
        "transport": {"departure_date": "2026-09-05", "conveyance_text": "MV MEASURE", "port_of_discharge_text": "PORT KLANG"},
        "items": [{
            "no": 1, "hs6": "841370", "hs_edition": "HS2022", "description": "Centrifugal pumps", "marks": "N/M",
            "packages": {"count": 40, "kind": "CT"}, "criterion": {"main": "CTC", "modifiers": []},
            "rcep_country_of_origin": "CN", "quantity": {"value": 3200, "unit": "KGM"}, "fob": null,
            "invoices": [{"no": "INV-1", "date": "2026-09-01"}]
        }],
        "bindings": bindings
    })
    .to_string()
    .into_bytes()
}

/// One container at a gate.
pub(crate) struct Gate<'a> {
    pub(crate) container: &'a str,
    pub(crate) booking: &'a str,
    /// `34` in, `36` out.
    pub(crate) code: &'a str,
    /// Local time as `CCYYMMDDHHMM`.
    pub(crate) at: &'a str,
}

/// Returns a CODECO of Yangshan III with some containers.
pub(crate) fn codeco(name: &str, gates: &[Gate<'_>]) -> Vec<u8> {
    let code = gates.first().map_or("34", |g| g.code);
    let mut body = vec![
        format!("UNH+{name}+CODECO:D:95B:UN:ITG14"),
        format!("BGM+{code}+DOC{name}+9"),
        "NAD+CF+COS:160:20".to_owned(),
    ];
    for gate in gates {
        body.extend([
            format!("EQD+CN+{}+45G1:102:5++2+5", gate.container),
            format!("RFF+BN:{}", gate.booking),
            format!("DTM+7:{}:203", gate.at),
            "LOC+165+CNSGH:139:6+SGICT:TER:306".to_owned(),
        ]);
    }
    interchange(name, body, gates.len())
}

/// One container at a quay.
pub(crate) struct Quay<'a> {
    pub(crate) container: &'a str,
    pub(crate) booking: &'a str,
    pub(crate) load: bool,
    /// The place as in `LOC`.
    pub(crate) place: &'a str,
    /// Local time as `CCYYMMDDHHMM`.
    pub(crate) at: &'a str,
    pub(crate) voyage: &'a str,
}

/// Returns a COARRI of one container.
pub(crate) fn coarri(name: &str, quay: &Quay<'_>) -> Vec<u8> {
    let (code, qualifier) = if quay.load { ("46", "9") } else { ("44", "11") };
    let body = vec![
        format!("UNH+{name}+COARRI:D:95B:UN:ITG13"),
        format!("BGM+{code}+DOC{name}+9"),
        format!("TDT+20+{}+1++COS:172:20+++9074729:146:11:MV MEASURE", quay.voyage),
        format!("LOC+{qualifier}+{}", quay.place),
        format!("EQD+CN+{}+45G1:102:5++2+5", quay.container),
        format!("RFF+BN:{}", quay.booking),
        format!("DTM+203:{}:203", quay.at),
        "LOC+9+CNSGH:139:6".to_owned(),
        "LOC+11+MYPKG:139:6".to_owned(),
    ];
    interchange(name, body, 1)
}

fn interchange(name: &str, mut body: Vec<String>, count: usize) -> Vec<u8> {
    body.push(format!("CNT+16:{count}"));
    body.push(format!("UNT+{}+{name}", body.len() + 1));
    body.insert(0, format!("UNB+UNOA:2+TERMINAL+FORWARDER+260905:0900+IC{name}"));
    body.push(format!("UNZ+1+IC{name}"));
    body.iter().map(|s| format!("{s}'")).collect::<String>().into_bytes()
}
