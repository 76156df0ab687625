import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryView } from '../../runtime/index.ts';
import { seededRandom } from '../../testing/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { namesOf } from '../names.ts';
import { system } from './fixtures/killed.ts';

const kills = Number(process.env['MACHINE_KILLS'] ?? 4);
const seed = Number(process.env['MACHINE_SEED'] ?? 1);
const [instances, each] = [20, 10];

describe.runIf(restateIsInstalled())('the endpoint is killed amid the events of many instances', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());

  it('no event is lost or doubled, timers ring once, and all work is heard of', async () => {
    const random = seededRandom(seed);
    const names = namesOf(system.name);
    const child = await restate.serveChild(new URL('./fixtures/killed.ts', import.meta.url), {
      ingress: restate.ingress,
    });
    const over = new AbortController();
    const killing = (async () => {
      for (let count = 0; count < kills && !over.signal.aborted; count++) {
        await sleep(100 + random() * 500);
        await child.kill();
        await child.restart();
      }
    })();
    const ids = Array.from({ length: instances }, (_, index) => `b${index}`);
    await Promise.all(
      ids.map(async (id) => {
        for (let n = 0; n < each; n++) {
          await sleep(random() * 100);
          await restate.call.call({
            service: names.events,
            handler: 'publish',
            body: { event: 'add', payload: { id, n } },
            idempotencyKey: `${id}.${n}`,
          });
        }
      }),
    );
    over.abort();
    await killing;
    const rows = await restate.until(
      `SELECT status FROM sys_invocation WHERE target_service_name LIKE 'killed.%' AND status <> 'completed'`,
      (waiting) => waiting.length === 0,
    );
    expect(rows).toEqual([]);
    const seen = async (machine: string, id: string): Promise<readonly unknown[]> => {
      const view = await restate.call.call({ service: names.machine(machine), key: id, handler: 'get' });
      return (view as { readonly context: { readonly seen: readonly unknown[] } }).context.seen;
    };
    const all = ids.flatMap((id) => Array.from({ length: each }, (_, n) => `${id}.${n}`)).sort();
    for (const id of ids) {
      const noted = await seen('book', id);
      expect(noted.filter((what) => typeof what === 'number')).toEqual(Array.from({ length: each }, (_, n) => n));
      const later = noted.filter((what) => String(what).startsWith('later'));
      expect(later).toEqual(Array.from({ length: each }, (_, n) => `later ${n}`));
      // A piece of work ends before the next one begins, and each is heard of once.
      const done = noted.filter((what) => String(what).startsWith('done'));
      expect(new Set(done).size).toBe(done.length);
      const history = (await restate.call.call({
        service: names.machine('book'),
        key: id,
        handler: 'history',
      })) as readonly { readonly from: readonly string[] | null; readonly to: readonly string[] }[];
      const begun = history.filter(({ from, to }) => from?.[0] === 'on' && to[0] === 'busy');
      expect(done).toHaveLength(begun.length);
    }
    expect([...(await seen('total', 'all'))].sort()).toEqual(all);
    expect([...(await seen('total', 'told'))].sort()).toEqual(all);
  }, 120_000);

  it('what is overdue after the server was away rings once', async () => {
    const on = await startMachines(restate, system, {}, 'overdue');
    await on.sendEvent('add', { id: 'b', n: 1 });
    await restate.killServer();
    await sleep(600);
    await restate.restartServer();
    const later = async (): Promise<readonly HistoryView[]> =>
      (await on.history('book', 'b')).filter(({ event }) => event === 'later');
    await expect.poll(later, { timeout: 20_000 }).toHaveLength(1);
    await restate.until(
      `SELECT target, status, last_failure, retry_count, last_failure_related_entry_name AS entry FROM sys_invocation WHERE target_service_name LIKE 'overdue.%' AND status <> 'completed'`,
      (waiting) => waiting.length === 0,
    );
    expect(await later()).toHaveLength(1);
    const [{ time: at } = { time: 0 }] = (await on.history('book', 'b')).filter(({ event }) => event === 'add');
    expect(((await later())[0]?.time ?? 0) - at).toBeGreaterThanOrEqual(300);
  }, 60_000);
});
