//! Moves and nodes as Parquet. The columns are a promise to every other reader of the lake.

use crate::LakeError;
use jiff::tz::TimeZone;
use polars::prelude::{
    Column, DataFrame, DataType, NamedFrom, ParquetWriter, PolarsResult, Series, TimeUnit,
    TimeZone as FrameZone,
};
use sealane_data::container::Teu;
use sealane_data::fact::{Certainty, QuayMove};
use sealane_data::node::{Node, NodeKind};
use sealane_data::observation::{Kind, Load, Trade};
use std::io::Write;

/// Rows of one row group at most: bounds what a reader holds at once.
pub(crate) const ROW_GROUP: usize = 131_072;

/// Writes moves, which are in order of time, with the local day of each in `zone`.
pub(crate) fn write_moves(out: impl Write, moves: &[QuayMove], zone: &TimeZone) -> Result<(), LakeError> {
    // One frame at a time becomes one row group, so a large month is never held twice.
    write(out, &moves_frame(&[], zone)?, moves.chunks(ROW_GROUP).map(|group| moves_frame(group, zone)))
}

/// Writes the table of nodes.
pub(crate) fn write_nodes(out: impl Write, nodes: &[Node]) -> Result<(), LakeError> {
    write(out, &nodes_frame(&[])?, nodes.chunks(ROW_GROUP).map(nodes_frame))
}

fn write(
    out: impl Write,
    shape: &DataFrame,
    groups: impl Iterator<Item = PolarsResult<DataFrame>>,
) -> Result<(), LakeError> {
    let mut writer = ParquetWriter::new(out).batched(shape.schema())?;
    for group in groups {
        writer.write_batch(&group?)?;
    }
    writer.finish()?;
    Ok(())
}

fn moves_frame(moves: &[QuayMove], zone: &TimeZone) -> PolarsResult<DataFrame> {
    let instant = DataType::Datetime(TimeUnit::Microseconds, Some(FrameZone::UTC));
    DataFrame::new(
        moves.len(),
        vec![
            column("node", moves, |m| m.node.0.as_str()),
            numbers("moved_at", moves, |m| m.at.as_microsecond()).cast(&instant)?,
            numbers("day", moves, |m| local_day(m, zone)).cast(&DataType::Date)?,
            column("kind", moves, |m| kind_word(m.kind).unwrap_or_default()),
            column("container", moves, |m| m.container.as_str()),
            optional("size_type", moves, |m| m.size_type.as_deref()),
            numbers("teu_hundredths", moves, |m| m.teu.map(Teu::hundredths)),
            column("load", moves, |m| load_word(m.load)),
            optional("trade", moves, |m| m.trade.map(trade_word)),
            optional("vessel", moves, |m| m.vessel.as_deref()),
            column("certainty", moves, |m| certainty_word(m.certainty)),
            numbers("witnesses", moves, |m| i32::from(m.witnesses)),
        ],
    )
}

fn nodes_frame(nodes: &[Node]) -> PolarsResult<DataFrame> {
    DataFrame::new(
        nodes.len(),
        vec![
            column("id", nodes, |n| n.id.0.as_str()),
            column("name", nodes, |n| n.name.as_str()),
            column("country", nodes, |n| n.country.as_str()),
            column("zone", nodes, |n| n.zone.as_str()),
            numbers("lat", nodes, |n| n.position.lat),
            numbers("lon", nodes, |n| n.position.lon),
            optional("parent", nodes, |n| n.parent.as_ref().map(|p| p.0.as_str())),
            column("kind", nodes, |n| node_word(n.kind)),
        ],
    )
}

fn column<'a, T>(name: &str, rows: &'a [T], text: impl Fn(&'a T) -> &'a str) -> Column {
    let values: Vec<&str> = rows.iter().map(text).collect();
    Column::new(name.into(), values)
}

fn optional<'a, T>(name: &str, rows: &'a [T], text: impl Fn(&'a T) -> Option<&'a str>) -> Column {
    let values: Vec<Option<&str>> = rows.iter().map(text).collect();
    Column::new(name.into(), values)
}

fn numbers<T, N>(name: &str, rows: &[T], number: impl Fn(&T) -> N) -> Column
where
    Series: NamedFrom<Vec<N>, [N]>,
{
    Series::new(name.into(), rows.iter().map(number).collect::<Vec<N>>()).into()
}

/// Returns the local day as days since 1970-01-01, by the offset that is in force at the instant.
fn local_day(quay_move: &QuayMove, zone: &TimeZone) -> i32 {
    let seconds = quay_move.at.as_second() + i64::from(zone.to_offset(quay_move.at).seconds());
    i32::try_from(seconds.div_euclid(86_400)).expect("timestamps end with the year 9999")
}

/// Returns the word for a kind of quay move, and nothing for what is none.
pub(crate) fn kind_word(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Loaded => Some("loaded"),
        Kind::Discharged => Some("discharged"),
        _ => None,
    }
}

fn load_word(load: Load) -> &'static str {
    match load {
        Load::Laden => "laden",
        Load::Empty => "empty",
        Load::Unknown => "unknown",
    }
}

pub(crate) fn trade_word(trade: Trade) -> &'static str {
    match trade {
        Trade::Export => "export",
        Trade::Import => "import",
        Trade::Transshipment => "transshipment",
        Trade::RemainOnBoard => "remain_on_board",
        Trade::Restow => "restow",
        Trade::Domestic => "domestic",
    }
}

pub(crate) fn certainty_word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Inferred => "inferred",
        Certainty::Planned => "planned",
        Certainty::Reported => "reported",
        Certainty::Observed => "observed",
    }
}

fn node_word(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Port => "port",
        NodeKind::Terminal => "terminal",
        NodeKind::Berth => "berth",
        NodeKind::Anchorage => "anchorage",
        NodeKind::Depot => "depot",
        NodeKind::Inland => "inland",
    }
}
