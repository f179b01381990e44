// The certificate beside the map: a badge over it and a panel above the stops. Green only while the issuer's confirmation is fresh.
import { checkOf, from, holdsUntil, type Standing } from "../core/checked";
import { make, update } from "../core/dom";
import { address, ask, type Door } from "../core/http";
import { when } from "../core/times";
import type { CertificateMeta, CheckState, RouteMeta } from "../core/types";
import { LIVES, type Say, type Word } from "../core/words";

const VOID = ["rejected", "cancelled", "replaced", "revoked", "expired", "denied"];
const AGREES = ["consistent", "not_assessable", "not_assessed"];

/** How a certificate stands at an instant. `live` is false when nobody could tell us of a change: then nothing is good. */
export function standing(certificate: CertificateMeta, now: number, live: boolean): Standing {
  const [checked, agrees] = [checkOf(certificate.verification, now).standing, certificate.consistency?.state ?? "not_assessed"];
  if (VOID.includes(certificate.lifecycle?.state ?? "") || checked === "bad" || agrees === "conflict") return "bad";
  if (checked === "trial") return "trial";
  if (checked === "doubtful" || !AGREES.includes(agrees)) return "doubtful";
  return live ? checked : "open";
}

/** When the standing changes by the passing of time alone; nothing if it does not. */
export function turns(certificate: CertificateMeta, now: number): number | null {
  const until = holdsUntil(certificate.verification);
  return until !== null && now <= until ? until + 1 : null;
}

/** What the issuer said, or who else said what of it: the words, the code, when, and until when it is fresh. */
function checkWords(said: CheckState | undefined, now: number, say: Say, at: (instant: string | null | undefined) => string): string[] {
  const asked = said && from(said) !== "issuer" ? "seen_at" : "checked_at";
  return [say(checkOf(said, now).word), said?.code ? say("checked_code", said.code) : "",
    said?.checked_at ? say(asked, at(said.checked_at)) : "",
    said?.fresh_until ? say("fresh_until", at(said.fresh_until)) : ""].filter(Boolean);
}

function agreesWord(certificate: CertificateMeta): Word {
  const state = certificate.consistency?.state ?? "";
  return (["consistent", "warnings", "conflict", "under_review", "not_assessable"].includes(state) ? `movement_${state}` : "movement_not_assessed") as Word;
}

function lifeWord(certificate: CertificateMeta): Word {
  const state = certificate.lifecycle?.state ?? "";
  return (LIVES.includes(state) ? `life_${state}` : "life_unknown") as Word;
}

/** What the panel shows of, and how. */
export interface Shown {
  meta: RouteMeta;
  now: number;
  live: boolean;
  say: Say;
  lang: string;
  /** The server that shows the page for checking. */
  door: Door;
  /** The drawn QR code, once it is there. */
  qr: SVGSVGElement | null;
}

const part = (name: string): { class: string; part: string } => ({ class: name, part: name });

function row(key: string, name: string, ...text: (Node | string)[]): HTMLElement {
  return make("div", { "data-key": key }, make("dt", {}, name), make("dd", {}, ...text));
}

/** Writes badge and panel; takes both away where a route has no certificate. */
export function writeCertificate(badge: HTMLElement, panel: HTMLElement, shown: Shown): void {
  const { meta, now, say, lang } = shown;
  const certificate = meta.certificate;
  for (const box of [badge, panel]) box.classList.toggle("none", !certificate);
  if (!certificate) return;
  const state = standing(certificate, now, shown.live);
  badge.dataset["standing"] = panel.dataset["standing"] = state;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = (instant: string | null | undefined): string => when(instant, zone, lang);
  const { verification, lifecycle } = certificate;
  const checked = checkWords(verification, now, say, at);
  badge.textContent = checked[0]!;
  const life = [say(lifeWord(certificate)), lifecycle?.source === "claimed" ? say("as_claimed") : ""].filter(Boolean);
  const rows = [
    row("issuer", say("issuer_check"), ...checked.map((text) => make("span", {}, text))),
    row("movement", say("movement"), make("span", {}, say(agreesWord(certificate))), make("small", {}, say("movement_about"))),
    row("life", say("life"), make("span", {}, life.join(" · "))),
    ...(meta.as_of ? [row("as_of", say("as_of"), make("span", {}, at(meta.as_of)))] : []),
  ];
  const names = [certificate.regime, certificate.number, certificate.exporter?.name].filter(Boolean).join(" · ");
  const check = certificate.verify
    ? [make("a", { ...part("certificate-check"), href: address(shown.door, certificate.verify), target: "_blank", rel: "noopener noreferrer" },
      ...(shown.qr ? [shown.qr.cloneNode(true)] : []), make("span", {}, say("check_it")))]
    : [];
  update(panel, [make("h2", part("certificate-title"), say("certificate")), make("p", part("certificate-name"), names),
    make("dl", part("certificate-rows"), ...rows), ...check]);
}

/** Fetches the QR code of a certificate and draws it anew: of what the server sends only the shape is taken. */
export async function qrOf(door: Door, certificate: string, label: string): Promise<SVGSVGElement | null> {
  const answer = await ask(door, `/v1/certificates/${encodeURIComponent(certificate)}/qr.svg`);
  const sent = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  const [box, shape] = [sent.getAttribute("viewBox") ?? "", sent.querySelector("path")?.getAttribute("d") ?? ""];
  if (!/^[\d ]{7,20}$/.test(box) || !/^[Mhvz\d,-]{10,60000}$/.test(shape)) return null;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shape);
  for (const [name, value] of Object.entries({ viewBox: box, class: "qr", role: "img", "aria-label": label })) svg.setAttribute(name, value);
  svg.append(path);
  return svg;
}
