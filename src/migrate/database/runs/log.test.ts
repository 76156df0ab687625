import { beforeAll, describe, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from '../../../runtime/index.ts';
import { openMemory, openSqlite, type Store } from '../../../store/index.ts';
import { silentLogger } from '../../../tasks/index.ts';
import { SimulatedClock } from '../../../testing/index.ts';
import { versionsFrom, withTasks, worldOf, type Version } from '../../fixtures/versions.ts';
import { migrateDatabase } from '../migrate-database.ts';

const text = (
  version: string,
  task: string,
  event: string,
  field: string,
): string => `import { event, flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('post', { version: '${version}' });
export const ${task} = task('${task}', { input: z.any(), output: z.any() });
export const ${event} = event('${event}', { payload: z.object({ ${field}: z.string(), n: z.number() }) });
export const order = flow('order', { input: z.object({ id: z.string() }), output: z.any() }, (f) =>
  f.step('pack', ({ input }) => ${task}(input.id))
    .waitFor('sent', ${event}, { match: { ${field}: ({ input }) => input.id }, timeout: '1d', onTimeout: 'continue' })
    .waitFor('again', ${event}, { match: { ${field}: ({ input }) => input.id } })
    .returns(({ sent, again }) => [sent?.n ?? 0, again.n]));
`;
const ends = { from: '1.0.0', to: '2.0.0' };
const renamed = { parcelDispatched: { event: 'parcelSent' } };
const moved = {
  parcelDispatched: {
    event: 'parcelSent',
    payload: ({ order: id, ...rest }: { readonly order: string }) => ({ ...rest, id }),
  },
};
let versions: readonly Version[];
let fields: readonly Version[];
beforeAll(async () => {
  const first = text('1.0.0', 'wrap', 'parcelDispatched', 'order');
  versions = await versionsFrom([first, text('2.0.0', 'box', 'parcelSent', 'order')]);
  fields = await versionsFrom([first, text('2.0.0', 'box', 'parcelSent', 'id')]);
});
const runtimeOf = (of: readonly Version[], store: Store, clock: SimulatedClock, version: number) =>
  new ReactiveSystemRuntime(
    withTasks(of[version] as Version, () => null),
    { store, clock, logger: silentLogger, drainMs: 0 },
  );

describe.each([
  ['sqlite', () => openSqlite(':memory:')],
  ['memory', () => openMemory()],
])('%s', (_name, open) => {
  it.each([
    ['renamed', () => versions, renamed, (id: string, n: number) => ({ order: id, n })],
    ['matched by another field', () => fields, moved, (id: string, n: number) => ({ id, n })],
  ] as const)(
    'a run that is carried over later receives what was sent in between: %s',
    async (_how, of, events, sent) => {
      const store = open();
      const clock = new SimulatedClock();
      const first = runtimeOf(of(), store, clock, 0);
      for (const id of ['A', 'B', 'C']) await first.start('order', { id }, { id });
      await first.idle();
      await first.pause('C');
      await first.close();
      const bad = await migrateDatabase(store, worldOf(of(), [{ ...ends, events }], { now: clock.now() }));
      expect(bad.runs).toMatchObject([{ flow: 'order', mapped: 0, blocked: [{ id: 'A' }, { id: 'B' }, { id: 'C' }] }]);
      const between = runtimeOf(of(), store, clock, 1);
      await between.sendEvent('parcelSent', sent('A', 1));
      await between.sendEvent('parcelSent', sent('A', 2));
      await between.idle();
      expect(between.status('A')).toMatchObject({ status: 'blocked', error: { code: 'MR3501' } });
      await between.close();

      const mended = { ...ends, events, tasks: { wrap: 'box' } };
      const again = await migrateDatabase(store, worldOf(of(), [mended], { id: 'm2', now: clock.now() }));
      expect(again.runs).toMatchObject([{ flow: 'order', mapped: 3, blocked: [] }]);
      expect(['A', 'B', 'C'].map((id) => store.tables.runs.get(id))).toMatchObject([
        { status: 'running', error: null },
        { status: 'waiting', error: null },
        { status: 'paused', error: null },
      ]);
      expect(store.tables.waits.of('A')).toEqual([]);
      expect(store.tables.timers.of('A')).toEqual([]);
      const last = runtimeOf(of(), store, clock, 1);
      await last.idle();
      expect(last.status('A')).toMatchObject({ status: 'completed', output: [1, 2] });
      expect(last.status('B')?.status).toBe('waiting');
      expect(last.status('B')?.error).toBeUndefined();
      await last.sendEvent('parcelSent', sent('B', 3));
      await last.sendEvent('parcelSent', sent('B', 4));
      expect((await last.result('B')).output).toEqual([3, 4]);
      await last.close();
    },
  );

  it('what a run that was left behind receives is of the version that the log is of: it is not changed again', async () => {
    const first = text('1.0.0', 'wrap', 'parcelSent', 'order');
    const cents = await versionsFrom([first, text('2.0.0', 'box', 'parcelSent', 'order')]);
    const events = {
      parcelSent: { payload: ({ n, ...rest }: { readonly n: number }) => ({ ...rest, n: n * 100 }) },
    };
    const store = open();
    const clock = new SimulatedClock();
    const before = runtimeOf(cents, store, clock, 0);
    await before.start('order', { id: 'A' }, { id: 'A' });
    await before.idle();
    await before.close();
    await migrateDatabase(store, worldOf(cents, [{ ...ends, events }], { now: clock.now() }));
    const between = runtimeOf(cents, store, clock, 1);
    await between.sendEvent('parcelSent', { order: 'A', n: 500 });
    await between.idle();
    await between.close();
    const mended = { ...ends, events, tasks: { wrap: 'box' } };
    await migrateDatabase(store, worldOf(cents, [mended], { id: 'm2', now: clock.now() }));
    const last = runtimeOf(cents, store, clock, 1);
    await last.sendEvent('parcelSent', { order: 'A', n: 700 });
    expect((await last.result('A')).output).toEqual([500, 700]);
    await last.close();
  });
});
