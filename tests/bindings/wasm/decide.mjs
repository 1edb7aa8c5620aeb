// decide.mjs - the same in Node and in a browser: rules compiled, records decided, every decision as a line of JSON.
// May use: the package under test only.
// Start at decisions().

// task: {path, files: {path: text}, records, assume, image: bytes that the command made}
export async function decisions(klausul, task) {
  const compiler = await klausul.loadCompiler();
  const { [task.path]: text, ...files } = task.files;
  const made = compiler.compile(text, { path: task.path, files });
  if (!made.image) throw new Error(JSON.stringify(made.diagnostics));
  const runtime = await klausul.loadRuntime();
  const rules = runtime.rules(task.image, { assume: task.assume });
  const out = [...rules.decideAll(task.records, { trace: true })];
  const same = made.image.length === task.image.length && made.image.every((byte, i) => byte === task.image[i]);
  // The other module and the image that it compiled, a record at a time.
  const own = compiler.rules(made.image, { assume: task.assume });
  const wrong = task.records.slice(0, 50).flatMap((record, i) => {
    const [decision] = own.decideAll([record], { trace: true });
    if (!own.describe().fields.some((f) => f.key)) decision.key = String(i + 1);
    return JSON.stringify(decision) === JSON.stringify(out[i]) ? [] : [i];
  });
  rules.close();
  return JSON.stringify({ same, wrong, decisions: out });
}
