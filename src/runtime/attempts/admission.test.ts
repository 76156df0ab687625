import { describe, expect, it } from 'vitest';
import type { BreakerPolicy, RateLimit, TaskPolicy } from 'millrace/flow';
import { openMemory } from 'millrace/store';
import { silentLogger, TaskCancelledError, TaskError, type AttemptOutcome, type AttemptRequest } from 'millrace/tasks';
import { seededRandom, SimulatedClock } from 'millrace/testing';
import { Bus } from '../bus.ts';
import { anyTask } from '../fixtures/bind.ts';
import { Admission } from './admission.ts';
import type { Asker } from './asker.ts';
import { Attempts } from './attempts.ts';
import type { ProcessLimits } from '../../engine/index.ts';

/** A hundred seeds here; more on demand: SEEDS=10000 npx vitest run src/runtime/attempts/admission.test.ts */
const seeds = Number(process.env['SEEDS'] ?? 100);

interface Started {
  readonly task: string;
  readonly run: string;
  readonly number: number;
  readonly at: number;
}
type End = 'good' | 'bad' | 'cancelled' | 'refused' | 'left';

/** Everything around the attempts of one process: a clock that only moves when told to, a store, and no engine. */
function world(limits: ProcessLimits) {
  const clock = new SimulatedClock({ start: 1_000_000, settle: () => Promise.resolve() });
  const store = openMemory();
  const bus = new Bus(() => clock.now(), silentLogger);
  let commits: (() => void)[] = [];
  let units: { run(tx: never): unknown }[] = [];
  const writer = {
    enqueue: (unit: { run(tx: never): unknown }) => void units.push(unit),
    committed: () => new Promise<void>((resolve) => commits.push(resolve)),
  };
  /** Writes what is to be written: in the life of an engine this comes after everything else. */
  const flush = (): void => {
    const [now, waiting] = [units, commits];
    units = [];
    commits = [];
    store.transaction((tx) => {
      for (const unit of now) unit.run(tx as never);
    });
    for (const resolve of waiting) resolve();
  };
  const admission = new Admission({ clock, bus, store, writer: writer as never, guard: (work) => work() }, limits);
  return { clock, flush, admission };
}

async function simulate(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const dice = (n: number): number => Math.floor(random() * n);
  const one = <T>(...values: readonly T[]): T => values[dice(values.length)] as T;
  const rate = (): RateLimit => ({ limit: 1 + dice(4), per: one('50ms', '200ms', '1s') });
  const policies = Array.from({ length: 1 + dice(3) }, (): TaskPolicy => ({
    ...(random() < 0.6 ? { concurrency: 1 + dice(3) } : {}),
    ...(random() < 0.4 ? { rateLimit: random() < 0.5 ? rate() : [rate(), rate()] } : {}),
    ...(random() < 0.3 ? { queue: dice(6) } : {}),
    ...(random() < 0.5 ? { priority: dice(3) } : {}),
    ...(random() < 0.3
      ? { breaker: { failures: 1 + dice(3), reset: one('30ms', '300ms') } satisfies BreakerPolicy }
      : {}),
  }));
  const tasks = policies.map((policy, index) => anyTask(`task${index}`, policy));
  const limits: ProcessLimits = {
    ...(random() < 0.5 ? { concurrency: 1 + dice(4) } : {}),
    ...(random() < 0.3 ? { rateLimit: rate() } : {}),
  };
  const { clock, flush, admission } = world(limits);

  const started: Started[] = [];
  const ends = new Map<number, End>();
  const under = new Map<number, { readonly task: string; readonly finish: (how: 'good' | 'bad') => void }>();
  const check = (): void => {
    for (const [index, { concurrency }] of policies.entries()) {
      const now = [...under.values()].filter(({ task }) => task === `task${index}`).length;
      expect(now).toBeLessThanOrEqual(concurrency ?? Infinity);
    }
    expect(under.size).toBeLessThanOrEqual(limits.concurrency ?? Infinity);
  };
  const attempts = new Attempts({
    admission,
    perform: (request, by) =>
      new Promise<AttemptOutcome>((resolve) => {
        const task = request.contract.contract;
        const number = request.attempt;
        expect([by.held, by.dead]).toEqual([false, false]);
        started.push({ task, run: by.id, number, at: clock.now() });
        const end = (outcome: AttemptOutcome): void => {
          under.delete(number);
          resolve(outcome);
        };
        under.set(number, {
          task,
          finish: (how) =>
            end(
              how === 'good'
                ? { ok: true, output: undefined, value: undefined, emitted: [] }
                : { ok: false, error: new TaskError('down', { ids: { task } }) },
            ),
        });
        request.signal?.addEventListener('abort', () => end({ ok: false, error: new TaskCancelledError({ task }) }));
        check();
      }),
  });

  type Run = { -readonly [K in keyof Asker]: Asker[K] } & { controller: AbortController };
  const runs = Array.from({ length: 2 + dice(4) }, (_, index): Run => ({
    id: `r${index}`,
    row: { priority: dice(3) - 1 },
    held: false,
    dead: false,
    attempting: 0,
    queued: 0,
    controller: new AbortController(),
  }));
  const asked: { readonly run: string; readonly task: string; readonly number: number }[] = [];
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 4; n++) {
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
      flush();
    }
    for (let turn = 0; turn < 12; turn++) await Promise.resolve();
  };
  const ask = (run: Run): void => {
    const contract = one(...tasks);
    const number = asked.length;
    asked.push({ run: run.id, task: contract.contract, number });
    const request: AttemptRequest = {
      implementation: undefined,
      contract,
      input: undefined,
      attempt: number,
      runId: run.id,
      step: `s${number}`,
      idempotencyKey: '',
      clock,
      logger: silentLogger,
      signal: run.controller.signal,
    };
    void attempts.run(request, run).then((outcome) => {
      expect(ends.has(number)).toBe(false);
      if (outcome === undefined) ends.set(number, 'left');
      else if (outcome.ok) ends.set(number, 'good');
      else if (outcome.error.code === 'MR3105') ends.set(number, 'cancelled');
      else ends.set(number, outcome.error.code === 'MR3100' ? 'bad' : 'refused');
    });
  };

  const disturbed = new Set<string>();
  for (let move = 0; move < 150; move++) {
    const run = one(...runs);
    const what = random();
    if (what < 0.45) {
      if (!run.held) ask(run);
    } else if (what < 0.75) {
      const at = one(...under.keys());
      if (at !== undefined) under.get(at)?.finish(random() < 0.7 ? 'good' : 'bad');
    } else if (what < 0.9) {
      await clock.advance(one(1, 10, 60, 250));
    } else if (what < 0.95) {
      disturbed.add(run.id);
      run.held = !run.held;
      if (run.held) attempts.leave(run);
    } else {
      disturbed.add(run.id);
      run.controller.abort(new Error('cancelled'));
      run.controller = new AbortController();
    }
    if (random() < 0.7) await settle();
  }
  // Whatever waits comes to its end when time passes and what is under way ends.
  for (const run of runs) run.held = false;
  for (let round = 0; round < 500 && ends.size < asked.length; round++) {
    await settle();
    for (const { finish } of under.values()) finish('good');
    await settle();
    await clock.advance(100);
  }
  await settle();

  // Nothing is lost, nothing is answered twice, and nothing is left over.
  expect([...ends.keys()].toSorted((a, b) => a - b)).toEqual(asked.map(({ number }) => number));
  expect(new Set(started.map(({ number }) => number)).size).toBe(started.length);
  for (const { number } of started) expect(['good', 'bad', 'cancelled']).toContain(ends.get(number));
  for (const run of runs) expect([run.attempting, run.queued]).toEqual([0, 0]);
  for (const view of Object.values(attempts.views(tasks).tasks)) expect(view).toMatchObject({ inUse: 0, waiting: 0 });
  // No span has more starts than it may.
  const within = (of: readonly Started[], { limit, per }: RateLimit): void => {
    const ms = Number.parseInt(per, 10) * (per.endsWith('ms') ? 1 : 1000);
    for (const { at } of of)
      expect(of.filter((other) => other.at >= at && other.at < at + ms).length).toBeLessThanOrEqual(limit);
  };
  for (const [index, { rateLimit = [] }] of policies.entries()) {
    const own = started.filter(({ task }) => task === `task${index}`);
    for (const each of 'limit' in rateLimit ? [rateLimit] : rateLimit) within(own, each);
  }
  if (limits.rateLimit !== undefined && 'limit' in limits.rateLimit) within(started, limits.rateLimit);
  // Within a run, what was asked for first begins first.
  for (const run of runs) {
    for (const task of tasks) {
      const numbers = started.filter((s) => s.run === run.id && s.task === task.contract).map(({ number }) => number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  }
}

describe('admission', () => {
  it(`keeps every limit and loses nothing, whatever happens (${seeds} seeds)`, { timeout: seeds * 1000 }, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      try {
        await simulate(seed);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
