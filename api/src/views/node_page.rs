//! The pages about nodes, made by the server: they need no script and show no secret.

use super::nodes::{Carried, carried};
use super::svg::escape;
use sealane_data::node::{CodeList, Node, NodeId, Standing};
use sealane_data::observation::DeclaredPlace;
use sealane_data::places::{Candidate, How, NodeIx, Places};
use std::fmt::Write as _;

/// The style, in the page: no further request, light and dark.
const STYLE: &str = include_str!("node_page.css");

/// Draws the page of one node: its codes and how each is resolved, names, zone, terminals, source.
pub(crate) fn one(places: &Places, ix: NodeIx) -> String {
    let node = places.node(ix);
    let mut html =
        format!("<h1>{} <small>{}</small></h1>{}", escape(&node.name), escape(&node.id.0), facts(places, ix));
    html.push_str("<h2>Codes</h2>");
    html.push_str(&codes(places, ix));
    if !node.aliases.is_empty() {
        let names: Vec<String> =
            node.aliases.iter().map(|name| format!("<li>{}</li>", escape(name))).collect();
        let _ = write!(html, "<h2>Also written</h2><ul class=\"names\">{}</ul>", names.concat());
    }
    let below: Vec<String> =
        places.children(ix).map(|(_, child)| format!("<li>{}</li>", link(child))).collect();
    if !below.is_empty() {
        let _ = write!(html, "<h2>Terminals</h2><ul>{}</ul>", below.concat());
    }
    let first = node.codes.first().map(|code| code.code.as_str()).unwrap_or_default();
    let _ = write!(html, "<h2>How would a code be resolved?</h2>{}", form(first, "", ""));
    page(&node.name, &html)
}

/// Draws the list of ports, or the decision about what was asked.
pub(crate) fn all(places: &Places, asked: &DeclaredPlace) -> String {
    let told = |text: &Option<sealane_data::Text>| text.as_deref().unwrap_or_default().to_owned();
    let (code, terminal, name) = (told(&asked.locode), told(&asked.facility), told(&asked.name));
    let form = form(&code, &terminal, &name);
    if code.is_empty() && terminal.is_empty() && name.is_empty() {
        return page(
            "Nodes",
            &format!("<h1>Nodes</h1><h2>How would a code be resolved?</h2>{form}{}", ports(places)),
        );
    }
    let html = format!("<h1>How would this be resolved?</h1>{form}{}", decision(places, asked));
    page("How a code is resolved", &html)
}

fn decision(places: &Places, asked: &DeclaredPlace) -> String {
    let said = places.explain(asked);
    let mut html = match said.decision {
        Some(found) => format!(
            "<p class=\"decision\">{} <small>{}</small></p>",
            link(places.node(found.node)),
            escape(how(found.how))
        ),
        None => "<p class=\"decision\">No node of ours. The place stays as it was declared.</p>".to_owned(),
    };
    if let Some(reason) = said.reason {
        let _ = write!(html, "<p>{}</p>", escape(&reason));
    }
    if !said.candidates.is_empty() {
        let rows: Vec<String> = said.candidates.iter().map(|c| candidate(places, c)).collect();
        let head = "<tr><th scope=\"col\">Node<th scope=\"col\">Its code<th scope=\"col\">Standing<th scope=\"col\">Note</tr>";
        let _ = write!(
            html,
            "<h2>Candidates</h2><div class=\"wide\"><table>{head}{}</table></div>",
            rows.concat()
        );
    }
    html.push_str("<p class=\"quiet\">A partner's own codes, which come first, are not looked at here.</p>");
    html
}

fn candidate(places: &Places, candidate: &Candidate) -> String {
    let carrier = link(places.node(candidate.node));
    let Some(code) = &candidate.code else {
        return format!("<tr><td>{carrier}<td colspan=\"3\">by its name</tr>");
    };
    let note = code.note.as_deref().unwrap_or_default();
    let (list, standing) = (list(code.list), standing(code.list.standing()));
    format!(
        "<tr><td>{carrier}<td><code>{}</code> {list}<td>{standing}<td>{}</tr>",
        escape(&code.code),
        escape(note)
    )
}

fn facts(places: &Places, ix: NodeIx) -> String {
    let node = places.node(ix);
    let mut rows = vec![("Kind", format!("{:?}", node.kind)), ("Country", escape(&node.country))];
    if let Some(parent) = node.parent.as_ref().and_then(|NodeId(id)| places.find(id)) {
        rows.push(("Part of", link(places.node(parent))));
    }
    if let Some(river) = &node.river {
        rows.push(("River", escape(river)));
    }
    rows.push(("Time zone", escape(&node.zone)));
    rows.push((
        "Position",
        format!("{:.4}, {:.4} (latitude, longitude)", node.position.lat, node.position.lon),
    ));
    rows.push(("Source", escape(&node.source)));
    let rows: Vec<String> = rows.into_iter().map(|(term, said)| format!("<dt>{term}<dd>{said}")).collect();
    format!("<dl>{}</dl>", rows.concat())
}

fn codes(places: &Places, ix: NodeIx) -> String {
    let rows: Vec<String> = carried(places, ix).iter().map(|row| code_row(places, row)).collect();
    if rows.is_empty() {
        return "<p>No code of it is known to us; it is found by name.</p>".to_owned();
    }
    let head = ["Code", "List", "Standing", "By itself it means", "Note", "Source"];
    let head: Vec<String> = head.iter().map(|title| format!("<th scope=\"col\">{title}")).collect();
    format!("<div class=\"wide\"><table><tr>{}</tr>{}</table></div>", head.concat(), rows.concat())
}

fn code_row(places: &Places, row: &Carried<'_>) -> String {
    let alone = row.alone.map_or_else(|| "no node".to_owned(), |at| link(places.node(at)));
    let note: Vec<String> = [row.note, row.reason].into_iter().flatten().map(escape).collect();
    format!(
        "<tr><td><code>{}</code><td>{}<td>{}<td>{alone}<td>{}<td>{}</tr>",
        escape(row.code),
        list(row.list),
        standing(row.list.standing()),
        note.join(". "),
        escape(row.source),
    )
}

fn ports(places: &Places) -> String {
    let mut tops: Vec<&Node> =
        places.all().map(|(_, node)| node).filter(|node| node.parent.is_none()).collect();
    tops.sort_by(|a, b| (&a.country, &a.name).cmp(&(&b.country, &b.name)));
    let mut html = format!("<h2>{} ports and inland points</h2>", tops.len());
    for country in tops.chunk_by(|a, b| a.country == b.country) {
        let items: Vec<String> = country.iter().map(|node| format!("<li>{}</li>", link(node))).collect();
        let name = country.first().map(|node| escape(&node.country)).unwrap_or_default();
        let _ = write!(html, "<h3>{name}</h3><ul class=\"names\">{}</ul>", items.concat());
    }
    html
}

fn form(code: &str, terminal: &str, name: &str) -> String {
    let field = |id: &str, label: &str, value: &str| {
        format!("<label>{label} <input name=\"{id}\" value=\"{}\" maxlength=\"80\"></label>", escape(value))
    };
    let fields = [
        field("code", "Port code", code),
        field("terminal", "Terminal code", terminal),
        field("name", "Name", name),
    ];
    format!("<form action=\"/nodes\">{}<button>Resolve</button></form>", fields.concat())
}

/// Links to a node's page; ids are letters, digits and dashes.
fn link(node: &Node) -> String {
    format!("<a href=\"/nodes/{0}\">{1}</a> <small>{0}</small>", escape(&node.id.0), escape(&node.name))
}

fn list(list: CodeList) -> &'static str {
    match list {
        CodeList::Unlocode | CodeList::UnlocodeDeleted => "UN/LOCODE",
        CodeList::UsedInFeeds => "of no list for this node",
        CodeList::Smdg => "SMDG",
        CodeList::Bic => "BIC",
        CodeList::Own => "own",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Current => "current",
        Standing::Deleted => "deleted, still sent",
        Standing::UsedInFeeds => "used in feeds",
        Standing::Own => "a company's own",
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::FacilityCode => "facility_code: the terminal code names one node only",
        How::PortAndTerminal => "port_and_terminal: the port code and the terminal agree",
        How::PortCode => "port_code: the port code alone",
        How::Alias => "alias: by its name",
        How::PartnerAlias => "partner_alias: a code of the partner's profile",
        How::PartnerDefault => "partner_default: nothing was declared",
        How::Position => "position: where the ship or box was",
    }
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{} - Sealane</title>\
<style>{STYLE}</style><nav><a href=\"/\">Map</a> <a href=\"/nodes\">Nodes</a> <a href=\"/routes\">Routes</a> <a href=\"/docs\">API</a></nav>\
<main>{body}</main></html>",
        escape(title)
    )
}
