//! Finding ways: each section between two ends is looked for once and kept.

use super::answer::Answer;
use super::question::{Question, Trouble};
use super::section::{Kept, Section, key};
use sealane_data::places::Places;
use sealane_mapper::ends::{self, Meant};
use sealane_mapper::passages::alternatives;
use sealane_mapper::sea::{Query, SeaError, SeaNetwork};
use std::sync::Arc;

/// The sea network with the sections that were drawn lately.
#[derive(Debug)]
pub struct Charts {
    network: Arc<SeaNetwork>,
    kept: Kept,
}

/// The ends of a question.
pub(super) struct Ends {
    pub(super) meant: Vec<Meant>,
}

impl Default for Charts {
    fn default() -> Self {
        Self { network: SeaNetwork::embedded(), kept: Kept::default() }
    }
}

impl Charts {
    /// Returns the network.
    pub fn network(&self) -> &Arc<SeaNetwork> {
        &self.network
    }

    /// Returns the ways that a question asks for. May take some milliseconds.
    ///
    /// # Errors
    ///
    /// If the question is out of bounds, an end or passage unknown, or no way is left.
    pub fn answer(&self, places: &Places, question: &Question) -> Result<Answer, Trouble> {
        question.check()?;
        let ends = Ends { meant: question.meant(places)? };
        let best = self.sections(places, question, &ends, &[])?;
        let mut ways = vec![(Vec::new(), best)];
        for without in self.others(places, question, &ends) {
            let sections = self.sections(places, question, &ends, &without)?;
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
        let [from, via @ .., to] = ends.meant.as_slice() else { return Vec::new() };
        let mut query = query(question, [at(from), at(to)]);
        query.via = via.iter().map(at).collect();
        let Ok(best) = self.network.sail(&query) else { return Vec::new() };
        let others = alternatives(&self.network, &query, &best, question.alternatives);
        others.into_iter().map(|other| other.without).collect()
    }

    fn sections(
        &self,
        places: &Places,
        question: &Question,
        ends: &Ends,
        without: &[String],
    ) -> Result<Vec<Arc<Section>>, Trouble> {
        let pairs = ends.meant.windows(2).map(|pair| [pair[0], pair[1]]);
        let section = |pair: [Meant; 2]| {
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

fn query(question: &Question, [from, to]: [sealane_mapper::sea::End; 2]) -> Query {
    Query {
        avoid: question.avoid.clone(),
        open: question.open.clone(),
        vessel: question.vessel(),
        ..Query::new(from, to)
    }
}
