//! Papers about the goods, and what pages of sites say about them: told by who trades, kept by their digest.

use crate::Text;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// The seller's invoice.
    CommercialInvoice,
    /// What is in which package.
    PackingList,
    /// The bill of lading, through or not, or the sea waybill.
    BillOfLading,
    /// A customs office certifies that nothing was done to the goods where they changed ships.
    NonManipulation,
    /// Any other paper; it is kept and no rule reads it.
    Other,
}

/// A paper about the goods: what it says, and the digest of its file, which stays with who has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// Its own number.
    pub number: Text,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// Its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// How many packages it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<u64>,
    /// The gross weight that it names, in kilograms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<f64>,
    /// The HS codes that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hs_codes: Vec<Text>,
    /// The numbers of the invoices that it names; an invoice names itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<Text>,
}

/// What a page of a site says about the goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageText {
    /// The page's address; it is never fetched.
    pub page: String,
    /// SHA-256 of the text that was told, hexadecimal; the text itself is not kept.
    pub sha256: String,
    /// The certificate number that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The regime that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime: Option<String>,
    /// The HS codes that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hs_codes: Vec<String>,
    /// The countries of origin that it names, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Text>,
}
