// zen.mjs - runs the decision graph zen.json in GoRules ZEN: node zen.mjs MODULES IN.csv OUT.csv
// May use: @gorules/zen-engine (make deps-bench), records.mjs.
// Start at the loop: some records are under way at once, the answers keep their order.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { read, write } from "./records.mjs";

const [modules, input, output] = process.argv.slice(2);
const { ZenEngine } = createRequire(resolve(modules) + "/")("@gorules/zen-engine");
const engine = new ZenEngine();
const decision = engine.createDecision(readFileSync(new URL("zen.json", import.meta.url)));
const records = read(input), answers = [], together = 1000;
for (let i = 0; i < records.length; i += together) {
  const some = await Promise.all(records.slice(i, i + together).map((record) => decision.evaluate(record)));
  for (const one of some) answers.push(one.result);
}
write(output, records, answers);
engine.dispose();
