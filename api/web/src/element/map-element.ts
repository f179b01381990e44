// <sealane-map>: a delivery map with one line of HTML. docs/map-element.md tells its attributes, events, colours and parts.
import type { Connection } from "../core/live";
import type { MapFeature } from "../core/types";
import { words, type Say } from "../core/words";
import { qrOf, turns, writeCertificate } from "./certificate";
import { build, writeMessage, writeNote, writeStatus, writeStops, writeWords, type Parts } from "./parts";
import { Session } from "./session";
import { Stage } from "./stage";
import { latest, stateOf, type MapState } from "./state";
import { Theme } from "./theme";
import { sentenceOf, troubleOf, type Trouble } from "./trouble";
import { ATTRIBUTES, basemapOf, givesAway, localeOf, wishOf } from "./wish";

const ATTRIBUTION = "Made with Natural Earth · © OpenStreetMap contributors, ODbL";
const COMFORTABLE = 380;
/** From this width on the legend lies open at first. */
const ROOMY = 900;

/** The custom element. Its fields are `#private`: frameworks set properties that an element has, such as `theme`. */
export class SealaneMap extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;
  readonly #shadow = this.attachShadow({ mode: "open" });
  readonly #theme = new Theme(this, () => this.#parts!.probe, (palette) => this.#stage?.setPalette(palette));
  #parts: Parts | null = null;
  #stage: Stage | null = null;
  #session: Session | null = null;
  #trouble: Trouble | null = null;
  #restarting = false;
  #secret: string | null = null;
  #site: string | null = null;
  #given: MapFeature[] | null = null;
  #qr: SVGSVGElement | null = null;
  #turn: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    const parts = build(this.clientWidth >= ROOMY);
    this.#parts = parts;
    writeWords(parts, this.#say, this.#locale);
    this.#shadow.replaceChildren(parts.root);
    this.#applyPanel();
    this.#stage = new Stage(this.#shadow, parts, {
      basemap: basemapOf(this), painted: this.querySelector("svg") !== null, label: this.#say("map"),
      palette: () => this.#theme.palette(), pick: (id) => this.#tell("pick", { id }),
    });
    this.#theme.open();
    this.#wire(parts, this.#stage);
    this.#start();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#turn);
    this.#theme.close();
    this.#session?.close();
    this.#stage?.close();
    this.#stage = null;
    this.#session = null;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#stage || before === after) return;
    if (name === "theme") this.#theme.apply();
    else if (name === "panel") this.#applyPanel();
    else if (name === "lang") this.#applyWords();
    else if (name === "basemap") this.#rebuild();
    else this.#restart();
  }

  /** What is shown now, read back from the map itself. For tests and for the curious; it changes nothing. */
  state(): MapState | null {
    return this.#stage && this.#session ? stateOf(this.getAttribute("certificate"), this.#stage, this.#session) : null;
  }

  /** Sets a key that must not stand in the document; it goes before the attribute. A page of the server's own names the site that frames it. */
  useKey(key: string | null, site: string | null = null): void {
    if (this.#secret === key && this.#site === site) return;
    [this.#secret, this.#site] = [key, site];
    if (this.#stage) this.#restart();
  }

  /** Shows features that the page has itself: legs and stops as in a route document. The attributes name no route then. */
  show(features: MapFeature[]): void {
    this.#given = features;
    if (this.#stage) this.#restart();
  }

  /** The height in pixels at which the map is comfortable and the whole list of stops is seen. */
  wantedHeight(): number {
    return COMFORTABLE + (this.#parts?.list.scrollHeight ?? 0);
  }

  /** Shows a place. */
  flyTo(lon: number, lat: number, zoom: number): void {
    this.#stage?.flyTo(lon, lat, zoom);
  }

  get #locale(): string {
    return localeOf(this);
  }

  get #say(): Say {
    return words(this.#locale);
  }

  #wire(parts: Parts, stage: Stage): void {
    parts.zoomIn.addEventListener("click", () => stage.zoomBy(1));
    parts.zoomOut.addEventListener("click", () => stage.zoomBy(-1));
    parts.whole.addEventListener("click", () => stage.fit(true));
    parts.stops.addEventListener("click", (event) => this.#visit((event.target as Element).closest("[data-stop]")?.getAttribute("data-stop")));
  }

  #rebuild(): void {
    this.disconnectedCallback();
    this.connectedCallback();
  }

  #restart(): void {
    if (this.#restarting) return;
    this.#restarting = true;
    queueMicrotask(() => {
      this.#restarting = false;
      if (this.#stage) this.#start();
    });
  }

  #start(): void {
    const [parts, stage] = [this.#parts, this.#stage];
    if (!parts || !stage) return;
    this.#session?.close();
    this.#session = null;
    this.#trouble = null;
    this.#qr = null;
    for (const box of [parts.badge, parts.certificate]) box.classList.add("none");
    this.#applyPanel();
    stage.show(null, false);
    parts.stops.replaceChildren();
    writeNote(parts, [], undefined, this.#say);
    this.#writeAttribution();
    const follows = this.hasAttribute("certificate") || this.hasAttribute("fleet");
    parts.status.classList.toggle("none", !follows || givesAway(this));
    if (givesAway(this)) return writeMessage(parts, this.#say("key_secret"), true);
    writeMessage(parts, this.hasAttribute("certificate") || (this.hasAttribute("src") && !follows) ? this.#say("loading") : "");
    this.#open(stage);
  }

  #open(stage: Stage): void {
    try {
      const wish = wishOf(this, this.#secret, this.#given, this.#site);
      this.#session = new Session(wish, {
        route: (how) => this.#showRoute(how),
        nodes: () => stage.drawNodes(),
        vessels: () => stage.drawShips(wish.certificate === null),
        connection: (connection) => this.#showConnection(connection),
        error: (trouble) => this.#fail(trouble),
      });
      stage.show(this.#session, wish.fleet);
    } catch (error) {
      // `src` is no address.
      this.#fail({ ...troubleOf(error), status: 400 });
    }
  }

  #showRoute(how: "first" | "live"): void {
    const [parts, session, stage] = [this.#parts, this.#session, this.#stage];
    if (!parts || !session || !stage) return;
    const features = session.route.all();
    this.#trouble = null;
    writeMessage(parts, "");
    this.#writeAttribution();
    stage.drawRoute();
    writeStops(parts, features, this.#say, this.#locale);
    writeNote(parts, features, session.meta?.profile, this.#say);
    this.#showCertificate();
    if (how === "first") void this.#fetchQr(session);
    if (how === "live") parts.news.textContent = `${this.#say("changed")} ${latest(features, this.#say, this.#locale)}`;
    this.#tell("update", { certificate: this.getAttribute("certificate"), features, meta: session.meta, seq: session.seq });
  }

  /** Writes how the certificate stands now, and again when the issuer's answer is no longer fresh. */
  #showCertificate(): void {
    const [parts, session] = [this.#parts, this.#session];
    clearTimeout(this.#turn);
    if (!parts || !session?.meta) return;
    const [now, live] = [session.clock.now(), session.connection.state === "live"];
    writeCertificate(parts.badge, parts.certificate, { meta: session.meta, now, live, say: this.#say, lang: this.#locale, door: session.door, qr: this.#qr });
    const turn = session.meta.certificate ? turns(session.meta.certificate, now) : null;
    const wait = turn === null ? null : (turn - now) / Math.max(session.clock.speed, 1e-9);
    // A timer holds 24 days at most; it looks again then.
    if (wait !== null) this.#turn = setTimeout(() => this.#showCertificate(), Math.min(wait, 2 ** 31 - 1));
  }

  async #fetchQr(session: Session): Promise<void> {
    if (!session.meta?.certificate?.verify) return;
    try {
      const qr = await qrOf(session.door, session.meta.certificate.id, this.#say("check_it"));
      if (this.#session === session) this.#qr = qr;
      this.#showCertificate();
    } catch (error) {
      // The address beside it leads to the same page.
      console.info("sealane-map: no QR code:", error);
    }
  }

  #showConnection(connection: Connection): void {
    if (this.#parts) writeStatus(this.#parts, connection, this.#say, this.#locale);
    this.#showCertificate();
    this.#tell("connection", connection);
  }

  /** Says what went wrong where the map shows nothing else; whatever it shows stays. */
  #fail(trouble: Trouble): void {
    const empty = !this.#session || (this.#session.route.all().length === 0 && this.#session.vessels.all().length === 0);
    if (empty && this.#parts) {
      this.#trouble = trouble;
      writeMessage(this.#parts, sentenceOf(trouble, this.#say, this.#site), true);
    }
    this.#tell("error", trouble);
  }

  #visit(id: string | null | undefined): void {
    const feature = this.#session?.route.all().find((f) => f.id === id);
    if (feature?.geometry?.type !== "Point") return;
    const [lon, lat] = feature.geometry.coordinates as [number, number];
    this.flyTo(lon, lat, 12.2);
    this.#tell("pick", { id: feature.id });
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`sealane:${name}`, { detail, bubbles: true, composed: true }));
  }

  #writeAttribution(): void {
    const texts = [basemapOf(this) === "natural-earth" ? ATTRIBUTION : "", this.#session?.meta?.attribution ?? ""].filter(Boolean);
    this.#parts!.attribution.textContent = texts.join(" · ");
  }

  /** Says everything again in another language; the map stays where it is. */
  #applyWords(): void {
    const [parts, session, stage] = [this.#parts, this.#session, this.#stage];
    if (!parts || !stage) return;
    writeWords(parts, this.#say, this.#locale);
    stage.label(this.#say("map"));
    this.#showCertificate();
    if (session) writeStatus(parts, session.connection, this.#say, this.#locale);
    writeNote(parts, session?.route.all() ?? [], session?.meta?.profile, this.#say);
    if (session && session.route.all().length > 0) writeStops(parts, session.route.all(), this.#say, this.#locale);
    else if (this.#trouble) writeMessage(parts, sentenceOf(this.#trouble, this.#say, this.#site), true);
  }

  #applyPanel(): void {
    this.#parts?.list.classList.toggle("none", this.getAttribute("panel") === "none" || (this.hasAttribute("fleet") && !this.getAttribute("certificate")));
  }
}
