//! R15: what a site says about the goods is what the certificate says.

use super::{Case, Ruling};
use crate::compare::squeeze;
use sealane_data::Text;

/// What a page of a site says about the goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteText {
    /// The page's address.
    pub page: String,
    /// The certificate's number.
    pub number: Option<String>,
    /// HS codes.
    pub hs_codes: Vec<String>,
    /// Countries of origin, ISO 3166-1 alpha-2.
    pub origins: Vec<Text>,
    /// The regime.
    pub regime: Option<String>,
    /// The log position that it was told at.
    pub seq: u64,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    if case.sites.is_empty() {
        return Ruling::open("It was not told what a site says.");
    }
    let says = |site: &&SiteText| {
        site.number.is_some()
            || site.regime.is_some()
            || !site.hs_codes.is_empty()
            || !site.origins.is_empty()
    };
    let seqs: Vec<u64> = case.sites.iter().filter(says).map(|s| s.seq).filter(|seq| *seq > 0).collect();
    if !case.sites.iter().any(|site| says(&site)) {
        return Ruling::open("What the site says names nothing that could be compared.");
    }
    let drifted = case.sites.iter().map(|site| (site, drift(site, case))).find(|(_, d)| !d.is_empty());
    let Some((site, drift)) = drifted else {
        return Ruling::pass("The site says what the certificate says.").on(seqs);
    };
    let list = drift.join(", ");
    let ruling = Ruling::warn(format!("The site says something else than the certificate: {list}."));
    let ruling = if site.page.is_empty() { ruling } else { ruling.with("page", &site.page) };
    ruling.with("drift", &list).on(seqs)
}

/// Returns in what a page says something else than the certificate.
fn drift(site: &SiteText, case: &Case<'_>) -> Vec<&'static str> {
    let boxes = &case.certificate.boxes;
    let mut drift = Vec::new();
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
    drift
}
