//! "Check at the issuer yourself": the public pages of issuers, and the numbers to type there.
//!
//! Domain notes on certificates, 2.2. None of these is an interface: a person looks, and records
//! what was seen.

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
        numbers: &["certificate number"],
        note: "knows certificates that customs issued since 2016-11-01; its form may ask for more of what the certificate shows",
    },
    CheckPage {
        id: "ccpit",
        issuer: "China Council for the Promotion of International Trade (CCPIT)",
        address: "http://www.co-ccpit.org",
        country: Some("CN"),
        numbers: &["application number", "printed serial number", "verification code"],
        note: "its hosts have changed: where this address does not answer, use the one printed on the certificate",
    },
    CheckPage {
        id: "icc",
        issuer: "ICC World Chambers Federation",
        address: "https://certificates.iccwbo.org",
        country: None,
        numbers: &["certificate number", "accreditation code of the chamber"],
        note: "knows certificates of accredited chambers only",
    },
];

/// Returns the pages for certificates that are issued in a country.
pub fn check_pages(country: &str) -> Vec<&'static CheckPage> {
    CHECK_PAGES.iter().filter(|p| p.country.is_none_or(|c| c.eq_ignore_ascii_case(country))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_by_the_issuing_country() {
        let ids = |country| check_pages(country).iter().map(|p| p.id).collect::<Vec<_>>();
        assert_eq!(ids("cn"), ["gacc", "ccpit", "icc"]);
        assert_eq!(ids("MY"), ["icc"]);
        assert!(CHECK_PAGES.iter().all(|p| !p.numbers.is_empty()));
    }
}
