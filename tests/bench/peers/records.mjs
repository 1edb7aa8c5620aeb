// records.mjs - what the engines of npm share: reads the benchmark's CSV into objects, writes the answers in order.
// May use: Node's own modules. Facts are 0 no, 1 unknown, 2 yes, so that "and" is the least and "or" the greatest.
// Start at read() and write().
import { readFileSync, writeFileSync } from "node:fs";

const truth = { true: 2, "": 1, false: 0 };
const words = new Set(["contact_id", "date", "contact_type", "profession", "kva"]), unused = new Set(["unit", "anamnesis", "status", "action"]);

export function read(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  const names = lines[0].split(",");
  const records = [];
  for (let i = 1; i < lines.length && lines[i]; i++) {
    const cells = lines[i].split(","), record = {};
    for (let k = 0; k < names.length; k++)
      if (!unused.has(names[k])) record[names[k]] = words.has(names[k]) ? cells[k] : truth[cells[k]];
    records.push(record);
  }
  return records;
}

export function write(path, records, answers) {
  const lines = ["contact_id,typ,kvalificerad,avgift,poäng,klausul"];
  answers.forEach((a, i) => {
    const id = records[i].contact_id;
    lines.push(`${id},${records[i].contact_type},${a.qualified},${a.fee},${a.points},${a.clause}`);
  });
  writeFileSync(path, lines.join("\n") + "\n");
}
