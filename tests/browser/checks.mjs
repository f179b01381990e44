// The checks by name. Each opens its own page and waits for conditions, never for time.
import assert from "node:assert/strict";
import { json, post, subject } from "./news.mjs";
import { decode, rgb, share } from "./pixels.mjs";

/** The colours of the light map (api/web/src/element/style.css). */
const WATER = rgb("#d5e4ec");
const LAND = rgb("#f5f2ea");

/** Focus ports: where the map flies, and the terminals that must stand there. */
const FOCUS = {
  yangshan: { at: [122.045, 30.633, 12.4], nodes: ["CN-YANGSHAN-1-2", "CN-YANGSHAN-3", "CN-YANGSHAN-4"] },
  caimep: { at: [107.014, 10.518, 12.6], nodes: ["VN-CMIT", "VN-TCTT", "VN-SSIT", "VN-GML", "VN-TCIT"] },
  thivai: { at: [107.022, 10.6, 12.8], nodes: ["VN-SITV"] },
  klang: { at: [101.32, 2.985, 11.6], nodes: ["MY-WESTPORTS", "MY-NORTHPORT"] },
};

const state = (page) => page.evaluate(() => globalThis.sealane.state());
const drawn = (page, kind) => page.waitForFunction((k) => {
  const s = globalThis.sealane?.state();
  return s && s.kind === k && s.settled;
}, kind);
async function choose(page, id) {
  await page.goto(`${page.url().split("#")[0]}#certificate=${id}`);
  await page.reload();
  await page.waitForSelector("#chosen h2");
  await page.waitForFunction((c) => {
    const s = globalThis.sealane?.state();
    return s?.certificate === c && s.features.length > 0 && s.connection.state === "live";
  }, id);
}

/** Shows all of the focus ports, so that what is drawn at any of them is in sight. */
async function seeAll(page) {
  await page.evaluate(() => document.querySelector("sealane-map").flyTo(112, 16, 3.4));
  await page.waitForFunction(() => {
    const s = globalThis.sealane.state();
    return s.settled && Math.abs(s.zoom - 3.4) < 0.01;
  });
}

/** Where a position is on the screen, by the map's own centre and zoom (Web Mercator). */
function onScreen(lon, lat, { center, zoom }, box) {
  const scale = 512 * 2 ** zoom;
  const world = (x, y) => [((x + 180) / 360) * scale, (0.5 - Math.log(Math.tan(Math.PI / 4 + (y * Math.PI) / 360)) / (2 * Math.PI)) * scale];
  const [[px, py], [cx, cy]] = [world(lon, lat), world(...center)];
  return [box.x + box.width / 2 + px - cx, box.y + box.height / 2 + py - cy];
}

export const checks = {
  async "the svg comes first and maplibre replaces it"(world) {
    const { id } = await subject(world);
    const html = await (await fetch(`${world.url}/embed/${id}`)).text();
    assert.match(html, /<sealane-map[^>]*>\s*<svg[\s\S]*<path[\s\S]*<\/svg>/, "the server's svg with a path is in the page");
    const page = await world.open(await world.browser("gl"));
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/assets/gl-*.js", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${world.url}/embed/${id}`);
    await page.waitForFunction(() => {
      const s = globalThis.sealane?.state();
      return s?.kind === "svg" && s.settled && s.route.length > 0;
    });
    await world.shot(page, "first-paint");
    release();
    await drawn(page, "gl");
    await page.waitForFunction(() => globalThis.sealane.state().route.length > 0);
    await world.shot(page, "embed");
  },

  async "the live map shows land, water and nodes"(world) {
    const browser = await world.browser("gl");
    const page = await world.open(browser);
    await page.goto(world.url);
    await drawn(page, "gl");
    await page.waitForFunction(() => globalThis.sealane.state().nodes.length >= 5);
    const image = await decode(browser, await world.shot(page, "overview"));
    const [land, water] = [share(image, LAND), share(image, WATER)];
    assert.ok(land > 0.05 && water > 0.15, `land ${land.toFixed(2)}, water ${water.toFixed(2)}`);
    return `land ${(land * 100).toFixed(0)} %, water ${(water * 100).toFixed(0)} %`;
  },

  async "each focus terminal stands at the water's edge"(world) {
    const browser = await world.browser("gl");
    const page = await world.open(browser, { reducedMotion: "reduce" });
    await page.goto(world.url);
    await drawn(page, "gl");
    const { features } = await json(world, "/v1/nodes");
    const seen = [];
    for (const [name, { at, nodes }] of Object.entries(FOCUS)) {
      await page.evaluate(([x, y, z]) => document.querySelector("sealane-map").flyTo(x, y, z), at);
      await page.waitForFunction((wanted) => {
        const s = globalThis.sealane.state();
        return s.settled && wanted.every((n) => s.nodes.includes(n));
      }, nodes);
      const image = await decode(browser, await world.shot(page, name));
      const [view, box] = [await state(page), await page.locator("sealane-map").boundingBox()];
      const metre = (512 * 2 ** view.zoom) / (40_075_016 * Math.cos((at[1] * Math.PI) / 180));
      for (const node of nodes) {
        const [lon, lat] = features.find((f) => f.id === node).geometry.coordinates;
        const place = onScreen(lon, lat, view, box);
        const [land, water] = [share(image, LAND, place, 500 * metre), share(image, WATER, place, 500 * metre)];
        // The terminal's own area and berth are drawn over the land, so little of it keeps its colour.
        assert.ok(water > 0.12, `${node}: water ${water.toFixed(2)} within 500 m`);
        assert.ok(water < 0.93, `${node}: nothing but water within 500 m (land ${land.toFixed(2)})`);
        seen.push(node);
      }
    }
    return `${seen.length} terminals`;
  },

  async "a ship moves"(world) {
    const page = await world.open(await world.browser("gl"));
    await page.goto(world.url);
    await drawn(page, "gl");
    const before = await page.waitForFunction(() => {
      const ships = globalThis.sealane.state().ships;
      return ships.length > 0 && ships;
    }).then((h) => h.jsonValue());
    const moved = await page.waitForFunction((old) => globalThis.sealane.state().ships.find((s) => {
      const was = old.find((o) => o.id === s.id);
      return was && Math.hypot(was.lon - s.lon, was.lat - s.lat) > 1e-3;
    }), before).then((h) => h.jsonValue());
    const was = before.find((s) => s.id === moved.id);
    return `${moved.id} from ${was.lon.toFixed(3)}, ${was.lat.toFixed(3)} to ${moved.lon.toFixed(3)}, ${moved.lat.toFixed(3)}`;
  },

  // How long it takes is told, not judged: beside other tests it says more of them than of us.
  async "a posted coarri changes the drawn route without a reload"(world) {
    const { id, news: found } = await subject(world);
    const page = await world.open(await world.browser("gl"));
    await page.goto(world.url);
    await choose(page, id);
    await drawn(page, "gl");
    await seeAll(page);
    await world.shot(page, "before-coarri");
    const marks = await page.evaluate(() => (globalThis.unreloaded = true));
    assert.ok(marks);
    const changed = page.waitForFunction((node) => {
      const s = globalThis.sealane.state();
      const stop = s.features.find((f) => f.node === node);
      return stop && s.route.includes(stop.id) && performance.timeOrigin + performance.now();
    }, found.node);
    const sent = performance.timeOrigin + performance.now();
    const receipt = await post(world, id, found);
    const answered = performance.timeOrigin + performance.now();
    assert.ok(receipt.events > 0, `the report gave no event: ${JSON.stringify(receipt.findings)}`);
    const seen = await changed.then((h) => h.jsonValue());
    assert.equal(await page.evaluate(() => globalThis.unreloaded), true, "the page was reloaded");
    await world.shot(page, "after-coarri");
    const told = await page.evaluate(() => document.querySelector("sealane-map").shadowRoot.querySelector("[aria-live]").textContent);
    assert.ok(told.length > 10, "the change is told to screen readers");
    return `${found.node}: answered after ${(answered - sent).toFixed(0)} ms, drawn after ${(seen - sent).toFixed(0)} ms`;
  },

  async "the keyboard reaches everything"(world) {
    const { id } = await subject(world);
    const page = await world.open(await world.browser("gl"), { reducedMotion: "reduce" });
    await page.goto(world.url);
    await drawn(page, "gl");
    await page.locator(`[data-certificate="${id}"]`).press("Enter");
    await page.waitForSelector("#way [data-stop] button");
    // The list is hidden now, so the focus must have gone to the way back.
    await page.waitForFunction(() => document.activeElement?.matches(".back"));
    const reached = [];
    for (let i = 0; i < 40 && !reached.includes("canvas"); i++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => {
        const outer = document.activeElement;
        const inner = outer?.shadowRoot?.activeElement ?? outer;
        return inner?.closest("[data-stop]") ? "stop" : inner?.tagName.toLowerCase();
      }));
    }
    assert.ok(reached.includes("stop"), `stops are reached: ${reached}`);
    assert.ok(reached.includes("canvas"), `the map is reached: ${reached}`);
    const before = (await state(page)).center;
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((old) => Math.abs(globalThis.sealane.state().center[0] - old[0]) > 1e-4, before);
    return reached.filter((r, i) => r !== reached[i - 1]).join(" > ");
  },

  async "without webgl the svg map is live"(world) {
    const { id, news: found } = await subject(world);
    const page = await world.open(await world.browser("nogl"));
    await page.goto(world.url);
    await choose(page, id);
    await drawn(page, "svg");
    await seeAll(page);
    await page.waitForFunction(() => globalThis.sealane.state().route.length > 0 && globalThis.sealane.state().ships.length > 0);
    const changed = page.waitForFunction((node) => {
      const s = globalThis.sealane.state();
      const stop = s.features.find((f) => f.node === node);
      return stop && s.route.includes(stop.id);
    }, found.node);
    if (!world.coarri) {
      await post(world, id, found);
      await changed;
    } else changed.catch(() => undefined);
    await world.shot(page, "no-webgl");
  },

  async "a spreadsheet is confirmed in the inbox"(world) {
    const page = await world.open(await world.browser("gl"));
    await page.goto(`${world.url}/inbox`);
    // A heading of its own makes a layout that nobody has confirmed yet.
    const list = `箱号 Container No,Gate in,Place,Note ${Date.now()}\nCSQU3054384,2026-09-05 14:20,VNVUT,x\n`;
    await page.setInputFiles("#files", { name: "gate.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
    const layout = page.locator("section.layout");
    await layout.waitFor();
    assert.equal(await layout.locator("select").first().inputValue(), "container");
    await layout.getByRole("button", { name: "Show what it would give" }).click();
    await layout.getByText("1 rows would be taken in").waitFor();
    await world.shot(page, "inbox-layout");
    await layout.getByRole("button", { name: "Confirm and read again" }).click();
    await layout.waitFor({ state: "detached" });
    await page.locator("#submission").getByText("SHT-011").first().waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download it with its bad cells marked" }).click();
    assert.equal((await download).suggestedFilename(), "gate-marked.csv");
    await world.shot(page, "inbox-confirmed");
  },

  async "dark, narrow and the inbox"(world) {
    const { id } = await subject(world);
    const browser = await world.browser("gl");
    const dark = await world.open(browser, { colorScheme: "dark" });
    await dark.goto(world.url);
    await choose(dark, id);
    await drawn(dark, "gl");
    const image = await decode(browser, await world.shot(dark, "dark"));
    assert.ok(share(image, WATER) < 0.01, "no light water in the dark");
    const phone = await world.open(browser, { viewport: { width: 390, height: 844 } });
    await phone.goto(world.url);
    await drawn(phone, "gl");
    await world.shot(phone, "phone");
    assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
    const inbox = await world.open(browser);
    await inbox.goto(`${world.url}/inbox`);
    await inbox.click("#submissions button");
    await inbox.waitForSelector("pre.raw");
    await world.shot(inbox, "inbox");
  },
};
