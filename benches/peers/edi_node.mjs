// node `edifact`: parser events, portions of 64 kB, best of five by processor time.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Parser = require("edifact/parser.js");

const bytes = readFileSync(process.argv[2]);
const portion = 64 << 10;
let best = Infinity;
let segments = 0;
for (let round = 0; round < 5; round++) {
  segments = 0;
  const parser = new Parser();
  parser.encoding("UNOC");
  parser.on("opensegment", () => segments++);
  const begin = process.cpuUsage();
  for (let at = 0; at < bytes.length; at += portion) {
    parser.write(bytes.toString("latin1", at, at + portion));
  }
  parser.end();
  const used = process.cpuUsage(begin);
  best = Math.min(best, (used.user + used.system) / 1e6);
}
console.log(`edifact 1.2.12 (node ${process.version}), parser events: ${(bytes.length / 1e6 / best).toFixed(0)} MB/s, ${segments} segments`);
