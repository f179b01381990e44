//! Messages that list containers, as reports and orders do: a head, then one group for every `EQD`.

use super::Ignored;
use super::group::Group;
use super::parts::{BGM, CNT, EQD};
use super::reader::{Outcome, Reader};
use crate::formats::edifact::{Segment, UNH, UNT};
use sealane_data::observation::{Equipment, Span};

/// What differs between the messages that list containers.
pub(super) trait Listing {
    /// Returns the segments that are known and left unread.
    fn ignored(&self) -> &'static [Ignored];

    /// Reads `BGM`.
    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome;

    /// Reads another segment before the first container.
    fn head(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome;

    /// Takes an `EQD` that only asks for boxes; what follows it comes to `head`.
    fn asks(&mut self, _: &mut Reader<'_>, _: &Segment<'_>) -> bool {
        false
    }

    /// Reads a segment of a container's group in this message's own way, if it has one.
    fn inside(&mut self, _: &mut Reader<'_>, _: &Segment<'_>) -> Option<Outcome> {
        None
    }

    /// Settles what the head said, before the first container and again at the end.
    fn close_head(&mut self, _: &mut Reader<'_>) {}

    /// Makes the observation of one container.
    fn observe(&mut self, m: &mut Reader<'_>, opened: &Segment<'_>, said: (Equipment, &mut Group, Span));

    /// Says what is left to say at the end of the message.
    fn close(&mut self, _: &mut Reader<'_>) {}
}

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>, list: &mut impl Listing) {
    let (mut begun, mut listed, mut asked, mut group) = (false, 0, 0, None);
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => {
                begun = true;
                list.begin(m, &s)
            }
            EQD => {
                flush(m, list, &mut group, at);
                list.close_head(m);
                if list.asks(m, &s) {
                    asked += 1;
                    m.count(Outcome::Ignored);
                    continue;
                }
                listed += 1;
                let opened = group.insert(Group::open(m, &s));
                if opened.equipment.is_some() { Outcome::Used } else { Outcome::Found }
            }
            CNT => {
                flush(m, list, &mut group, at);
                // Guides differ on whether boxes that are only asked for count.
                if asked > 0 { Outcome::Ignored } else { m.check_count(&s, listed) }
            }
            _ => match &mut group {
                Some(group) => match list.inside(m, &s) {
                    Some(outcome) => outcome,
                    None => group.read(m, &s, list.ignored()),
                },
                None => list.head(m, &s),
            },
        };
        m.count(outcome);
    }
    flush(m, list, &mut group, m.len());
    list.close_head(m);
    if !begun {
        m.say_not_begun("direction");
    }
    list.close(m);
}

/// Lets the open group, which ends before segment `to`, become an observation.
fn flush(m: &mut Reader<'_>, list: &mut impl Listing, group: &mut Option<Group>, to: usize) {
    if let Some(group) = group
        && let Some(s) = m.segment(group.at)
        && let Some(equipment) = group.equipment.take()
    {
        let span = m.span(&s, end_of_group(m, to));
        list.observe(m, &s, (equipment, group, span));
    }
    *group = None;
}

/// Returns the last segment of a group that ends before `to`; the message trailer is none of its.
pub(super) fn end_of_group(m: &Reader<'_>, to: usize) -> usize {
    let last = to.saturating_sub(1);
    let trailer = m.tag(last) == Some(UNT);
    if trailer { last.saturating_sub(1) } else { last }
}
