// tools.mjs - the npm package timed: `node tools.mjs PACKAGE IMAGE RECORDS.ndjson [--print]` prints seconds, or the decisions.
// May use: Node, the package under test. tests/bench/tools.py runs it.
// Start here; the records are objects in memory before the clock starts.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, image, records, print] = process.argv.slice(2);
const { loadRuntime } = await import(pathToFileURL(resolve(folder, "index.js")));
const rules = (await loadRuntime()).rules(readFileSync(image));
const given = readFileSync(records, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const start = performance.now();
const decisions = [...rules.decideAll(given)];
const seconds = (performance.now() - start) / 1000;
if (print) for (const decision of decisions) console.log(JSON.stringify(decision));
else console.log(seconds);
