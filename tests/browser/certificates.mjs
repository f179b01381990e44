// The certificate beside the map: how it stands, in words, and the page on which anybody checks it.
import assert from "node:assert/strict";
import { json } from "./news.mjs";
import { place, shown } from "./sites.mjs";
import { languages, source } from "./words.mjs";

/** What badge and panel of the first map say. */
const read = (page) => page.evaluate(() => {
  const root = document.querySelector("sealane-map").shadowRoot;
  const of = (part) => root.querySelector(`[part~=${part}]`);
  return { standing: of("badge").dataset.standing, badge: of("badge").textContent, mark: getComputedStyle(of("badge"), "::before").content,
    panel: of("certificate").textContent, qr: root.querySelectorAll(".qr path").length, link: of("certificate-check")?.href ?? "" };
});

export const checks = {
  async "a certificate is never green when it is stale"() {
    const { standing, turns } = await source("element/certificate.ts");
    const now = Date.parse("2026-09-20T08:00:00Z");
    const certificate = (state, fresh, more = {}, said = {}) => ({ id: "eco_1", number: "1", lifecycle: { state: "issued" }, consistency: { state: "consistent" },
      verification: { state, ...(fresh ? { fresh_until: fresh } : {}), ...said }, ...more });
    const [person, link] = [{ gateway: "manual:gacc" }, { gateway: "manual:gacc:link" }];
    const [later, earlier] = ["2026-09-21T08:00:00Z", "2026-09-20T07:59:59Z"];
    for (const [what, live, expected] of [
      [certificate("confirmed", later), true, "good"],
      [certificate("confirmed", later), false, "open"],
      [certificate("confirmed", earlier), true, "doubtful"],
      [certificate("confirmed", null), true, "doubtful"],
      [certificate("confirmed", "soon"), true, "doubtful"],
      [certificate("stale", earlier), true, "doubtful"],
      [certificate("stale", later), true, "doubtful"],
      [certificate("confirmed", later, {}, person), true, "seen"],
      [certificate("confirmed", later, {}, person), false, "open"],
      [certificate("confirmed", earlier, {}, person), true, "doubtful"],
      [certificate("confirmed", later, { consistency: { state: "warnings" } }, person), true, "doubtful"],
      [certificate("confirmed", later, {}, link), true, "doubtful"],
      [certificate("reported", later, {}, { ...link, outcome: "confirmed" }), true, "open"],
      [certificate("reported", later, {}, { ...link, outcome: "refuted" }), true, "doubtful"],
      [certificate("reported", later, {}, link), true, "doubtful"],
      [certificate("reported", earlier, {}, { ...link, outcome: "confirmed" }), true, "doubtful"],
      [certificate("a newer word", later), true, "doubtful"],
      [certificate("confirmed", later, {}, { environment: "production" }), true, "good"],
      [certificate("confirmed", later, {}, { environment: null }), true, "good"],
      [certificate("confirmed", later, {}, { environment: "sandbox" }), true, "trial"],
      [certificate("confirmed", later, {}, { environment: "test" }), false, "trial"],
      [certificate("refuted", later, {}, { environment: "sandbox" }), true, "trial"],
      [certificate("confirmed", later, { lifecycle: { state: "revoked" } }, { environment: "sandbox" }), true, "bad"],
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
    assert.equal(turns(certificate("reported", later), now), Date.parse(later) + 1, "a report has its time too");
  },

  async "what somebody reports, what a person saw and what is too old are told as that, in every language"(world) {
    const all = await languages();
    const id = world.certificates[1];
    const check = async (at, secret = world.secret) => {
      const body = JSON.stringify({ page: "gacc", outcome: "confirmed", code: "A-17", checked_at: new Date(at).toISOString(), file_sha256: "a".repeat(64) });
      const answer = await fetch(`${world.url}/v1/certificates/${id}/checks`, { method: "POST", body, headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" } });
      assert.equal(answer.status, 204, await answer.text());
    };
    const send = { method: "POST", headers: { "content-type": "application/json" } };
    const { address } = await json(world, `/v1/certificates/${id}/links`, { ...send, body: JSON.stringify({ profile: "buyer" }) });
    const opened = await json(world, "/v1/links/open", { ...send, body: JSON.stringify({ link: address.split("#link=")[1] }) });
    const page = await world.open(await world.browser("nogl"), { reducedMotion: "reduce" });
    /** Shows the certificate in every language; the badge says one of the words and is not green. */
    const says = async (name, words, standings, mark) => {
      place(world, `/${name}.html`, [{ certificate: id }]);
      await page.goto(`${world.sites.listed}/${name}.html`);
      await shown(page, 1, "svg");
      for (const [lang, texts] of Object.entries(all)) {
        await page.evaluate((tag) => document.querySelector("sealane-map").setAttribute("lang", tag), lang);
        const told = await read(page);
        assert.ok(words.map((w) => texts[w]).includes(told.badge), `${name} ${lang}: ${told.badge}`);
        assert.ok(standings.includes(told.standing) && told.mark.includes(mark), `${name}: ${told.standing} ${told.mark}`);
        assert.ok(told.panel.includes(told.badge) && told.panel.includes("A-17") && !told.panel.includes(texts.checked_confirmed), told.panel);
        if (["en", "zh"].includes(lang)) await world.shot(page, `check-${name}-${lang}`);
      }
    };
    const state = async () => (await json(world, `/v1/certificates/${id}`)).verification.state;
    await check(Date.now(), opened.pass);
    assert.equal(await state(), "reported");
    // A server that does not tell what was reported leaves it open.
    await says("reported", ["link_confirmed", "link_told"], ["open", "doubtful"], "");
    await check(Date.now() - 31 * 86_400_000);
    // The scheduler takes note of it in its own time; the map does not wait for that.
    await says("stale", ["seen_stale"], ["doubtful"], "?");
    while ((await state()) !== "stale") await new Promise((resolve) => setTimeout(resolve, 50));
    await says("stale-told", ["seen_stale"], ["doubtful"], "?");
    await check(Date.now());
    assert.equal(await state(), "confirmed");
    await says("seen", ["seen_confirmed"], ["seen", "doubtful"], "");
    const link = new URL((await read(page)).link);
    await page.goto(`${world.url}/verify${link.hash}`);
    await shown(page, 1, "svg");
    assert.ok((await page.textContent("#said")).includes(all.en.seen_confirmed));
    assert.equal((await read(page)).badge, all.en.seen_confirmed);
    await world.shot(page, "verify-seen");
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
    assert.match(await check.textContent("#said"), /Not yet checked with the issuer/);
    await world.shot(check, "verify");
    await check.fill("#number", "EXAMPLE-0001");
    await check.fill("#code", "00000-00000");
    await check.click("button[type=submit]");
    await check.waitForFunction(() => document.querySelector("#said").textContent.startsWith("Nothing is known"));
    assert.equal(await check.locator("sealane-map").count(), 0, "nothing is left of what was shown before");
  },
};
