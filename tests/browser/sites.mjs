// Maps on pages of other sites, with a publishable key: who may show them, how they look, speak and stay current.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as examples from "./examples.mjs";
import { json, tell } from "./news.mjs";
import { decode, rgb, share } from "./pixels.mjs";
import { startProxy, startSites } from "./places.mjs";
import { languages } from "./words.mjs";

/** Runs `sealane keys` over the server's data; returns what it prints. */
async function keys(action, ...rest) {
  const { SEALANE_BIN, SEALANE_DATA } = process.env;
  const { stdout } = await promisify(execFile)(SEALANE_BIN, ["keys", action, "--data", SEALANE_DATA, ...rest]);
  return stdout.trim();
}

/** Starts the other places and makes a key that is bound to the listed site. */
export async function prepare(world) {
  const [sites, proxy] = [await startSites(), await startProxy(world.url)];
  const key = await keys("add", "--party", "operator", "--publishable", "--site", sites.listed);
  Object.assign(world, { sites, proxy, key, certificates: process.env.SEALANE_CERTIFICATES.split(",") });
  for (const place of [sites.listed, sites.stranger, proxy.url]) world.hosts.add(new URL(place).host);
  world.close = () => {
    sites.close();
    proxy.close();
  };
}

/** Puts a page of maps at the sites; each map is a set of attributes. The server is asked through the proxy. */
export function place(world, path, maps, head = "") {
  const tags = maps.map((attributes) => {
    const all = { src: world.proxy.url, key: world.key, style: "display:block;height:420px", ...attributes };
    return `<sealane-map ${Object.entries(all).map(([k, v]) => `${k}="${v}"`).join(" ")}></sealane-map>`;
  });
  world.sites.pages.set(path, `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title>${head}
    <script type="module" src="${world.proxy.url}/sealane-map.js"></script>${tags.join("\n")}</html>`);
  world.proxy.asked.length = 0;
  world.proxy.mode = "through";
}

/** Waits until maps show a route that is live. */
export const shown = (page, count = 1, kind = "gl") => page.waitForFunction(([n, k]) => {
  const states = [...document.querySelectorAll("sealane-map")].map((m) => m.state?.());
  return states.length === n && states.every((s) => s && s.kind === k && s.settled && s.features.length > 0 && s.route.length > 0 && s.connection.state === "live");
}, [count, kind]);

/** What each map knows of its route. */
const routes = (page) => page.evaluate(() => [...document.querySelectorAll("sealane-map")].map((m) => JSON.stringify(m.state().features)));

/** Tells something new and waits until every map of that certificate shows it. */
async function newsReaches(world, page, certificate) {
  const before = await routes(page);
  await tell(world, certificate);
  await page.waitForFunction(([id, old]) => [...document.querySelectorAll("sealane-map")].every((m, i) =>
    m.getAttribute("certificate") !== id || JSON.stringify(m.state().features) !== old[i]), [certificate, before]);
}

const message = (page) => page.waitForFunction(() => {
  const text = document.querySelector("sealane-map")?.shadowRoot?.querySelector(".message:not(.none)")?.textContent;
  return text && !/…$/.test(text) && text;
}).then((h) => h.jsonValue());

/** Chromium says in its console what the check wants: the refusal itself. */
const REFUSED = [/status of 403/, /WebSocket connection to .* failed/];

export const checks = {
  async "a listed site shows a route and follows it"(world) {
    for (const [path, text] of Object.entries(await examples.plain({ ...world, url: world.proxy.url }))) world.sites.pages.set(path, text);
    world.proxy.asked.length = 0;
    world.proxy.mode = "through";
    const page = await world.open(await world.browser("gl"));
    await page.goto(`${world.sites.listed}/plain.html`);
    await shown(page);
    await newsReaches(world, page, world.certificates[0]);
    await world.shot(page, "site-plain");
    const { asked } = world.proxy;
    assert.equal(asked.filter((a) => a.method === "OPTIONS").length, 0, "no request needs leave first");
    assert.equal(asked.filter((a) => a.socket).length, 1);
    const secrets = await page.evaluate(() => JSON.stringify(document.querySelector("sealane-map").state()));
    assert.ok(!secrets.includes("CSQU3054383"), "the public profile names no container");
    return `${asked.length} requests`;
  },

  async "a site that is not listed is told so"(world) {
    const texts = await languages();
    const page = await world.open(await world.browser("gl"), { expected: REFUSED });
    for (const lang of ["en", "ja"]) {
      place(world, "/refused.html", [{ certificate: world.certificates[0], lang }]);
      await page.goto(`${world.sites.stranger}/refused.html`);
      assert.equal(await message(page), texts[lang].site_refused.replace("{0}", world.sites.stranger));
      await page.waitForFunction(() => document.querySelector("sealane-map").state().connection.state === "refused");
      assert.equal((await routes(page))[0], "[]");
      await world.shot(page, `site-refused-${lang}`);
    }
  },

  async "wrong and secret keys, unknown certificates and a server that is away are told"(world) {
    const texts = (await languages()).en;
    const away = await startProxy(world.url);
    away.close();
    world.hosts.add(new URL(away.url).host);
    const page = await world.open(await world.browser("gl"), { expected: [/status of 40[134]/, /WebSocket/, /ERR_CONNECTION_REFUSED/] });
    for (const [attributes, wanted] of [
      [{ key: "sl_pk_00" }, texts.key_refused],
      [{ key: world.secret }, texts.key_secret],
      [{ certificate: "eco_none" }, texts.not_found],
      [{ src: away.url }, texts.unreachable],
    ]) {
      place(world, "/trouble.html", [{ certificate: world.certificates[0], ...attributes }]);
      await page.goto(`${world.sites.listed}/trouble.html`);
      assert.equal(await message(page), wanted);
      const sent = world.proxy.asked.filter((a) => a.path.includes("sl_sk_"));
      assert.equal(sent.length, 0, "a secret key in a page is not even sent");
    }
  },

  async "several maps of a page share one stream"(world) {
    const [a, b] = world.certificates;
    place(world, "/many.html", [{ certificate: a }, { certificate: b }, { certificate: a, lang: "th" }]);
    const page = await world.open(await world.browser("nogl"));
    await page.goto(`${world.sites.listed}/many.html`);
    await shown(page, 3, "svg");
    const sockets = () => world.proxy.asked.filter((x) => x.socket);
    await newsReaches(world, page, a);
    await newsReaches(world, page, b);
    assert.equal(sockets().length, 1, "one socket for three maps of two certificates");
    await page.evaluate(() => document.querySelector("sealane-map").remove());
    await newsReaches(world, page, a);
    assert.deepEqual(sockets().map((s) => s.open), [true], "the others keep the socket");
    await page.evaluate(() => document.querySelectorAll("sealane-map").forEach((m) => m.remove()));
    await until(() => !sockets()[0].open, "nobody listens, so the socket is closed");
    assert.equal(sockets().length, 1);
  },

  async "without websockets the maps share one stream of events"(world) {
    const [a, b] = world.certificates;
    for (const mode of ["refuse", "mute"]) {
      place(world, "/events.html", [{ certificate: a }, { certificate: b }, { certificate: a, lang: "ko" }]);
      world.proxy.mode = mode;
      const page = await world.open(await world.browser("nogl"), { expected: [/WebSocket connection to .* failed/] });
      await page.goto(`${world.sites.listed}/events.html`);
      await shown(page, 3, "svg");
      const streams = () => world.proxy.asked.filter((x) => !x.socket && x.path.startsWith("/v1/live"));
      await until(() => streams().filter((s) => s.open).length === 1, "one stream of events is open");
      await newsReaches(world, page, a);
      await newsReaches(world, page, b);
      assert.equal(streams().filter((s) => s.open).length, 1, `${mode}: one stream for three maps of two certificates`);
      assert.equal(streams().length, 1, `${mode}: it was opened once`);
      await page.close();
      await until(() => streams().every((s) => !s.open), "the stream ends with the page");
    }
  },

  async "a key that is revoked ends the stream, which is not opened again"(world) {
    const label = "for the check";
    const key = await keys("add", "--party", "operator", "--publishable", "--site", world.sites.listed, "--label", label);
    place(world, "/revoked.html", [{ certificate: world.certificates[0], key }]);
    const page = await world.open(await world.browser("nogl"), { expected: [/status of 401/] });
    await page.goto(`${world.sites.listed}/revoked.html`);
    await shown(page, 1, "svg");
    await keys("revoke", JSON.parse(await keys("list", "--json")).find((k) => k.label === label).id);
    await tell(world, world.certificates[0]);
    await page.waitForFunction(() => document.querySelector("sealane-map").state().connection.state === "refused");
    assert.equal(world.proxy.asked.filter((a) => a.socket).length, 1);
    assert.notEqual((await routes(page))[0], "[]", "what was shown stays");
  },

  async "a machine without network says so and comes back"(world) {
    place(world, "/offline.html", [{ certificate: world.certificates[0] }]);
    const page = await world.open(await world.browser("nogl"), { expected: [/ERR_INTERNET_DISCONNECTED/, /WebSocket/] });
    await page.goto(`${world.sites.listed}/offline.html`);
    await shown(page, 1, "svg");
    await page.context().setOffline(true);
    await page.waitForFunction(() => document.querySelector("sealane-map").state().connection.state !== "live");
    const before = (await routes(page))[0];
    await tell(world, world.certificates[0]);
    assert.equal((await routes(page))[0], before);
    await page.context().setOffline(false);
    await page.waitForFunction((old) => {
      const s = document.querySelector("sealane-map").state();
      return s.connection.state === "live" && JSON.stringify(s.features) !== old;
    }, before);
  },

  async "the page's colours and parts are followed, whatever way they are written"(world) {
    const head = `<style>sealane-map { --sealane-water: oklch(0.7 0.2 150); --sealane-land: rgb(200 0 100); --sealane-radius: 0px }
      .night sealane-map { --sealane-water: hsl(240deg 100% 25%) }
      sealane-map::part(status) { text-transform: uppercase } sealane-map::part(stop-button) { padding-left: 40px }</style>`;
    place(world, "/colours.html", [{ certificate: world.certificates[0], theme: "light" }], head);
    const browser = await world.browser("gl");
    const page = await world.open(browser, { reducedMotion: "reduce" });
    await page.goto(`${world.sites.listed}/colours.html`);
    await shown(page);
    const seen = async () => {
      const image = await decode(browser, await world.shot(page, "site-colours"));
      return (colour) => share(image, rgb(colour));
    };
    const day = await seen();
    assert.ok(day("#c80064") > 0.005, `land in the page's colour: ${day("#c80064")}`);
    assert.ok(day("#d5e4ec") < 0.005, "no water in ours");
    const part = (name, property) => page.evaluate(([n, p]) => getComputedStyle(document.querySelector("sealane-map").shadowRoot.querySelector(`[part=${n}]`))[p], [name, property]);
    assert.equal(await part("status", "textTransform"), "uppercase");
    assert.equal(await part("stop-button", "paddingLeft"), "40px");
    assert.equal(await part("legend", "borderTopLeftRadius"), "0px");
    await page.evaluate(() => document.documentElement.classList.add("night"));
    let night;
    await until(async () => (night = await seen())("#000080") > 0.1, "the map follows a class of the page");
    return `land ${(day("#c80064") * 100).toFixed(0)} %, night water ${(night("#000080") * 100).toFixed(0)} %`;
  },

  async "a way by sea that was computed looks and reads as computed"(world) {
    const { en } = await languages();
    place(world, "/computed.html", [{ certificate: world.certificates[0] }]);
    const page = await world.open(await world.browser("nogl"));
    await page.goto(`${world.sites.listed}/computed.html`);
    await shown(page, 1, "svg");
    const told = await page.evaluate(() => {
      const root = document.querySelector("sealane-map").shadowRoot;
      const lines = [...root.querySelectorAll(".svg .leg")].map((e) => ({ id: e.dataset.id, kind: e.getAttribute("class"), dash: getComputedStyle(e).strokeDasharray, width: parseFloat(getComputedStyle(e).strokeWidth) }));
      return { lines, note: root.querySelector(".note").textContent };
    });
    assert.ok(told.lines.length > 0);
    // The public is given no positions, so every line is the sea network's, however well its ends are known.
    for (const line of told.lines) assert.ok(line.kind.includes("by-computed") && line.dash.split(",").length === 4 && line.width < 3, JSON.stringify(line));
    assert.equal(told.note, `${en.lines_computed} ${en.positions_none}`);
    // Who may know where the ship is is not told that the public may not.
    const { pass } = await json(world, `/v1/certificates/${world.certificates[0]}/passes`, { method: "POST", body: JSON.stringify({ profile: "buyer" }), headers: { "content-type": "application/json" } });
    const buyer = await world.open(await world.browser("nogl"));
    await buyer.goto(`${world.url}/embed/${world.certificates[0]}?lang=en#key=${pass}`);
    await shown(buyer, 1, "svg");
    assert.equal(await buyer.evaluate(() => document.querySelector("sealane-map").shadowRoot.querySelector(".note").textContent.includes("positions")), false);
    await world.shot(page, "computed");
  },

  async "every language is spoken, with its dates"(world) {
    const texts = await languages();
    place(world, "/words.html", [{ certificate: world.certificates[0], theme: "light" }]);
    const page = await world.open(await world.browser("nogl"));
    await page.goto(`${world.sites.listed}/words.html`);
    await shown(page, 1, "svg");
    const seen = new Set();
    for (const [lang, words] of Object.entries(texts)) {
      const said = await page.evaluate((tag) => {
        const map = document.querySelector("sealane-map");
        map.setAttribute("lang", tag);
        const all = (selector) => [...map.shadowRoot.querySelectorAll(selector)].map((e) => e.textContent);
        const at = map.state().features.find((f) => f.kind === "stop");
        return { at, lang: map.shadowRoot.querySelector(".frame").lang, legend: all(".legend strong"), about: all(".legend small"), title: all(".list-title")[0],
          status: all(".status")[0], note: all(".note")[0], stop: all(".stop-text")[0], zoom: map.shadowRoot.querySelector(".button").title, box: map.shadowRoot.querySelector(".box.svg").getAttribute("aria-label") };
      }, lang);
      assert.equal(said.lang, lang);
      assert.deepEqual(said.legend, ["observed", "reported", "planned", "inferred", "computed"].map((c) => words[c]));
      assert.deepEqual(said.about, ["observed_about", "reported_about", "planned_about", "inferred_about", "computed_about", "ship_about"].map((c) => words[c]));
      assert.equal(said.note, `${words.lines_computed} ${words.positions_none}`);
      assert.deepEqual([said.title, said.status, said.zoom, said.box], [words.stops, words.live, words.zoom_in, words.map]);
      assert.ok(said.stop.startsWith(`${words.load} · ${words[said.at.event]} · ${words[said.at.certainty]} · `), said.stop);
      const date = said.stop.split(" · ").at(3).replaceAll("\u00a0", " ");
      const month = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", year: "numeric", timeZone: "Asia/Shanghai" });
      assert.ok([4, 5].some((d) => date.includes(month.format(new Date(Date.UTC(2026, 8, d, 4))))), `${lang}: ${date}`);
      seen.add(said.stop);
      await world.shot(page, `words-${lang}`);
    }
    assert.equal(seen.size, 8);
    for (const [tag, heard] of [["zh_CN", "zh"], ["en-GB", "en"], ["fr", "en"], ["in", "id"]]) {
      const title = await page.evaluate((t) => {
        const map = document.querySelector("sealane-map");
        map.setAttribute("lang", t);
        return map.shadowRoot.querySelector(".list-title").textContent;
      }, tag);
      assert.equal(title, texts[heard].stops, tag);
    }
  },
};

/** Waits until something outside the browser is so. The check's own patience ends the waiting. */
async function until(so, what) {
  const started = Date.now();
  while (!(await so())) {
    assert.ok(Date.now() - started < 60_000, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
