import type { InstanceView, ReactiveSystemRuntime, RunView } from '../../runtime/index.ts';
import type { Store } from '../../store/index.ts';
import { differences, likeness, type Problem } from './compare.ts';
import type { TaskCall } from './script.ts';
import type { InstanceExpectation, RunExpectation, Expected } from './types.ts';

/** What a played scenario can be asked. */
export interface Played {
  readonly runtime: ReactiveSystemRuntime;
  readonly store: Store;
  readonly calls: readonly TaskCall[];
}

/** What should be so beside what is, of the same shape, and where they differ. */
export interface Observation {
  readonly expected: unknown;
  readonly actual: unknown;
  readonly problems: readonly Problem[];
}

type AnyExpected = Expected<Readonly<Record<string, never>>>;
type Runs = Readonly<Record<string, RunExpectation | readonly RunExpectation[] | null>>;
type Instances = Readonly<Record<string, Readonly<Record<string, InstanceExpectation | null>>>>;

/** Compares what a scenario expects with what there is. */
export function observe(played: Played, expect: AnyExpected, at: string): Observation {
  const parts: { readonly at: string; readonly expected: unknown; readonly actual: unknown; readonly note?: string }[] =
    [];
  for (const [flow, given] of Object.entries((expect.runs ?? {}) as Runs)) parts.push(...runsOf(played, flow, given));
  for (const [machine, ids] of Object.entries((expect.instances ?? {}) as Instances)) {
    for (const [id, given] of Object.entries(ids)) {
      const found = played.runtime.get(machine, id);
      parts.push({
        at: `instances.${machine}.${id}`,
        expected:
          given === null ? null : { ...given, ...(given.state === undefined ? {} : { state: [given.state].flat() }) },
        actual: found === undefined ? null : given === null ? { state: found.state } : instanceOf(found),
      });
    }
  }
  if (expect.emitted !== undefined)
    parts.push({ at: 'emitted', expected: expect.emitted, actual: emitted(played.store) });
  for (const [task, given] of Object.entries((expect.tasks ?? {}) as Readonly<Record<string, unknown>>)) {
    const inputs = played.calls.filter((call) => call.task === task).map(({ input }) => input);
    parts.push({ at: `tasks.${task}`, expected: given, actual: typeof given === 'number' ? inputs.length : inputs });
  }
  const shown = (value: (part: (typeof parts)[number]) => unknown): unknown =>
    Object.fromEntries(parts.map((part) => [part.at, value(part)]));
  return {
    expected: shown((part) => part.expected),
    actual: shown((part) => likeness(part.expected, part.actual)),
    problems: parts.flatMap((part) =>
      differences(part.expected, part.actual, `${at}.${part.at}`).map((problem) => ({
        ...problem,
        ...(part.note === undefined ? {} : { note: part.note }),
      })),
    ),
  };
}

function runsOf(
  { runtime }: Played,
  flow: string,
  given: RunExpectation | readonly RunExpectation[] | null,
): { readonly at: string; readonly expected: unknown; readonly actual: unknown; readonly note?: string }[] {
  const at = `runs.${flow}`;
  const found = runtime.list({ target: flow }).toReversed();
  if (given === null) return [{ at, expected: null, actual: found.length === 0 ? null : found.map(({ id }) => id) }];
  if (Array.isArray(given) && given.every(({ id }: RunExpectation) => id === undefined)) {
    if (given.length !== found.length)
      return [{ at, expected: given, actual: found.map((run) => runOf(runtime, run, {})) }];
    return given.map((each: RunExpectation, index) => one(`${at}[${index}]`, each, found[index]));
  }
  return [given].flat().map((each: RunExpectation, index) => {
    const place = Array.isArray(given) ? `${at}[${index}]` : at;
    if (each.id !== undefined)
      return one(
        place,
        each,
        found.find(({ id }) => id === each.id),
      );
    if (found.length < 2) return one(place, each, found[0]);
    const ids = found.map(({ id }) => id);
    return {
      at: place,
      expected: each,
      actual: ids,
      note: `there are ${ids.length} runs: say which by \`id\`, or give a list`,
    };
  });

  function one(place: string, each: RunExpectation, run: RunView | undefined) {
    const { error } = each;
    const expected = { ...each, ...(typeof error === 'string' ? { error: { code: error } } : {}) };
    if (run === undefined) return { at: place, expected, actual: null, note: `there is no such run of '${flow}'` };
    const note = run.error === undefined ? undefined : `${run.error.code}: ${run.error.message}`;
    return { at: place, expected, actual: runOf(runtime, run, each), ...(note === undefined ? {} : { note }) };
  }
}

function runOf(runtime: ReactiveSystemRuntime, run: RunView, { steps = {} }: RunExpectation): object {
  const known = new Map(
    Object.keys(steps).length === 0 ? [] : runtime.reader.steps(run.id).map((step) => [step.path, step]),
  );
  const { id, status, output, error } = run;
  return {
    id,
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    steps: Object.fromEntries(Object.keys(steps).map((path) => [path, known.get(path)?.status ?? null])),
  };
}

function instanceOf({ state, status, context, output }: InstanceView): object {
  return { state, status, context, ...(output === undefined ? {} : { output }) };
}

function emitted({ tables }: Store): readonly object[] {
  return tables.events
    .after(0, Number.MAX_SAFE_INTEGER)
    .filter(({ source }) => source !== 'send')
    .map(({ name, payload }) => ({
      event: name,
      ...(payload === null ? {} : { payload: JSON.parse(payload) as unknown }),
    }));
}
