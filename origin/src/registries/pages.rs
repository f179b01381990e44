//! "Check at the issuer yourself": the public pages of issuers, and the numbers to type there.
//!
//! Domain notes on certificates, 2.2. None of these is an interface: a person looks, and records
//! what was seen.

use serde_json::Value;

/// For how many days a person's check stays fresh.
pub const MANUAL_DAYS: i64 = 30;

/// A public page on which anybody can check a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckPage {
    /// Its id.
    pub id: &'static str,
    /// Whose it is.
    pub issuer: &'static str,
    /// Its address.
    pub address: &'static str,
    /// The issuing country whose certificates it knows; every country without one.
    pub country: Option<&'static str>,
    /// The regimes whose certificates it knows.
    pub regimes: &'static [&'static str],
    /// The numbers to type.
    pub numbers: &'static [&'static str],
    /// What else to know.
    pub note: &'static str,
}

/// Every page.
pub const CHECK_PAGES: &[CheckPage] = &[
    CheckPage {
        id: "gacc",
        issuer: "China Customs (GACC)",
        address: "https://origin.customs.gov.cn",
        country: Some("CN"),
        regimes: &["RCEP"],
        numbers: &["certificate number"],
        note: "knows certificates that customs issued since 2016-11-01; its form may ask for more of what the certificate shows",
    },
    CheckPage {
        id: "ccpit",
        issuer: "China Council for the Promotion of International Trade (CCPIT)",
        address: "http://www.co-ccpit.org",
        country: Some("CN"),
        regimes: &["RCEP"],
        numbers: &["application number", "printed serial number", "verification code"],
        note: "its hosts have changed: where this address does not answer, use the one printed on the certificate",
    },
    CheckPage {
        id: "icc",
        issuer: "ICC World Chambers Federation",
        address: "https://certificates.iccwbo.org",
        country: None,
        regimes: &["RCEP"],
        numbers: &["certificate number", "accreditation code of the chamber"],
        note: "knows certificates of accredited chambers only",
    },
];

/// Returns the pages on which a certificate can be looked up. There is none for what no body issued: an approved
/// exporter's declaration and a certification of USMCA are their writer's own word.
pub fn check_pages(document: &Value) -> Vec<&'static CheckPage> {
    let text = |path| document.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let (regime, form, country) = (text("/regime"), text("/form"), text("/issuer/country"));
    let issued = !OWN_WORD.contains(&form);
    let knows = |page: &&CheckPage| {
        let here = page.country.is_none_or(|c| c.eq_ignore_ascii_case(country));
        here && issued && page.regimes.iter().any(|r| r.eq_ignore_ascii_case(regime))
    };
    CHECK_PAGES.iter().filter(knows).collect()
}

/// Forms that nobody issues.
const OWN_WORD: &[&str] = &["approved_exporter_declaration", "certification_of_origin"];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_are_by_regime_form_and_issuing_country() {
        let ids = |regime: &str, form: &str, country: &str| {
            let document = json!({ "regime": regime, "form": form, "issuer": { "country": country } });
            check_pages(&document).iter().map(|p| p.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("RCEP", "certificate_of_origin", "cn"), ["gacc", "ccpit", "icc"]);
        assert_eq!(ids("RCEP", "", "MY"), ["icc"]);
        let none: [&str; 0] = [];
        assert_eq!(ids("RCEP", "approved_exporter_declaration", "CN"), none);
        assert_eq!(ids("ATIGA", "form_d", "VN"), none, "Form D is checked between administrations");
        assert_eq!(ids("USMCA", "certification_of_origin", "US"), none);
        assert!(CHECK_PAGES.iter().all(|p| !p.numbers.is_empty()));
    }
}
