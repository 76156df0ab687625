import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Done } from './engine.ts';
import type { CaseWorld } from './world.ts';

interface Line {
  readonly done?: Done;
  readonly told?: string;
}

/** What a file of notes says so far. */
export function notesIn(file: string): { readonly done: readonly Done[]; readonly asked: readonly string[] } {
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line)
    : [];
  return {
    done: lines.flatMap(({ done }) => (done === undefined ? [] : [done])),
    asked: lines.flatMap(({ told }) => (told === undefined ? [] : [told])),
  };
}

/** A world whose notes are in a file: it outlives the process, and others can read it. Time is that of the wall. */
export function fileWorld(file: string): CaseWorld {
  const note = (line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return {
    note: ({ runId, step, attempt }, what = step) => note({ done: { run: runId, step: what, attempt } }),
    count: (what) => notesIn(file).done.filter(({ step }) => step === what).length,
    ask: (told) => {
      const before = notesIn(file).asked.length;
      note({ told });
      return before;
    },
    wait: async (ms, signal) => {
      // Longer than any case lasts.
      await delay(Math.min(ms, 600_000), undefined, { ref: false, ...(signal === undefined ? {} : { signal }) });
    },
  };
}
