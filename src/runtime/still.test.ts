import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { ReactiveSystemRuntime } from './runtime.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'still-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ship = anyTask('ship', { retry: { attempts: 3, delay: '1ms' } });
const flow = anyFlow('f', (host) => host.step('shipped', () => ship('X'), at));

/** A runtime whose parcels are noted, and never leave when they go to X. */
function open(sent: string[]) {
  const task = code(ship, (to: string) => {
    sent.push(to);
    return to === 'X' ? new Promise(() => {}) : to;
  });
  const system = bind({ flows: [flow], tasks: [task] });
  return new ReactiveSystemRuntime(system, { db: join(folder, 'a.db'), logger: silentLogger, drainMs: 0 });
}

it('a retry that comes first of all begins nothing of what it takes back', async () => {
  const before: string[] = [];
  const first = open(before);
  await first.start('f', undefined, { id: 'r' });
  await expect.poll(() => before).toEqual(['X']);
  first.abandon();

  const sent: string[] = [];
  const second = open(sent);
  await second.retry('r', { fromStep: 'shipped', input: 'Y' });
  expect(await second.result('r')).toMatchObject({ success: true, output: 'Y' });
  expect(sent).toEqual(['Y']);
  await second.close();
});

it('a run goes on when its retry is refused, and stays paused if it was', async () => {
  const sent: string[] = [];
  const runtime = open(sent);
  await runtime.start('f', undefined, { id: 'r' });
  await expect.poll(() => sent).toEqual(['X']);
  await runtime.pause('r', { inFlight: 'abort' });
  await expect(runtime.retry('r', { fromStep: 'nowhere' })).rejects.toMatchObject({ code: 'MR3254' });
  await runtime.idle();
  expect(sent).toEqual(['X']);
  await runtime.resume('r');
  await expect.poll(() => sent).toEqual(['X', 'X']);
  await expect(runtime.retry('r', { fromStep: 'nowhere' })).rejects.toMatchObject({ code: 'MR3254' });
  await runtime.retry('r', { fromStep: 'shipped', input: 'Y' });
  expect(await runtime.result('r')).toMatchObject({ success: true, output: 'Y' });
  expect(sent).toEqual(['X', 'X', 'Y']);
  await runtime.close();
});
