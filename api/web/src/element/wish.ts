// What the attributes of the element ask for.
import { publishable, type Door } from "../core/http";
import type { MapFeature } from "../core/types";
import { languageOf } from "../core/words";

/** The attributes that are read. `publishable-key` is `key` for frameworks that keep `key` for themselves (React, Vue). */
export const ATTRIBUTES = ["certificate", "src", "key", "publishable-key", "lang", "theme", "basemap", "panel", "fleet"] as const;

/** What a session is asked for. */
export interface Wish {
  door: Door;
  certificate: string | null;
  /** Address of a plain GeoJSON route, when there is no certificate. */
  source: string | null;
  /** Features that the page has itself, in place of a route that is loaded. */
  features: MapFeature[] | null;
  /** Whether nodes and all ships are shown too. */
  fleet: boolean;
}

/** The server this script came from. */
const own = new URL(__ASSETS__ === "./" ? ".." : ".", import.meta.url).href;

/** The server's address in one form: without query and fragment, with a slash at its end. */
function server(src: string): string {
  const url = new URL(src, document.baseURI);
  return `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
}

/** The key written into the page. */
export function keyOf(element: Element): string | null {
  return element.getAttribute("key") ?? element.getAttribute("publishable-key");
}

/** Whether the page gives away a key that nobody may read. */
export function givesAway(element: Element): boolean {
  return keyOf(element)?.startsWith("sl_sk_") ?? false;
}

/** Works out what is asked for: `src` is a server beside a certificate or a fleet, and a GeoJSON route alone. */
export function wishOf(element: Element, secret: string | null, features: MapFeature[] | null, site: string | null): Wish {
  const [certificate, src, fleet] = [element.getAttribute("certificate"), element.getAttribute("src"), element.hasAttribute("fleet")];
  const key = secret ?? keyOf(element);
  if (certificate !== null || fleet) return { door: { base: src ? server(src) : own, key, site }, certificate, source: null, features: null, fleet };
  const source = src ? new URL(src, document.baseURI).href : null;
  // A file elsewhere is nobody's to see the key.
  const ours = source?.startsWith(own) ?? false;
  return { door: { base: own, key: ours && publishable(key) ? key : null }, certificate, source, features, fleet };
}

/** The language: the element's own, that of the page around it, the visitor's, English. */
export function localeOf(element: Element): string {
  const around = element.parentElement?.closest("[lang]")?.getAttribute("lang");
  return languageOf([element.getAttribute("lang"), around, ...navigator.languages]);
}

/** The basemap: `natural-earth`, `none` or the address of a style. */
export function basemapOf(element: Element): string {
  return element.getAttribute("basemap") || "natural-earth";
}
