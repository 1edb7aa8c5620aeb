// package.test.mjs - what the package promises, call by call; Node's own test runner.
// May use: Node. KLAUSUL_PACKAGE is the package's folder.
// Start at the rules below: a few lines of each kind of field.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = resolve(process.env.KLAUSUL_PACKAGE);
const { loadCompiler, loadRuntime, KlausulError, RejectedRecord } = await import(pathToFileURL(resolve(folder, "index.js")));
const compiler = await loadCompiler();
const text = readFileSync(new URL("fees.klausul", import.meta.url), "utf8");
const later = text.replace("from 2024-01-01", "from 2025-01-01").replace("2024", "2025").replace("275.00", "300.00");
const { image, diagnostics } = compiler.compile(text);
const rules = (await loadRuntime()).rules(image);

test("the text compiles without a word", () => {
  assert.deepEqual(diagnostics, []);
  assert.ok(image instanceof Uint8Array);
});

test("amounts are exact texts, whole numbers are numbers, dates are texts, sets are lists", () => {
  const { outcomes } = rules.decide({ id: 1, day: "2024-02-29", age: 40, services: ["lab"], paid: "275.00" });
  assert.deepEqual(outcomes.fee, { state: "decided", value: "275.00", by: ["adults"] });
  assert.deepEqual(outcomes.years, { state: "decided", value: 41, by: ["next_year"] });
  assert.deepEqual(outcomes.again, { state: "decided", value: "2024-02-29", by: ["same_day"] });
  assert.deepEqual(outcomes.listed, { state: "decided", value: ["lab"], by: ["services_listed"] });
});

test("an unknown fact leaves open what hangs on it, and is named", () => {
  const decision = rules.decide({ id: 1, day: "2024-02-01" });
  assert.equal(decision.outcomes.fee.state, "undetermined");
  assert.deepEqual(decision.outcomes.fee.missing, ["age"]);
  assert.ok(decision.missing.includes("age"));
  assert.equal("clauses" in decision, false);
});

test("the trace on request", () => {
  assert.equal(rules.decide({ id: 1, day: "2024-02-01", age: 3 }, { trace: true }).clauses.child, "yes");
});

test("numbers, texts and big numbers of JavaScript mean the same", () => {
  const fee = (paid) => rules.decide({ id: 1, day: "2024-02-01", age: 40, paid }).outcomes.back;
  for (const paid of [300.5, "300.50", "300,5 kr"]) assert.equal(fee(paid).value, "25.50");
  assert.equal(fee(300n).value, "25.00");
  assert.equal(fee("10000000000.01").value, "9999999725.01");
});

test("a record that cannot be read is refused with code, name and value", () => {
  const refused = (record, code, name) =>
    assert.throws(() => rules.decide({ id: 7, day: "2024-02-01", ...record }), (e) => {
      assert.ok(e instanceof RejectedRecord && e instanceof KlausulError);
      assert.deepEqual([e.code, e.name, e.key], [code, name, "7"]);
      return true;
    });
  refused({ day: "2024-02-30" }, "K0514", "day");
  refused({ day: new Date() }, "K0506", "day");
  refused({ age: 1.5 }, "K0512", "age");
  refused({ age: "40.000" }, "K0512", "age");
  refused({ age: NaN }, "K0511", "age");
  refused({ age: 1e300 }, "K0513", "age");
  refused({ paid: 1e-7 }, "K0512", "paid");
  refused({ age: [1] }, "K0506", "age");
  refused({ services: ["lab", "spa"] }, "K0509", "services");
  refused({ services: [["lab"]] }, "K0506", "services");
  refused({ who: "\ud800" }, "K0504", "who");
  refused({ who: {} }, "K0506", "who");
});

test("many records: each a decision or a rejection, in their order", () => {
  const made = Array.from({ length: 2500 }, (_, i) => ({ id: i, day: i % 100 ? "2024-03-01" : "never", age: i % 90 }));
  const all = [...rules.decideAll(made, { language: "sv" })];
  assert.equal(all.length, 2500);
  all.forEach((d, i) => assert.deepEqual([d.key, "rejected" in d], [String(i), i % 100 === 0]));
  assert.match(all[0].rejected.message, /inte ett datum/);
  assert.deepEqual([...rules.decideAll([])], []);
});

test("texts are compared composed, names too", () => {
  const decision = rules.decide({ id: 1, day: "2024-02-01", age: 40, "va\u030Ard": { "gäller": "O\u0308ppen" } });
  assert.deepEqual(decision.outcomes.open.value, true);
  assert.deepEqual(rules.unread({ id: 1, va: { b: 1 }, "va\u030Ard": { "gäller": 1 }, services: ["x"] }), ["va.b"]);
});

test("rules describe themselves", () => {
  const d = rules.describe();
  assert.equal(d.name, "fees");
  assert.deepEqual(d.editions.map((e) => e.from), ["2024-01-01"]);
  assert.equal(d.fields.find((f) => f.name === "paid").decimals, 2);
  assert.deepEqual(d.fields.find((f) => f.name === "services").values.map((v) => v.name), ["lab", "scan"]);
  assert.equal(d.clauses.find((c) => c.id === "child").citation, "section 2");
  assert.equal(d.assumptions[0].name, "limit");
});

test("assumptions can be given, taken away, and are refused where they do not fit", async () => {
  const runtime = await loadRuntime(), record = { id: 1, day: "2024-02-01", age: 19 };
  assert.equal(runtime.rules(image).decide(record).outcomes.fee.value, "275.00");
  assert.equal(runtime.rules(image, { assume: { limit: 20 } }).decide(record).outcomes.fee.value, "0.00");
  assert.deepEqual(runtime.rules(image, { assume: { limit: null } }).decide(record).open, ["limit"]);
  assert.throws(() => runtime.rules(image, { assume: { limit: "x" } }), /limit cannot have that value/);
  assert.throws(() => runtime.rules(image, { assume: { limits: 1 } }), /no assumption is called limits/);
});

test("editions: each record's day picks one", async () => {
  const second = compiler.compile(later).image, runtime = await loadRuntime();
  const both = runtime.rules([second, image]);
  const fee = (day) => both.decide({ id: 1, day, age: 40 });
  assert.deepEqual(["2024-05-01", "2025-05-01"].map((d) => fee(d).outcomes.fee.value), ["275.00", "300.00"]);
  assert.deepEqual(both.describe().editions.map((e) => e.from), ["2024-01-01", "2025-01-01"]);
  const other = compiler.compile(text.replace("guideline fees", "guideline other")).image;
  assert.throws(() => runtime.rules([image, other]), /another guideline/);
});

test("images that are none are refused", async () => {
  const runtime = await loadRuntime();
  const cut = image.slice();
  cut[200] ^= 1;
  for (const bad of [new Uint8Array(0), new Uint8Array(64), image.subarray(0, 100), cut])
    assert.throws(() => runtime.rules(bad), (e) => e instanceof KlausulError && /refused at byte/.test(e.message));
  assert.throws(() => runtime.rules([]), /no image/);
});

test("an image may be a buffer, a view of one, or Node's own", async () => {
  const runtime = await loadRuntime(), wide = new Uint8Array(image.length + 3);
  wide.set(image, 3);
  for (const form of [image.buffer.slice(0), wide.subarray(3), Buffer.from(image), new DataView(wide.buffer, 3)])
    assert.equal(runtime.rules(form).describe().name, "fees");
});

test("diagnostics say where, and what would do, in both languages", () => {
  const bad = text.replace("age < limit", "agee < limit");
  const { image: none, diagnostics: en } = compiler.compile(bad, { path: "a/b.klausul" });
  const [d] = en, line = bad.split("\n").findIndex((l) => l.includes("agee")) + 1;
  assert.equal(none, null);
  assert.deepEqual([d.severity, d.file, d.line, d.suggestion], ["error", "a/b.klausul", line, "age"]);
  const { diagnostics: sv } = compiler.compile(bad, { path: "a/b.klausul", language: "sv" });
  assert.equal(sv[0].code, d.code);
  assert.notEqual(sv[0].message, d.message);
});

test("a column is counted in letters with their marks, as the command counts it", () => {
  const { diagnostics: [d] } = compiler.compile("guideline fees \"va\u030Ard\" wrong");
  assert.deepEqual([d.line, d.column], [1, 23]);
});

test("files that rules use are found as the command finds them", () => {
  const words = "values service\n  lab\n  scan\n";
  const uses = text.replace(/values service\n(  .*\n)*/, "use words\n");
  const found = (files, more) => compiler.compile(uses, { path: "x/y.klausul", files, ...more }).image !== null;
  assert.ok(found({ "x/words.klausul": words }));
  assert.ok(found({ "words.klausul": words }));
  assert.ok(found({ "lib/words.klausul": words }, { include: ["lib"] }));
  assert.ok(!found({ "z/words.klausul": words }));
  assert.ok(found({ "words.klausul": new TextEncoder().encode(words) }));
});

test("text that is not UTF-8 is told as such", () => {
  const bytes = new TextEncoder().encode(text);
  bytes[10] = 0xff;
  assert.equal(compiler.compile(bytes).diagnostics[0].code, "K0103");
});

test("closed rules are closed", () => {
  const closed = compiler.rules(image);
  closed.close();
  closed.close();
  assert.throws(() => closed.decide({}), /closed/);
});

test("every export and method has its type, and no other", async () => {
  const types = readFileSync(resolve(folder, "index.d.ts"), "utf8");
  const exported = await import(pathToFileURL(resolve(folder, "index.js")));
  const named = [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map((m) => m[1]);
  assert.deepEqual(named.sort(), Object.keys(exported).sort());
  for (const name of ["Rules", "Runtime", "Compiler"]) {
    const body = new RegExp(`^export class ${name} [^]*?^}`, "m").exec(types)[0];
    const methods = [...body.matchAll(/^  (\w+)\(/gm)].map((m) => m[1]);
    const own = Object.getOwnPropertyNames(exported[name].prototype).filter((m) => m !== "constructor");
    assert.deepEqual(methods.sort(), own.sort());
  }
});
