//! CODECO and COARRI as the simulated terminals write them.

use super::dialects::{CARRIERS, Shape, Terminal};
use super::edi::{Envelope, Message, put};
use super::ports::SITES;
use super::time::{Minute, dtm203, unb};
use super::world::World;
use sealane_data::observation::Kind;

/// One move as a report tells it.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) journey: usize,
    pub(super) kind: Kind,
    pub(super) at: Minute,
    pub(super) laden: bool,
    /// EDIFACT 8249; 5 is a restow.
    pub(super) trade: u8,
    /// The container number as told.
    pub(super) number: String,
}

/// What stands at the head of a message.
pub(super) struct Head {
    /// The document number, which a later message can replace or cancel.
    pub(super) document: String,
    /// EDIFACT 1225: 9 original, 5 replace, 1 cancel.
    pub(super) function: u8,
    pub(super) at: Minute,
}

/// One sender of terminal reports.
pub(super) struct Reporter<'a> {
    pub(super) world: &'a World,
    pub(super) terminal: &'a Terminal,
    pub(super) faults: bool,
    documents: usize,
    interchanges: usize,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(world: &'a World, terminal: &'a Terminal, faults: bool) -> Self {
        Self { world, terminal, faults, documents: 0, interchanges: 0 }
    }

    /// Returns the head of a new document.
    pub(super) fn head(&mut self, at: Minute) -> Head {
        self.documents += 1;
        let prefix = self.terminal.unb.split(':').next().unwrap_or_default();
        Head { document: format!("{prefix}{:06}", self.documents), function: 9, at }
    }

    /// Returns an interchange.
    pub(super) fn wrap(&mut self, at: Minute, messages: Vec<Message>) -> Vec<u8> {
        let t = self.terminal;
        self.interchanges += 1;
        let constant = self.faults && t.constant_reference;
        let control = if constant { "1".to_owned() } else { format!("I{:07}", self.interchanges) };
        let envelope = Envelope {
            sender: t.unb,
            recipient: "SIMLINES:ZZZ",
            syntax: t.syntax,
            una: t.una,
            newline: t.newline,
        };
        envelope.wrap(&unb(at, self.offset()), &control, messages)
    }

    fn offset(&self) -> i64 {
        SITES[self.terminal.site].port().offset
    }

    fn dtm(&self, at: Minute) -> String {
        dtm203(at, self.offset())
    }

    fn open(&self, kind: &str, head: &Head) -> Message {
        Message::open(&head.document, &format!("{kind}:{}", self.terminal.directory), self.terminal.newline)
    }

    /// Writes the report of moves through the gate; all of one direction.
    pub(super) fn codeco(&self, head: &Head, told: &[Told]) -> Message {
        let t = self.terminal;
        let mut m = self.open("CODECO", head);
        let code = if told.first().is_some_and(|m| m.kind == Kind::GateIn) { 34 } else { 36 };
        put!(m, "BGM+{code}+{}+{}", head.document, head.function);
        if t.shape == Shape::Group00 {
            put!(m, "DTM+137:{}:203", self.dtm(head.at));
        }
        put!(m, "NAD+MS+{}", t.unb.split(':').next().unwrap_or_default());
        put!(m, "NAD+CF+{}:160:20", self.only_carrier(told));
        for move_ in told {
            self.equipment(&mut m, move_);
            put!(m, "DTM+{}:{}:203", t.gate_time, self.dtm(move_.at));
            put!(m, "LOC+165+{}", t.place);
            if move_.laden {
                self.other_port(&mut m, move_, move_.kind == Kind::GateIn);
            }
            self.weight_and_seal(&mut m, move_);
            if move_.laden && move_.journey % 23 == 0 {
                put!(m, "FTX+AAA+++SYNTHETIC CARGO ?: O?'NEIL ?+ SONS {}", move_.journey);
            }
            put!(m, "TDT+1++3+31");
        }
        put!(m, "CNT+16:{}", told.len());
        m
    }

    /// Writes the discharge or loading report of a call.
    pub(super) fn coarri(&self, head: &Head, call: usize, told: &[Told]) -> Message {
        let t = self.terminal;
        let load = told.first().is_some_and(|m| m.kind == Kind::Loaded);
        let mut m = self.open("COARRI", head);
        let code = if load { t.reports.1 } else { t.reports.0 };
        put!(m, "BGM+{code}+{}+{}", head.document, head.function);
        self.transport(&mut m, head, call, load);
        for move_ in told {
            self.equipment(&mut m, move_);
            put!(m, "DTM+203:{}:203", self.dtm(move_.at));
            self.cell(&mut m, move_);
            self.other_port(&mut m, move_, true);
            self.other_port(&mut m, move_, false);
            self.weight_and_seal(&mut m, move_);
        }
        put!(m, "CNT+16:{}", told.len());
        m
    }

    fn transport(&self, m: &mut Message, head: &Head, call: usize, load: bool) {
        let (t, fleet) = (self.terminal, &self.world.fleet);
        let c = &fleet.calls[call];
        let ship = &fleet.ships[c.ship];
        let carrier = &CARRIERS[fleet.service(call).carrier];
        let (voyage, blank) = (fleet.voyage(call), if t.voyage_blank { " " } else { "" });
        let later = t.shape == Shape::Group00;
        if later {
            put!(m, "DTM+137:{}:203", self.dtm(head.at));
        }
        let id = match (t.by_imo, later) {
            (true, false) => format!("{}:146:11:{}", ship.imo, ship.name),
            (true, true) => format!("{}:146::{}", ship.imo, ship.name),
            (false, _) => format!("{}:103::{}", ship.call_sign, ship.name),
        };
        put!(m, "TDT+20+{voyage}{blank}+1+13+{}:172:20+++{id}", carrier.code);
        if later {
            put!(m, "RFF+VON:{voyage}");
        }
        put!(m, "LOC+{}+{}", if load { 9 } else { 11 }, t.place);
        put!(m, "DTM+178:{}:203", self.dtm(c.arrival));
        if load && c.departure <= head.at {
            put!(m, "DTM+186:{}:203", self.dtm(c.departure));
        }
        put!(m, "NAD+CA+{}:172:20", carrier.code);
    }

    /// Writes the container with its references.
    fn equipment(&self, m: &mut Message, told: &Told) {
        let t = self.terminal;
        let journey = &self.world.journeys[told.journey];
        let booking = &self.world.bookings[journey.booking];
        let number = match told.number.split_at_checked(4) {
            Some((owner, rest)) if t.spaced => format!("{owner} {rest}"),
            _ => told.number.clone(),
        };
        let size = match self.world.size(journey.container) {
            Some(size) if t.old_sizes => format!("{}:102:5", size.old),
            Some(size) => format!("{}:102:5", size.iso),
            None if t.shape == Shape::Group00 => String::new(),
            None => ":102:5".to_owned(),
        };
        put!(m, "EQD+CN+{number}+{size}++{}+{}", told.trade, if told.laden { 5 } else { 4 });
        let returned = told.kind == Kind::GateIn && !told.laden;
        if !(returned && t.bare_returns) {
            put!(m, "RFF+BN:{}", booking.number);
            if let Some(bl) = booking.bl.as_ref().filter(|_| told.laden) {
                put!(m, "RFF+BM:{bl}");
            }
        }
        if told.laden {
            put!(m, "TMD+3");
        }
    }

    /// Writes the booking's port of discharge or, else, of loading.
    fn other_port(&self, m: &mut Message, told: &Told, discharge: bool) {
        let booking = &self.world.bookings[self.world.journeys[told.journey].booking];
        let (qualifier, site) = if discharge { (11, booking.to) } else { (9, booking.from) };
        put!(m, "LOC+{qualifier}+{}:139:6", SITES[site].port().codes[self.terminal.ports]);
    }

    fn cell(&self, m: &mut Message, told: &Told) {
        let (bay, row, tier) = (told.journey % 38 * 2 + 1, told.journey % 17, 2 + told.journey % 9 * 2);
        let format = if self.terminal.shape == Shape::Group00 { 5 } else { 6 };
        put!(m, "LOC+147+{bay:03}{row:02}{tier:02}::{format}");
    }

    fn weight_and_seal(&self, m: &mut Message, told: &Told) {
        let journey = &self.world.journeys[told.journey];
        if told.laden {
            let measure = if self.terminal.shape == Shape::Group00 { "VGM" } else { "G" };
            put!(m, "MEA+AAE+{measure}+KGM:{}", journey.weight);
            put!(m, "SEL+SYN{:06}+CA", told.journey);
        }
    }

    /// Returns the code of the carrier of all these moves, or of the first where they differ.
    fn only_carrier(&self, told: &[Told]) -> &'static str {
        let first = told.first().map(|m| self.world.journeys[m.journey].booking);
        first.map_or("ZZA", |b| CARRIERS[self.world.bookings[b].carrier].code)
    }
}
