import type { Store } from 'millrace/store';
import { explore, seededRandom, type SimulationOptions, type SimulationReport, type World } from 'millrace/testing';
import { judgeRun } from './reference.ts';
import { randomBody, type Spec } from './spec.ts';
import { system, tasksOf, type Made } from './system.ts';

/** How a history is varied by tests. */
export interface HistoryOptions {
  readonly store?: () => Store;
  readonly body?: Spec['body'];
  readonly flow?: 'outer' | 'timed';
  readonly more?: Partial<SimulationOptions>;
}

const runs = ['r', 's'] as const;
const over = new Set(['completed', 'failed', 'cancelled']);

/** What the world outside knows: everything that was acknowledged. */
class Outside {
  readonly started = new Set<string>();
  readonly sent = new Map<string, { readonly name: string; readonly payload: unknown }>();
  readonly keys = new Map<string, string>();
  readonly cancelled = new Set<string>();
  readonly paused = new Set<string>();
  /** How often somebody has asked for what wakes a paused run, and how many wait for the answer. */
  woken = 0;
  waking = 0;
  readonly results = new Map<string, { readonly status: string; readonly output: unknown }>();
  next = 0;
}

/** One history: two random flows, a machine, a flow that an event starts, and whatever is done to them. */
export function history(seed: number, options: HistoryOptions = {}): Promise<SimulationReport> {
  const random = seededRandom(`spec ${seed}`);
  const effects: Made[] = [];
  const outside = new Outside();
  let world: World;
  const specs = Object.fromEntries(runs.map((id) => [id, { body: options.body ?? randomBody(random) }]));
  const flow = options.flow ?? (random() < 0.3 ? 'timed' : 'outer');

  const start = async (id: string): Promise<void> => {
    for (const wrong of gone(world, outside)) world.wrong(wrong);
    const answer = await world.call(`start ${id}`, (runtime) => runtime.start(flow, specs[id], { id }));
    if (answer.kind === 'refused') world.wrong(`run ${id} could not be started: ${answer.code}`);
    if (answer.kind !== 'given') return;
    outside.started.add(id);
    const end = await world.call(`result ${id}`, (runtime) => runtime.result(id));
    if (end.kind === 'given' && end.value.status !== 'blocked')
      outside.results.set(id, { status: end.value.status, output: end.value.output });
  };
  const send = async (name: string, payload: unknown, idempotencyKey?: string): Promise<void> => {
    const answer = await world.call(`send ${name}`, (runtime) =>
      runtime.sendEvent(name, payload, idempotencyKey === undefined ? {} : { idempotencyKey }),
    );
    if (answer.kind === 'refused') world.wrong(`${name} could not be sent: ${answer.code}`);
    if (answer.kind !== 'given') return;
    const { eventId } = answer.value;
    outside.sent.set(eventId, { name, payload });
    if (idempotencyKey === undefined) return;
    const known = outside.keys.get(idempotencyKey);
    if (known !== undefined && known !== eventId)
      world.wrong(`key ${idempotencyKey} has published ${known} and ${eventId}`);
    outside.keys.set(idempotencyKey, eventId);
  };
  const any = (): string => world.pick(runs);
  const decide = async (): Promise<void> => {
    for (const { runId, step } of world.runtime.reader.decisions())
      await world.call(`decide ${runId} ${step}`, (runtime) =>
        runtime.decide(runId, step, { approved: true, by: 'ada' }),
      );
  };
  const resume = async (id: string): Promise<void> => {
    await waking(id, () => world.call(`resume ${id}`, (runtime) => runtime.resume(id)));
  };
  /** What is asked for may be done, although the answer is lost. */
  const waking = async <T>(id: string, ask: () => Promise<T>): Promise<T> => {
    outside.paused.delete(id);
    outside.woken++;
    outside.waking++;
    const answer = await ask();
    outside.waking--;
    return answer;
  };
  const look = (): void => {
    for (const id of outside.paused) {
      const status = world.disk.tables.runs.get(id)?.status;
      if (status !== 'paused') world.wrong(`run ${id} was paused, and is ${String(status)}`);
    }
    for (const wrong of gone(world, outside)) world.wrong(wrong);
  };

  return explore({
    system,
    tasks: tasksOf(() => world, effects),
    seed,
    ...(options.store === undefined ? {} : { store: options.store }),
    runtime: { resident: [0, 1, 100][seed % 3] as number },
    replay: (bad) => `npm run simulate -- --seeds 1 --from ${bad}`,
    begin: (here) => {
      world = here;
      for (const id of runs) void start(id);
    },
    actions: [
      { name: 'go', weight: 3, run: () => send('go', { n: world.pick([1, 2]) }) },
      {
        name: 'noted',
        weight: 2,
        run: () => {
          const n = ++outside.next;
          return send('noted', { id: 'b', n }, `note ${n}`);
        },
      },
      {
        name: 'noted again',
        run: () => {
          const n = 1 + Math.floor(world.random() * Math.max(1, outside.next));
          outside.next = Math.max(n, outside.next);
          return send('noted', { id: 'b', n }, `note ${n}`);
        },
      },
      { name: 'start again', weight: 2, run: () => start(any()) },
      { name: 'decide', weight: 2, run: decide },
      {
        name: 'cancel',
        weight: 0.6,
        run: async () => {
          const id = any();
          const answer = await waking(id, () => world.call(`cancel ${id}`, (runtime) => runtime.cancel(id)));
          if (answer.kind === 'given' && answer.value.accepted) outside.cancelled.add(id);
        },
      },
      {
        name: 'cancel child',
        weight: 0.5,
        run: async () => {
          const child = world.disk.tables.runs.list({ parent: any() })[0];
          if (child !== undefined) await world.call(`cancel ${child.id}`, (runtime) => runtime.cancel(child.id));
        },
      },
      {
        name: 'pause',
        run: async () => {
          const id = any();
          const inFlight = world.pick(['await', 'abort'] as const);
          const { woken, waking: underWay } = outside;
          const answer = await world.call(`pause ${id}`, (runtime) => runtime.pause(id, { inFlight }));
          if (answer.kind === 'given' && underWay === 0 && woken === outside.woken) outside.paused.add(id);
        },
      },
      { name: 'resume', run: () => resume(any()) },
      {
        name: 'look',
        weight: 2,
        run: look,
      },
    ],
    end: async () => {
      look();
      let more = false;
      for (const id of runs) {
        const status = world.disk.tables.runs.get(id)?.status;
        if (status === undefined) {
          void start(id);
          more = true;
        } else if (status === 'paused') {
          void resume(id);
          more = true;
        } else if (!over.has(status)) {
          more = true;
        }
      }
      for (const wrong of lostSignals(world)) world.wrong(wrong);
      for (const { id, status } of world.disk.tables.runs.list({ status: ['paused'] }))
        if (status === 'paused' && !runs.includes(id as 'r'))
          void world.call(`resume ${id}`, (runtime) => runtime.resume(id));
      void decide();
      if (more) for (const n of [1, 2]) void send('go', { n });
      await world.settle();
      return more;
    },
    check: () => check(world, outside, effects),
    ...options.more,
  });
}

/** Whoever waits for an event that is there, and has been handed out, has been passed over. */
function* lostSignals({ disk: { tables } }: World): Iterable<string> {
  for (const { id, since } of tables.runs.list({ status: ['waiting'] })) {
    for (const { event, path, key } of tables.waits.of(id)) {
      if (event !== 'go') continue;
      const found = tables.events
        .list({})
        .find(
          (row) =>
            row.name === 'go' &&
            row.seq > since &&
            row.result !== null &&
            key.includes(JSON.stringify((JSON.parse(row.payload ?? '{}') as { n: number }).n)) &&
            !tables.events.consumed(id, row.seq),
        );
      if (found !== undefined) yield `'${path}' of run ${id} waits for event ${found.id}, which is there`;
    }
  }
}

/** What was acknowledged is there. */
function* gone({ disk: { tables } }: World, outside: Outside): Iterable<string> {
  for (const id of outside.started)
    if (tables.runs.get(id) === undefined) yield `run ${id} was acknowledged, and is gone`;
  for (const [id, { payload }] of outside.sent) {
    const row = tables.events.get(id);
    if (row?.payload !== JSON.stringify(payload)) yield `event ${id} was acknowledged, and is ${String(row?.payload)}`;
  }
}

function* check(world: World, outside: Outside, effects: readonly Made[]): Iterable<string> {
  const { tables } = world.disk;
  const rows = tables.runs.list({});
  for (const row of rows) {
    if (!over.has(row.status)) yield `run ${row.id} is left ${row.status} ${row.error ?? ''}`;
    else if (row.target !== 'heard') yield* judgeRun(tables, row);
  }
  yield* gone(world, outside);
  for (const id of outside.cancelled)
    if (tables.runs.get(id)?.status !== 'cancelled')
      yield `run ${id} was cancelled, and is ${String(tables.runs.get(id)?.status)}`;
  for (const [id, { status, output }] of outside.results) {
    const row = tables.runs.get(id);
    const text = output === undefined ? null : JSON.stringify(output);
    if (row?.status !== status || row.output !== text)
      yield `run ${id} was told to be ${status} ${String(text)}, and is ${String(row?.status)} ${String(row?.output)}`;
  }
  const log = tables.events.list({}).toSorted((a, b) => a.seq - b.seq);
  for (const id of outside.sent.keys())
    if (tables.events.get(id)?.result === null) yield `event ${id} was not handed out`;
  const keys = new Map<string, string>();
  for (const { run, step, key } of effects) {
    if (!tables.journal.of(run).some((line) => line.path === step && line.kind === 'started'))
      yield `${run} ${step} was done, and its journal knows nothing of it`;
    const other = keys.get(key);
    if (other !== undefined && other !== `${run} ${step}`) yield `${other} and ${run} ${step} have the same key`;
    keys.set(key, `${run} ${step}`);
  }
  if (new Set([...keys.values()]).size !== keys.size) yield 'a step has had two keys';
  const noted = log.filter(({ name }) => name === 'noted');
  for (const { id } of noted) {
    const status = tables.runs.get(`heard:${id}`)?.status;
    if (status !== 'completed') yield `event ${id} should have started a run, which is ${String(status)}`;
  }
  yield* checkBook(
    world,
    noted.map(({ payload }) => (JSON.parse(payload ?? '{}') as { n: number }).n),
  );
  yield* checkTimers(world);
}

/** The machine has taken each event once, in the order of the log, and was reminded of each once. */
function* checkBook({ disk: { tables }, counts }: World, numbers: readonly number[]): Iterable<string> {
  const row = tables.instances.get('book', 'b');
  if (row === undefined) {
    if (numbers.length > 0) yield 'the book was not made';
    return;
  }
  const { seen, rang } = (JSON.parse(row.snapshot) as { context: { seen: number[]; rang: number[] } }).context;
  if (seen.join() !== numbers.join()) yield `the book has taken ${seen.join()}, and was sent ${numbers.join()}`;
  if (rang.toSorted((a, b) => a - b).join() !== seen.toSorted((a, b) => a - b).join())
    yield `the book was reminded of ${rang.join()}, and has taken ${seen.join()}`;
  if (counts.jumps > 0) return;
  const lines = tables.instances.history('book', 'b', { limit: 1000 });
  for (const { event, payload, at } of lines) {
    if (event !== 'ring') continue;
    const { n } = JSON.parse(payload ?? '{}') as { n: number };
    const set = lines.find(
      (line) => line.event === 'noted' && (JSON.parse(line.payload ?? '{}') as { n: number }).n === n,
    );
    if (set !== undefined && at < set.at + 3_600_000)
      yield `the reminder of ${n} came ${set.at + 3_600_000 - at} ms early`;
  }
}

/** No wait for time was over before its time. */
function* checkTimers({ disk: { tables }, trace }: World): Iterable<string> {
  for (const { id } of tables.runs.list({})) {
    const lines = tables.journal.of(id);
    for (const { path, data } of lines.filter(({ kind }) => kind === 'sleeping')) {
      const slept = lines.find((line) => line.path === path && line.kind === 'slept');
      if (slept === undefined) continue;
      const told = trace.findIndex(({ what }) => what.startsWith(`step.completed ${id} ${path} `));
      const before = told < 0 ? trace : trace.slice(0, told);
      if (!before.some(({ at }) => at >= Number(data)))
        yield `'${path}' of run ${id} slept until ${slept.at}, which is before ${String(data)}`;
    }
  }
}
