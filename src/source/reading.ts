import { dirname, relative } from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import type { ts } from 'ts-morph';
import type { Diagnostic, Fix, ImportNode, LocalNode, Severity } from '../model/index.ts';
import type { Definition } from './define/dsl-call.ts';
import type { KeptFiles } from './files/kept.ts';
import { loadText } from './files/load-text.ts';
import { position, span, startOf } from './syntax/location.ts';
import { renaming } from './syntax/renaming.ts';
import { parseFile, type Module, type ParsedFile, type Site, type ValueBinding } from './syntax/module.ts';

interface Extra {
  readonly hint?: string;
  readonly severity?: Severity;
  readonly fix?: Fix;
  /** What the node, a name or a text, was probably meant to say. */
  readonly rename?: string | undefined;
  readonly related?: readonly { readonly message: string; readonly site: Site }[];
  /** The problem is the span up to the end of this node. */
  readonly end?: Site['node'];
}

/** A local or import of the source that something of the model reaches. */
export interface Reached {
  readonly node: LocalNode | ImportNode;
  /** What it needs itself, directly. */
  readonly needs: ReadonlySet<string>;
  readonly site: Site;
}

/** A definition that something refers to. */
export interface Mention {
  readonly definition: Definition;
  readonly name: string;
  readonly site: Site;
}

/** One reading of one system: the files it has opened and what it has found so far. */
export class Reading {
  readonly diagnostics: Diagnostic[] = [];
  readonly modules = new Map<string, Module | undefined>();
  /** By identifier. */
  readonly reached = new Map<string, Reached>();
  /** The definitions that are referred to, with the first reference, by declaration. */
  readonly mentioned = new Map<Site['node'], Mention>();
  readonly #seen = new Set<string>();
  /** What imported modules declare and was looked at. */
  readonly inspected = new Set<ValueBinding>();
  /** The fields of the context of the machine that is being read, when they can be known. */
  contextKeys: ReadonlySet<string> | undefined;
  /** The states that lambdas of the machine that is being read ask for by name. */
  askedStates: Site<ts.StringLiteralLike>[] | undefined;
  readonly #open = new Set<Site['node']>();
  readonly #root: string;
  readonly #cwd: string;
  readonly #readFile: (path: string) => Uint8Array | string;
  readonly #kept: KeptFiles | undefined;

  constructor(entry: string, cwd: string, readFile: (path: string) => Uint8Array | string, kept?: KeptFiles) {
    this.#root = dirname(entry);
    this.#cwd = cwd;
    this.#readFile = readFile;
    this.#kept = kept;
  }

  /** Says that something is wrong with a node. The same problem is reported once. */
  report(code: string, site: Site, message: string, extra: Extra = {}): undefined {
    const { module, node } = site;
    const fix = extra.fix ?? (extra.rename === undefined ? undefined : renaming(site, extra.rename));
    this.#add({
      code,
      severity: extra.severity ?? 'error',
      message,
      file: module.display,
      ...span(module, startOf(site), (extra.end ?? node).end),
      ...(extra.hint === undefined ? {} : { hint: extra.hint }),
      ...(extra.related === undefined
        ? {}
        : {
            related: extra.related.map((other) => ({
              message: other.message,
              file: other.site.module.display,
              ...position(other.site.module, startOf(other.site)),
            })),
          }),
      ...(fix === undefined ? {} : { fix }),
    });
  }

  /** Says that something is wrong with a whole file. */
  reportFile(code: string, path: string, message: string, hint?: string): void {
    const place = { file: this.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 };
    this.#add({ code, severity: 'error', message, ...place, ...(hint === undefined ? {} : { hint }) });
  }

  /** The path as people see it in diagnostics. */
  display(path: string): string {
    return shownPath(path, this.#cwd);
  }

  /** The parsed file at a path, or nothing when it cannot be read; why is reported at `importer`, or at the file. */
  module(path: string, importer?: Site): Module | undefined {
    if (this.modules.has(path)) return this.modules.get(path);
    const loaded = loadText(path, this.display(path), this.#readFile);
    if ('problem' in loaded) {
      this.modules.set(path, undefined);
      const { code, message, hint } = loaded.problem;
      if (importer === undefined) this.reportFile(code, path, message, hint);
      else
        this.report(code, importer, message, {
          hint: code === 'MR1001' ? 'The path is relative to the file that imports it.' : hint,
        });
      return undefined;
    }
    const { problems, ...parsed } = this.#parse(path, loaded.text);
    const module = { path, file: slashed(relative(this.#root, path)), display: this.display(path), ...parsed };
    this.modules.set(path, module);
    for (const { start, length, message } of problems) {
      this.#add({
        code: 'MR1006',
        severity: 'error',
        message,
        file: module.display,
        ...span(module, start, start + length),
      });
    }
    return module;
  }

  /** Can this path be read? Opens it without reporting. */
  exists(path: string): boolean {
    if (this.modules.get(path) !== undefined) return true;
    try {
      this.#readFile(path);
      return true;
    } catch {
      return false;
    }
  }

  /** Reads something that may contain itself; when it does, says so instead of going round for ever. */
  once<T>(site: Site, read: () => T): T | undefined {
    if (this.#open.has(site.node)) return this.report('MR1114', site, 'This contains itself.');
    this.#open.add(site.node);
    try {
      return read();
    } finally {
      this.#open.delete(site.node);
    }
  }

  #parse(path: string, text: string): ParsedFile {
    const before = this.#kept?.parsed.get(path);
    if (before?.text === text) return before;
    const parsed = parseFile(path, text);
    this.#kept?.parsed.set(path, parsed);
    return parsed;
  }

  #add(diagnostic: Diagnostic): void {
    const { code, file, line, column, message } = diagnostic;
    const key = `${code} ${file}:${line}:${column} ${message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.diagnostics.push(diagnostic);
  }
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
