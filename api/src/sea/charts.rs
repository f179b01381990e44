//! Finding ways: each section between two ends is looked for once and kept.

use super::answer::Answer;
use super::question::{Question, Trouble};
use super::section::{Kept, Section, key};
use sealane_data::places::Places;
use sealane_mapper::ends::{self, Meant};
use sealane_mapper::passages::alternatives;
use sealane_mapper::sea::{Query, SeaError, SeaNetwork};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// The sea network with the sections that were drawn lately.
#[derive(Debug)]
pub struct Charts {
    network: Arc<SeaNetwork>,
    kept: Kept,
    /// Who looks for ways now: few at once, so that everybody else is answered too.
    seats: Arc<Semaphore>,
}

/// How many requests look for ways at once.
const SEATS: usize = 2;

/// The ends of a question.
pub(super) struct Ends {
    pub(super) meant: Vec<Meant>,
}

impl Default for Charts {
    fn default() -> Self {
        let network = SeaNetwork::embedded();
        network.warm();
        Self { network, kept: Kept::default(), seats: Arc::new(Semaphore::new(SEATS)) }
    }
}

impl Charts {
    /// Returns the network.
    pub fn network(&self) -> &Arc<SeaNetwork> {
        &self.network
    }

    /// Returns who may look for ways.
    pub(crate) fn seats(&self) -> Arc<Semaphore> {
        self.seats.clone()
    }

    /// Returns the ways that a question asks for. May take some milliseconds.
    ///
    /// # Errors
    ///
    /// If the question is out of bounds, an end or passage unknown, or no way is left.
    pub fn answer(&self, places: &Places, question: &Question) -> Result<Answer, Trouble> {
        self.answer_until(places, question, None)
    }

    /// Returns the ways that a question asks for, as far as they are found before an instant: then there are
    /// fewer alternatives.
    ///
    /// # Errors
    ///
    /// As [`Self::answer`], and if the time is over before the best way is found.
    pub fn answer_until(
        &self,
        places: &Places,
        question: &Question,
        until: Option<Instant>,
    ) -> Result<Answer, Trouble> {
        question.check()?;
        let ends = Ends { meant: question.meant(places)? };
        let best = self.sections(places, question, &ends, (&[], until))?;
        let mut ways = vec![(Vec::new(), best)];
        for without in self.others(places, question, &ends) {
            if late(until) {
                break;
            }
            let sections = self.sections(places, question, &ends, (&without, until))?;
            ways.push((without, sections));
        }
        Ok(Answer::new(&self.network, places, question, &ends, ways))
    }

    /// The passages that each alternative does without.
    fn others(&self, places: &Places, question: &Question, ends: &Ends) -> Vec<Vec<String>> {
        if question.alternatives == 0 {
            return Vec::new();
        }
        let at = |meant: &Meant| ends::end(&self.network, places, *meant);
        let [from, to] = ends.meant.as_slice() else { return Vec::new() };
        let query = query(question, [at(from), at(to)]);
        let Ok(best) = self.network.sail(&query) else { return Vec::new() };
        let others = alternatives(&self.network, &query, &best, question.alternatives);
        others.into_iter().map(|other| other.without).collect()
    }

    fn sections(
        &self,
        places: &Places,
        question: &Question,
        ends: &Ends,
        (without, until): (&[String], Option<Instant>),
    ) -> Result<Vec<Arc<Section>>, Trouble> {
        let pairs = ends.meant.windows(2).map(|pair| [pair[0], pair[1]]);
        let section = |pair: [Meant; 2]| {
            if late(until) {
                return Err(Trouble::TooSlow);
            }
            let mut query = query(question, pair.map(|meant| ends::end(&self.network, places, meant)));
            query.avoid.extend_from_slice(without);
            self.section(&query, question)
                .map_err(|error| Trouble::of_way(&self.network, places, pair, &error))
        };
        pairs.map(section).collect()
    }

    fn section(&self, query: &Query, question: &Question) -> Result<Arc<Section>, SeaError> {
        let key = key(query, question.zoom, question.antimeridian);
        if let Some(section) = self.kept.get(&key) {
            return Ok(section);
        }
        let sailing = self.network.sail(query)?;
        let section = Arc::new(Section::draw(&self.network, &sailing, question.zoom, question.antimeridian));
        self.kept.put(key, section.clone());
        Ok(section)
    }
}

/// Whether the time is over.
fn late(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

fn query(question: &Question, [from, to]: [sealane_mapper::sea::End; 2]) -> Query {
    Query {
        avoid: question.avoid.clone(),
        open: question.open.clone(),
        vessel: question.vessel(),
        ..Query::new(from, to)
    }
}
