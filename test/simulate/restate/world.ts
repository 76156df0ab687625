import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from 'millrace/core';
import { taskContract, type FlowModule } from 'millrace/flow';
import { RestateClient } from 'millrace/restate';
import type { Tables } from 'millrace/store';
import { silentLogger, type BoundSystem, type TaskContext } from 'millrace/tasks';
import { seededRandom } from 'millrace/testing';
import { idFrom } from '../../../src/engine/index.ts';
import { journals } from '../../../src/restate/client/journal.ts';
import type { TestRestate } from '../../../src/restate/fixtures/restate.ts';
import { ourFailure } from '../../../src/restate/ingress/ingress.ts';
import { judgeRun } from '../reference.ts';
import { randomBody } from '../spec.ts';
import { system as simulated, tasksOf } from '../system.ts';
import { linesOf, rowOf, type Ended } from './lines.ts';
import { traced, type Trace } from './traced.ts';

/** An hour takes a second. */
const factor = 3600;

/** An attempt at a step that was begun. */
interface Done {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly key: string;
  /** How often the endpoint had been cut off when it began. */
  readonly cuts: number;
  /** It came to its end before it was told to stop. */
  ended: 'well' | 'badly' | undefined;
}

/** What came of it. */
export interface Report {
  readonly runs: number;
  readonly steps: number;
  readonly cuts: number;
  /** Attempts that were made again, because a cut came between their end and its record. */
  readonly repeated: number;
  /** How often code was run again from its beginning. */
  readonly replays: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

export interface Options {
  readonly seeds: readonly number[];
  /** How often the endpoint is cut off. */
  readonly cuts: number;
  /** Real ms within which all must have ended. */
  readonly patience?: number;
}

/** Runs a random flow for each seed, all at the same time, and holds each against the reference. */
export async function live(restate: TestRestate, { seeds, cuts: wanted, patience = 60_000 }: Options): Promise<Report> {
  const random = seededRandom(`restate ${seeds.join()}`);
  const name = `simulated${seeds[0]}-${Math.floor(Math.random() * 1e9)}`;
  const traces = new Map<string, Trace[]>();
  const done: Done[] = [];
  const wrong: string[] = [];
  let cuts = 0;
  const clock = systemClock({ factor, origin: { real: Date.now(), virtual: Date.UTC(2026, 0, 1) } });

  const tasks = tasksOf(() => ({ wait }), []);
  const noted =
    (run: (input: never, context: TaskContext) => unknown) =>
    async (input: never, context: TaskContext): Promise<unknown> => {
      const { runId, step, attempt, idempotencyKey: key, signal } = context;
      const one: Done = { run: runId, step, attempt, key, cuts, ended: undefined };
      done.push(one);
      try {
        const value = await run(input, context);
        if (!signal.aborted) one.ended = 'well';
        return value;
      } catch (thrown) {
        if (!signal.aborted) one.ended = 'badly';
        throw thrown;
      }
    };
  // Attempts have their time by the wall: ten seconds would be long for those that are to be too late.
  const patient = (task: BoundSystem['tasks'][string]) =>
    taskContract(task.contract, {
      input: task.input,
      output: task.output,
      source: task.source,
      policy: { ...task.policy, timeout: '1s' },
    });
  const contracts: BoundSystem['tasks'] = Object.fromEntries(
    Object.values(simulated.tasks).map((task) => [task.contract, patient(task)]),
  );
  const watched = (module: FlowModule): FlowModule => ({
    ...module,
    async run(host, input) {
      const seen: Trace['seen'] = [];
      const trace: Trace = { seen, end: undefined };
      traces.set(host.runId, [...(traces.get(host.runId) ?? []), trace]);
      const as: Parameters<typeof traced>[1]['as'] = (made) => {
        const own = contracts[made.contract.contract];
        return own === undefined ? made : { ...made, contract: own };
      };
      try {
        return await module.run(traced(host, { seen, as }), input);
      } finally {
        trace.end = seen.length;
      }
    },
  });
  const heard = simulated.flows['heard'] as FlowModule;
  const system: BoundSystem = {
    ...simulated,
    name,
    tasks: contracts,
    flows: {
      ...Object.fromEntries(Object.entries(simulated.flows).map(([flow, module]) => [flow, watched(module)])),
      // Runs once for each event that is published.
      heard: { ...heard, on: simulated.events['go'] as never, run: async () => {} },
    },
  };
  const endpoint = await restate.serveSystem(system, {
    clock,
    logger: silentLogger,
    inactivityMs: 40,
    retry: { initialInterval: 10, maxInterval: 100 },
    tasks: { work: noted(tasks.work), narrow: noted(tasks.narrow), back: noted(tasks.back) } as never,
  });
  const client = new RestateClient(system, { ingress: restate.ingress, admin: restate.admin, clock });

  const over = new AbortController();
  const going = (work: () => Promise<void>): Promise<void> =>
    work().catch((thrown: unknown) => void wrong.push(`outside: ${String(thrown)}`));
  const ids = seeds.map((seed) => `r${seed}`);
  await Promise.all(
    seeds.map((seed) => {
      const own = seededRandom(`spec ${seed}`);
      const body = randomBody(own);
      return client.start(own() < 0.3 ? 'timed' : 'outer', { body }, { id: `r${seed}` });
    }),
  );
  const outside = [
    going(async () => {
      while (!over.signal.aborted) {
        await delay(60 + random() * 120);
        await client.sendEvent('go', { n: random() < 0.5 ? 1 : 2 });
      }
    }),
    going(async () => {
      while (!over.signal.aborted) {
        await delay(150);
        for (const { runId, step } of await client.decisions())
          await client.decide(runId, step, { approved: true, by: 'ada' }).catch(() => {});
      }
    }),
    going(async () => {
      for (let count = 0; count < wanted && !over.signal.aborted; count++) {
        await delay(80 + random() * 250);
        cuts++;
        await endpoint.cut(random() * 30);
      }
    }),
    going(async () => {
      for (const id of ids.filter(() => random() < 0.3)) {
        await delay(random() * 400);
        // One that is about to end, or undoes what it did, may end before it hears of that.
        await client.cancel(id);
      }
    }),
    going(async () => {
      for (let count = 0; count < 6 && !over.signal.aborted; count++) {
        await delay(100 + random() * 200);
        const id = ids[Math.floor(random() * ids.length)] as string;
        const paused = await client.pause(id).then(
          () => true,
          // It has ended, or is about to.
          () => false,
        );
        await delay(random() * 300);
        if (paused) await client.resume(id).catch(() => {});
      }
    }),
    going(async () => {
      for (let count = 0; count < 3 && !over.signal.aborted; count++) {
        await delay(200 + random() * 400);
        const children = (await rows()).filter(
          ({ key, status }) => String(key).includes('/') && status !== 'completed',
        );
        const child = children[Math.floor(random() * children.length)];
        if (child !== undefined) await client.cancel(String(child['key']));
      }
    }),
  ];
  const until = performance.now() + patience;
  const rows = (): ReturnType<TestRestate['sql']> =>
    restate.sql(
      `SELECT id, idempotency_key AS key, target_service_name AS service, status, last_failure FROM sys_invocation WHERE starts_with(target_service_name, '${name}.flows.')`,
    );
  let all = await rows();
  const left = (): typeof all =>
    all.filter(({ status, service }) => status !== 'completed' && !String(service).endsWith('.heard'));
  for (; left().length > 0 && performance.now() < until; all = await rows()) await delay(100);
  over.abort();
  await Promise.all(outside);
  // What was published last is handed out when the run has ended.
  const open = `SELECT id FROM sys_invocation WHERE starts_with(target_service_name, '${name}.') AND status NOT IN ('completed', 'scheduled')`;
  while (left().length === 0 && (await restate.sql(open)).length > 0 && performance.now() < until) await delay(30);
  all = await rows();
  for (const { key, status, last_failure: why } of left())
    wrong.push(`run ${String(key)} is left ${String(status)}: ${String(why)}`);
  const report = left().length > 0 ? undefined : await judge();
  await client.close();
  await endpoint.close();
  for (const { id } of left()) await restate.order(String(id), 'kill');
  return {
    runs: report?.length ?? 0,
    steps: new Set(done.map(({ run, step }) => `${run} ${step}`)).size,
    cuts,
    repeated: done.length - new Set(done.map(({ run, step, attempt }) => `${run} ${step} ${attempt}`)).size,
    replays: [...traces.values()].reduce((sum, { length }) => sum + length - 1, 0),
    statuses: Object.fromEntries(
      ['completed', 'failed', 'cancelled'].map((status) => [
        status,
        report?.filter((run) => run.status === status).length ?? 0,
      ]),
    ),
    wrong,
  };

  function wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal?.reason as Error);
      if (signal?.aborted === true) return stop();
      if (Number.isFinite(ms)) setTimeout(resolve, ms / factor);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  async function judge(): Promise<readonly Ended[]> {
    const events = new Set(
      all.flatMap(({ service, key }) => (String(service).endsWith('.heard') ? [String(key)] : [])),
    );
    const flows = all.filter(({ service }) => !String(service).endsWith('.heard'));
    const desk = { admin: restate.admin, clock, patienceMs: 5000, closed: over.signal } as never;
    const entries = await journals(
      desk,
      flows.map(({ id }) => String(id)),
    );
    const ended = new Map<string, Ended>();
    for (const { id, key, service } of flows) {
      const run = String(key);
      const journal = entries.get(String(id)) ?? [];
      const response = await fetch(`${restate.ingress}/restate/invocation/${String(id)}/attach`);
      const body = (await response.json()) as { readonly output?: unknown };
      const failure = response.ok ? undefined : (ourFailure(body) as Pick<Ended, 'status' | 'error'> | undefined);
      if (!response.ok && failure === undefined) wrong.push(`run ${run} has ended with ${JSON.stringify(body)}`);
      const own = traces.get(run) ?? [];
      const trace = own.findLast(({ end }) => end !== undefined);
      ended.set(run, {
        id: run,
        invocation: String(id),
        target: String(service).split('.').at(-1) ?? '',
        status: failure?.status ?? 'completed',
        output: body.output === undefined ? null : JSON.stringify(body.output),
        error: failure?.error,
        input: JSON.stringify(inputOf(journal)),
        trace: trace ?? { seen: [], end: 0 },
        journal,
      });
      if (trace === undefined && failure?.status !== 'cancelled')
        wrong.push(`run ${run} has ended, and none of its traces`);
      for (const other of own) {
        const [short, long] = [other.seen.map(said), trace?.seen.map(said) ?? []].map((list) =>
          list.filter((text) => text !== ''),
        );
        const at = short?.findIndex((text, index) => text !== long?.[index]) ?? -1;
        if (at >= 0) wrong.push(`run ${run} saw ${short?.[at]} in one attempt, and ${long?.[at]} in another`);
      }
    }
    const lines = new Map([...ended].map(([id, run]) => [id, linesOf(run, ended)]));
    const parent = (id: string): readonly [string, string] | undefined => {
      const above = [...ended.keys()]
        .filter((other) => id.startsWith(`${other}/`))
        .sort((a, b) => b.length - a.length)[0];
      return above === undefined ? undefined : [above, id.slice(above.length + 1)];
    };
    const emitted = [...ended.values()].flatMap(({ id, invocation, journal }) =>
      journal
        .filter(({ command, type, name: path }) => command && type === 'Run' && /(^|\/)emit\d+$/.test(path))
        .filter(({ name: path }) => events.has(`heard:evt_${idFrom(invocation, path, 0)}`))
        .map(({ name: path }) => ({ source: `run ${id} ${path}` })),
    );
    const tables = {
      journal: { of: (run: string) => lines.get(run) ?? [] },
      runs: {
        list: ({ parent: of }: { readonly parent: string }) =>
          [...ended.values()]
            .filter(({ id }) => parent(id)?.[0] === of)
            .map((run) => rowOf(run, parent(run.id)?.[1] ?? null)),
      },
      // Which of two came first is for the buffers to say, by the order in which they came there.
      events: {
        list: () => emitted,
        get: (id: string) => (events.has(`heard:${id}`) ? { seq: Infinity } : undefined),
      },
    } as unknown as Tables;
    for (const run of ended.values()) wrong.push(...judgeRun(tables, rowOf(run, null)));
    for (const { id, status, journal } of ended.values())
      if (status !== 'cancelled' && goesOn(journal)) wrong.push(`run ${id} was cancelled, went on, and is ${status}`);
    effects(lines);
    return [...ended.values()];
  }

  /** What was done in the world follows from what is recorded. */
  function effects(lines: ReadonlyMap<string, ReturnType<typeof linesOf>>): void {
    const keys = new Map<string, string>();
    const before = new Map<string, Done>();
    for (const one of done) {
      const { run, step, attempt, key, cuts: then, ended } = one;
      const where = `${run} ${step}`;
      const other = keys.get(key);
      if (other !== undefined && other !== where) wrong.push(`${other} and ${where} have the same key`);
      keys.set(key, where);
      const earlier = before.get(`${where} ${attempt}`);
      if (earlier !== undefined && earlier.cuts === then)
        wrong.push(`try ${attempt} of ${where} was made twice, and nothing was cut off between`);
      before.set(`${where} ${attempt}`, one);
      const recorded = lines.get(run)?.some(({ path, kind }) => path === step && kind === 'completed');
      if (ended === 'well' && recorded !== true && then === cuts)
        wrong.push(`${where} was done, and its run knows nothing of it`);
    }
    if (new Set(keys.values()).size !== keys.size) wrong.push('a step has had two keys');
  }
}

/** Does something new begin after a cancel was to be heard of? */
function goesOn(journal: Ended['journal']): boolean {
  const heard = journal.findIndex(
    ({ command, type, content }) =>
      !command && type === 'Signal' && (content.id as { readonly Index?: number } | undefined)?.Index === 1,
  );
  if (heard < 0) return false;
  const rest = journal.slice(heard + 1);
  const next = rest.findIndex(({ command, type }) => !command && type !== 'CallInvocationId');
  // An open question is taken back by a call of the same name.
  const known = new Set(journal.slice(0, heard).map(({ name }) => name));
  const works = ({ command, type, name, content }: Ended['journal'][number]): boolean =>
    command &&
    (['Run', 'Sleep', 'Call'].includes(type) || content.request?.invocation_target?.Service?.handler === 'ring') &&
    !known.has(name) &&
    !/~(undo|leave)/.test(name);
  return next >= 0 && rest.slice(next).some(works);
}

/** What must be the same in every attempt. That a part has won or failed is noted before it is sure. */
function said({ kind, path, data }: Trace['seen'][number]): string {
  return kind === 'won' || kind === 'caught' ? '' : `${kind} ${path} ${JSON.stringify(data)}`;
}

function inputOf(journal: Ended['journal']): unknown {
  const input = journal.find(({ command, type }) => command && type === 'Input');
  const text = Buffer.from(input?.content.payload ?? []).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as { readonly input?: unknown }).input;
}
