// diagnose.mjs - compiles texts in Node, and writes what is said of each, in both languages.
// May use: Node, the package under test.
// Start here: `node diagnose.mjs FOLDER` with the package's folder and the texts on standard input.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const { loadCompiler } = await import(pathToFileURL(resolve(process.argv[2], "index.js")));
const compiler = await loadCompiler();
const said = (text, language) => compiler.compile(text, { path: "text.klausul", language }).diagnostics;
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => ({ sv: said(text, "sv"), en: said(text, "en") }))));
