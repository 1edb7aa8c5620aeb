// decide.mjs - a JavaScript host: compiles a guideline, decides contacts, says of one of them which passages decided.
// May use: Node and the package that `make wasm` builds; a browser would fetch what is read here.
// Start here: node examples/wasm/decide.mjs build/wasm
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { loadCompiler } = await import(pathToFileURL(resolve(process.argv[2] ?? "build/wasm", "index.js")));
const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

const path = "rules/vgr/distanskontakter/2023-06-01.klausul";
const compiler = await loadCompiler();
const used = ["rules/vgr/ordlista.klausul", "rules/gemensamt/ordlista.klausul"];
const files = Object.fromEntries(used.map((name) => [name, read(name)]));
const { image, diagnostics } = compiler.compile(read(path), { path, files });
for (const d of diagnostics) console.error(`${d.file}:${d.line}:${d.column}: ${d.severity}[${d.code}]: ${d.message}`);
if (!image) process.exit(1);

const rules = compiler.rules(image);
const contacts = read("examples/vgr/kontakter.ndjson").trim().split("\n").map((line) => JSON.parse(line));
const count = {};
for (const decision of rules.decideAll(contacts)) {
  const state = decision.rejected ? "rejected" : decision.outcomes.patientavgift.state;
  count[state] = (count[state] ?? 0) + 1;
}
console.log("patientavgift:", count);

// A row is cited where its table is.
const clauses = new Map(rules.describe().clauses.map((clause) => [clause.id, clause]));
const citation = (id) => clauses.get(id)?.citation ?? (clauses.get(id)?.parent ? citation(clauses.get(id).parent) : "");
const decision = rules.decide(contacts.find((contact) => contact.contact_id === "10009"));
for (const [name, outcome] of Object.entries(decision.outcomes)) {
  const by = (outcome.by ?? []).map((id) => `${id} (${citation(id)})`);
  console.log(`${name}: ${outcome.value ?? outcome.state}${by.length ? ", by " : ""}${by.join(", ")}`);
}
