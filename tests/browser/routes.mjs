// The page of ways by sea: two places, a closed Suez, both ways drawn and what they differ by.
import assert from "node:assert/strict";
import { json } from "./news.mjs";

/** Waits until the page shows so many legs and figures that belong to them. */
const shown = (page, kind, names) => page.waitForFunction(([k, wanted]) => {
  const s = globalThis.sealane?.state();
  const calm = !document.querySelector("#result").hasAttribute("aria-busy");
  const there = (name) => s.features.some((f) => f.kind === "leg" && f.id.startsWith(`${name}/`)) && s.route.some((id) => id.startsWith(`${name}/leg`));
  return s && s.kind === k && s.settled && calm && wanted.every(there) && s.features.every((f) => wanted.some((name) => f.id.startsWith(`${name}/`)));
}, [kind, names]);

/** The figures of a row of the table. */
const row = (page, name) => page.locator("#result tr", { has: page.locator("th", { hasText: new RegExp(`^${name}$`) }) }).locator("td").allTextContents()
  .then((cells) => cells.map((text) => Number(text.replace(/[^\d.\u2212-]/g, "").replace("\u2212", "-"))));

/** A certificate whose goods are on a ship, with that leg; the demo's world goes on, so one comes if none is there yet. */
async function atSea(world) {
  for (;;) {
    const { certificates } = await json(world, "/v1/certificates?limit=200");
    for (const { id } of certificates) {
      const { features } = await json(world, `/v1/certificates/${id}/route`);
      const leg = features.find((f) => f.properties.progress?.state === "under_way");
      if (leg) return { id, leg };
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

export const checks = {
  async "the routes page shows what a closed suez costs"(world) {
    const page = await world.open(await world.browser("gl"), { reducedMotion: "reduce" });
    await page.goto(`${world.url}/routes`);
    await shown(page, "gl", ["usual", "chosen"]);
    await world.shot(page, "routes");
    const [usual, closed, more] = await row(page, "Distance");
    assert.ok(usual > 7500 && usual < 8600 && closed - usual > 2500 && Math.abs(closed - usual - more) <= 1, `${usual} ${closed} ${more}`);
    const days = (await row(page, "Time"))[2];
    assert.ok(Math.abs(days - more / 16 / 24) < 0.2, `${days} days`);
    assert.ok((await row(page, "Emissions"))[2] > 300, "emissions");
    // The words, and a closure that the keyboard takes back.
    await page.getByText("Suez Canal", { exact: false }).first().waitFor();
    await page.locator("#closed input[value=suez]").focus();
    await page.keyboard.press("Space");
    await shown(page, "gl", ["usual"]);
    assert.equal((await row(page, "Distance")).length, 1);
    await page.locator("#closed input[value=malacca]").check();
    await shown(page, "gl", ["usual", "chosen"]);
    return `${usual} nm, ${closed} nm without Suez, ${days} days more`;
  },

  async "the routes page is used with the keyboard and remembers in its address"(world) {
    const page = await world.open(await world.browser("gl"), { reducedMotion: "reduce", colorScheme: "dark" });
    await page.goto(`${world.url}/routes#from=SGICT&to=MYPKG`);
    await page.waitForFunction(() => document.querySelectorAll("#nodes option").length > 100);
    await page.locator("#from").focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("Yokohama (JP-YOK)");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("USLAX");
    await page.keyboard.press("Enter");
    await page.locator("#result h2", { hasText: "Yokohama to Los Angeles" }).waitFor();
    await shown(page, "gl", ["usual"]);
    await world.shot(page, "routes-dark");
    await page.reload();
    await page.locator("#result h2", { hasText: "Yokohama to Los Angeles" }).waitFor();
  },

  async "the routes page says what is wrong and fits a phone without webgl"(world) {
    const expected = [/422/];
    const page = await world.open(await world.browser("nogl"), { viewport: { width: 390, height: 844 }, expected });
    await page.goto(`${world.url}/routes`);
    await shown(page, "svg", ["usual", "chosen"]);
    await world.shot(page, "routes-phone");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} pixels wide`);
    await page.locator("#result").scrollIntoViewIfNeeded();
    await world.shot(page, "routes-phone-result");
    await page.locator("#from").fill("1.26,103.8");
    await page.locator("#from").press("Enter");
    await page.getByRole("alert").getByText("lat=1.26,lon=103.8").waitFor();
    await page.locator("#from").fill("yang");
    await page.locator("#from").press("Enter");
    await page.getByRole("alert").getByText("CN-YANGSHAN-3").waitFor();
    await world.shot(page, "routes-phone-problem");
  },

  async "the panel tells how far the goods are"(world) {
    const { id, leg } = await atSea(world);
    const page = await world.open(await world.browser("gl"));
    await page.goto(`${world.url}/#certificate=${id}`);
    const bar = page.locator("#way .timeline progress").first();
    await bar.waitFor();
    const { done_nm: done, remaining_nm: left } = leg.properties.progress;
    assert.match(await bar.getAttribute("aria-label"), /nm behind, [\d,]+ nm to go/);
    await bar.scrollIntoViewIfNeeded();
    await world.shot(page, "progress");
    return `${done} nm behind, ${left} nm to go`;
  },
};
