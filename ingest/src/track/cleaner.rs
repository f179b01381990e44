//! Lines and frames in, those worth keeping out: what the live tracker and the reading of files share.

mod parts;

use super::fleet::Fleet;
use super::mark::{Mark, Why};
use super::reason::{Reason, Tally};
use super::settings::{Areas, Settings};
use super::ship::Report;
use crate::formats::nmea::{Bits, Fault, Line, Millis, Parts, Spot, Whole};
use crate::messages::ais::{self, Frame, Identity, Message, Position, Static};
use parts::{digest, is_ship, mend, name_of};
use sealane_data::vessel::ImoNumber;

/// A report so far ahead of the one before is refused, in a stream without a receipt ...
const JUMP: Millis = 30 * 86_400_000;
/// ... unless so many follow each other.
const JUMPS: u8 = 3;
/// Lines for which the clock of a base station holds.
const CLOCK_HOLDS: u64 = 2_000;
/// Two reports of base stations agree within this.
const CLOCKS_AGREE: Millis = 120_000;

/// What a kept message says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    /// Where a ship is.
    Position(Position),
    /// What ship it is, and where it goes.
    Static(Static),
}

/// Whose time a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The source told it.
    Source,
    /// That of its receipt, mended by the second that it tells.
    Receipt,
    /// That of a base station before it, mended by the second that it tells.
    Station,
    /// None is known.
    None,
}

/// A message that is worth keeping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept<'a> {
    /// Its sentences, separated by line ends, or its frame.
    pub(crate) raw: &'a [u8],
    pub(crate) station: Option<&'a [u8]>,
    pub(crate) at: Option<Millis>,
    pub(crate) mark: Mark,
    pub(crate) said: Said,
    pub(crate) who: Identity,
    pub(crate) spot: Spot,
}

/// What is known beside the bytes.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// When they were received; nothing for bytes of the past.
    pub(crate) received: Option<Millis>,
    pub(crate) areas: &'a dyn Areas,
    /// Whether lines that a tracker marked are kept as they are.
    pub(crate) trusts: bool,
}

/// What a line was, so that every byte is accounted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Was {
    Blank,
    Service,
    Message,
    Skipped,
}

/// Where kept messages go.
type Sink<'s> = &'s mut dyn FnMut(Kept<'_>);

/// Reads lines and frames, and cleans what they say.
#[derive(Debug)]
pub(crate) struct Cleaner {
    parts: Parts,
    /// The time that holds for the next message (`$PGHP`).
    next: Option<Millis>,
    rules: Rules,
}

#[derive(Debug)]
struct Rules {
    settings: Settings,
    fleet: Fleet,
    bits: Bits,
    tally: Tally,
    /// The clock of base stations, the line when it was read, and the reading before.
    station: Option<(Millis, u64)>,
    station_before: Millis,
    lines: u64,
    /// The time of the stream, and how many reports in a row are far ahead of it.
    horizon: Option<Millis>,
    jumps: u8,
}

/// What is known of a message beside what it says.
#[derive(Clone, Copy)]
struct About<'a> {
    raw: &'a [u8],
    station: Option<&'a [u8]>,
    at: Option<Millis>,
    mark: Option<Mark>,
    spot: Spot,
}

impl Cleaner {
    pub(crate) fn new(settings: Settings) -> Self {
        let rules = Rules {
            settings,
            fleet: Fleet::new(settings.ships),
            bits: Bits::default(),
            tally: Tally::default(),
            station: None,
            station_before: 0,
            lines: 0,
            horizon: None,
            jumps: 0,
        };
        Self { parts: Parts::default(), next: None, rules }
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.rules.tally
    }

    pub(crate) fn ships(&self) -> usize {
        self.rules.fleet.len()
    }

    /// Takes one line without its end.
    pub(crate) fn line(&mut self, line: &[u8], spot: Spot, cx: Context<'_>, sink: Sink<'_>) -> Was {
        let Self { parts, next, rules } = self;
        parts.pass_line();
        rules.lines += 1;
        let (mut tag, sentence) = match Line::read(line) {
            Line::Blank => return Was::Blank,
            Line::Comment => return Was::Service,
            Line::Time(at) => {
                if at.is_none() {
                    rules.tally.add(Reason::BadTime, spot);
                }
                *next = at;
                return Was::Service;
            }
            Line::Other => {
                rules.tally.add(Reason::Other, spot);
                return Was::Service;
            }
            Line::Faulty(fault) => {
                rules.tally.add(
                    match fault {
                        Fault::Text => Reason::NotNmea,
                        Fault::Shape => Reason::Shape,
                        Fault::Checksum => Reason::Checksum,
                    },
                    spot,
                );
                return Was::Skipped;
            }
            Line::Ais(tag, sentence) => (tag, sentence),
        };
        if tag.faulty {
            rules.tally.add(Reason::TagBlock, spot);
        }
        if tag.bad_time {
            rules.tally.add(Reason::BadTime, spot);
        }
        let before = next.take();
        tag.at = tag.at.or(before);
        let whole = if sentence.total == 1 {
            let (payload, fill, raw) = (sentence.payload, sentence.fill, sentence.raw);
            Some(Whole { payload, fill, raw, at: tag.at, station: tag.station, text: tag.text })
        } else {
            parts.take(&tag, &sentence, spot)
        };
        if let Some(whole) = whole {
            rules.whole(&whole, spot, cx, sink);
        }
        let (lost, first) = parts.take_lost();
        if lost > 0 {
            rules.tally.add_many(Reason::Parts, lost, first);
        }
        Was::Message
    }

    /// Takes one frame of aisstream.io.
    pub(crate) fn frame(&mut self, raw: &[u8], spot: Spot, cx: Context<'_>, sink: Sink<'_>) -> Was {
        let rules = &mut self.rules;
        let frame = serde_json::from_slice::<Frame>(raw).ok();
        let frame = frame.filter(|f| cx.trusts || f.sealane.is_none());
        let Some((frame, message)) = frame.and_then(|f| f.read().map(|m| (f, m))) else {
            rules.tally.add(Reason::Frame, spot);
            return Was::Skipped;
        };
        let kept = frame.sealane.as_ref();
        let mut at = frame.at();
        if at.is_none() && frame.tells_time() {
            rules.tally.add(Reason::BadTime, spot);
        }
        at = at.or_else(|| kept.and_then(|k| k.at).and_then(crate::formats::nmea::plausible));
        let mark = kept.and_then(|k| Mark::read(k.mark.as_bytes()));
        rules.message(&message, About { raw, station: None, at, mark, spot }, cx, sink);
        Was::Message
    }

    /// Says that nothing follows.
    pub(crate) fn close(&mut self) {
        self.parts.close();
        let (lost, first) = self.parts.take_lost();
        if lost > 0 {
            self.rules.tally.add_many(Reason::Parts, lost, first);
        }
    }
}

impl Rules {
    fn whole(&mut self, whole: &Whole<'_>, spot: Spot, cx: Context<'_>, sink: Sink<'_>) {
        if whole.payload.is_empty() {
            return self.tally.add(Reason::Empty, spot);
        }
        if !self.bits.fill(whole.payload, whole.fill) {
            return self.tally.add(Reason::Payload, spot);
        }
        let message = ais::read(&self.bits);
        let mark = whole.text.filter(|_| cx.trusts).and_then(Mark::read);
        let about = About { raw: whole.raw, station: whole.station, at: whole.at, mark, spot };
        self.message(&message, about, cx, sink);
    }

    fn message(&mut self, message: &Message, about: About<'_>, cx: Context<'_>, sink: Sink<'_>) {
        let spot = about.spot;
        match message {
            Message::Position(said) => self.position(said, about, cx, sink),
            Message::Static(said) => self.voyage(said, about, cx, sink),
            Message::Clock(at) => {
                if let Some(at) = *at {
                    let agrees = (at - self.station_before).abs() <= CLOCKS_AGREE;
                    self.station_before = at;
                    if agrees {
                        self.station = Some((at, self.lines));
                    }
                }
                self.tally.unread(4, spot);
            }
            Message::Unread(kind) => self.tally.unread(*kind, spot),
            Message::Short => self.tally.add(Reason::Short, spot),
        }
    }

    fn position(&mut self, said: &Position, about: About<'_>, cx: Context<'_>, sink: Sink<'_>) {
        let spot = about.spot;
        if !is_ship(said.mmsi) {
            return self.tally.add(Reason::NotAShip, spot);
        }
        let Some(place) = said.place else { return self.tally.add(Reason::NoPosition, spot) };
        let Some((at, clock)) = self.time(about, said.second, cx) else { return };
        let (ship, left) = self.fleet.ship(said.mmsi);
        if left {
            self.tally.add(Reason::Left, spot);
        }
        if let Some(name) = said.name {
            ship.name = name;
        }
        if let Some(mark) = about.mark {
            let imo = if mark.imo == 0 { ship.imo_of(mark.track) } else { mark.imo };
            let who =
                Identity { mmsi: said.mmsi, track: mark.track, imo, name: name_of(mark.track, ship.name) };
            let said = Said::Position(*said);
            let kept = Kept { raw: about.raw, station: about.station, at, mark, said, who, spot };
            return self.keep(kept, clock, sink);
        }
        if ship.repeats(
            digest(&(place, said.speed, said.course, said.second, said.status)),
            at,
            &self.settings,
        ) {
            return self.tally.add(Reason::Duplicate, spot);
        }
        let report = Report { place, at, speed: said.speed, course: said.course };
        let outcome = ship.report(&report, &self.settings, cx.areas);
        if outcome.divided {
            self.tally.add(Reason::Divided, spot);
        }
        if outcome.confirmed > 0 {
            self.tally.add_many(Reason::Confirmed, u64::from(outcome.confirmed), spot);
        }
        let (why, track) = match outcome.verdict {
            Ok(point) => point,
            Err(reason) => return self.tally.add(reason, spot),
        };
        let who =
            Identity { mmsi: said.mmsi, track, imo: ship.imo_of(track), name: name_of(track, ship.name) };
        let mark = Mark { why, track, receipt: clock == Clock::Receipt, imo: who.imo };
        let said = Said::Position(*said);
        self.keep(Kept { raw: about.raw, station: about.station, at, mark, said, who, spot }, clock, sink);
    }

    fn voyage(&mut self, said: &Static, about: About<'_>, cx: Context<'_>, sink: Sink<'_>) {
        let spot = about.spot;
        if !is_ship(said.mmsi) {
            return self.tally.add(Reason::NotAShip, spot);
        }
        let Some((at, clock)) = self.time(about, 60, cx) else { return };
        let (ship, left) = self.fleet.ship(said.mmsi);
        if left {
            self.tally.add(Reason::Left, spot);
        }
        let named = said.name != [b' '; 20];
        if named {
            ship.name = said.name;
        }
        let number = ImoNumber::read(&compact_str::format_compact!("{}", said.imo));
        let valid = number.status() == sealane_data::container::CheckStatus::Valid;
        if said.imo != 0 && !valid {
            self.tally.add(Reason::Imo, spot);
        }
        if valid && ship.takes_imo(said.imo, at) {
            self.tally.add(Reason::Disputed, spot);
        }
        let new = ship.says(digest(said), named);
        if about.mark.is_none() && !new {
            return self.tally.add(Reason::Same, spot);
        }
        let mark = Mark { why: Why::Ship, track: 0, receipt: clock == Clock::Receipt, imo: 0 };
        let who = Identity { mmsi: said.mmsi, ..Identity::default() };
        let said = Said::Static(*said);
        self.keep(Kept { raw: about.raw, station: about.station, at, mark, said, who, spot }, clock, sink);
    }

    fn keep(&mut self, kept: Kept<'_>, clock: Clock, sink: Sink<'_>) {
        match clock {
            Clock::Source => {}
            Clock::Receipt => self.tally.add(Reason::Receipt, kept.spot),
            Clock::Station => self.tally.add(Reason::Station, kept.spot),
            Clock::None => self.tally.add(Reason::Untimed, kept.spot),
        }
        self.tally.keep();
        sink(kept);
    }

    /// Returns the time of a report and whose it is; nothing for a report from the future.
    fn time(&mut self, about: About<'_>, second: u8, cx: Context<'_>) -> Option<(Option<Millis>, Clock)> {
        if let Some(mark) = about.mark {
            // Judged when it was kept.
            let clock = if mark.receipt { Clock::Receipt } else { Clock::Source };
            return Some((about.at, about.at.map_or(Clock::None, |_| clock)));
        }
        let Some(at) = about.at else {
            if let Some(received) = cx.received {
                return Some((Some(mend(received, second, 5_000)), Clock::Receipt));
            }
            let heard = self.station.filter(|(_, line)| self.lines - line <= CLOCK_HOLDS && second < 60);
            return Some(match heard {
                Some((at, _)) => (Some(mend(at, second, 30_000)), Clock::Station),
                None => (None, Clock::None),
            });
        };
        let ahead = match cx.received {
            Some(received) => {
                at - received > i64::try_from(self.settings.ahead.as_millis()).unwrap_or(i64::MAX)
            }
            None => self.jumps_ahead(at),
        };
        if ahead {
            self.tally.add(Reason::Ahead, about.spot);
            return None;
        }
        Some((Some(at), Clock::Source))
    }

    /// Returns whether a time is far ahead of its stream, and follows it when others agree.
    fn jumps_ahead(&mut self, at: Millis) -> bool {
        let jumps = self.horizon.is_some_and(|now| at - now > JUMP);
        self.jumps = if jumps { self.jumps + 1 } else { 0 };
        if jumps && self.jumps < JUMPS {
            return true;
        }
        (self.horizon, self.jumps) = (Some(at), 0);
        false
    }
}

#[cfg(test)]
mod tests;
