// index.js - Klausul in JavaScript: rules loaded from images, records decided; with the compiler, rule text to images.
// May use: the platform's WebAssembly, TextEncoder, TextDecoder; node:fs/promises where there is no fetch of files. No other package.
// Start at loadRuntime() and loadCompiler(); the C side is host.c and compile.c, types stand in index.d.ts.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ROWS_MAX = 1024;
const DEPTH_MAX = 64;
const END = 0, VALUE = 1, LIST = 2, SHAPE = 3, BROKEN = 4;

export class KlausulError extends Error {
  constructor(message, details = {}) {
    super(message);
    this.name = new.target.name;
    Object.assign(this, details);
  }
}

export class RejectedRecord extends KlausulError {}

// ---------------------------------------------------------------- bytes for the module
class Bytes {
  constructor() {
    this.data = new Uint8Array(4096);
    this.size = 0;
  }

  room(more) {
    if (this.size + more <= this.data.length) return;
    const data = new Uint8Array(Math.max(this.data.length * 2, this.size + more));
    data.set(this.data.subarray(0, this.size));
    this.data = data;
  }

  byte(value) {
    this.room(1);
    this.data[this.size++] = value;
  }

  number(value, at = -1) {
    if (at < 0) {
      this.room(4);
      at = this.size;
      this.size += 4;
    }
    for (let i = 0; i < 4; i++) this.data[at + i] = value >>> (8 * i);
  }

  text(value) {
    this.room(4 + value.length * 3);
    const { written } = encoder.encodeInto(value, this.data.subarray(this.size + 4));
    this.number(written);
    this.size += written;
  }

  bytes(value) {
    this.number(value.length);
    this.room(value.length);
    this.data.set(value, this.size);
    this.size += value.length;
  }
}

// ---------------------------------------------------------------- the module
async function compiled(name, given) {
  if (given instanceof WebAssembly.Module) return given;
  if (given) return WebAssembly.compile(given);
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return WebAssembly.compile(await readFile(url));
  }
  const answer = await fetch(url);
  if (!answer.ok) throw new KlausulError(`${url}: ${answer.status} ${answer.statusText}`);
  return WebAssembly.compile(await answer.arrayBuffer());
}

const letter = /^\p{L}$/u;
const unseen = /^(?!\u00AD)[\p{M}\p{Cf}\p{Cc}\p{Zl}\p{Zp}\p{Cs}]$/u; // a soft hyphen is seen

// The C library's doors to files and to the process. Nothing goes through them: the modules are given no files (52: no such call).
const closed = () => 52;
const outside = {
  fd_close: closed, fd_fdstat_get: closed, fd_read: closed, fd_seek: closed, fd_write: closed,
  proc_exit() {
    throw new KlausulError("the module ended");
  },
};

class Module {
  constructor(module) {
    const view = (at, size) => new Uint8Array(this.exports.memory.buffer, at, size);
    this.exports = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: outside,
      klausul: {
        compose: (at, size, into, room) =>
          encoder.encodeInto(decoder.decode(view(at, size)).normalize("NFC"), view(into, room)).written,
        letter: (point) => (letter.test(String.fromCodePoint(point)) ? 1 : 0),
        seen: (point) => (unseen.test(String.fromCodePoint(point)) ? 0 : 1),
      },
    }).exports;
    this.exports._initialize();
  }

  // Calls `name` with the bytes in the module's memory: what it returns.
  call(name, before, bytes, ...after) {
    const { memory, take, give } = this.exports;
    const at = take(bytes.size);
    if (!at) throw new KlausulError("out of memory");
    new Uint8Array(memory.buffer).set(bytes.data.subarray(0, bytes.size), at);
    const result = this.exports[name](...before, at, bytes.size, ...after);
    give(at);
    return result;
  }

  answer() {
    const at = this.exports.answer();
    if (!at) throw new KlausulError("out of memory");
    return decoder.decode(new Uint8Array(this.exports.memory.buffer, at, this.exports.answer_size()));
  }
}

// ---------------------------------------------------------------- records to bytes
// A number as decimal text without an exponent: the fewest digits that name it.
function numberText(value) {
  const text = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!parts) return text;
  const [, sign, first, rest = "", power] = parts;
  const digits = first + rest, point = 1 + Number(power);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}

// The text of a single value, or null where it is none.
function scalarText(value) {
  switch (typeof value) {
    case "string": return value;
    case "number": return numberText(value);
    case "bigint":
    case "boolean": return String(value);
    default: return null;
  }
}

const whole = (text) => (text.isWellFormed ? text.isWellFormed() : !/\p{Cs}/u.test(text));

function putList(to, name, list) {
  const items = list.map(scalarText);
  if (items.some((item) => item === null || !whole(item))) {
    to.byte(SHAPE);
    to.text(name);
    return;
  }
  to.byte(LIST);
  to.text(name);
  to.number(items.length);
  for (const item of items) to.text(item);
}

function putMembers(to, record, path, depth) {
  if (depth > DEPTH_MAX) throw new KlausulError(`a record goes deeper than ${DEPTH_MAX} objects`);
  for (const key of Object.keys(record)) {
    const value = record[key], name = path + key;
    if (value === null || value === undefined) continue;
    const text = scalarText(value);
    if (text !== null) {
      to.byte(whole(text) ? VALUE : BROKEN);
      to.text(name);
      if (whole(text)) to.text(text);
    } else if (Array.isArray(value) || value instanceof Set) {
      putList(to, name, [...value]);
    } else {
      to.byte(SHAPE);
      to.text(name);
      if (typeof value === "object") putMembers(to, value, `${name}.`, depth + 1);
    }
  }
}

function putRecord(to, record) {
  if (record === null || typeof record !== "object") throw new TypeError("a record is an object");
  putMembers(to, record, "", 1);
  to.byte(END);
}

// ---------------------------------------------------------------- decisions from JSON
// Numbers with decimals, and whole ones that a double does not hold, stay texts: exact.
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+\.\d+|-?\d{16,}/g;
const parseExactly = (line) => JSON.parse(line.replace(tokens, (token) => (token[0] === '"' ? token : `"${token}"`)));

export class Rules {
  #module;
  #desk;
  #description;

  constructor(module, images, assume) {
    this.#module = module;
    const bytes = new Bytes();
    const list = images instanceof ArrayBuffer || ArrayBuffer.isView(images) ? [images] : [...images];
    bytes.number(list.length);
    for (const image of list)
      bytes.bytes(image instanceof ArrayBuffer ? new Uint8Array(image)
        : new Uint8Array(image.buffer, image.byteOffset, image.byteLength));
    const assumed = Object.entries(assume ?? {});
    bytes.number(assumed.length);
    for (const [name, value] of assumed) {
      bytes.text(name.normalize("NFC"));
      bytes.byte(value === null ? 0 : 1);
      bytes.text(value === null ? "" : scalarText(value) ?? "");
    }
    if (!list.length) throw new KlausulError("no image");
    this.#desk = module.call("load", [], bytes);
    if (!this.#desk) throw Rules.#trouble(JSON.parse(module.answer()));
  }

  static #trouble(t) {
    const words = {
      memory: "out of memory",
      image: `the image is refused at byte ${t.offset}: ${t.reason}`,
      mixed: `image ${t.image} is of another guideline than the first`,
      name: `no assumption is called ${t.name}`,
      value: `the assumption ${t.name} cannot have that value`,
    };
    return new KlausulError(words[t.trouble], t);
  }

  #open() {
    if (!this.#desk) throw new KlausulError("the rules are closed");
    return this.#module;
  }

  describe() {
    if (!this.#description) {
      this.#open().exports.describe(this.#desk);
      this.#description = this.#module.answer();
    }
    return JSON.parse(this.#description);
  }

  decide(record, options) {
    const [decision] = this.decideAll([record], options);
    if (decision.rejected) {
      const { code, message, name } = decision.rejected;
      throw new RejectedRecord(`${name}: ${message} [${code}]`, { key: decision.key, ...decision.rejected });
    }
    return decision;
  }

  *decideAll(records, options) {
    let bytes = new Bytes(), count = 0, before = 0;
    bytes.number(0);
    for (const record of records) {
      putRecord(bytes, record);
      if (++count < ROWS_MAX) continue;
      yield* this.#batch(bytes, count, before, options);
      before += count;
      bytes = new Bytes();
      bytes.number(0);
      count = 0;
    }
    if (count) yield* this.#batch(bytes, count, before, options);
  }

  #batch(bytes, count, before, { trace = false, language = "en" } = {}) {
    bytes.number(count, 0);
    const module = this.#open();
    if (!module.call("decide", [this.#desk], bytes, trace ? 1 : 0, language === "sv" ? 1 : 0, before))
      throw new KlausulError("out of memory");
    return module.answer().trimEnd().split("\n").map(parseExactly);
  }

  // Names of the record that no field reads.
  unread(record) {
    const module = this.#open(), names = [];
    const walk = (members, path) => {
      for (const [key, value] of Object.entries(members)) {
        const name = path + key;
        if (value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Set)) {
          walk(value, `${name}.`);
          continue;
        }
        const bytes = { data: encoder.encode(name.normalize("NFC")) };
        bytes.size = bytes.data.length;
        if (!module.call("reads", [this.#desk], bytes)) names.push(name);
      }
    };
    walk(record, "");
    return names;
  }

  close() {
    if (this.#desk) this.#module.exports.drop(this.#desk);
    this.#desk = 0;
  }
}

export class Runtime {
  #module;

  constructor(module) {
    this.#module = new Module(module);
  }

  // Rules from one image, or from those of all editions of a guideline.
  rules(images, { assume } = {}) {
    return new Rules(this.#module, images, assume);
  }
}

export class Compiler extends Runtime {
  #code;

  constructor(module) {
    super(module);
    this.#code = module;
  }

  // A memory of its own for each: what one text needs is gone after it.
  compile(text, { path = "rules.klausul", files = {}, include = [], language = "en" } = {}) {
    const module = new Module(this.#code), bytes = new Bytes();
    const all = [[path, text], ...Object.entries(files)];
    bytes.byte(language === "sv" ? 1 : 0);
    bytes.number(all.length);
    for (const [name, content] of all) {
      bytes.text(name);
      if (typeof content === "string") bytes.text(content);
      else bytes.bytes(content);
    }
    bytes.number(include.length);
    for (const folder of include) bytes.text(folder);
    let outcome;
    try {
      outcome = module.call("compile", [], bytes);
    } catch (e) {
      if (e instanceof WebAssembly.RuntimeError) throw new KlausulError("out of memory");
      throw e;
    }
    const said = module.answer(), { image, image_size: size, memory } = module.exports;
    const lines = new Set(said.split("\n").filter(Boolean)); // each is said once
    const diagnostics = Array.from(lines, (line) => JSON.parse(line));
    const made = outcome ? new Uint8Array(memory.buffer, image(), size()).slice() : null;
    return { image: made, diagnostics };
  }
}

export async function loadRuntime({ wasm } = {}) {
  return new Runtime(await compiled("./klausul-runtime.wasm", wasm));
}

export async function loadCompiler({ wasm } = {}) {
  return new Compiler(await compiled("./klausul.wasm", wasm));
}
