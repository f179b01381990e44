// Browser checks against a running server; see README.md beside this file.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checks as certificates } from "./certificates.mjs";
import { checks as demo } from "./checks.mjs";
import { checks as embed } from "./embed.mjs";
import { checks as forms } from "./forms.mjs";
import { browser as findBrowser, playwright } from "./find.mjs";
import { checks as routes } from "./routes.mjs";
import { checks as sites, prepare } from "./sites.mjs";

const BASE = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const GL = [...BASE, "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
export const NO_GL = [...BASE, "--disable-gpu", "--disable-3d-apis"];
/** A check that takes longer than this hangs. */
const PATIENCE = 120_000;

const url = process.env.SEALANE_URL?.replace(/\/$/, "");
if (!url) {
  console.error("SEALANE_URL must name a running server");
  process.exit(2);
}
const chromium = await playwright();
const executablePath = findBrowser();
if (!chromium || !executablePath) {
  console.log(`skipped: ${chromium ? "no Chromium" : "playwright-core"} was found; see tests/browser/README.md`);
  process.exit(77);
}
const shots = process.env.SEALANE_SHOTS;
if (shots) await mkdir(shots, { recursive: true });

/** What a page did that it must not do: errors, and requests that leave the places of the test. */
const faults = [];
const hosts = new Set([new URL(url).host]);

/** Opens a page whose errors and foreign requests are faults, but for messages that the check expects. */
async function open(browser, { expected = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: "UTC", locale: "en-GB", ...options });
  context.setDefaultTimeout(PATIENCE / 2);
  const page = await context.newPage();
  const fault = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) faults.push(text);
  };
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (!["data:", "blob:"].includes(target.protocol) && !hosts.has(target.host)) faults.push(`request to ${target.host}`);
  });
  page.on("websocket", (socket) => {
    if (!hosts.has(new URL(socket.url()).host)) faults.push(`websocket to ${socket.url()}`);
  });
  page.on("console", (message) => {
    if (process.env.SEALANE_CONSOLE) console.log(`${message.type()}: ${message.text()}`);
    if (message.type() === "error") fault(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => fault(`page: ${error.stack}`));
  return page;
}

const browsers = new Map();
const world = {
  url,
  hosts,
  /** The operator's key; the open demo needs none. */
  secret: process.env.SEALANE_KEY ?? null,
  certificate: process.env.SEALANE_CERTIFICATE ?? null,
  coarri: process.env.SEALANE_COARRI ? await readFile(process.env.SEALANE_COARRI, "utf8") : null,
  open,
  /** A browser with (`gl`) or without (`nogl`) WebGL. */
  async browser(kind) {
    if (!browsers.has(kind)) browsers.set(kind, await chromium.launch({ executablePath, args: kind === "gl" ? GL : NO_GL }));
    return browsers.get(kind);
  },
  async shot(page, name) {
    const png = await page.screenshot();
    if (shots) await (await import("node:fs/promises")).writeFile(join(shots, `${name}.png`), png);
    return png;
  },
};

/** The demo's own pages, or maps on pages of other sites (which need a `serve`, its program and its data). */
const other = process.env.SEALANE_SUITE === "sites";
if (other) await prepare(world);
const checks = other ? { ...embed, ...sites, ...certificates } : { ...demo, ...routes, ...forms };
const only = process.env.SEALANE_CHECKS ?? "";
let failed = 0;
for (const [name, check] of Object.entries(checks).filter(([n]) => n.includes(only))) {
  const started = performance.now();
  faults.length = 0;
  let hang;
  const late = new Promise((_, reject) => (hang = setTimeout(() => reject(new Error(`no end after ${PATIENCE / 1000} s`)), PATIENCE)));
  try {
    const note = await Promise.race([check(world), late]);
    if (faults.length > 0) throw new Error([...new Set(faults)].join("; "));
    console.log(`ok ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)${note ? `: ${note}` : ""}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.message}`);
    for (const browser of browsers.values()) {
      const page = browser.contexts().at(-1)?.pages().at(-1);
      if (page) await world.shot(page, `failed-${name.replaceAll(" ", "-")}`).catch(() => undefined);
    }
  } finally {
    clearTimeout(hang);
    for (const browser of browsers.values()) for (const context of browser.contexts()) await context.close();
  }
}
for (const browser of browsers.values()) await browser.close();
await world.close?.();
process.exit(failed > 0 ? 1 : 0);
