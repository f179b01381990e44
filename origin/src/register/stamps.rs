//! The stamps of days: kept where they are over what was signed.

use super::Register;
use crate::trust;
use jiff::civil::Date;
use sealane_data::stamp::DayStamp;

impl Register {
    /// Keeps the stamp of a day if it is over what was signed on it.
    pub(super) fn stamp(&mut self, stamp: &DayStamp) {
        if stamp.root == trust::root(self.links_of(stamp.day)).hex() {
            self.stamps.insert(stamp.day, stamp.clone());
        }
    }

    /// Returns the stamp of a day.
    pub fn stamp_of(&self, day: Date) -> Option<&DayStamp> {
        self.stamps.get(&day)
    }

    /// Returns the days before a day on which something was signed and that have no stamp.
    pub fn unstamped(&self, today: Date) -> impl Iterator<Item = Date> + '_ {
        self.links.range(..today).map(|(day, _)| *day).filter(|day| !self.stamps.contains_key(day))
    }
}
