// The panel of the chosen certificate: what it says, what was claimed, and the way of its goods, in words.
import { checkOf } from "../core/checked";
import { make } from "../core/dom";
import { when } from "../core/times";
import type { CertificateView, LegProperties, MapFeature, StopEvent, StopProperties } from "../core/types";
import { plain, words } from "../core/words";

const lang = document.documentElement.lang || "en";
const say = words(lang);

function row(term: string, ...value: (Node | string)[]): Node[] {
  return [make("dt", {}, term), make("dd", {}, ...value)];
}

/** A word of certainty that is told by its mark and its letters, not only by colour. */
function chip(certainty: StopEvent["certainty"]): HTMLElement {
  return make("span", { class: `chip ${certainty}`, title: say(`${certainty}_about`) }, say(certainty));
}

/** The certificate's own facts at an instant, and what was claimed about it. */
export function facts(view: CertificateView, now: number): HTMLElement {
  const check = checkOf(view.verification, now);
  const issuer = [view.issuer?.body, view.issuer?.country].filter(Boolean).join(", ");
  const exporter = [view.exporter?.name, view.exporter?.country].filter(Boolean).join(", ");
  const state = view.lifecycle ? `${plain(view.lifecycle.state)} (${view.lifecycle.source === "claimed" ? "as claimed by who sent it" : view.lifecycle.source})` : "unknown";
  const bound = (view.bindings ?? []).map((b) =>
    make("li", {}, make("code", {}, `${b.kind} ${b.value}`), b.bound ? " bound to movements" : " no movement bound"));
  return make("dl", { class: "facts" },
    ...row("Exporter", exporter || "not told"),
    ...row("Issued by", issuer || "not told"),
    ...(view.regime ? row("Regime", [view.regime, view.form].filter(Boolean).join(" · ")) : []),
    ...(view.importing_party ? row("Importing party", view.importing_party) : []),
    ...row("Lifecycle", state),
    ...row("Verification", make("span", check.standing === "good" ? {} : { class: "unchecked" }, say(check.word))),
    ...row("Movement", view.consistency?.text ?? "movement not yet compared"),
    ...(view.published === undefined ? [] : row("Published", view.published ? "yes, in its public profile" : "no, private")),
    ...(bound.length > 0 ? row("References", make("ul", { class: "bare" }, ...bound)) : []));
}

function event(e: StopEvent, zone: string | null): HTMLElement {
  const by = [e.told_by, e.source].filter(Boolean).join(", ");
  const notes = [by && say("by", by), (e.witnesses ?? 1) > 1 ? say("witnesses", String(e.witnesses)) : "", e.contradicted ? say("contradicted") : ""].filter(Boolean).join("; ");
  const line = make("div", { class: "event" }, make("span", { class: "kind" }, plain(e.kind), e.classifier === "actual" ? "" : ` (${e.classifier})`),
    " ", chip(e.certainty), make("time", e.at ? { datetime: e.at } : {}, when(e.at, zone, lang, e.precision) || "time not told"));
  if (notes) line.append(make("small", {}, notes));
  return make("li", {}, line);
}

function stop(p: StopProperties, number: number): HTMLElement {
  const name = make("button", { type: "button", class: "place" }, p.name ?? p.node);
  return make("li", { class: `stop ${p.certainty}`, "data-stop": p.id, "data-key": p.id },
    make("span", { class: "number", "aria-hidden": "true" }, String(number)),
    make("div", {}, make("div", { class: "head" }, name, make("small", {}, [say(p.role), p.zone].filter(Boolean).join(" · "))),
      make("ul", { class: "bare events" }, ...(p.events ?? []).map((e) => event(e, p.zone)))));
}

/** How far the goods are, by the last that was told of their ship; nothing where that says no more than the stops. */
function progress(p: LegProperties): Node[] {
  const way = p.progress;
  if (!way || way.state !== "under_way") return [];
  const miles = (nm: number): string => `${Math.round(nm).toLocaleString(lang)} nm`;
  const text = `${miles(way.done_nm)} behind, ${miles(way.remaining_nm)} to go`;
  const last = way.node ? `reckoned from ${way.node}${way.at ? `, ${when(way.at, "UTC", lang)}` : ""}` : "the departure was not told";
  const bar = make("progress", { max: "1", value: String(way.share), "aria-label": text });
  const off = way.off_route ? [make("small", { class: "off" }, `Off the planned way by ${miles(way.off_nm)}; the distance to go is that of a new way.`)] : [];
  return [bar, make("small", {}, text), make("small", {}, last), ...off];
}

/** When the ship should arrive, as long as that is still ahead, and since when nothing was heard. */
function ahead(p: LegProperties, now: number): Node[] {
  const said = p.expected;
  const at = (instant: string | null): string => when(instant, "UTC", lang);
  const between = said?.earliest && said.latest ? `, between ${at(said.earliest)} and ${at(said.latest)}` : "";
  const notes = [
    said?.eta && now < Date.parse(said.valid_until) ? `expected ${at(said.eta)}${between}` : "",
    said?.overdue_since ? `overdue since ${at(said.overdue_since)}` : "",
    p.stale_since ? `nothing heard since ${at(p.stale_since)}` : "",
  ];
  return notes.filter(Boolean).map((note) => make("small", {}, note));
}

function leg(p: LegProperties, now: number): HTMLElement {
  const ship = p.ship ? [p.ship.name ?? (p.ship.imo && `IMO ${p.ship.imo}`), p.ship.voyage && `voyage ${p.ship.voyage}`].filter(Boolean).join(", ") : "";
  const way = p.line?.source === "sea_network" ? [make("small", {}, `${say("computed")}: ${say("computed_about")}`)] : [];
  const by = p.mode === "sea" ? ship || "ship not told" : "by land";
  return make("li", { class: `leg ${p.certainty}`, "data-key": p.id }, make("span", { class: "rail", "aria-hidden": "true" }),
    make("div", {}, by, " ", chip(p.certainty), ...way, ...progress(p), ...ahead(p, now), ...(p.reason ? [make("small", {}, p.reason.text)] : [])));
}

/** The timeline: stops in order with the legs between them, as of an instant; each stop names itself in `data-stop`. */
export function timeline(features: MapFeature[], now: number): HTMLElement {
  const stops = features.filter((f) => f.properties?.["kind"] === "stop");
  const legs = features.filter((f) => f.properties?.["kind"] === "leg");
  if (stops.length === 0) return make("p", { class: "quiet" }, "Nothing is known yet about the way of these goods.");
  const left = [...legs];
  const items = stops.flatMap((feature, i) => {
    const p = feature.properties as StopProperties;
    // Legs name nodes; a node may come twice, so each leg is drawn once, after the first stop it can start from.
    const next = new Set(stops.slice(i + 1).map((s) => s.properties?.["node"]));
    const out = left.filter((l) => l.properties?.["from"] === p.node && next.has(l.properties["to"])).slice(0, 1);
    for (const drawn of out) left.splice(left.indexOf(drawn), 1);
    return [stop(p, i + 1), ...out.map((l) => leg(l.properties as LegProperties, now))];
  });
  return make("ol", { class: "timeline" }, ...items);
}
