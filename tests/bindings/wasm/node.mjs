// node.mjs - decides what standard input asks for in Node, and writes the decisions.
// May use: Node, decide.mjs beside it.
// Start here: `node node.mjs FOLDER` with the package's folder.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { decisions } from "./decide.mjs";

const klausul = await import(pathToFileURL(resolve(process.argv[2], "index.js")));
const task = JSON.parse(readFileSync(0, "utf8"));
task.image = new Uint8Array(Buffer.from(task.image, "base64"));
process.stdout.write(await decisions(klausul, task));
