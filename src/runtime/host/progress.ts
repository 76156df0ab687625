import { encodeJson } from '../../tasks/index.ts';
import type { LiveRun } from '../live-run.ts';

/** How the nodes of a graph have ended so far, by name. */
export interface Progress {
  readonly total: number;
  readonly ends: ReadonlyMap<string, { readonly is: 'done' | 'failed' | 'skipped'; readonly value?: unknown }>;
}

/** Tells how far a graph is, once that is committed. Whoever listens gets a copy of the results. */
export function tellProgress(run: LiveRun, step: string, { total, ends }: Progress): void {
  const { bus } = run.context;
  const names = (wanted: string): string[] => [...ends].filter(([, { is }]) => is === wanted).map(([name]) => name);
  const [completed, failed, skipped] = [names('done'), names('failed'), names('skipped')];
  const values = encodeJson(Object.fromEntries(completed.map((name) => [name, ends.get(name)?.value])));
  const results = (values.ok ? JSON.parse(values.value ?? '{}') : {}) as Readonly<Record<string, unknown>>;
  run.context.writer.enqueue({
    owner: run,
    run: () => {},
    done: () => bus.tell({ type: 'graph.progress', runId: run.id, step, total, completed, failed, skipped, results }),
  });
}
