//! A route as a picture (SVG), made on the server: what is seen before any script has run, and
//! where none ever does. It is drawn from the served document, so it shows no more than that.

mod frame;
mod land;

use crate::documents::Document;
use frame::Frame;
use serde_json::Value;
use std::fmt::Write as _;

/// Colours follow the reader's light or dark setting.
const STYLE: &str = ".w{fill:#dfe9f1}.l{fill:#f6f4ee;stroke:#c4c9cd;stroke-width:.6}.r{fill:none;stroke:#1b62b5;\
stroke-width:3;stroke-linejoin:round;stroke-linecap:round}.r.planned,.r.inferred{stroke-dasharray:2 6}\
.r.reported{stroke-dasharray:9 5}.r.computed{stroke-width:2;stroke-dasharray:9 4 2 4;stroke-linecap:butt}.s{fill:#fff;stroke:#1b62b5;stroke-width:3}.s.planned,.s.inferred{stroke-dasharray:2 2}\
text{font:600 13px system-ui,sans-serif;fill:#12324f;paint-order:stroke;stroke:#fff;stroke-width:3}\
.c{font-size:9px;font-weight:400}\
@media(prefers-color-scheme:dark){.w{fill:#14202b}.l{fill:#26333d;stroke:#3c4b56}.r{stroke:#6fb1ff}\
.s{fill:#14202b;stroke:#6fb1ff}text{fill:#e3edf5;stroke:#14202b}}";

/// Returns a route document as a picture of 800 by 450 units.
pub(crate) fn draw(document: &Document) -> String {
    let features: Vec<&Value> = document.features().iter().map(|(_, f)| f).collect();
    let frame = Frame::around(&features);
    let mut svg = String::with_capacity(16 * 1024);
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"sl-t sl-d\">\
         <title id=\"sl-t\">{}</title><desc id=\"sl-d\">{}</desc><style>{STYLE}</style>\
         <rect class=\"w\" width=\"100%\" height=\"100%\"/><path class=\"l\" d=\"{}\"/>",
        frame::WIDTH,
        frame::HEIGHT,
        escape(&title(document.meta())),
        escape(&description(&features)),
        land::path(&frame),
    );
    for leg in features.iter().filter(|f| f["properties"]["kind"] == "leg") {
        draw_leg(&mut svg, leg, &frame);
    }
    for stop in features.iter().filter(|f| f["properties"]["kind"] == "stop") {
        draw_stop(&mut svg, stop, &frame);
    }
    let _ = write!(
        svg,
        "<text class=\"c\" x=\"6\" y=\"{}\">Land: Natural Earth</text></svg>",
        frame::HEIGHT - 6.0
    );
    svg
}

fn title(meta: &Value) -> String {
    match meta["certificate"]["number"].as_str() {
        Some(number) => format!("Route of the goods of certificate {number}"),
        None => match (name_of(&meta["from"]), name_of(&meta["to"])) {
            (Some(from), Some(to)) => format!("Way by sea from {from} to {to}"),
            _ => "Route".to_owned(),
        },
    }
}

/// What an end of a way by sea is called.
fn name_of(end: &Value) -> Option<&str> {
    end["name"].as_str().or_else(|| end["asked"].as_str())
}

/// The route in words, for those who hear it.
fn description(features: &[&Value]) -> String {
    let stops: Vec<String> = features
        .iter()
        .map(|f| &f["properties"])
        .filter(|p| p["kind"] == "stop")
        .map(|p| {
            // An end of a way that was worked out has no event.
            if p["event"].is_null() && p["at"].is_null() {
                return name_of(p).unwrap_or("unknown").to_owned();
            }
            let word = |name: &str| p[name].as_str().unwrap_or("unknown").replace('_', " ");
            format!(
                "{}: {}, {} ({})",
                word("name"),
                word("event"),
                p["at"].as_str().unwrap_or("no time"),
                word("certainty")
            )
        })
        .collect();
    if stops.is_empty() { "No movement is known yet.".to_owned() } else { stops.join("; ") + "." }
}

fn draw_leg(svg: &mut String, leg: &Value, frame: &Frame) {
    let mut certainty = escape(leg["properties"]["certainty"].as_str().unwrap_or_default());
    // However well its ends are known: a way that was computed is no sailed one.
    if leg["properties"]["line"]["source"] == "sea_network" {
        certainty.push_str(" computed");
    }
    for line in frame::lines(&leg["geometry"]) {
        let _ = write!(svg, "<path class=\"r {certainty}\" d=\"{}\"/>", frame.path(&line));
    }
}

fn draw_stop(svg: &mut String, stop: &Value, frame: &Frame) {
    let Some(at) = frame::position(&stop["geometry"]["coordinates"]) else { return };
    let [x, y] = frame.place(at);
    let properties = &stop["properties"];
    let certainty = escape(properties["certainty"].as_str().unwrap_or_default());
    let name = escape(name_of(properties).unwrap_or_default());
    // Labels stay inside the picture.
    let (anchor, dx) = if x > frame::WIDTH * 0.75 { ("end", -10.0) } else { ("start", 10.0) };
    let _ = write!(
        svg,
        "<circle class=\"s {certainty}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{name}</text>",
        x + dx,
        y + 4.0
    );
}

/// Makes text safe between tags and in quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(stops: &[(&str, f64, f64)]) -> Document {
        let line: Vec<[f64; 2]> = stops.iter().map(|(_, lon, lat)| [*lon, *lat]).collect();
        let mut features: Vec<Value> = stops
            .iter()
            .map(|(name, lon, lat)| {
                json!({"id": name, "geometry": {"type": "Point", "coordinates": [lon, lat]},
                    "properties": {"kind": "stop", "name": name, "certainty": "observed", "event": "loaded", "at": null}})
            })
            .collect();
        features.push(json!({"id": "leg", "geometry": {"type": "LineString", "coordinates": line},
            "properties": {"kind": "leg", "certainty": "planned"}}));
        Document::new(&json!({"type": "FeatureCollection", "features": features, "sealane": {}}), 1).unwrap()
    }

    #[test]
    fn a_picture_shows_stops_legs_and_land_and_says_them_in_words() {
        let svg = draw(&document(&[("Yangshan <III>", 122.06, 30.62), ("Westports", 101.3, 2.97)]));
        assert!(svg.contains("Yangshan &lt;III&gt;: loaded, no time (observed)"), "{svg}");
        assert!(svg.contains("class=\"r planned\" d=\"M"));
        assert!(svg.len() < 24_000, "{}", svg.len());
        let land = svg.split("class=\"l\" d=\"").nth(1).unwrap();
        let land = land.split('"').next().unwrap();
        assert!(land.len() > 1_000, "land is drawn");
    }

    #[test]
    fn a_way_that_was_computed_is_no_sailed_one() {
        let mut leg = json!({"geometry": {"type": "LineString", "coordinates": [[122.0, 30.0], [101.0, 3.0]]},
            "properties": {"kind": "leg", "certainty": "observed", "line": {"source": "positions"}}});
        let frame = Frame::around(&[&leg]);
        let drawn = |leg: &Value| {
            let mut svg = String::new();
            draw_leg(&mut svg, leg, &frame);
            svg
        };
        assert!(drawn(&leg).contains("class=\"r observed\""));
        leg["properties"]["line"]["source"] = "sea_network".into();
        assert!(drawn(&leg).contains("class=\"r observed computed\""));
    }

    #[test]
    fn an_empty_route_and_the_180th_meridian_are_drawn() {
        assert!(draw(&document(&[])).contains("No movement is known yet."));
        let svg = draw(&document(&[("Yokohama", 139.7, 35.4), ("Los Angeles", -118.3, 33.7)]));
        assert!(svg.contains("Los Angeles"));
    }
}
