//! Corrections: what a partner got wrong for a while, so that its profile stays true for all times.

use super::Partner;
use crate::Text;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a partner's submissions of some time meant instead of what they said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Submissions received from this instant on (RFC 3339).
    pub from: Timestamp,
    /// And before this one; without it the correction goes on.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// The clock of its times, as [`Partner::clock`].
    #[serde(default)]
    pub clock: Option<String>,
    /// Location qualifiers that it confused, as [`Partner::locations`].
    #[serde(default)]
    pub locations: BTreeMap<Text, Text>,
    /// The reason, for people.
    #[serde(default)]
    pub why: String,
}

impl Correction {
    /// Returns whether it is about what was received at an instant.
    pub fn covers(&self, received: Timestamp) -> bool {
        self.from <= received && self.until.is_none_or(|until| received < until)
    }
}

impl Partner {
    /// Returns the profile that holds for what was received at an instant: with its corrections.
    pub fn as_of(&self, received: Timestamp) -> Cow<'_, Self> {
        let mut profile = Cow::Borrowed(self);
        for correction in self.corrections.iter().filter(|c| c.covers(received)) {
            let profile = profile.to_mut();
            profile.clock = correction.clock.clone().or_else(|| profile.clock.take());
            profile.locations.extend(correction.locations.clone());
        }
        profile
    }
}

/// Returns the zone of a clock as a profile names it: `UTC`, `+08:00` or an IANA zone.
pub fn clock_zone(text: &str) -> Option<TimeZone> {
    DateTimeParser::new().parse_time_zone(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::PartyId;

    #[test]
    fn corrections_hold_for_their_time_only() {
        let mut partner = Partner::new(PartyId("cmit".into()));
        partner.clock = Some("Asia/Ho_Chi_Minh".into());
        partner.corrections = vec![Correction {
            from: "2026-09-05T00:00:00Z".parse().unwrap(),
            until: Some("2026-09-07T00:00:00Z".parse().unwrap()),
            clock: Some("UTC".into()),
            locations: BTreeMap::from([("9".into(), "11".into())]),
            why: String::new(),
        }];
        let clock = |at: &str| partner.as_of(at.parse().unwrap()).clock.clone().unwrap();
        assert_eq!(clock("2026-09-04T23:59:59Z"), "Asia/Ho_Chi_Minh");
        assert_eq!(clock("2026-09-05T00:00:00Z"), "UTC");
        assert_eq!(clock("2026-09-07T00:00:00Z"), "Asia/Ho_Chi_Minh");
        assert_eq!(partner.as_of("2026-09-06T00:00:00Z".parse().unwrap()).locations.len(), 1);
    }

    #[test]
    fn clocks_are_zones_or_offsets() {
        for (text, known) in
            [("UTC", true), ("+08:00", true), ("Asia/Shanghai", true), ("Mars/Olympus", false)]
        {
            assert_eq!(clock_zone(text).is_some(), known, "{text}");
        }
    }
}
