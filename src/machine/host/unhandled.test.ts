import { describe, expect, it, vi } from 'vitest';
import { machineKinds } from '../../../test/support/machine-kinds.ts';
import type { MachineSketch } from '../../../test/support/sketch.ts';
import { createMachineHost } from '../index.ts';

const event = (name: string, payload?: unknown) => ({ name, payload });

describe.each(machineKinds)('a host of %s machines', (_, make) => {
  it.each(['after.on.0', 'done.state.on', 'done.run.on.ship', 'error.run.on.ship', 'error.execution'])(
    "nobody sends '%s', which the machine tells itself",
    (name) => {
      const tap: MachineSketch = {
        events: ['note'],
        initial: 'on',
        states: {
          on: {
            initial: 'a',
            on: { '*': 'off', 'error.execution': 'off' },
            onDone: 'off',
            after: { '5s': 'off' },
            run: [{ id: 'on.ship', target: { kind: 'task', name: 'ship' }, onDone: 'off', onError: 'off' }],
            states: { a: {} },
          },
          off: {},
        },
      };
      const host = createMachineHost({
        machines: [make('tap', tap)],
        work: { ship: () => new Promise(() => undefined) },
        onError: () => undefined,
      });
      const one = host.create('tap');
      expect(() => one.send(event(name))).toThrow(
        expect.objectContaining({ code: 'MR3386', details: { machine: 'tap', event: name } }),
      );
      expect(one.getSnapshot().state).toEqual(['a']);
      one.send(event('error.communication'));
      expect(one.getSnapshot().state).toEqual(['off']);
    },
  );

  it('tells of an event of the user that begins like an error and that nobody takes', () => {
    const quiet: MachineSketch = {
      events: ['note', 'error.paper'],
      initial: 'on',
      states: { on: { on: { note: 'on' } } },
    };
    const onUnhandled = vi.fn();
    createMachineHost({ machines: [make('quiet', quiet)], onUnhandled })
      .create('quiet')
      .send(event('error.paper'));
    expect(onUnhandled.mock.calls).toMatchObject([[{ event: 'error.paper', reason: 'no-transition' }]]);
  });
});
