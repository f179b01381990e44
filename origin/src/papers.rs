//! Papers that were handed in and pages that were told of, as the rules read them.

use crate::admit::{Refusal, is_digest};
use crate::compare::squeeze;
use crate::life::Noted;
use crate::register::Certificate;
use crate::rules::{Papers, SiteText};
use sealane_data::certificate::{CertificateAct, PageText, Paper, PaperKind};
use std::collections::BTreeMap;

/// Papers and pages of one certificate at most.
const MOST: usize = 200;
/// Answers of one certificate at most.
pub(crate) const MOST_ANSWERS: usize = 200;
/// Files that the answers of one certificate name at most.
pub(crate) const MOST_FILES: usize = 50;
/// Inquiries and orders of sites that are kept with one certificate at most.
pub(crate) const MOST_ASKS: usize = 1_000;
/// Public references that one certificate takes at most, one after the other: who took a name back that leaked
/// can do so again, many times.
pub(crate) const MOST_REFERENCES: usize = 1_000;
/// Bytes that the files of one party's answers take at most, for what an answer names is never erased.
pub const MOST_FILE_BYTES: u64 = 1 << 30;

/// Checks that there is room for one more.
pub(crate) fn room(there: usize, what: &'static str, most: usize) -> Result<(), Refusal> {
    if there < most { Ok(()) } else { Err(Refusal::TooMany { what, most }) }
}

/// Checks that a party whose files take so many bytes may hand in another one.
pub fn room_for_file(kept: u64, more: u64) -> Result<(), Refusal> {
    let fits = kept.saturating_add(more) <= MOST_FILE_BYTES;
    if fits { Ok(()) } else { Err(Refusal::TooMuch { most: MOST_FILE_BYTES }) }
}

impl Certificate {
    /// Returns the papers that were handed in: of a kind and number the last one, for a correction takes the
    /// place of what it corrects.
    pub fn papers(&self) -> Vec<(&Noted, &Paper)> {
        let told = self.events.iter().filter_map(|n| match &n.event.act {
            CertificateAct::Attached(paper) => Some((n, paper)),
            _ => None,
        });
        last_of(told, |paper| (paper.kind as u8, squeeze(&paper.number)))
    }

    /// Returns what pages of sites say: of a page the last that was told.
    pub fn pages(&self) -> Vec<(&Noted, &PageText)> {
        let told = self.events.iter().filter_map(|n| match &n.event.act {
            CertificateAct::PageTold(page) => Some((n, page)),
            _ => None,
        });
        last_of(told, |page| page.page.clone())
    }
}

/// Returns the last entry of each key, in the order of the log.
fn last_of<'a, T, K: Ord>(
    told: impl Iterator<Item = (&'a Noted, &'a T)>,
    key: impl Fn(&T) -> K,
) -> Vec<(&'a Noted, &'a T)> {
    let mut last = BTreeMap::new();
    for (noted, of) in told {
        last.insert(key(of), (noted, of));
    }
    let mut all: Vec<_> = last.into_values().collect();
    all.sort_by_key(|(noted, _)| noted.seq);
    all
}

impl Papers {
    /// Returns what a certificate's papers say together. Packages and weights are those of its bills of
    /// lading, or without them of its packing lists.
    pub fn of(certificate: &Certificate) -> Self {
        let papers = certificate.papers();
        let of_kind = |kind| papers.iter().filter(move |(_, p)| p.kind == kind).map(|(_, p)| *p);
        let weighing = |kind| -> Vec<&Paper> { of_kind(kind).collect() };
        let bills = weighing(PaperKind::BillOfLading);
        let counts = |p: &&&Paper| p.packages.is_some() || p.gross_kg.is_some();
        let (weighed, name) = if bills.iter().any(|p| counts(&p)) {
            (bills, "bill of lading")
        } else {
            (weighing(PaperKind::PackingList), "packing list")
        };
        let whole = |has: fn(&Paper) -> bool| !weighed.is_empty() && weighed.iter().all(|p| has(p));
        let invoices = of_kind(PaperKind::CommercialInvoice).map(|p| p.number.clone());
        Self {
            // A sum over papers of which one is silent would be too small.
            packages: whole(|p| p.packages.is_some())
                .then(|| weighed.iter().filter_map(|p| p.packages).sum()),
            gross_kg: whole(|p| p.gross_kg.is_some())
                .then(|| weighed.iter().filter_map(|p| p.gross_kg).sum()),
            hs_codes: papers.iter().flat_map(|(_, p)| p.hs_codes.iter().cloned()).collect(),
            invoices: invoices.chain(papers.iter().flat_map(|(_, p)| p.invoices.iter().cloned())).collect(),
            seqs: papers.iter().filter(|(_, p)| is_read(p.kind)).map(|(noted, _)| noted.seq).collect(),
            name,
        }
    }
}

/// Whether a rule reads papers of a kind.
fn is_read(kind: PaperKind) -> bool {
    !matches!(kind, PaperKind::NonManipulation | PaperKind::Other)
}

impl SiteText {
    /// Returns what the pages of sites say about a certificate's goods.
    pub fn all_of(certificate: &Certificate) -> Vec<Self> {
        let text = |(noted, told): (&Noted, &PageText)| Self {
            page: told.page.clone(),
            number: told.number.clone(),
            hs_codes: told.hs_codes.clone(),
            origins: told.origins.clone(),
            regime: told.regime.clone(),
            seq: noted.seq,
        };
        certificate.pages().into_iter().map(text).collect()
    }
}

/// Returns a paper as it is to be logged, or nothing where the same was handed in already.
pub(crate) fn attached(certificate: &Certificate, paper: Paper) -> Result<Option<Paper>, Refusal> {
    if !is_digest(&paper.sha256) {
        return Err(Refusal::Bad("the file's digest is no SHA-256 in hexadecimal"));
    }
    if !is_name(&paper.number) || !paper.invoices.iter().all(|i| is_name(i)) || paper.invoices.len() > MOST {
        return Err(Refusal::Bad("a paper and each of its invoices has a number of 1 to 100 characters"));
    }
    if paper.hs_codes.len() > MOST || !paper.hs_codes.iter().all(|c| is_code(c)) {
        return Err(Refusal::Bad("an HS code has 6 to 12 digits"));
    }
    let heavy = paper.gross_kg.is_none_or(|kg| kg.is_finite() && kg > 0.0);
    if !heavy || paper.packages == Some(0) {
        return Err(Refusal::Bad("packages and gross weight are above zero"));
    }
    let papers = certificate.papers();
    let same = |p: &Paper| p.kind == paper.kind && squeeze(&p.number) == squeeze(&paper.number);
    match papers.iter().find(|(_, p)| same(p)) {
        Some((_, before)) if **before == paper => Ok(None),
        None => room(papers.len(), "papers", MOST).map(|()| Some(paper)),
        _ => Ok(Some(paper)),
    }
}

/// Returns a page as it is to be logged, or nothing where it says the same as before.
pub(crate) fn page_told(certificate: &Certificate, page: PageText) -> Result<Option<PageText>, Refusal> {
    let plain = page.page.strip_prefix("https://").or(page.page.strip_prefix("http://"));
    let shaped = plain.is_some_and(|rest| rest.len() > 2 && !rest.contains(['@', ' ', '\n', '\r', '\t']));
    if !shaped || page.page.len() > 500 {
        return Err(Refusal::Bad(
            "`page` is the address of a page, without a name or password, of at most 500 bytes",
        ));
    }
    if !is_digest(&page.sha256) {
        return Err(Refusal::Bad("the text's digest is no SHA-256 in hexadecimal"));
    }
    let named = page.number.iter().chain(&page.regime).all(|text| is_name(text));
    let codes = page.hs_codes.len() <= MOST && page.hs_codes.iter().all(|c| is_code(c));
    let two = |o: &sealane_data::Text| o.len() == 2 && o.bytes().all(|b| b.is_ascii_uppercase());
    if !named || !codes || page.origins.len() > MOST || !page.origins.iter().all(two) {
        let why = "a number has 1 to 100 characters, an HS code 6 to 12 digits, a country two letters";
        return Err(Refusal::Bad(why));
    }
    let pages = certificate.pages();
    match pages.iter().find(|(_, p)| p.page == page.page) {
        Some((_, before)) if **before == page => Ok(None),
        None => room(pages.len(), "pages", MOST).map(|()| Some(page)),
        _ => Ok(Some(page)),
    }
}

fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn is_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (6..=12).contains(&digits)
        && text.len() <= 20
        && text.bytes().all(|b| b.is_ascii_digit() || b" .-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::certificate::{CertificateEvent, CertificateId, CertificateRecord};
    use sealane_data::partner::PartyId;
    use sealane_data::recorded::{Entry, Recorded};
    use sealane_data::submission::SubmissionId;

    fn certificate() -> Certificate {
        let document: serde_json::Value = serde_json::from_str(include_str!("../samples/rcep.json")).unwrap();
        let id = CertificateId("eco_1".into());
        let record = CertificateRecord { id, natural_key: String::new(), sha256: String::new(), document };
        let entry = Entry::Certificate(Box::new(record.clone()));
        let (party, submission) = (PartyId("exporter".into()), SubmissionId("s".into()));
        let recorded = Recorded { seq: 1, at: jiff::Timestamp::UNIX_EPOCH, party, submission, entry };
        Certificate::new(&recorded, &record)
    }

    fn note(certificate: &mut Certificate, act: CertificateAct) {
        let seq = certificate.events.len() as u64 + 2;
        let event = CertificateEvent {
            certificate: certificate.id.clone(),
            source_sha256: String::new(),
            reason: String::new(),
            act,
        };
        let party = certificate.owner.clone();
        certificate.events.push(Noted { seq, at: jiff::Timestamp::UNIX_EPOCH, party, event });
    }

    fn paper(kind: PaperKind, number: &str) -> Paper {
        Paper {
            kind,
            number: number.into(),
            sha256: "ab".repeat(32),
            date: None,
            packages: None,
            gross_kg: None,
            hs_codes: Vec::new(),
            invoices: Vec::new(),
        }
    }

    #[test]
    fn the_last_paper_of_a_number_counts_and_bills_come_before_packing_lists() {
        let mut certificate = certificate();
        let weighed = |kind, number, packages, gross_kg| Paper {
            packages: Some(packages),
            gross_kg: Some(gross_kg),
            ..paper(kind, number)
        };
        note(
            &mut certificate,
            CertificateAct::Attached(weighed(PaperKind::PackingList, "PL-1", 39, 3_000.0)),
        );
        assert_eq!(
            (Papers::of(&certificate).packages, Papers::of(&certificate).name),
            (Some(39), "packing list")
        );
        note(
            &mut certificate,
            CertificateAct::Attached(weighed(PaperKind::BillOfLading, "BL-1", 30, 2_400.0)),
        );
        note(
            &mut certificate,
            CertificateAct::Attached(weighed(PaperKind::BillOfLading, "bl 1", 20, 1_600.0)),
        );
        note(
            &mut certificate,
            CertificateAct::Attached(weighed(PaperKind::BillOfLading, "BL-2", 20, 1_600.0)),
        );
        let told = Papers::of(&certificate);
        assert_eq!((told.packages, told.gross_kg, told.name), (Some(40), Some(3_200.0), "bill of lading"));
        assert_eq!(certificate.papers().len(), 3, "a correction takes the place of what it corrects");
        // One that names no weight makes the sum unknown, and not smaller.
        note(
            &mut certificate,
            CertificateAct::Attached(Paper {
                gross_kg: None,
                ..weighed(PaperKind::BillOfLading, "BL-3", 1, 1.0)
            }),
        );
        let told = Papers::of(&certificate);
        assert_eq!((told.packages, told.gross_kg), (Some(41), None));
        note(&mut certificate, CertificateAct::Attached(paper(PaperKind::CommercialInvoice, "INV-1")));
        assert_eq!(Papers::of(&certificate).invoices, ["INV-1"]);
    }

    #[test]
    fn what_is_no_paper_and_no_page_is_refused_and_the_same_adds_nothing() {
        let mut certificate = certificate();
        let good = paper(PaperKind::CommercialInvoice, "INV-1");
        assert!(attached(&certificate, good.clone()).unwrap().is_some());
        for bad in [
            Paper { sha256: "ab".into(), ..good.clone() },
            Paper { number: "".into(), ..good.clone() },
            Paper { hs_codes: vec!["84".into()], ..good.clone() },
            Paper { gross_kg: Some(f64::NAN), ..good.clone() },
            Paper { packages: Some(0), ..good.clone() },
        ] {
            assert!(attached(&certificate, bad).is_err());
        }
        note(&mut certificate, CertificateAct::Attached(good.clone()));
        assert_eq!(attached(&certificate, good), Ok(None));
        let page = PageText {
            page: "https://shop.example/pumps".into(),
            sha256: "ab".repeat(32),
            number: None,
            regime: None,
            hs_codes: vec!["841370".into()],
            origins: vec!["CN".into()],
        };
        assert!(page_told(&certificate, page.clone()).unwrap().is_some());
        for bad in [
            PageText { page: "file:///etc/passwd".into(), ..page.clone() },
            PageText { page: "https://user:word@shop.example/".into(), ..page.clone() },
            PageText { origins: vec!["China".into()], ..page.clone() },
            PageText { hs_codes: vec!["pumps".into()], ..page.clone() },
        ] {
            assert!(page_told(&certificate, bad).is_err());
        }
        note(&mut certificate, CertificateAct::PageTold(page.clone()));
        assert_eq!(page_told(&certificate, page), Ok(None));
    }

    #[test]
    fn papers_and_pages_have_an_end_and_corrections_do_not() {
        let mut certificate = certificate();
        let bill = |n: usize, kg: f64| Paper {
            gross_kg: Some(kg),
            ..paper(PaperKind::BillOfLading, &format!("BL-{n}"))
        };
        let page = |n: usize| PageText {
            page: format!("https://shop.example/{n}"),
            sha256: "ab".repeat(32),
            number: None,
            regime: None,
            hs_codes: Vec::new(),
            origins: Vec::new(),
        };
        for n in 0..MOST {
            note(&mut certificate, CertificateAct::Attached(bill(n, 1.0)));
            note(&mut certificate, CertificateAct::PageTold(page(n)));
        }
        let most = MOST;
        assert_eq!(attached(&certificate, bill(MOST, 1.0)), Err(Refusal::TooMany { what: "papers", most }));
        assert_eq!(page_told(&certificate, page(MOST)), Err(Refusal::TooMany { what: "pages", most }));
        assert!(attached(&certificate, bill(0, 2.0)).unwrap().is_some(), "it takes the place of the first");
    }

    #[test]
    fn a_partys_files_take_so_much_room_and_no_more() {
        assert_eq!(room_for_file(MOST_FILE_BYTES - 4, 4), Ok(()));
        for (kept, more) in [(MOST_FILE_BYTES - 4, 5), (MOST_FILE_BYTES, 1), (u64::MAX, u64::MAX)] {
            assert_eq!(room_for_file(kept, more), Err(Refusal::TooMuch { most: MOST_FILE_BYTES }));
        }
    }
}
