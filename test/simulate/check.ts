import type { World } from 'millrace/testing';
import type { Outside } from './outside.ts';
import { judgeRun } from './reference.ts';
import type { Made } from './system.ts';

const over = new Set(['completed', 'failed', 'cancelled']);

/** Whoever waits for an event that is there, and has been handed out, has been passed over. */
export function* lostSignals({ disk: { tables } }: World): Iterable<string> {
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
export function* gone({ disk: { tables } }: World, outside: Outside): Iterable<string> {
  for (const id of outside.started)
    if (tables.runs.get(id) === undefined) yield `run ${id} was acknowledged, and is gone`;
  for (const [id, { payload }] of outside.sent) {
    const row = tables.events.get(id);
    if (row?.payload !== JSON.stringify(payload)) yield `event ${id} was acknowledged, and is ${String(row?.payload)}`;
  }
}

/** What must hold when all has come to rest. */
export function* check(world: World, outside: Outside, effects: readonly Made[]): Iterable<string> {
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
  if (new Set(keys.values()).size !== keys.size) yield 'a step has had two keys';
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
