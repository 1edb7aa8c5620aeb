// index.d.ts - the types of index.js.
// May use: nothing. Names of fields, outcomes and clauses are the guideline's own.
// Start at loadRuntime() and loadCompiler().

/** An image, as `klausul build` or Compiler.compile() makes it. */
export type Image = ArrayBuffer | ArrayBufferView;

/** One value of a record. Strings are read as cells of a file are; a number stands for the decimal number with the fewest digits that names it. */
export type Scalar = string | number | bigint | boolean;
/** What is absent, null or blank is unknown. Objects in objects are read by names with a dot between. */
export interface RecordObject {
  readonly [name: string]: Scalar | readonly Scalar[] | ReadonlySet<Scalar> | RecordObject | null | undefined;
}

/** Amounts and decimals are exact texts ("275.00"), whole numbers are numbers (past 2^53 texts), dates are "YYYY-MM-DD", sets are lists. */
export type Value = boolean | number | string | string[];
export type State = "decided" | "not_stated" | "external" | "none" | "undetermined" | "conflict" | "error";
export type Truth = "yes" | "no" | "unknown" | "not_applicable";
/** A column of an entry: a value, null where it is none or not stated, or its state. */
export type Column = Value | null | { state: State; document?: string };
export type Entry = { [column: string]: Column };

export interface Outcome {
  state: State;
  /** decided; of an outcome of many: the entries that are in */
  value?: Value | Entry[];
  /** of an outcome of many: the entries that may be in */
  possible?: Entry[];
  /** external: the document that says */
  document?: string;
  /** none: why */
  reason?: "no clause applies" | "outside scope" | "not in force";
  /** rules and rows that decided, and those of which one may */
  by?: string[];
  by_one_of?: string[];
  /** undetermined: the fields worth finding out; assumptions, editions and outcomes that it waits for */
  missing?: string[];
  waiting?: string[];
}

export interface Decision {
  /** as received; the record's number where the guideline has no key */
  key: string;
  guideline: string;
  edition: string | null;
  outcomes: { [outcome: string]: Outcome };
  /** breached requirements and outcomes that differ from what was registered */
  findings: string[];
  /** breached advice */
  warnings: string[];
  missing: string[];
  open: string[];
  blocked_by: string[];
  /** assumptions that the decision rests on */
  assumptions: string[];
  /** with `trace`: each clause, item, rule and row */
  clauses?: { [id: string]: Truth };
  rejected?: undefined;
}

/** A record that could not be read. */
export interface Rejection {
  key: string;
  rejected: {
    /** K0501 and so on, as in the manual */
    code: string;
    message: string;
    /** the record's own name for it */
    name: string;
    value: string;
  };
}

export type Language = "sv" | "en";
export interface DecideOptions {
  /** also the truth of every clause */
  trace?: boolean;
  /** of rejections' messages; "en" unless told */
  language?: Language;
}

export type Kind = "yes/no" | "values" | "set" | "integer" | "decimal" | "money" | "date" | "minutes" | "days" | "text";
export interface Type {
  type: Kind;
  decimals?: number;
  values?: { name: string; label?: string; codes: string[] }[];
}
export interface Description {
  name: string;
  title?: string;
  issuer?: string;
  document?: string;
  currency?: string;
  record?: string;
  /** oldest first; what follows is the newest's */
  editions: { edition?: string; from?: string; through?: string; sha256: string }[];
  fields: ({ name: string; title?: string; required?: true; key?: true; attested?: true; reads: string[] } & Type)[];
  assumptions: ({ name: string; title?: string; citation?: string; hasValue?: true } & Type)[];
  outcomes: ({ name: string; title?: string } & (Type | { columns: ({ name: string } & Type)[] }))[];
  clauses: { id: string; kind: string; label?: string; title?: string; citation?: string; open?: string; parent?: string }[];
}

/** Everything that this package throws of its own: refused images, unknown assumptions, memory that is out. */
export class KlausulError extends Error {}
export class RejectedRecord extends KlausulError {
  code: string;
  key: string;
  value: string;
}

export class Rules {
  private constructor();
  describe(): Description;
  /** Throws RejectedRecord where the record cannot be read. */
  decide(record: RecordObject, options?: DecideOptions): Decision;
  /** Decides as it is read from, a thousand records at a time; one result for each record, in order. */
  decideAll(records: Iterable<RecordObject>, options?: DecideOptions): Generator<Decision | Rejection, void>;
  /** Names of the record that no field reads. */
  unread(record: RecordObject): string[];
  /** Gives the memory back. */
  close(): void;
}

export class Runtime {
  protected constructor();
  /** From one image, or from those of all editions of a guideline, of which each record's date picks one. */
  rules(images: Image | Iterable<Image>, options?: { assume?: { [assumption: string]: Scalar | null } }): Rules;
}

export interface Diagnostic {
  code: string;
  severity: "error" | "warning";
  message: string;
  file?: string;
  /** the first is 1; a column is a letter with its marks */
  line?: number;
  column?: number;
  end_line?: number;
  end_column?: number;
  /** offsets in bytes of the UTF-8 text */
  start?: number;
  end?: number;
  second?: { file: string; line: number; column: number; end_line: number; end_column: number; start: number; end: number; note?: string };
  note?: string;
  suggestion?: string;
  hint?: string;
}

export interface CompileOptions {
  /** what the text is called, and from where `use` looks for files; "rules.klausul" unless told */
  path?: string;
  /** what else there is: paths and texts */
  files?: { [path: string]: string | Uint8Array };
  /** folders in which `use` looks last */
  include?: string[];
  /** of messages; "en" unless told */
  language?: Language;
}

export class Compiler extends Runtime {
  private constructor();
  /** The image is null where there are errors, and where the text holds no guideline. The proofs of `klausul check` are not made. */
  compile(text: string | Uint8Array, options?: CompileOptions): { image: Uint8Array | null; diagnostics: Diagnostic[] };
}

/** `wasm`: the module, where it is not to be read from beside index.js. */
export function loadRuntime(options?: { wasm?: WebAssembly.Module | BufferSource }): Promise<Runtime>;
export function loadCompiler(options?: { wasm?: WebAssembly.Module | BufferSource }): Promise<Compiler>;
