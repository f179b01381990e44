//! The register of regimes: what was announced, what is published and what is not.
//!
//! Domain notes on certificates, section 1. For none of the five has a technical specification been
//! published, and none could be confirmed in an official source: nothing here claims compliance.

use super::profile::Publication;

/// An announced regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    /// Its id, that of the embedded profile.
    pub id: &'static str,
    /// Its name as announced.
    pub name: &'static str,
    /// What is known of its interface.
    pub interface: Publication,
    /// The day of the announcement.
    pub announced: &'static str,
    /// From when it is said to hold.
    pub effective: &'static str,
    /// What it is said to ask of a website.
    pub asks: &'static str,
    /// What of it is published.
    pub published: &'static [&'static str],
    /// What of it is not.
    pub not_published: &'static [&'static str],
    /// The embedded profile (TOML): its shapes are our own guess and speak with our sandbox.
    pub profile: &'static str,
}

/// What is missing of all of them.
const MISSING: &[&str] = &[
    "addresses of the systems",
    "technical specification of requests and answers",
    "how a website registers and gets credentials",
    "compatibility testing procedures",
];

/// Every announced regime.
pub const REGIMES: &[Regime] = &[
    Regime {
        id: "rcep-smart",
        name: "RCEP Smart Certificate of Origin Verification System",
        interface: Publication::AnnouncedOnly,
        announced: "2026-05-04",
        effective: "2026-05-04",
        asks: "an interface that issues electronic certificates, and a delivery map linked to Yangshan, Cai Mep and Port Klang",
        published: &[],
        not_published: MISSING,
        profile: include_str!("profiles/rcep-smart.toml"),
    },
    Regime {
        id: "rcep-v2",
        name: "RCEP rules of origin v2.0",
        interface: Publication::AnnouncedOnly,
        announced: "2026-06-03",
        effective: "2026-09-01",
        asks: "that importers can retrieve the customs-certified certificate in real time, by API or an embedded module",
        published: &[],
        not_published: MISSING,
        profile: include_str!("profiles/rcep-v2.toml"),
    },
    Regime {
        id: "asw-originlink",
        name: "OriginLink 2026 / ASEAN Single Window",
        interface: Publication::AnnouncedOnly,
        announced: "2026-07-02",
        effective: "2026-09",
        asks: "that every declaration of origin on a site is verified in real time and a verification code is shown",
        published: &[],
        not_published: MISSING,
        profile: include_str!("profiles/asw-originlink.toml"),
    },
    Regime {
        id: "usmca-ecert",
        name: "USMCA e-Cert ID",
        interface: Publication::AnnouncedOnly,
        announced: "2026-06-26",
        effective: "2026-06-27",
        asks: "that inquiry and order systems call a recognised third party and give a verifiable e-Cert ID",
        published: &[],
        not_published: MISSING,
        profile: include_str!("profiles/usmca-ecert.toml"),
    },
    Regime {
        id: "ca-origin",
        name: "CBSA origin-declaration verification",
        interface: Publication::AnnouncedOnly,
        announced: "2026-06-27",
        effective: "2026-07-01",
        asks: "that inquiry and order sites that export to Canada connect in real time",
        published: &[],
        not_published: MISSING,
        profile: include_str!("profiles/ca-origin.toml"),
    },
];

/// Returns the announced regimes whose systems are said to know certificates of a regime such as `RCEP`.
pub fn announced(certificates: &str) -> impl Iterator<Item = &'static Regime> + use<'_> {
    let knows = move |r: &&Regime| {
        let profile = super::read_profile(r.profile);
        profile.is_ok_and(|p| p.regimes.iter().any(|known| known.eq_ignore_ascii_case(certificates)))
    };
    REGIMES.iter().filter(knows)
}

/// Returns a regime by its id.
pub fn regime(id: &str) -> Option<&'static Regime> {
    REGIMES.iter().find(|regime| regime.id == id)
}
