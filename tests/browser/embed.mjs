// Maps in frames, in React, WordPress and Shopify, under the keyboard, and as they look.
import assert from "node:assert/strict";
import * as examples from "./examples.mjs";
import { json, tell } from "./news.mjs";
import { place, shown } from "./sites.mjs";
import { languages } from "./words.mjs";

const frame = (world, certificate, more = "") =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>A frame</title><script>addEventListener("message", (e) => e.data?.type === "sealane:height" && (globalThis.told = e.data.height))</script>
  <iframe src="${world.url}/embed/${certificate}?key=${world.key}${more}" style="width:640px;height:560px;border:0"></iframe></html>`;

const put = (world, pages) => {
  for (const [path, text] of Object.entries(pages)) world.sites.pages.set(path, text);
};

/** The focus inside the map's shadow root: the stop that has it, or the kind of element. */
const focused = (page) => page.evaluate(() => {
  const inner = document.querySelector("sealane-map").shadowRoot.activeElement;
  return inner?.getAttribute("data-stop") ?? inner?.tagName.toLowerCase() ?? null;
});

export const checks = {
  async "the embedded map fits phones and desks, light and dark"(world) {
    const browser = await world.browser("gl");
    for (const [name, viewport] of [["phone", { width: 390, height: 760 }], ["desk", { width: 1280, height: 760 }]]) {
      for (const theme of ["light", "dark"]) {
        const page = await world.open(browser, { viewport, reducedMotion: "reduce" });
        await page.goto(`${world.url}/embed/${world.certificates[0]}?key=${world.key}&theme=${theme}`);
        await shown(page);
        const boxes = await page.evaluate(() => {
          const root = document.querySelector("sealane-map").shadowRoot;
          const of = (part) => root.querySelector(`[part=${part}]`).getBoundingClientRect().toJSON();
          return { wide: document.documentElement.scrollWidth, tall: document.documentElement.scrollHeight, map: of("map"), corner: of("corner"), controls: of("controls"), attribution: of("attribution"), list: of("list") };
        });
        assert.ok(boxes.wide <= viewport.width && boxes.tall <= viewport.height, `${name}: nothing scrolls but the list: ${boxes.wide} x ${boxes.tall}`);
        const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        for (const [a, b] of [["corner", "controls"], ["corner", "attribution"], ["controls", "attribution"], ["map", "list"]]) assert.ok(apart(boxes[a], boxes[b]), `${name}: ${a} lies over ${b}`);
        assert.ok(boxes.corner.bottom <= boxes.map.bottom && boxes.corner.right <= boxes.map.right, `${name}: the legend lies on the map`);
        await world.shot(page, `embed-${name}-${theme}`);
        await page.evaluate(() => (document.querySelector("sealane-map").shadowRoot.querySelector(".legend").open = true));
        await world.shot(page, `embed-${name}-${theme}-legend`);
        await page.close();
      }
    }
  },

  async "a listed site may frame a map and no other"(world) {
    const id = world.certificates[0];
    put(world, { "/frame.html": frame(world, id, "&lang=vi") });
    const page = await world.open(await world.browser("gl"), { expected: [/frame-ancestors/] });
    await page.goto(`${world.sites.listed}/frame.html`);
    const inside = page.frames().find((f) => f.url().includes("/embed/"));
    await shown(inside);
    const before = await inside.evaluate(() => JSON.stringify(globalThis.sealane.state().features));
    await tell(world, id);
    await inside.waitForFunction((old) => JSON.stringify(globalThis.sealane.state().features) !== old, before);
    assert.equal(await inside.evaluate(() => document.documentElement.lang), "vi");
    assert.ok(await page.evaluate(() => globalThis.told > 400), "the frame tells its height");
    await page.goto(`${world.sites.stranger}/frame.html`);
    await page.waitForFunction(() => document.querySelector("iframe"));
    const refused = page.frames().at(-1);
    assert.ok(!refused.url().startsWith(world.url), `a frame of another site stays empty: ${refused.url()}`);
  },

  async "a pass in a frame opens the map on its own site and nowhere else"(world) {
    const id = world.certificates[0];
    const send = { method: "POST", body: JSON.stringify({ profile: "buyer", site: world.sites.listed }), headers: { "content-type": "application/json" } };
    const { address, pass } = await json(world, `/v1/certificates/${id}/passes`, send);
    assert.equal(address, `${world.url}/embed/${id}?site=${world.sites.listed}#key=${pass}`);
    const framed = (src) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A frame</title><iframe src="${src}" style="width:640px;height:560px;border:0"></iframe></html>`;
    put(world, { "/pass.html": framed(address), "/stolen.html": framed(address.replace(world.sites.listed, world.sites.stranger)), "/bare.html": framed(address.replace(/\?site=[^#]*/, "")),
      "/fragment.html": framed(`${world.url}/embed/${id}?site=${world.sites.listed}#key=${world.key}`), "/alien.html": framed(`${world.url}/embed/${id}?site=${world.sites.stranger}#key=${world.key}`) });
    const page = await world.open(await world.browser("nogl"), { expected: [/frame-ancestors/, /status of 403/, /WebSocket connection/] });
    const inside = async (site, path) => {
      await page.goto(`${site}/${path}.html`);
      return (await page.waitForSelector("iframe")).contentFrame();
    };
    const frame = await inside(world.sites.listed, "pass");
    await shown(frame, 1, "svg");
    const seen = await frame.evaluate(() => JSON.stringify(document.querySelector("sealane-map").state()));
    assert.ok(seen.includes('"live"'), "it is followed, too");
    assert.match(await frame.evaluate(() => document.querySelector("sealane-map").shadowRoot.querySelector(".certificate-name").textContent), /EXAMPLE-0001/, "as the buyer may see it");
    await world.shot(page, "frame-pass");
    await shown(await inside(world.sites.listed, "fragment"), 1, "svg");
    // The address as it is, elsewhere; and without a site, anywhere but in a tab of its own.
    for (const [site, path] of [[world.sites.stranger, "pass"], [world.sites.stranger, "fragment"], [world.sites.listed, "bare"]]) {
      const refused = await inside(site, path);
      assert.ok(!refused.url().startsWith(world.url), `${path} in a frame of ${site} stays empty: ${refused.url()}`);
    }
    // A thief who names his own site may frame the page, and learns nothing by a pass or a key of another.
    const { en } = await languages();
    for (const path of ["stolen", "alien"]) {
      const told = await inside(world.sites.stranger, path);
      const text = await told.waitForFunction(() => document.querySelector("sealane-map")?.shadowRoot?.querySelector(".has-trouble .message:not(.none)")?.textContent).then((h) => h.jsonValue());
      assert.equal(text, en.site_refused.replace("{0}", world.sites.stranger));
      await told.waitForFunction(() => document.querySelector("sealane-map").state().connection.state === "refused");
      assert.deepEqual(await told.evaluate(() => document.querySelector("sealane-map").state().features), []);
      await world.shot(page, `frame-${path}`);
    }
    await page.goto(address.replace(/\?site=[^#]*/, ""));
    await shown(page, 1, "svg");
  },

  async "the keyboard stays where it is while the route changes"(world) {
    const id = world.certificates[0];
    const page = await world.open(await world.browser("gl"), { reducedMotion: "reduce" });
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/assets/gl-*.js", async (route) => {
      await held;
      await route.continue();
    });
    place(world, "/keys.html", [{ certificate: id }]);
    await page.goto(`${world.sites.listed}/keys.html`);
    await shown(page, 1, "svg");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "div", "the drawn map is the first stop of the keyboard");
    release();
    await shown(page);
    assert.equal(await focused(page), "canvas", "the map that took its place has the keyboard");
    let at = null;
    for (let i = 0; i < 12 && !at?.startsWith("stop"); i++) {
      await page.keyboard.press("Tab");
      at = await focused(page);
    }
    assert.ok(at?.startsWith("stop"), `a stop has the keyboard: ${at}`);
    for (let round = 0; round < 2; round++) {
      const before = await page.evaluate(() => {
        const map = document.querySelector("sealane-map");
        globalThis.same = map.shadowRoot.activeElement;
        return JSON.stringify(map.state().features);
      });
      await tell(world, id);
      await page.waitForFunction((old) => JSON.stringify(document.querySelector("sealane-map").state().features) !== old, before);
      assert.equal(await focused(page), at, "the same stop keeps the keyboard");
      assert.ok(await page.evaluate(() => globalThis.same === document.querySelector("sealane-map").shadowRoot.activeElement), "as the same element");
    }
    await page.evaluate(() => document.querySelector("sealane-map").setAttribute("lang", "zh"));
    assert.equal(await focused(page), at, "another language leaves the keyboard where it is");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("sealane-map").state().zoom > 11);
  },

  async "the React example works in strict mode"(world) {
    put(world, await examples.react(world));
    const page = await world.open(await world.browser("gl"));
    await page.goto(`${world.sites.listed}/react.html`);
    await shown(page);
    await page.waitForFunction(() => /^[1-9]\d* stops$/.test(document.querySelector("#stops").textContent));
    await page.getByRole("button", { name: "Dark" }).click();
    await page.waitForFunction(() => document.querySelector("sealane-map[data-dark]"));
    await page.selectOption("select", world.certificates[1]);
    await page.waitForFunction((id) => {
      const s = document.querySelector("sealane-map").state();
      return s?.certificate === id && s.features.length > 0 && s.connection.state === "live";
    }, world.certificates[1]);
    await page.getByRole("button", { name: "Close" }).click();
    await page.waitForFunction(() => !document.querySelector("sealane-map"));
    await page.getByRole("button", { name: "Open" }).click();
    await shown(page);
    await world.shot(page, "site-react");
  },

  async "the WordPress example writes maps that work"(world) {
    const pages = await examples.wordpress(world);
    put(world, pages);
    const page = await world.open(await world.browser("gl"));
    await page.goto(`${world.sites.listed}/wp-element.html`);
    await shown(page);
    assert.equal(await page.evaluate(() => document.querySelector("sealane-map").shadowRoot.querySelector(".legend-title").textContent), "凡例", "the site's language");
    await world.shot(page, "site-wordpress");
    await page.goto(`${world.sites.listed}/wp-iframe.html`);
    await page.waitForFunction(() => document.querySelector("iframe"));
    await page.locator("iframe").scrollIntoViewIfNeeded();
    const inside = await (await page.waitForSelector("iframe")).contentFrame();
    await inside.waitForURL(/\/embed\//);
    await shown(inside);
    assert.ok(await inside.evaluate(() => document.querySelector("sealane-map").hasAttribute("data-dark")));
    await page.goto(`${world.sites.listed}/wp-hostile.html`);
    assert.equal(await page.title(), "Post");
    assert.equal(await page.locator("sealane-map, iframe").count(), 0, "what is no certificate writes nothing");
    assert.match(pages["/wp-hostile.html"], /name="sealane_server"[\s\S]*name="sealane_key"/, "the settings page asks for both");
  },

  async "the Shopify example writes maps that work"(world) {
    put(world, await examples.shopify(world));
    const page = await world.open(await world.browser("gl"));
    for (const name of ["section", "block"]) {
      // The block's example has no server of its own but this one.
      await page.goto(`${world.sites.listed}/shop-${name}.html`);
      await shown(page);
      assert.equal(await page.evaluate(() => document.querySelector("sealane-map").shadowRoot.querySelector(".legend-title").textContent), "图例", "the shop's language");
      await world.shot(page, `site-shopify-${name}`);
    }
    await page.goto(`${world.sites.listed}/shop-none.html`);
    assert.equal(await page.locator("sealane-map, script").count(), 0, "a product without a certificate loads nothing");
  },

};
