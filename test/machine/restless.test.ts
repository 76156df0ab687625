/** What cannot be proven endless when compiling is stopped when it runs, and nothing of it stays: MR3331. */
import { createActor } from 'millrace/machine';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { boundMachine } from '../support/bound-machine.ts';
import { drive, scope } from '../support/drive.ts';
import { implementations } from '../support/implementations.ts';
import type { MachineSketch } from '../support/sketch.ts';

const count = ['assign', '({ context }) => ({ n: (context.n ?? 0) + 1 })'] as const;
const restless: MachineSketch = {
  events: ['spin', 'echo', 'next'],
  creates: ['next'],
  initial: 'a',
  states: {
    a: {
      on: {
        next: { actions: [count] },
        spin: { target: 'b', actions: [count, ['emit', 'next']] },
        echo: [{ guard: '({ context }) => context.n >= 0', actions: [count, ['raise', 'echo']] }],
      },
    },
    b: { always: { target: 'c', guard: '({ context }) => context.n >= 0', actions: [count] } },
    c: { always: { target: 'b', guard: '({ context }) => context.n >= 0' } },
  },
};
const code = (expected: string) => expect.objectContaining({ code: expected });

describe.each(implementations)('%s', (_, machineOf) => {
  const module = machineOf(restless);

  it.each(['spin', 'echo'])('an endless %s is a clear error, and the snapshot stays as it was', (name) => {
    const { snapshot } = drive(module, {}, 'next');
    const before = JSON.stringify(snapshot);
    expect(() => module.send(snapshot, { name, payload: undefined }, scope)).toThrow(code('MR3331'));
    expect(() => module.send(snapshot, { name, payload: undefined }, scope)).toThrow(/'m' did not come to rest/);
    expect(JSON.stringify(snapshot)).toBe(before);
    expect(module.send(snapshot, { name: 'next', payload: undefined }, scope).snapshot.context).toEqual({ n: 2 });
  });

  it('an actor stays where it was, asks for nothing, and goes on', () => {
    const asked: unknown[] = [];
    const actor = createActor(module, {}, { onEffects: (effects) => asked.push(...effects) });
    const send = (name: string) => actor.send({ name, payload: undefined });
    send('next');
    for (const name of ['spin', 'echo']) expect(() => send(name)).toThrow(code('MR3331'));
    expect(actor.getSnapshot()).toMatchObject({ state: ['a'], context: { n: 1 } });
    send('next');
    expect([actor.getSnapshot().context, asked]).toEqual([{ n: 2 }, []]);
  });

  it('a durable instance stays as it was, with its history, and nothing was published', async () => {
    const bound = boundMachine(restless);
    const system = { ...bound, machines: { m: { ...bound.machines['m']!, module } } };
    const runtime = new ReactiveSystemRuntime(system, {
      db: ':memory:',
      clock: new SimulatedClock(),
      logger: silentLogger,
    });
    try {
      await runtime.sendEvent('next', { id: 'i' });
      for (const name of ['spin', 'echo']) {
        expect(await runtime.sendEvent(name, { id: 'i' })).toMatchObject({
          handled: false,
          deliveries: [{ error: { code: 'MR3331' } }],
        });
        expect(runtime.get('m', 'i')).toMatchObject({ state: ['a'], context: { n: 1 } });
      }
      const changes = runtime.history('m', 'i').length;
      await runtime.sendEvent('next', { id: 'i' });
      expect(runtime.get('m', 'i')).toMatchObject({ state: ['a'], context: { n: 2 } });
      expect(runtime.history('m', 'i')).toHaveLength(changes + 1);
    } finally {
      await runtime.close();
    }
  });
});
