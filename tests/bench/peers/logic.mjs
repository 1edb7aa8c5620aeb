// logic.mjs - runs logic.json in json-logic-engine, compiled once: node logic.mjs MODULES IN.csv OUT.csv
// May use: json-logic-engine (make deps-bench), records.mjs.
// Start at the loop; steps of logic.json that need an earlier one find it in the record.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { read, write } from "./records.mjs";

const [modules, input, output] = process.argv.slice(2);
const { LogicEngine } = createRequire(resolve(modules) + "/")("json-logic-engine");
const engine = new LogicEngine();
const rules = JSON.parse(readFileSync(new URL("logic.json", import.meta.url), "utf8"));
const steps = Object.entries(rules).map(([name, rule]) => [name, engine.build(rule)]);
const records = read(input);
for (const record of records) for (const [name, step] of steps) record[name] = step(record);
write(output, records, records);
