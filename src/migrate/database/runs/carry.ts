import { canonicalJson, messageOf } from '../../../core/index.ts';
import { renamePath, reverse, type Renames } from '../../../runtime/renamed.ts';
import type { JournalRow, RunRow, TimerRow, WaitRow } from '../../../store/index.ts';
import { encodeJson } from '../../../tasks/index.ts';
import { eventName, flowName, taskName } from '../instances/names.ts';
import type { PlannedStep } from '../../plan/planned-step.ts';
import type { RunFacts, RunMap } from '../../step/step.ts';
import { NotCarried, own, type World } from '../world.ts';

/** A run, with all that the database has of it. */
export interface WholeRun {
  readonly row: RunRow;
  readonly journal: readonly JournalRow[];
  readonly timers: readonly TimerRow[];
  readonly waits: readonly WaitRow[];
}

/** A run as it will be. */
export interface CarriedRun extends WholeRun {
  /** From the path of a step to its new one. */
  readonly path: (path: string) => string;
  /** Does a step say that it ends here? */
  readonly cancel: boolean;
  /** The last step whose function has made its input. */
  readonly madeBy?: PlannedStep | undefined;
}

type What = 'task' | 'flow' | 'event';
type Change = (value: never, facts: RunFacts) => unknown;

/**
 * Carries a run through the steps, in memory.
 *
 * @throws NotCarried when it has to stay as it is.
 */
export function carryRun(world: World, run: WholeRun, steps: readonly PlannedStep[]): CarriedRun {
  let now: CarriedRun = { ...run, path: (path) => path, cancel: false };
  for (const step of steps) {
    try {
      now = take(world, now, step);
    } catch (thrown) {
      if (thrown instanceof NotCarried) throw thrown;
      throw new NotCarried(`the step from ${step.from} to ${step.to} failed: ${messageOf(thrown)}`, { step, thrown });
    }
  }
  return { ...now, row: { ...now.row, version: world.target } };
}

function take(world: World, run: CarriedRun, step: PlannedStep): CarriedRun {
  const { row, journal, timers, waits } = run;
  const rule = row.kind === 'flow' ? own(step.parts.runs, row.target) : undefined;
  if (rule === 'block')
    throw new NotCarried(`the step from ${step.from} to ${step.to} blocks the runs of '${row.target}'`);
  const map: RunMap = typeof rule === 'object' && !('kind' in rule) ? rule : {};
  const renames = (map.steps ?? {}) as Renames;
  const renamed = (path: string): string => renamePath(renames, path);
  const facts: RunFacts = { flow: row.target, id: row.id };
  const kinds = kindsOf(journal);
  const keys = keysOf(world, step);
  const lines = journal.map((line) => {
    const { name, data } = carryLine(step, line, { map, facts, kinds, keys, renamed });
    return { ...line, path: pathOf(line, renamed), name, data };
  });
  return {
    row: {
      ...row,
      target: row.kind === 'flow' ? flowName(step, row.target) : taskName(step, row.target),
      input: changed(step, map.input, row.input, facts),
      renamed: Object.keys(renames).length === 0 ? row.renamed : withNames(row.renamed, reverse(renames, step.to)),
    },
    journal: lines,
    timers: timers.map((timer) => {
      const part = renamed(timer.part);
      return timer.part === '' ? timer : { ...timer, part, key: `${row.id} ${part}` };
    }),
    waits: waits.map((wait) => ({
      ...wait,
      path: renamed(wait.path),
      event: eventName(step, wait.event),
      key: keys(wait.event, wait.key),
    })),
    path: (path) => renamed(run.path(path)),
    cancel: run.cancel || rule === 'cancel',
    madeBy: typeof map.input === 'function' ? step : run.madeBy,
  };
}

const withNames = (known: string | null, names: Renames): string =>
  JSON.stringify([...(JSON.parse(known ?? '[]') as readonly Renames[]), names]);

/** What each path stands for: its first line says it. */
function kindsOf(journal: readonly JournalRow[]): ReadonlyMap<string, What> {
  const kinds = new Map<string, What>();
  for (const { path, kind } of journal) {
    const what =
      kind === 'started' || kind === 'enqueued'
        ? 'task'
        : kind === 'called'
          ? 'flow'
          : eventKinds.has(kind)
            ? 'event'
            : undefined;
    if (what !== undefined && !kinds.has(path)) kinds.set(path, what);
  }
  return kinds;
}
const eventKinds: ReadonlySet<string> = new Set(['waiting', 'received', 'timedOut', 'emitted']);

interface Rules {
  readonly map: RunMap;
  readonly facts: RunFacts;
  readonly kinds: ReadonlyMap<string, What>;
  readonly keys: (event: string, key: string) => string;
  readonly renamed: (path: string) => string;
}

function carryLine(step: PlannedStep, line: JournalRow, rules: Rules): Pick<JournalRow, 'name' | 'data'> {
  const { name, data, kind } = line;
  const what = rules.kinds.get(line.path);
  const next = name === null ? null : { task: taskName, flow: flowName, event: eventName }[what ?? 'task'](step, name);
  // The rules name steps without the numbers of rounds and items.
  const path = line.path.replaceAll(/\[\d+\]/g, '');
  const { inputs, results } = rules.map;
  const payload = own(step.parts.events, name ?? '')?.payload as Change | undefined;
  switch (kind) {
    case 'started':
    case 'called':
      return { name: next, data: changed(step, own(inputs, path), data, rules.facts) };
    case 'completed':
      return { name: next, data: changed(step, own(results, path), data, rules.facts) };
    case 'emitted':
      return { name: next, data: changed(step, payload, data, rules.facts) };
    case 'waiting': {
      const { key, ...more } = JSON.parse(data ?? '{}') as { readonly key: string };
      return { name: next, data: JSON.stringify({ key: rules.keys(name ?? '', key), ...more }) };
    }
    case 'received': {
      const { key, ...more } = JSON.parse(data ?? '{}') as { readonly key: string; readonly payload?: unknown };
      const first = 'payload' in more ? JSON.stringify(more.payload) : null;
      const text = changed(step, own(results, path), changed(step, payload, first, rules.facts), rules.facts);
      const received = text === null ? {} : { payload: JSON.parse(text) as unknown };
      return { name: next, data: JSON.stringify({ key: rules.keys(name ?? '', key), ...more, ...received }) };
    }
    default:
      return { name: next, data: withParts(line, rules.renamed) };
  }
}

/** Where a line stands. That a node was added to a graph is noted beside the node. */
function pathOf({ path, kind }: JournalRow, renamed: (path: string) => string): string {
  const [, graph, node] = (kind === 'enqueued' && /^(.*)\/~add\/([^/]+)$/.exec(path)) || [];
  return graph === undefined ? renamed(path) : `${renamed(graph)}/~add/${partName(graph, node ?? '', renamed)}`;
}

/** The name of a part of a step, after its path has a new name. */
function partName(path: string, name: string, renamed: (path: string) => string): string {
  const base = `${renamed(path)}/`;
  const to = renamed(`${path}/${name}`);
  return to.startsWith(base) ? (to.slice(base.length).split('/')[0] ?? name) : name;
}

/** What a line says of the parts of its step: the case that was chosen, who won, the nodes of a graph. */
function withParts({ kind, path, data }: JournalRow, renamed: (path: string) => string): string | null {
  if (data === null) return data;
  if (kind === 'rewound') return withPaths(data, renamed);
  const graph = kind === 'enqueued' ? path.replace(/\/~add\/[^/]+$/, '') : path;
  const part = (name: string): string => partName(graph, name, renamed);
  if (kind === 'chosen' || kind === 'won') return part(data);
  if (kind !== 'opened' && kind !== 'closed' && kind !== 'enqueued') return data;
  const names = new Set(['nodes', 'failed', 'skipped', 'needs']);
  const lists = Object.entries(JSON.parse(data) as Readonly<Record<string, unknown>>).map(([key, value]) => [
    key,
    names.has(key) && Array.isArray(value) ? value.map((name) => part(String(name))) : needsOf(key, value),
  ]);
  return JSON.stringify(Object.fromEntries(lists));

  /** Who needs whom in a graph, by name. */
  function needsOf(key: string, value: unknown): unknown {
    if (key !== 'after') return value;
    const needs = Object.entries(value as Readonly<Record<string, readonly string[]>>);
    return Object.fromEntries(needs.map(([name, others]) => [part(name), others.map(part)]));
  }
}

/** What a line says that takes others back. */
function withPaths(data: string, renamed: (path: string) => string): string {
  const { drops, ends, starts, ...more } = JSON.parse(data) as {
    readonly drops: string[];
    readonly ends: string[];
    readonly starts?: string[];
  };
  return JSON.stringify({
    drops: drops.map(renamed),
    ends: ends.map(renamed),
    ...(starts === undefined ? {} : { starts: starts.map(renamed) }),
    ...more,
  });
}

function changed(step: PlannedStep, change: unknown, text: string | null, facts: RunFacts): string | null {
  if (typeof change !== 'function') return text;
  const value: unknown = text === null ? undefined : JSON.parse(text);
  const encoded = encodeJson((change as Change)(value as never, facts));
  if (!encoded.ok)
    throw new NotCarried(`what a step made of a value of its is not JSON: ${encoded.problems}`, { step });
  return encoded.value ?? null;
}

/**
 * The keys of waits, where the payload of an event changes: they hold the fields by which it is matched. What comes out is
 * held against the new flow by the rehearsal.
 */
function keysOf(world: World, step: PlannedStep): (event: string, key: string) => string {
  return (event, key) => {
    const change = own(step.parts.events, event)?.payload;
    if (typeof change !== 'function') return key;
    const name = eventName(step, event);
    const flows = Object.values(world.live?.flows ?? {});
    const sets = flows.flatMap(({ waits }) => waits.filter((wait) => wait.event === name).map(({ fields }) => fields));
    try {
      const partial = JSON.parse(key) as Readonly<Record<string, unknown>>;
      const next = change(partial as never) as Readonly<Record<string, unknown>>;
      const fields = sets.find(
        (set) => set.length === Object.keys(partial).length && set.every((field) => next[field] !== undefined),
      );
      return fields === undefined
        ? key
        : canonicalJson(Object.fromEntries(fields.map((field) => [field, next[field]])));
    } catch {
      return key;
    }
  };
}
