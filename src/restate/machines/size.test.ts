import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyEvent, bind } from '../../runtime/fixtures/bind.ts';
import { noting, sketched } from '../../runtime/fixtures/sketched.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines, type TestMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';

const me = '({ context, event, instanceId }) => ({ id: instanceId })';
const grow = ['assign', `({ event }) => ({ seen: ['grown'], text: 'x'.repeat(event.size) })`] as const;
const book = sketched('book', {
  events: ['grow', 'step', 'both'],
  creates: ['grow', 'step'],
  initial: 'on',
  states: {
    on: {
      on: {
        grow: { actions: [grow] },
        step: { actions: [noting(`'step'`)] },
        both: { actions: [grow, ['send', 'step', me], ['send', 'step', me]] },
      },
    },
  },
});
const mib = 1024 * 1024;

describe.runIf(restateIsInstalled())('a context that no invocation could hold', () => {
  let restate: TestRestate;
  let on: TestMachines;
  beforeAll(async () => {
    restate = await startRestate();
    const events = ['grow', 'step', 'both'].map((name) => anyEvent(name));
    on = await startMachines(restate, bind({ machines: [book], events }));
  }, 60_000);
  afterAll(() => restate?.close());
  const seen = async (id: string): Promise<unknown> =>
    ((await on.get('book', id))?.context as { readonly seen: unknown } | undefined)?.seen;

  it('is refused, and the instance goes on as it was', async () => {
    await on.sendEvent('step', { id: 'A' });
    expect(await on.sendEvent('grow', { id: 'A', size: 12 * mib })).toMatchObject({
      handled: false,
      errors: [{ code: 'MR5250', details: { machine: 'book', id: 'A', longest: 8 * mib } }],
    });
    expect(await on.sendEvent('step', { id: 'A' })).toMatchObject({ handled: true });
    expect(await seen('A')).toEqual(['step', 'step']);
    expect(await on.sendEvent('grow', { id: 'B', size: 12 * mib })).toMatchObject({ errors: [{ code: 'MR5250' }] });
    expect(await on.get('book', 'B')).toBeUndefined();
    const context = { seen: [], text: 'x'.repeat(9 * mib) };
    await expect(on.create('book', { id: 'C', context })).rejects.toMatchObject({ code: 'MR5250' });
  });

  it('may be as large as is said, and is taken further', async () => {
    expect(await on.sendEvent('grow', { id: 'D', size: 7.9 * mib })).toMatchObject({ handled: true });
    for (let times = 0; times < 2; times++)
      expect(await on.sendEvent('step', { id: 'D' })).toMatchObject({ handled: true });
    expect(await seen('D')).toEqual(['grown', 'step', 'step']);
  });

  it('counts with each step that an event sets off', async () => {
    await on.sendEvent('step', { id: 'E' });
    await on.sendEvent('both', { id: 'E', size: 7 * mib });
    expect(await seen('E')).toEqual(['grown']);
    const [last] = await on.history('book', 'E', { tail: 1 });
    expect(last).toMatchObject({ event: 'step', errors: [{ message: expect.stringContaining('MR5250') }] });
    expect(await on.sendEvent('step', { id: 'E' })).toMatchObject({ handled: true });
  });
});
