//! R15: what a site says about the goods is what the certificate says.

use super::{Case, Ruling};
use crate::compare::squeeze;
use sealane_data::Text;

/// What a site says about the goods, as its page or the map element's attributes give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteText {
    /// The certificate's number.
    pub number: Option<String>,
    /// HS codes.
    pub hs_codes: Vec<String>,
    /// Countries of origin, ISO 3166-1 alpha-2.
    pub origins: Vec<Text>,
    /// The regime.
    pub regime: Option<String>,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let Some(site) = case.site else {
        return Ruling::open("No site's text was given.");
    };
    let boxes = &case.certificate.boxes;
    let mut drift: Vec<&str> = Vec::new();
    if site.number.as_deref().is_some_and(|n| squeeze(n) != squeeze(&boxes.number)) {
        drift.push("certificate number");
    }
    if site.regime.as_deref().is_some_and(|r| squeeze(r) != squeeze(&boxes.regime)) {
        drift.push("regime");
    }
    let hs = |code: &String| {
        let digits = squeeze(code);
        boxes.items.iter().any(|i| digits.starts_with(i.hs6.as_str()))
    };
    if !site.hs_codes.iter().all(hs) {
        drift.push("HS code");
    }
    if !site.origins.iter().all(|o| boxes.items.iter().any(|i| i.country_of_origin.eq_ignore_ascii_case(o))) {
        drift.push("country of origin");
    }
    let said = site.number.is_some()
        || site.regime.is_some()
        || !site.hs_codes.is_empty()
        || !site.origins.is_empty();
    match (said, drift.is_empty()) {
        (false, _) => Ruling::open("The site's text names nothing that could be compared."),
        (true, true) => Ruling::pass("The site says what the certificate says."),
        (true, false) => {
            let list = drift.join(", ");
            Ruling::warn(format!("The site says something else than the certificate: {list}."))
                .with("drift", &list)
        }
    }
}
