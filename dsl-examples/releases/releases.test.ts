import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import system from '../../generated/releases/index.ts';

let root: string;
let runtime: ReactiveSystemRuntime;
let clock: SimulatedClock;

/** A process that drives the database from `time` on. */
function open(time: string): void {
  clock = new SimulatedClock({ start: Date.parse(time), settle: () => runtime.idle() });
  runtime = new ReactiveSystemRuntime(system, { db: join(root, 'releases.db'), clock, logger: silentLogger });
}
const job = () => ({ folder: join(root, 'handbook'), mirrors: join(root, 'mirrors') });
const mirror = (name: string): string[] =>
  readdirSync(join(root, 'mirrors', name)).filter((file) => file.endsWith('.md'));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-releases-'));
  cpSync(fileURLToPath(new URL('./handbook', import.meta.url)), join(root, 'handbook'), { recursive: true });
  for (const name of ['north', 'south']) mkdirSync(join(root, 'mirrors', name), { recursive: true });
  open('2026-10-24T20:00:00Z');
});
afterEach(async () => {
  await runtime.close();
  rmSync(root, { recursive: true, force: true });
});

it('is checked, approved by a person, and taken by the mirror that opens first', async () => {
  const { runId } = await runtime.start('release', job(), { id: 'r' });
  await runtime.idle();
  expect(runtime.reader.decisions()).toMatchObject([
    { runId, step: 'verdict', message: 'Release 3 pages of 50 words, 310 bytes?', form: { type: 'object' } },
  ]);
  await runtime.decide(runId, 'verdict', { approved: true, by: 'ada', form: { note: 'fine' } });
  // Both are closed: both are asked again every ten seconds.
  await clock.advance('1m');
  expect(runtime.status(runId)?.status).toBe('waiting');
  writeFileSync(join(root, 'mirrors/south/open'), '');
  await clock.advance('1m');
  expect(await runtime.result(runId)).toMatchObject({
    success: true,
    output: { outcome: 'released', mirror: 'south' },
  });
  expect([mirror('north').length, mirror('south').length]).toEqual([0, 1]);
  const steps = new Map(runtime.reader.steps(runId).map(({ path, status }) => [path, status]));
  expect(steps.get('end/yes/taken/north/up')).toBe('cancelled');
  expect(runtime.reader.events().map(({ payload }) => payload)).toMatchObject([{ mirror: 'south', by: 'ada' }]);
});

it('lies on one mirror only, also when both are open', async () => {
  for (const name of ['north', 'south']) writeFileSync(join(root, 'mirrors', name, 'open'), '');
  await runtime.start('release', job(), { id: 'r' });
  await runtime.idle();
  await runtime.decide('r', 'verdict', { approved: true, by: 'ada', form: {} });
  expect(await runtime.result('r')).toMatchObject({ success: true });
  expect(mirror('north').length + mirror('south').length).toBe(1);
});

it('is refused, or forgotten after twenty hours', async () => {
  await runtime.start('release', job(), { id: 'no' });
  await runtime.start('release', job(), { id: 'never' });
  await runtime.idle();
  await runtime.decide('no', 'verdict', { approved: false, by: 'bela', form: { note: 'not today' } });
  await clock.advance('21h');
  expect((await runtime.result('no')).output).toEqual({ outcome: 'refused' });
  expect((await runtime.result('never')).output).toEqual({ outcome: 'forgotten' });
});

it('fails with a dead link before anybody is asked; what does not need it is skipped', async () => {
  rmSync(join(root, 'handbook/gate.md'));
  const { status, error } = await runtime.executeFlow('release', job(), { id: 'r' });
  expect([status, error?.code, error?.message]).toEqual([
    'failed',
    'DEAD_LINK',
    'race.md links to gate.md, which is not there.',
  ]);
  expect(runtime.reader.steps('r').map(({ path, status: now }) => `${path} ${now}`)).toEqual([
    'built failed',
    'built/pages completed',
    'built/links failed',
    expect.stringMatching(/^built\/words (completed|cancelled)$/),
    'built/parcel skipped',
  ]);
  expect(existsSync(join(root, 'handbook/.parcels'))).toBe(false);
});

it('starts by itself each night at half past three in Berlin, and makes good for missed nights once', async () => {
  const ids = (): string[] =>
    runtime
      .list()
      .map(({ id }) => id)
      .toSorted();
  await clock.advance('7h');
  // The night in which the clocks are put back.
  expect(ids()).toEqual(['release:2026-10-25T02:30:00.000Z']);
  await runtime.close();
  open('2026-10-28T12:00:00Z');
  await runtime.idle();
  await runtime.idle();
  expect(ids()).toEqual(['release:2026-10-25T02:30:00.000Z', 'release:2026-10-28T02:30:00.000Z']);
});
