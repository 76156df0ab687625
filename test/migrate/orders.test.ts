import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { keepVersion, recoverMigration, type MigrationReport } from 'millrace/migrate';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { loadSystemFromDsl } from 'millrace/source';
import { NonRetryableError, silentLogger, type BoundSystem, type TaskImplementation } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { project } from '../../src/migrate/fixtures/project.ts';
import { migrateIn, rowsOf } from '../../src/migrate/fixtures/shop-with-data.ts';
import { steps } from './orders-steps.ts';

const source = fileURLToPath(new URL('../../dsl-examples/orders/orders.dsl.ts', import.meta.url));
const folder = project({ 'orders.dsl.ts': readFileSync(source, 'utf8'), ...steps });
const entry = join(folder.root, 'orders.dsl.ts');
const db = join(folder.root, 'orders.db');
afterAll(() => folder[Symbol.dispose]());

/** One attempt of a task: which, for which run, under which key, and whether it came to its end. */
interface Done {
  readonly version: string;
  readonly run: string;
  readonly step: string;
  readonly task: string;
  readonly key: string;
  readonly ok: boolean;
}
const log: Done[] = [];
/** Orders at which the bank is busy, as long as version 1 runs. */
const busy = (id: string): boolean => /^F-\d*[89]$/.test(id);

/** The shop's tasks, which do nothing but say that they were asked. */
function withTasks(system: BoundSystem): BoundSystem {
  const gives = (task: string, input: Readonly<Record<string, unknown>>): unknown => {
    const id = String(input['orderId'] ?? '');
    switch (task) {
      case 'assessRisk':
        return { level: id.startsWith('R-') ? 'high' : 'low', score: 1, reasons: [] };
      case 'openReview':
        return { file: `case ${id}` };
      case 'closeReview':
        if (input['approved'] !== true) throw new NonRetryableError('REVIEW_REFUSED');
        return { by: input['by'] };
      case 'chargeCard':
      case 'takeMoney':
        if (busy(id) && system.version === '1.0.0') throw new Error('PROVIDER_BUSY');
        return { paymentId: `P-${id}`, capturedAt: '2026-01-01T00:00:00Z' };
      case 'refundPayment':
        return { refundId: 'x' };
      case 'reserveStock':
        return { reservationId: `S-${id}`, warehouse: 'north' };
      case 'printLabel':
        return { labelId: `L-${id}` };
      case 'settleOrder':
        return { refunds: 0, released: 0 };
      case 'sendMail':
        return { messageId: 'm' };
      default:
        return undefined;
    }
  };
  const implementations: Record<string, TaskImplementation> = {};
  for (const [name, contract] of Object.entries(system.tasks)) {
    const run = (
      input: never,
      context: { readonly runId: string; readonly step: string; readonly idempotencyKey: string },
    ): unknown => {
      const done = {
        version: system.version,
        run: context.runId,
        step: context.step,
        task: name,
        key: context.idempotencyKey,
      };
      try {
        const value = gives(name, input);
        log.push({ ...done, ok: true });
        return value;
      } catch (thrown) {
        log.push({ ...done, ok: false });
        throw thrown;
      }
    };
    implementations[name] = { kind: 'implementation', contract, run: run as never };
  }
  return { ...system, implementations };
}

const numbers = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
/** What the instances of version 1 are: 1,000 of them. */
const groups = {
  /** Made by hand, nothing ordered. */
  waiting: numbers('W', 150),
  /** In the hands of the flow: 60 wait for a clerk, 70 for the carrier, 20 for the bank. */
  review: numbers('R', 60),
  fulfilling: numbers('F', 90),
  travelling: numbers('T', 300),
  /** The customer is asked in a week: 50 flows that sleep. */
  delivered: numbers('D', 50),
  closed: numbers('C', 200),
  cancelled: numbers('X', 150),
};
const order = (orderId: string, index: number) => ({
  orderId,
  email: `${index % 7 === 0 ? 'phone' : 'mail'}${index}@example.org`,
  total: { amount: 100 + index, currency: 'EUR' },
  lines: [{ sku: 'a', quantity: 1 + (index % 3) }, ...(index % 2 === 0 ? [{ sku: 'b', quantity: 1 }] : [])],
  express: index % 5 === 0,
});

/** Runs version 1 until there are 1,000 instances and 200 runs in flight. */
async function fill(clock: SimulatedClock): Promise<void> {
  const runtime = new ReactiveSystemRuntime(withTasks(await loadSystemFromDsl(source, { live: true })), {
    db,
    clock,
    logger: silentLogger,
  });
  const send = (
    event: string,
    ids: readonly string[],
    payload: (id: string, index: number) => object,
  ): Promise<unknown> => Promise.all(ids.map((id, index) => runtime.sendEvent(event, payload(id, index))));
  const dispatch = (ids: readonly string[]) =>
    send('parcelDispatched', ids, (orderId) => ({ orderId, carrier: 'mule', trackingCode: `t${orderId}` }));
  const deliver = (ids: readonly string[]) =>
    send('parcelDelivered', ids, (orderId) => ({ orderId, at: '2026-01-05T00:00:00Z' }));
  const { waiting, review, fulfilling, travelling, delivered, closed, cancelled } = groups;
  await send('orderPlaced', closed, order);
  await runtime.idle();
  await dispatch(closed);
  await runtime.idle();
  await deliver(closed);
  await runtime.idle();
  await clock.advance('8d');
  await runtime.idle();
  await send('orderPlaced', [...review, ...fulfilling, ...travelling, ...delivered, ...cancelled], order);
  await Promise.all(waiting.map((id) => runtime.create('order', { id })));
  await runtime.idle();
  // Some parcels are on their way before the clerk has looked at the order: those events wait.
  await dispatch([...review.slice(0, 20), ...travelling, ...delivered]);
  await send('orderCancelled', cancelled, (orderId) => ({ orderId, reason: 'customer' }));
  await runtime.idle();
  await deliver(delivered);
  await clock.advance('3s');
  await runtime.idle();
  await runtime.close();
}

interface Row {
  readonly machine: string;
  readonly id: string;
  readonly status: string;
  readonly snapshot: string;
  readonly version: string;
}
const query = <T>(sql: string): T[] => {
  const file = new DatabaseSync(db, { readOnly: true });
  try {
    return file.prepare(sql).all() as T[];
  } finally {
    file.close();
  }
};
const instances = (): ReadonlyMap<string, Row> =>
  new Map(query<Row>('SELECT * FROM instances').map((row) => [row.id, row]));
const timers = (): ReadonlyMap<string, readonly { readonly name: string; readonly due: number }[]> =>
  Map.groupBy(
    query<{ readonly part: string; readonly name: string; readonly due: number }>(
      `SELECT part, name, due FROM timers WHERE kind = 'machine'`,
    ),
    ({ part }) => part,
  );
const inFlight = (): number =>
  query<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE status NOT IN ('completed', 'failed', 'cancelled')`)[0]
    ?.n ?? 0;

/** What must have become of an instance, worked out from what it was and from nothing of the product. */
function expected(before: Row): {
  readonly state: readonly string[];
  readonly context: unknown;
  readonly status: string;
} {
  const { state, context, ...rest } = JSON.parse(before.snapshot) as {
    state: string[];
    context: { order?: { email: string; express: boolean } };
    status: string;
  };
  const isTravelling = state[0] === 'travelling';
  return {
    ...rest,
    state: isTravelling ? [context.order?.express === true ? 'express' : 'onTheRoad'] : state,
    context: { ...context, channel: context.order?.email.startsWith('phone') === true ? 'phone' : 'web' },
  };
}

it('takes 1,000 orders and 200 runs in flight over three steps, killed in the middle again and again', async () => {
  await keepVersion({ entry, cwd: folder.root });
  const clock = new SimulatedClock();
  await fill(clock);
  const before = instances();
  const timersBefore = timers();
  expect(before.size).toBe(1000);
  expect(inFlight()).toBe(200);
  const was = rowsOf(db);
  const text = readFileSync(entry, 'utf8');
  const inVersionOne = log.length;

  const shop = { root: folder.root, entry, db };
  const migrate = (at?: string) =>
    migrateIn(shop, { target: '4.0.0', time: clock.now(), ...(at !== undefined && { at }) });
  for (const at of ['prepared', 'runs 77', 'instances 500', 'committing']) {
    const { signal, stderr } = await migrate(at);
    expect(signal, stderr).toBe('SIGKILL');
    expect(readFileSync(entry, 'utf8')).toBe(text);
    expect(rowsOf(db)).toBe(was);
  }
  // Nobody has ended the last of them: the next one does, and goes on. It dies after its commit, before the source is written.
  const { signal } = await migrate('committed');
  expect(signal).toBe('SIGKILL');
  expect(readFileSync(entry, 'utf8')).toBe(text);
  expect(await recoverMigration(entry)).toMatchObject({ outcome: 'finished', to: '4.0.0' });
  const model = await loadSystemFromDsl(entry);
  expect(model.version).toBe('4.0.0');
  expect(JSON.parse(readFileSync(join(folder.root, 'snapshots/4.0.0.json'), 'utf8'))).toMatchObject({
    version: '4.0.0',
    history: [{ to: '2.0.0' }, { to: '3.0.0' }, { to: '4.0.0' }],
  });
  const again = JSON.parse((await migrate()).out) as MigrationReport;
  expect(again.database).toMatchObject({ from: [], instances: [], runs: [] });

  // Each instance, one by one.
  const after = instances();
  expect(after.size).toBe(1000);
  const timersAfter = timers();
  for (const [id, row] of before) {
    const now = after.get(id) as Row;
    expect({ id, ...(JSON.parse(now.snapshot) as object) }).toEqual({ id, ...expected(row) });
    expect([now.status, now.version]).toEqual([row.status, '4.0.0']);
    // An order on the road is lost at the time at which it was to be lost.
    const due = (timersBefore.get(id) ?? []).map((timer) => timer.due);
    expect((timersAfter.get(id) ?? []).map((timer) => timer.due)).toEqual(due);
    const [state] = expected(row).state;
    expect((timersAfter.get(id) ?? []).map(({ name }) => name)).toEqual(due.map(() => `after.${state}.0`));
  }
  const states = Map.groupBy(after.values(), ({ snapshot }) =>
    (JSON.parse(snapshot) as { state: string[] }).state.join(),
  );
  expect(Object.fromEntries([...states].map(([state, rows]) => [state, rows.length]).sort())).toEqual({
    cancelled: 150,
    closed: 200,
    delivered: 50,
    express: 60,
    fulfilling: 150,
    onTheRoad: 240,
    waiting: 150,
  });

  // The runs go on under the new code.
  const runtime = new ReactiveSystemRuntime(withTasks(await loadSystemFromDsl(entry, { live: true })), {
    db,
    clock,
    logger: silentLogger,
  });
  const flying = runtime.active().map(({ id }) => id);
  expect(flying).toHaveLength(200);
  await runtime.idle();
  await clock.advance('1m');
  await runtime.idle();
  const send = (event: string, ids: readonly string[], payload: (id: string) => object): Promise<unknown> =>
    Promise.all(ids.map((id) => runtime.sendEvent(event, payload(id))));
  await send('reviewDecided', groups.review, (orderId) => ({ orderId, approved: true, by: 'Ada' }));
  await runtime.idle();
  // For the first twenty of the reviewed ones it came under its old name.
  await send('parcelHandedOver', [...groups.review.slice(20), ...groups.fulfilling], (orderId) => ({
    orderId,
    carrier: 'mule',
    trackingCode: 't',
    depot: 'south',
  }));
  await runtime.idle();
  await clock.advance('8d');
  await runtime.idle();
  expect(flying.map((id) => runtime.status(id)?.status)).toEqual(flying.map(() => 'completed'));

  // No step is done again, and none is left out: every key came to its end once.
  const ended = log.filter(({ ok }) => ok);
  expect(new Set(ended.map(({ key }) => key)).size).toBe(ended.length);
  expect(log.length).toBeGreaterThan(inVersionOne);
  const perRun = Map.groupBy(ended, ({ run }) => run);
  for (const id of flying) {
    const row = runtime.status(id);
    const done = (perRun.get(id) ?? []).map(({ task }) => (task === 'chargeCard' ? 'takeMoney' : task)).sort();
    const lines = (row?.input as { lines?: readonly unknown[] } | undefined)?.lines ?? [];
    const review = String((row?.input as { orderId?: string } | undefined)?.orderId).startsWith('R-')
      ? ['openReview', 'closeReview']
      : [];
    const all = ['assessRisk', 'takeMoney', 'printLabel', 'sendMail', ...review, ...lines.map(() => 'reserveStock')];
    expect({ id, done }).toEqual({ id, done: (row?.target === 'askForReview' ? ['sendMail'] : all).sort() });
  }
  // What the bank refused in version 1 it took in version 4, under the same key: the customer pays once.
  const retried = log.filter(({ ok, version }) => !ok && version === '1.0.0').map(({ key }) => key);
  expect(new Set(retried).size).toBe(18);
  for (const key of new Set(retried))
    expect(log.filter((done) => done.key === key && done.ok)).toMatchObject([
      { version: '4.0.0', task: 'takeMoney', step: 'charged' },
    ]);
  expect(runtime.get('order', 'R-3')?.state).toEqual(['onTheRoad']);
  await runtime.close();
}, 240_000);
