// Checks of the element's sources that need no browser: types, words, documentation. Exit code 0 when all hold.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modules } from "./find.mjs";
import { languages, source } from "./words.mjs";

const root = join(import.meta.dirname, "../..");
const read = (path) => readFile(join(root, path), "utf8");

/** Texts that are the same in another language and in English, and rightly so. */
const SAME = { zh: [], ja: [], ko: [], vi: [], th: [], id: [], ms: [] };

/** The first cells of the rows of the table under a heading, without their marks. */
function rows(page, heading) {
  const part = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const cells = part.split("\n").filter((line) => line.startsWith("| `")).flatMap((line) => [...line.split("|")[1].matchAll(/`([^`]+)`/g)].map((m) => m[1]));
  assert.ok(cells.length > 0, `docs/map-element.md has no table under "${heading}"`);
  return cells.sort();
}

const unique = (matches) => [...new Set([...matches].map((m) => m[1]))].sort();

const checks = {
  async "the types hold"() {
    const folder = await mkdtemp(join(tmpdir(), "sealane-types-"));
    try {
      for (const name of ["src", "tsconfig.json"]) await cp(join(root, "api/web", name), join(folder, name), { recursive: true });
      await symlink(modules("typescript"), join(folder, "node_modules"));
      const { status, stdout } = spawnSync(process.execPath, [join(folder, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", folder], { encoding: "utf8" });
      assert.equal(status, 0, stdout);
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  async "every text is there in every language and in its own words"() {
    const { en, ...others } = await languages();
    assert.deepEqual(Object.keys(others).sort(), Object.keys(SAME).sort());
    for (const [lang, texts] of Object.entries(others)) {
      assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort(), lang);
      for (const [key, text] of Object.entries(texts)) {
        assert.ok(text.trim() === text && text.length > 0, `${lang}.${key} is empty or has blanks around it`);
        assert.equal(text.includes("{0}"), en[key].includes("{0}"), `${lang}.${key}: {0}`);
        assert.equal(text === en[key], SAME[lang].includes(key), `${lang}.${key}: ${text}`);
      }
      const values = ["observed", "reported", "planned", "inferred"].map((k) => texts[k]);
      assert.equal(new Set(values).size, 4, `${lang}: the four certainties are four words`);
    }
  },

  async "every event of the server has its words"() {
    const { en } = await languages();
    const [, kinds] = /pub enum Kind \{([\s\S]*?)\n\}/.exec(await read("data/src/observation.rs"));
    const names = [...kinds.matchAll(/^ {4}(\w+)(?: =.*)?,$/gm)].map((m) => m[1].replace(/(?<!^)[A-Z]/g, "_$&").toLowerCase());
    assert.ok(names.length >= 17, `${names.length} kinds were found`);
    assert.deepEqual(names.filter((n) => !(n in en)), [], "add these to every file of api/web/src/core/words");
  },

  async "every state that the server tells of a check has its own words, and only the issuer's own fresh answer is green"() {
    const { CHECKS, checkOf } = await source("core/checked.ts");
    const axes = await read("origin/src/axes.rs");
    const states = unique([...axes.matchAll(/VerificationState::\w+ => \("(\w+)"/g), .../const REPORTED: &str = ("(\w+)")/.exec(axes).slice(2).map((s) => [s, s]), .../const STALE[^=]*=\s*\("(\w+)"/.exec(axes).slice(1).map((s) => [s, s])]);
    assert.ok(states.length >= 8, states.join());
    assert.deepEqual(Object.keys(CHECKS).sort(), states, "the table of api/web/src/core/checked.ts is that of the server");
    const now = Date.parse("2026-09-20T08:00:00Z");
    const told = (state, gateway, more) => checkOf({ state, gateway, fresh_until: "2026-09-21T08:00:00Z", ...more }, now);
    const words = states.map((state) => told(state, "rcep-smart").word);
    assert.equal(new Set(words).size, states.length, words.join());
    for (const state of states) {
      for (const gateway of ["rcep-smart", "manual:gacc", "manual:gacc:link", undefined]) {
        const { standing } = told(state, gateway);
        const good = state === "confirmed" && !gateway?.startsWith("manual:");
        assert.equal(standing === "good", good, `${state} by ${gateway}: ${standing}`);
      }
      const late = checkOf({ state, fresh_until: "2026-09-19T08:00:00Z" }, now);
      assert.notEqual(late.standing, "good", `${state}, too long ago`);
      assert.notEqual(checkOf({ state, fresh_until: "2026-09-21T08:00:00Z" }, NaN).standing, "good", "without a clock");
    }
    for (const state of states) {
      assert.deepEqual(told(state, "rcep-smart", { environment: "sandbox" }), { word: "checked_trial", standing: "trial" }, state);
      assert.deepEqual(told(state, "rcep-smart", { environment: "production" }), told(state, "rcep-smart"), state);
    }
    for (const outcome of ["confirmed", "refuted", "inconclusive"]) {
      assert.equal(told(outcome, "manual:gacc").word, `seen_${outcome}`);
      assert.equal(told("reported", "manual:gacc:link", { outcome }).word, `link_${outcome}`);
    }
    assert.equal(told("a newer word", "rcep-smart").word, "checked_unknown");
  },

  async "a way that was computed is never drawn as a sailed one"() {
    const [{ drawnAs }, { overlay }] = [await source("core/drawn.ts"), await source("gl/style.ts")];
    const leg = (line) => drawnAs({ type: "Feature", id: "leg-1", geometry: null, properties: { kind: "leg", certainty: "observed", line } });
    assert.deepEqual([leg({ source: "sea_network", at: null }), leg({ source: "positions", at: null }), leg(null), leg(undefined)], ["computed", "pieces", "told", "told"]);
    const piece = (certainty, source) => drawnAs({ type: "Feature", id: "leg-1-piece-1", geometry: null, properties: { kind: "piece", certainty, source } });
    assert.deepEqual([piece("observed", "ais"), piece("reported", "ais"), piece("inferred", null), piece("planned", null)], ["told", "told", "told", "computed"]);
    const layers = overlay({}).filter((l) => l.type === "line" && /^(leg|piece)-/.test(l.id) && l.id !== "leg-case");
    for (const layer of layers) {
      const [, as] = layer.filter.flat(3).join().match(/get,drawn,(\w+)/) ?? [];
      assert.equal(as, layer.id === "leg-computed" ? "computed" : "told", `${layer.id}: ${JSON.stringify(layer.filter)}`);
    }
    assert.equal(layers.length, 9);
    assert.ok(layers.find((l) => l.id === "leg-computed").paint["line-dasharray"].length > 0);
  },

  async "the documentation names every attribute, event, colour, part and language"() {
    const page = await read("docs/map-element.md");
    const [css, parts, wish, element] = await Promise.all(["style.css", "parts.ts", "wish.ts", "map-element.ts"].map((n) => read(`api/web/src/element/${n}`)));
    const list = (text, name) => unique(new RegExp(`${name} = \\[([\\s\\S]*?)\\]`).exec(text)[1].matchAll(/"([^"]+)"/g));
    assert.deepEqual(rows(page, "Attributes"), list(wish, "ATTRIBUTES"));
    assert.deepEqual(rows(page, "Parts"), list(parts, "PARTS"));
    assert.deepEqual(rows(page, "Custom properties"), unique(css.matchAll(/(--sealane-[a-z-]+):/g)));
    assert.deepEqual(rows(page, "Events"), unique(element.matchAll(/#tell\("(\w+)"/g)).map((n) => `sealane:${n}`));
    assert.deepEqual(rows(page, "Languages"), Object.keys(await languages()).sort());
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.message}`);
  }
}
process.exit(failed > 0 ? 1 : 0);
