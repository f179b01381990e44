// The certificate beside the map: how it stands, in words, and the page on which anybody checks it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { modules } from "./find.mjs";
import { place, shown } from "./sites.mjs";
import { languages } from "./words.mjs";

/** The rules of the badge, from the element's own source. */
async function rules() {
  const { build } = await import(pathToFileURL(join(modules("esbuild"), "esbuild/lib/main.js")).href);
  const entry = join(import.meta.dirname, "../../api/web/src/element/certificate.ts");
  const result = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", charset: "utf8", logLevel: "warning" });
  return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`);
}

/** What badge and panel of the first map say. */
const read = (page) => page.evaluate(() => {
  const root = document.querySelector("sealane-map").shadowRoot;
  const of = (part) => root.querySelector(`[part~=${part}]`);
  return { standing: of("badge").dataset.standing, badge: of("badge").textContent, mark: getComputedStyle(of("badge"), "::before").content,
    panel: of("certificate").textContent, qr: root.querySelectorAll(".qr path").length, link: of("certificate-check")?.href ?? "" };
});

export const checks = {
  async "a certificate is never green when it is stale"() {
    const { standing, turns } = await rules();
    const now = Date.parse("2026-09-20T08:00:00Z");
    const certificate = (state, fresh, more = {}) => ({ id: "eco_1", number: "1", lifecycle: { state: "issued" }, consistency: { state: "consistent" },
      verification: { state, ...(fresh ? { fresh_until: fresh } : {}) }, ...more });
    const [later, earlier] = ["2026-09-21T08:00:00Z", "2026-09-20T07:59:59Z"];
    for (const [what, live, expected] of [
      [certificate("confirmed", later), true, "good"],
      [certificate("confirmed", later), false, "open"],
      [certificate("confirmed", earlier), true, "doubtful"],
      [certificate("confirmed", null), true, "doubtful"],
      [certificate("confirmed", "soon"), true, "doubtful"],
      [certificate("unavailable", later), true, "doubtful"],
      [certificate("inconclusive", later), true, "doubtful"],
      [certificate("not_checked", null), true, "open"],
      [certificate("pending", null), true, "open"],
      [certificate("refuted", later), true, "bad"],
      [certificate("confirmed", later, { consistency: { state: "under_review" } }), true, "doubtful"],
      [certificate("confirmed", later, { consistency: { state: "warnings" } }), true, "doubtful"],
      [certificate("confirmed", later, { consistency: { state: "conflict" } }), true, "bad"],
      ...["revoked", "expired", "replaced", "cancelled", "denied", "rejected"].map((state) => [certificate("confirmed", later, { lifecycle: { state } }), true, "bad"]),
    ]) assert.equal(standing(what, now, live), expected, JSON.stringify(what));
    assert.equal(turns(certificate("confirmed", later), now), Date.parse(later) + 1, "it looks again when the answer is stale");
    assert.equal(turns(certificate("confirmed", earlier), now), null);
  },

  async "the badge and the panel say how the certificate stands, in every language"(world) {
    const all = await languages();
    for (const [lang, words] of Object.entries(all)) {
      const page = await world.open(await world.browser("gl"), { reducedMotion: "reduce" });
      place(world, `/panel-${lang}.html`, [{ certificate: world.certificates[0], lang }]);
      await page.goto(`${world.sites.listed}/panel-${lang}.html`);
      await shown(page);
      await page.waitForFunction(() => document.querySelector("sealane-map").shadowRoot.querySelector(".qr path"));
      const told = await read(page);
      assert.equal(told.badge, words.checked_not_checked, lang);
      assert.notEqual(told.standing, "good");
      assert.ok(!told.mark.includes("✓"), told.mark);
      for (const word of ["certificate", "issuer_check", "movement", "movement_about", "life_issued", "as_claimed", "check_it"]) assert.ok(told.panel.includes(words[word]), `${lang}: ${word} in ${told.panel}`);
      assert.ok([words.movement_consistent, words.movement_under_review, words.movement_not_assessable].some((w) => told.panel.includes(w)), told.panel);
      if (["en", "zh"].includes(lang)) await world.shot(page, `certificate-${lang}`);
      await page.close();
    }
  },

  async "the QR code's address opens the page for checking, and so do number and code"(world) {
    const browser = await world.browser("gl");
    const page = await world.open(browser, { reducedMotion: "reduce" });
    place(world, "/qr.html", [{ certificate: world.certificates[0] }]);
    await page.goto(`${world.sites.listed}/qr.html`);
    await shown(page);
    await page.waitForFunction(() => document.querySelector("sealane-map").shadowRoot.querySelector(".qr path"));
    const { link } = await read(page);
    const fragment = new URL(link).hash;
    assert.ok(fragment.includes("ref=eco_") && fragment.includes("code="), link);
    const check = await world.open(browser, { reducedMotion: "reduce", expected: [/404/] });
    await check.goto(`${world.url}/verify${fragment}`);
    await shown(check);
    assert.match(await check.textContent("#said"), /not yet checked with the issuer/);
    await world.shot(check, "verify");
    await check.fill("#number", "EXAMPLE-0001");
    await check.fill("#code", "00000-00000");
    await check.click("button[type=submit]");
    await check.waitForFunction(() => document.querySelector("#said").textContent.startsWith("Nothing is known"));
    assert.equal(await check.locator("sealane-map").count(), 0, "nothing is left of what was shown before");
  },
};
