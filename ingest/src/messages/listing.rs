//! Messages that list containers, as reports and orders do: a head, then one group for every `EQD`.

use super::Ignored;
use super::group::Group;
use super::parts::{BGM, CNT, EQD};
use super::reader::{Outcome, Reader};
use crate::formats::edifact::{Segment, UNH, UNT};

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

    /// Completes what is said of one container; its span is set, and its time and ports are left to this.
    fn observe(&mut self, m: &mut Reader<'_>, opened: &Segment<'_>, group: &mut Group);

    /// Says what is left to say at the end of the message.
    fn close(&mut self, _: &mut Reader<'_>) {}
}

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>, list: &mut impl Listing) {
    let (mut begun, mut listed, mut asked) = (false, 0, 0);
    let (mut group, mut open) = (Group::new(), false);
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => {
                begun = true;
                list.begin(m, &s)
            }
            EQD => {
                if std::mem::take(&mut open) {
                    close(m, list, &mut group, at);
                }
                list.close_head(m);
                if list.asks(m, &s) {
                    asked += 1;
                    m.count(Outcome::Ignored);
                    continue;
                }
                listed += 1;
                open = true;
                group.open(m, &s);
                if group.said.equipment.is_some() { Outcome::Used } else { Outcome::Found }
            }
            CNT => {
                if std::mem::take(&mut open) {
                    close(m, list, &mut group, at);
                }
                // Guides differ on whether boxes that are only asked for count.
                if asked > 0 { Outcome::Ignored } else { m.check_count(&s, listed) }
            }
            _ if open => match list.inside(m, &s) {
                Some(outcome) => outcome,
                None => group.read(m, &s, list.ignored()),
            },
            _ => list.head(m, &s),
        };
        m.count(outcome);
    }
    if open {
        close(m, list, &mut group, m.len());
    }
    list.close_head(m);
    if !begun {
        m.say_not_begun("direction");
    }
    list.close(m);
}

/// Lets the group, which ends before segment `to`, become an observation, unless it is of no container.
fn close(m: &mut Reader<'_>, list: &mut impl Listing, group: &mut Group, to: usize) {
    if group.said.equipment.is_some()
        && let Some(s) = m.segment(group.at)
    {
        group.said.span = m.span(&s, end_of_group(m, to));
        list.observe(m, &s, group);
        m.observations.push(group.take());
    } else {
        group.take();
    }
}

/// Returns the last segment of a group that ends before `to`; the message trailer is none of its.
pub(super) fn end_of_group(m: &Reader<'_>, to: usize) -> usize {
    let last = to.saturating_sub(1);
    let trailer = m.tag(last) == Some(UNT);
    if trailer { last.saturating_sub(1) } else { last }
}
