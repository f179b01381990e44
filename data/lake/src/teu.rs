//! TEU by local day, direction and load, from the partition files, by polars' streaming engine.

use crate::frame::{certainty_word, trade_word};
use crate::lake::Lake;
use crate::{LakeError, Month, MoveSource};
use jiff::civil::Date;
use jiff::{Span, ToSpan, Unit};
use polars::io::HiveOptions;
use polars::prelude::{
    DataFrame, DataType, Engine, LazyFrame, PlRefPath, PolarsError, PolarsResult, Scalar, ScanArgsParquet,
    col, len, lit,
};
use sealane_data::container::Teu;
use sealane_data::fact::Certainty;
use sealane_data::node::NodeId;
use sealane_data::observation::Trade;
use sealane_data::ports::{Coverage, KpiError, TeuAnswer, TeuQuery, TeuRow};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::PathBuf;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);
const YEARS: i64 = 10;

/// Moves that agree in everything an answer asks for.
#[derive(Debug, PartialEq)]
struct Group {
    day: Date,
    direction: String,
    load: String,
    trade: Option<String>,
    certainty: String,
    moves: u64,
    teu: Teu,
    unknown_size: u64,
}

impl Lake {
    /// Returns throughput by local day, direction and load, as of the source's sequence number.
    ///
    /// A port is its terminals and its port-level moves; each move is of the local day at the node
    /// it was made at. This blocks: it writes what is dirty and reads files.
    pub fn teu(&self, source: &dyn MoveSource, query: &TeuQuery) -> Result<TeuAnswer, KpiError> {
        let months = months(query)?;
        let node = source.nodes().into_iter().find(|n| n.id == query.node);
        let zone = node.ok_or_else(|| KpiError::UnknownNode(query.node.clone()))?.zone;
        let mut nodes: BTreeSet<NodeId> = source.terminals_of(&query.node).into_iter().collect();
        nodes.insert(query.node.clone());
        let nodes: Vec<NodeId> = nodes.into_iter().collect();
        let as_of_seq = self.refresh(source, &nodes, months.clone())?;
        let days = (day_number(query.from)?, day_number(query.to)?);
        let (span, groups) = self.reading(&nodes, &months, |files| groups(files, days));
        let mut answer = fold(query, &groups?);
        answer.as_of_seq = as_of_seq;
        answer.zone = zone;
        answer.coverage.first = span.map(|(first, _)| first.to_string());
        answer.coverage.last = span.map(|(_, last)| last.to_string());
        Ok(answer)
    }
}

/// Returns the UTC months that can hold the local days asked for: a day more on either side.
fn months(query: &TeuQuery) -> Result<RangeInclusive<Month>, KpiError> {
    let end = query.from.checked_add(Span::new().years(YEARS)).unwrap_or(Date::MAX);
    let longest = end == Date::MAX || query.to < end;
    if query.from > query.to || !longest {
        return Err(KpiError::BadRange(query.from, query.to));
    }
    Ok(query.from.saturating_sub(1.day()).into()..=query.to.saturating_add(1.day()).into())
}

fn day_number(date: Date) -> Result<i32, LakeError> {
    let days = date.since((Unit::Day, EPOCH)).map(|span| span.get_days());
    days.map_err(|_| LakeError::Content(format!("day {date} is out of range")))
}

/// Adds up the rows of some files between two days. Everything stays in whole numbers.
fn groups(files: Vec<PathBuf>, days: (i32, i32)) -> Result<Vec<Group>, LakeError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let paths = files.into_iter().map(PlRefPath::try_from_pathbuf).collect::<PolarsResult<_>>()?;
    let options = ScanArgsParquet {
        // The names are exact and the files hold every column themselves.
        hive_options: HiveOptions::new_disabled(),
        glob: false,
        cache: false,
        ..ScanArgsParquet::default()
    };
    let teu = || col("teu_hundredths");
    let day = |number| lit(Scalar::new_date(number));
    let frame = LazyFrame::scan_parquet_files(paths, options)?
        .filter(col("day").gt_eq(day(days.0)).and(col("day").lt_eq(day(days.1))))
        .group_by([col("day"), col("kind"), col("load"), col("trade"), col("certainty")])
        .agg([
            len().cast(DataType::Int64).alias("moves"),
            teu().sum().alias("teu"),
            teu().null_count().cast(DataType::Int64).alias("unknown_size"),
        ])
        .collect_with_engine(Engine::Streaming)?
        .unwrap_single();
    read_groups(&frame)
}

fn read_groups(frame: &DataFrame) -> Result<Vec<Group>, LakeError> {
    let days = frame.column("day")?.cast(&DataType::Int32)?;
    let number = |name: &str, row: usize| -> PolarsResult<i64> {
        frame.column(name)?.i64()?.get(row).ok_or_else(|| missing(name))
    };
    let word = |name: &str, row: usize| -> PolarsResult<Option<String>> {
        Ok(frame.column(name)?.str()?.get(row).map(str::to_owned))
    };
    let must = |name: &str, row| word(name, row)?.ok_or_else(|| missing(name));
    (0..frame.height())
        .map(|row| {
            let day = days.i32()?.get(row).ok_or_else(|| missing("day"))?;
            Ok(Group {
                day: EPOCH.saturating_add(i64::from(day).days()),
                direction: must("kind", row)?,
                load: must("load", row)?,
                trade: word("trade", row)?,
                certainty: must("certainty", row)?,
                moves: number("moves", row)?.unsigned_abs(),
                teu: Teu::from_hundredths(number("teu", row)?),
                unknown_size: number("unknown_size", row)?.unsigned_abs(),
            })
        })
        .collect()
}

fn missing(name: &str) -> PolarsError {
    PolarsError::ComputeError(format!("column `{name}` has a hole").into())
}

/// Takes the groups in scope into rows and counts the others. A restow is no throughput, whoever
/// told it, so it is counted as that first.
fn fold(query: &TeuQuery, groups: &[Group]) -> TeuAnswer {
    let mut rows: BTreeMap<(Date, &str, &str), (u64, Teu, u64)> = BTreeMap::new();
    let mut restows_excluded = 0;
    let mut not_observed_excluded = 0;
    for group in groups {
        if group.trade.as_deref() == Some(trade_word(Trade::Restow)) {
            restows_excluded += group.moves;
        } else if group.certainty != certainty_word(Certainty::Observed) {
            not_observed_excluded += group.moves;
        } else {
            let row = rows.entry((group.day, &group.direction, &group.load)).or_default();
            row.0 += group.moves;
            row.1 += group.teu;
            row.2 += group.unknown_size;
        }
    }
    let days_with: BTreeSet<Date> = groups.iter().map(|g| g.day).collect();
    let days = query.to.since((Unit::Day, query.from)).map_or(0, |span| span.get_days()) + 1;
    TeuAnswer {
        kpi: "teu".to_owned(),
        as_of_seq: 0,
        scope: Certainty::Observed,
        zone: String::new(),
        coverage: Coverage {
            first: None,
            last: None,
            days_without_moves: u64::from(days.unsigned_abs()).saturating_sub(days_with.len() as u64),
            restows_excluded,
            not_observed_excluded,
        },
        rows: rows.into_iter().map(|(key, sums)| row(&query.node, key, sums)).collect(),
    }
}

fn row(
    node: &NodeId,
    (day, direction, load): (Date, &str, &str),
    (moves, teu, unknown): (u64, Teu, u64),
) -> TeuRow {
    TeuRow {
        node: node.clone(),
        day,
        direction: direction.to_owned(),
        load: load.to_owned(),
        moves,
        teu: teu.to_string(),
        unknown_size: unknown,
    }
}
