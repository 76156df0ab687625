/** A row, as a resource gives it. */
export type EvidenceRow = Readonly<Record<string, string | number | boolean | null>>;

/** Something with rows that evidence may look at. It must not change anything. */
export interface EvidenceResource {
  /** A row of `table` whose columns equal those of `where`; undefined when there is none. */
  row(table: string, where: EvidenceRow): EvidenceRow | undefined | Promise<EvidenceRow | undefined>;
}

/** What evidence sees of the world. */
export interface EvidenceWorld {
  /** The path from the root: what is recorded must mean the same wherever it is checked again. */
  absolute(path: string): string;
  /** What is there; undefined for nothing. */
  kindOf(path: string): Promise<'file' | 'directory' | 'other' | undefined>;
  /** 64 hex digits. Rejects when the file cannot be read. */
  sha256(path: string): Promise<string>;
  /** Undefined when none has this name. `file`: what is recorded of it, so that it can be found again. */
  resource(name: string, file?: string): (EvidenceResource & { readonly file?: string }) | undefined;
  /** Milliseconds of real time, from some moment on. */
  stopwatch(): number;
}
