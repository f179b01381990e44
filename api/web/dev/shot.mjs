// Takes pictures of the pages for looking at them: node dev/shot.mjs BASE FOLDER [name ...]
import { chromium } from "playwright-core";

const [base, folder, ...names] = process.argv.slice(2);
const GL = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const NO_GL = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const wide = { width: 1360, height: 860 };
const at = (lon, lat, zoom) => async (page) => {
  await page.evaluate(([x, y, z]) => document.querySelector("sealane-map").flyTo(x, y, z), [lon, lat, zoom]);
};
const choose = async (page) => page.click("#certificates button");
const SHOTS = {
  overview: { path: "/", size: wide },
  chosen: { path: "/", size: wide, act: choose },
  dark: { path: "/", size: wide, scheme: "dark", act: choose },
  yangshan: { path: "/", size: wide, act: at(122.06, 30.627, 12.3) },
  caimep: { path: "/", size: wide, act: at(107.015, 10.53, 12.1) },
  sitv: { path: "/", size: wide, act: at(107.02, 10.585, 12.3) },
  klang: { path: "/", size: wide, act: at(101.32, 2.985, 11.6) },
  phone: { path: "/", size: { width: 390, height: 844 }, act: choose },
  phonelist: { path: "/", size: { width: 390, height: 844 } },
  embed: { path: "/embed/eco_0001", size: { width: 720, height: 560 } },
  inbox: { path: "/inbox", size: wide, act: async (page) => { await page.click("#submissions button"); await page.waitForSelector(".raw"); } },
  nogl: { path: "/", size: wide, args: NO_GL, act: choose },
  noglcaimep: { path: "/", size: wide, args: NO_GL, act: at(107.015, 10.53, 12.1) },
  noglphone: { path: "/embed/eco_0001", size: { width: 390, height: 700 }, args: NO_GL, scheme: "dark" },
};

for (const name of names.length ? names : Object.keys(SHOTS)) {
  const { path, size, act, scheme = "light", args = GL } = SHOTS[name];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
  const page = await (await browser.newContext({ viewport: size, colorScheme: scheme, reducedMotion: "reduce", timezoneId: "UTC" })).newPage();
  page.on("console", (m) => ["error", "warning", "info"].includes(m.type()) && console.log(`[${name}] ${m.type()} ${m.text()}`));
  page.on("pageerror", (e) => console.log(`[${name}] ${e.stack}`));
  await page.goto(base + path);
  if (path !== "/inbox") await page.waitForFunction((kind) => globalThis.sealane?.state()?.kind === kind && globalThis.sealane.state().settled, args === GL ? "gl" : "svg", { timeout: 30000 }).catch((e) => console.log(`[${name}] ${e.message}`));
  if (path === "/") await page.waitForSelector("#certificates button", { timeout: 5000 }).catch(() => 0);
  await act?.(page);
  await page.waitForTimeout(1500); // pictures only: let the last tiles fade in
  await page.screenshot({ path: `${folder}/${name}.png` });
  console.log(name, JSON.stringify(await page.evaluate(() => { const s = globalThis.sealane?.state(); return s && { kind: s.kind, zoom: s.zoom, route: s.route, nodes: s.nodes.length, ships: s.ships.length, connection: s.connection.state }; })));
  await browser.close();
}
