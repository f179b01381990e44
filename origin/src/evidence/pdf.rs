//! The paper copy of the evidence as a PDF. The same evidence always gives the same bytes.

use super::paper::{self, Line, Look};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use rustc_hash::FxHashSet;
use serde_json::Value;
use std::io::Error;

/// Noto Sans, Latin with Vietnamese (SIL Open Font License 1.1).
const FONT: &[u8] = include_bytes!("../../fonts/NotoSans-latin.ttf");

/// A4 in points.
const WIDTH: f32 = 595.0;
/// A4 in points.
const HEIGHT: f32 = 842.0;
/// What stays white around.
const MARGIN: f32 = 48.0;
/// The width of labels.
const LABEL: f32 = 84.0;
/// The height of the picture.
const PICTURE: f32 = 190.0;

/// One piece of text in its place.
struct Placed {
    at: (f32, f32),
    size: f32,
    text: String,
}

/// What stands on one page.
#[derive(Default)]
struct Page {
    texts: Vec<Placed>,
    /// Where the picture's upper edge is.
    picture: Option<f32>,
}

/// Lays lines out on pages, from top to bottom.
struct Layout {
    pages: Vec<Page>,
    y: f32,
}

impl Layout {
    fn new() -> Self {
        Self { pages: vec![Page::default()], y: MARGIN }
    }

    fn room(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN {
            self.pages.push(Page::default());
            self.y = MARGIN;
        }
    }

    fn put(&mut self, x: f32, size: f32, text: &str) {
        let placed = Placed { at: (x, self.y), size, text: text.to_owned() };
        if let Some(page) = self.pages.last_mut() {
            page.texts.push(placed);
        }
    }

    fn add(&mut self, line: &Line) {
        let (size, before, x) = match line.look {
            Look::Title => (17.0, 12.0, MARGIN),
            Look::Heading => (12.5, 20.0, MARGIN),
            Look::Plain => (9.0, 4.0, MARGIN),
            Look::Row(_) => (9.0, 4.0, MARGIN + LABEL),
        };
        self.y += before;
        for (n, part) in wrapped(&line.text, (WIDTH - MARGIN - x) / size).into_iter().enumerate() {
            self.room(size * 1.4);
            self.y += size;
            if let (0, Look::Row(label)) = (n, line.look) {
                self.put(MARGIN, size, label);
            }
            self.put(x, size, &part);
            self.y += size * 0.3;
        }
    }

    fn picture(&mut self) {
        self.room(PICTURE + 12.0);
        if let Some(page) = self.pages.last_mut() {
            page.picture = Some(self.y + 8.0);
        }
        self.y += PICTURE + 12.0;
    }
}

/// The width of a character in ems, never less than the font's.
fn ems(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '-' | '(' | ')' => 0.34,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.96,
        'A'..='Z' => 0.74,
        _ => 0.63,
    }
}

/// Breaks a text into parts that are no wider than so many ems; a word that is wider is cut.
fn wrapped(text: &str, ems_wide: f32) -> Vec<String> {
    let printable = printable(text);
    let (mut parts, mut part, mut width) = (Vec::new(), String::new(), 0.0);
    for word in printable.split_inclusive(' ') {
        let wide: f32 = word.trim_end().chars().map(ems).sum();
        if width + wide > ems_wide && !part.is_empty() {
            parts.push(std::mem::take(&mut part).trim_end().to_owned());
            width = 0.0;
        }
        for c in word.chars() {
            if width + ems(c) > ems_wide && c != ' ' {
                parts.push(std::mem::take(&mut part));
                width = 0.0;
            }
            part.push(c);
            width += ems(c);
        }
    }
    parts.push(part.trim_end().to_owned());
    parts
}

/// Returns a text as the font can print it: letters that it lacks are counted and never guessed.
fn printable(text: &str) -> String {
    let (mut shown, mut lacking) = (String::with_capacity(text.len()), 0);
    let count = |shown: &mut String, lacking: &mut usize| {
        match *lacking {
            0 => {}
            1 => shown.push_str("[1 letter]"),
            n => shown.push_str(&format!("[{n} letters]")),
        }
        *lacking = 0;
    };
    for c in text.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }) {
        if in_font(c) {
            count(&mut shown, &mut lacking);
            shown.push(c);
        } else {
            lacking += 1;
        }
    }
    count(&mut shown, &mut lacking);
    shown
}

/// What the paper copy says where its font lacks letters.
const LACKING: &str = "The font of this paper copy lacks letters of some names: where it says [n letters], evidence.json and evidence.html have them.";

/// What the picture's lines mean.
const LEGEND: &str =
    "Solid: positions of the ship were told. Dashed: computed by sea network; nobody observed the line.";

/// Whether the font has a character.
fn in_font(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{1a0}' | '\u{1a1}' | '\u{1af}' | '\u{1b0}' | '\u{1ea0}'..='\u{1ef9}' | '\u{2010}'..='\u{2026}' | '\u{20ab}' | '\u{20ac}')
}

/// Returns the paper copy of an evidence document.
pub(super) fn pdf(evidence: &Value, kid: &str) -> Result<Vec<u8>, Error> {
    let font = Font::new(FONT.into(), 0).ok_or_else(|| Error::other("the font cannot be read"))?;
    let mut layout = Layout::new();
    let (head, body) = (paper::head(evidence, kid), paper::body(evidence));
    let picture = plane(&evidence["route"]);
    let names = picture.1.iter().map(|(_, name)| name);
    let texts = head.iter().chain(&body).map(|line| &line.text).chain(names);
    let unprintable = |c: char| !in_font(c) && !c.is_whitespace() && !c.is_control();
    let lacking = texts.into_iter().any(|text| text.contains(unprintable));
    let note = |text: &str| Line { look: Look::Plain, text: text.to_owned() };
    for (n, line) in head.iter().enumerate() {
        layout.add(line);
        // Behind the title and the two sentences of what this is.
        if n == 2 && lacking {
            layout.add(&note(LACKING));
        }
    }
    layout.picture();
    layout.add(&note(LEGEND));
    for line in &body {
        layout.add(line);
    }
    let mut document = Document::new();
    let title =
        format!("Evidence, certificate {}", evidence["certificate"]["number"].as_str().unwrap_or_default());
    document.set_metadata(Metadata::new().title(title).language("en".to_owned()));
    let pages = layout.pages.len();
    for (n, page) in layout.pages.iter().enumerate() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::other("no page size"))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        if let Some(top) = page.picture {
            draw(&mut surface, &picture, top, &font);
        }
        surface.set_stroke(None);
        surface.set_fill(Some(Fill { paint: rgb::Color::new(0, 0, 0).into(), ..Fill::default() }));
        let number = Placed { at: (MARGIN, HEIGHT - 24.0), size: 8.0, text: format!("{} of {pages}", n + 1) };
        for placed in page.texts.iter().chain([&number]) {
            write(&mut surface, &font, placed);
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| Error::other(format!("{error:?}")))
}

fn write(surface: &mut Surface<'_>, font: &Font, placed: &Placed) {
    let at = Point::from_xy(placed.at.0, placed.at.1);
    surface.draw_text(at, font.clone(), placed.size, &placed.text, false, TextDirection::LeftToRight);
}

/// A position on the plane: longitude unrolled, latitude.
type Plane = (f64, f64);

/// A line of the route, and whether positions of the ship tell it.
type Way = (Vec<Plane>, bool);

/// Whether somebody observed a line: positions of the ship, not the sea network, tell it.
fn is_observed(feature: &Value) -> bool {
    let told = &feature["properties"];
    match told["kind"].as_str() {
        Some("piece") => !told["source"].is_null(),
        _ => told["line"]["source"] == "positions",
    }
}

/// Returns the lines that are drawn by their pieces.
fn parted(route: &Value) -> FxHashSet<&str> {
    let features = route["features"].as_array().into_iter().flatten();
    let pieces = features.map(|f| &f["properties"]).filter(|told| told["kind"] == "piece");
    pieces.filter_map(|told| told["leg"].as_str()).collect()
}

/// A route's lines and stops.
type Picture = (Vec<Way>, Vec<(Plane, String)>);

/// Reads the route's lines and stops; a line over the antimeridian goes on beyond it.
fn plane(route: &Value) -> Picture {
    let parted = parted(route);
    let (mut lines, mut stops, mut before) = (Vec::new(), Vec::new(), None);
    let mut near = |at: &Value| -> Option<Plane> {
        let (lon, lat) = (at.get(0)?.as_f64()?, at.get(1)?.as_f64()?);
        let lon = before.map_or(lon, |known: f64| lon + 360.0 * ((known - lon) / 360.0).round());
        before = Some(lon);
        Some((lon, lat))
    };
    for feature in route["features"].as_array().into_iter().flatten() {
        let coordinates = &feature["geometry"]["coordinates"];
        match feature["geometry"]["type"].as_str() {
            Some("LineString")
                if feature["properties"]["id"].as_str().is_none_or(|id| !parted.contains(id)) =>
            {
                let line = coordinates.as_array().into_iter().flatten().filter_map(&mut near).collect();
                lines.push((line, is_observed(feature)));
            }
            Some("Point") => {
                let name = feature["properties"]["name"].as_str().unwrap_or_default().to_owned();
                stops.extend(near(coordinates).map(|at| (at, name)));
            }
            _ => {}
        }
    }
    (lines, stops)
}

/// Draws the route into its box, one degree as long in both directions.
fn draw(surface: &mut Surface<'_>, (lines, stops): &Picture, top: f32, font: &Font) {
    let all = || lines.iter().flat_map(|(line, _)| line).chain(stops.iter().map(|(at, _)| at));
    let bound = |of: fn(&Plane) -> f64, pick: fn(f64, f64) -> f64| all().map(of).reduce(pick);
    let lon = bound(|p| p.0, f64::min).zip(bound(|p| p.0, f64::max));
    let lat = bound(|p| p.1, f64::min).zip(bound(|p| p.1, f64::max));
    let Some(((west, east), (south, north))) = lon.zip(lat) else { return };
    let (wide, high) = (f64::from(WIDTH - 2.0 * MARGIN - 140.0), f64::from(PICTURE - 40.0));
    let scale = (wide / (east - west).max(0.5)).min(high / (north - south).max(0.5));
    let left = f64::from(MARGIN) + 70.0 + (wide - (east - west) * scale) / 2.0;
    let upper = f64::from(top) + 20.0 + (high - (north - south) * scale) / 2.0;
    let place = |p: &Plane| {
        #[expect(clippy::cast_possible_truncation, reason = "points of a page, far below the limits of f32")]
        let at = ((left + (p.0 - west) * scale) as f32, (upper + (north - p.1) * scale) as f32);
        at
    };
    surface.set_fill(None);
    for (line, observed) in lines {
        let dash = (!observed).then(|| StrokeDash { array: vec![4.0, 3.0], offset: 0.0 });
        let paint = rgb::Color::new(37, 99, 235).into();
        surface.set_stroke(Some(Stroke { paint, width: 1.4, dash, ..Stroke::default() }));
        if let Some(path) = path(line.iter().map(place)) {
            surface.draw_path(&path);
        }
    }
    surface.set_stroke(None);
    for (at, name) in stops {
        let (x, y) = place(at);
        surface.set_fill(Some(Fill { paint: rgb::Color::new(37, 99, 235).into(), ..Fill::default() }));
        if let Some(square) =
            path([(x - 2.5, y - 2.5), (x + 2.5, y - 2.5), (x + 2.5, y + 2.5), (x - 2.5, y + 2.5)].into_iter())
        {
            surface.draw_path(&square);
        }
        surface.set_fill(Some(Fill { paint: rgb::Color::new(0, 0, 0).into(), ..Fill::default() }));
        let label = wrapped(name, 22.0).into_iter().next().unwrap_or_default();
        write(surface, font, &Placed { at: (x + 5.0, y + 3.0), size: 8.0, text: label });
    }
}

fn path(mut points: impl Iterator<Item = (f32, f32)>) -> Option<Path> {
    let (x, y) = points.next()?;
    let mut builder = PathBuilder::new();
    builder.move_to(x, y);
    points.for_each(|(x, y)| builder.line_to(x, y));
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_break_between_words_and_long_words_are_cut() {
        assert_eq!(wrapped("one two three", 5.0), ["one two", "three"]);
        let digest = "f".repeat(64);
        let parts = wrapped(&digest, 20.0);
        assert_eq!(parts.concat(), digest);
        assert!(parts.len() > 1 && parts.iter().all(|p| p.chars().map(ems).sum::<f32>() <= 20.0));
        assert_eq!(wrapped("Công ty 例 Đà Nẵng", 90.0), ["Công ty [1 letter] Đà Nẵng"]);
        assert_eq!(wrapped("上海泵业 Co.\n有限", 90.0), ["[4 letters] Co. [2 letters]"]);
        assert_eq!(wrapped("", 9.0), [""]);
    }

    #[test]
    fn a_leg_that_has_pieces_is_drawn_by_them_however_many_there_are() {
        let line = |told: Value| json!({"geometry": {"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0]]}, "properties": told});
        let whole = line(json!({"id": "whole", "kind": "leg", "line": {"source": "positions"}}));
        let nameless = line(json!({"kind": "leg"}));
        // A look at every feature for each of them would take minutes.
        let parted = (0..20_000).map(|n| line(json!({"id": format!("leg_{n}"), "kind": "leg"})));
        let pieces =
            (0..20_000).map(|n| line(json!({"kind": "piece", "leg": format!("leg_{n}"), "source": null})));
        let features: Vec<Value> = [whole, nameless].into_iter().chain(parted).chain(pieces).collect();
        let (lines, stops) = plane(&json!({ "features": features }));
        assert_eq!((lines.len(), stops.len()), (20_002, 0));
        assert_eq!(lines.iter().filter(|(_, observed)| *observed).count(), 1);
    }
}
