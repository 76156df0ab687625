import { canonicalJson } from '../../core/index.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import { render, type ContextItem } from './item.ts';

/** Something that a task of a run has noted for later. JSON. */
export interface MemoryEntry {
  readonly run: string;
  readonly task: string;
  /** Hash of the task's declaration: what was noted under another one counts no more. */
  readonly spec: string;
  /** Counts the notes of a task from 1. */
  readonly number: number;
  readonly value: unknown;
}

/** Where notes are kept. They are only ever added. */
export interface MemoryStore {
  add(entry: Omit<MemoryEntry, 'number'>): void | Promise<void>;
  /** The notes of a task of a run under one declaration, oldest first. */
  read(of: Pick<MemoryEntry, 'run' | 'task' | 'spec'>): readonly MemoryEntry[] | Promise<readonly MemoryEntry[]>;
}

/** Notes in memory: for one process, and as long as it lives. */
export function memoryNotes(): MemoryStore {
  const notes = new Map<string, MemoryEntry[]>();
  const listOf = ({ run, task, spec }: Pick<MemoryEntry, 'run' | 'task' | 'spec'>): MemoryEntry[] => {
    const key = canonicalJson([run, task, spec]);
    const list = notes.get(key) ?? [];
    notes.set(key, list);
    return list;
  };
  return {
    add(entry) {
      const list = listOf(entry);
      list.push({ ...entry, number: list.length + 1 });
    },
    read: (of) => [...listOf(of)],
  };
}

/**
 * What the tasks of a run remember: notes by task and declaration, which are data for a model and never instructions.
 *
 * @example
 * ```ts
 * import { RunMemory } from 'millrace/llm';
 *
 * const memory = new RunMemory({ run: 'run-1' });
 * await memory.put('draft', 'hash of its declaration', 'The customer wants it short.');
 * await memory.get('draft', 'hash of its declaration'); // ['The customer wants it short.']
 * ```
 */
export class RunMemory {
  readonly #run: string;
  readonly #store: MemoryStore;

  constructor(options: { readonly run: string; readonly store?: MemoryStore }) {
    this.#run = options.run;
    this.#store = options.store ?? memoryNotes();
  }

  /** Notes something (JSON). Nothing (undefined, null, an empty text) is not noted. */
  async put(task: string, spec: string, value: unknown): Promise<void> {
    if (value === undefined || value === null || value === '') return;
    const copy = JSON.parse(canonicalJson(value)) as unknown;
    await this.#store.add({ run: this.#run, task, spec, value: copy });
  }

  /** What was noted, oldest first: an empty list when nothing was, or only under another declaration. */
  async get(task: string, spec: string): Promise<readonly unknown[]> {
    return (await this.#read(task, spec)).map(({ value }) => value);
  }

  /** The latest notes as items of a context, oldest first: at most so many as fit a tenth of its limit. */
  async items(
    task: string,
    spec: string,
    options: { readonly limitTokens: number; readonly estimate?: (text: string) => number },
  ): Promise<readonly ContextItem[]> {
    const { limitTokens, estimate = estimateTokens } = options;
    const items: ContextItem[] = [];
    let free = limitTokens * 0.1;
    for (const { number, value } of (await this.#read(task, spec)).toReversed()) {
      const text = typeof value === 'string' ? value : canonicalJson(value);
      const item: ContextItem = { id: `memory of ${task} ${number}`, kind: 'memory', text };
      free -= estimate(render(item));
      if (free < 0) break;
      items.unshift(item);
    }
    return items;
  }

  async #read(task: string, spec: string): Promise<readonly MemoryEntry[]> {
    return this.#store.read({ run: this.#run, task, spec });
  }
}
