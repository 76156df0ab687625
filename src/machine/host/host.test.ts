import { describe, expect, it, vi } from 'vitest';
import { machineKinds } from '../../../test/support/machine-kinds.ts';
import type { MachineSketch } from '../../../test/support/sketch.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { createMachineHost, type HostOptions } from '../index.ts';

const event = (name: string, payload?: unknown) => ({ name, payload });

describe.each(machineKinds)('a host of %s machines', (_, make) => {
  const hostOf = (sketches: Readonly<Record<string, MachineSketch>>, options: Partial<HostOptions> = {}) => {
    const clock = new SimulatedClock({ start: 0 });
    const errors: string[] = [];
    const unhandled: string[] = [];
    const host = createMachineHost({
      machines: Object.entries(sketches).map(([name, sketch]) => make(name, sketch)),
      clock,
      onError: ({ code, message }) => errors.push(`${code} ${message}`),
      onUnhandled: ({ instance, event, available }) =>
        unhandled.push(`${instance?.machine}/${instance?.id} ${event} [${available.join()}]`),
      ...options,
    });
    const at = (key: string) => {
      const [machine = '', id = '1'] = key.split('/');
      return host.get(machine, id)?.getSnapshot().state.join();
    };
    return { host, clock, errors, unhandled, at };
  };
  const noting: MachineSketch = {
    events: ['note', 'tell'],
    creates: ['note'],
    initial: 'on',
    states: {
      on: {
        on: {
          note: { actions: [['assign', '({ context, event }) => ({ seen: [...(context.seen ?? []), event.n] })']] },
        },
      },
    },
  };
  const seen = (snapshot: { readonly context: unknown } | undefined) =>
    (snapshot?.context as { readonly seen?: readonly unknown[] } | undefined)?.seen;

  it('takes events to completion, in the order in which they were sent, whoever sends them', () => {
    const { host } = hostOf({ noting });
    const one = host.create('noting', { id: 'one' });
    const other = host.create('noting', { id: 'other' });
    const order: string[] = [];
    host.subscribe((instance) => order.push(`${instance.id} ${seen(instance.getSnapshot())?.join()}`));
    one.subscribe(({ context }) => {
      if ((context as { seen: number[] }).seen.length > 1) return;
      one.send(event('note', { n: 2 }));
      other.send(event('note', { n: 3 }));
    });
    one.send(event('note', { n: 1 }));
    expect(order).toEqual(['one 1', 'one 1,2', 'other 3']);
  });

  it('keeps a snapshot until something changes, and tells nobody of what was not handled', () => {
    const { host, unhandled } = hostOf({ noting });
    const one = host.create('noting');
    const listener = vi.fn();
    const { subscribe, getSnapshot, send } = one;
    const end = subscribe(listener);
    const before = getSnapshot();
    send(event('tell'));
    expect(getSnapshot()).toBe(before);
    send(event('note', { n: 1 }));
    expect(listener.mock.calls).toEqual([[getSnapshot()]]);
    end();
    send(event('note', { n: 2 }));
    expect(listener).toHaveBeenCalledTimes(1);
    expect(unhandled).toEqual(['noting/1 tell [note]']);
    expect([one.can('note'), one.can('tell'), one.available()]).toEqual([true, false, ['note']]);
  });

  it('creates, lists and stops; a name or an id that is wrong is refused with its code', () => {
    const { host } = hostOf({ noting });
    host.create('noting', { id: 'a' });
    host.create('noting', { id: 'b' });
    expect(() => host.create('noting', { id: 'a' })).toThrow(expect.objectContaining({ code: 'MR3376' }));
    const twice = () => createMachineHost({ machines: [make('noting', noting), make('noting', noting)] });
    expect(twice).toThrow(expect.objectContaining({ code: 'MR3385' }));
    expect(() => host.create('nothing')).toThrow(expect.objectContaining({ code: 'MR3375' }));
    const a = host.get('noting', 'a');
    a?.stop();
    expect([a?.status, a?.available()]).toEqual(['stopped', []]);
    expect(host.list().map(({ id }) => id)).toEqual(['b']);
    host.stop();
    expect(host.list()).toEqual([]);
  });

  const waiting: MachineSketch = {
    events: ['go'],
    initial: 'idle',
    states: {
      idle: { on: { go: 'early' } },
      early: { after: { '5s': 'late', '9s': 'never' }, on: { go: 'idle' } },
      late: { after: { '() => 1000': 'over' } },
      never: {},
      over: { type: 'final' },
    },
  };

  it('sets the timers of states and takes them back', async () => {
    const { host, clock, at } = hostOf({ waiting });
    const one = host.create('waiting');
    one.send(event('go'));
    one.send(event('go'));
    await clock.advance('1h');
    expect(at('waiting')).toBe('idle');
    one.send(event('go'));
    await clock.advance(4999);
    expect(at('waiting')).toBe('early');
    await clock.advance(1);
    expect(at('waiting')).toBe('late');
    await clock.advance(1000);
    expect([at('waiting'), one.status, clock.pending]).toEqual(['over', 'done', 0]);
  });

  it('rings timers by deadline, and those of one deadline in the order in which they were set', async () => {
    const { host, clock } = hostOf({ waiting });
    const order: string[] = [];
    host.subscribe(({ id, getSnapshot }) => order.push(`${id} ${getSnapshot().state.join()}@${clock.now()}`));
    host.create('waiting', { id: 'b' }).send(event('go'));
    await clock.advance(1);
    host.create('waiting', { id: 'c' }).send(event('go'));
    host.create('waiting', { id: 'a' }).send(event('go'));
    order.length = 0;
    await clock.advance(5000);
    expect(order).toEqual(['b late@5000', 'c late@5001', 'a late@5001']);
  });

  const shop: MachineSketch = {
    events: ['leave', 'pay'],
    initial: 'open',
    states: {
      open: {
        on: { leave: 'left', pay: 'paying' },
      },
      paying: {
        run: [
          {
            id: 'card',
            target: { kind: 'task', name: 'chargeCard' },
            input: '({ context }) => context.total',
            onDone: { target: 'paid', actions: [['assign', '({ output }) => ({ receipt: output })']] },
            onError: { target: 'open', actions: [['assign', '({ error }) => ({ why: [error.code, error.message] })']] },
          },
        ],
        on: { leave: 'left' },
      },
      left: { entry: [['start', 'sayGoodbye', '() => "bye"']] },
      paid: { type: 'final' },
    },
  };

  it('does work by functions of the user', async () => {
    const chargeCard = vi.fn(async (total: number) => `paid ${total}`);
    const { host } = hostOf({ shop }, { work: { chargeCard } });
    const one = host.create('shop', { context: { total: 7 } });
    one.send(event('pay'));
    expect(chargeCard).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(one.status).toBe('done'));
    expect(one.getSnapshot().context).toEqual({ total: 7, receipt: 'paid 7' });
    expect(chargeCard.mock.calls[0]).toMatchObject([7, { machine: 'shop', instanceId: '1', run: 'card' }]);
  });

  it('tells the machine of work that fails, and of work that nobody can do', async () => {
    let charge: (() => Promise<never>) | undefined = () => Promise.reject(new Error('No money.'));
    const work = { chargeCard: () => charge?.() };
    const { host } = hostOf({ shop }, { work });
    const one = host.create('shop');
    one.send(event('pay'));
    await vi.waitFor(() => expect(one.getSnapshot().context).toEqual({ why: ['MR3100', 'No money.'] }));
    charge = undefined;
    const without = hostOf({ shop }).host.create('shop');
    without.send(event('pay'));
    await vi.waitFor(() => expect(without.getSnapshot().context).toMatchObject({ why: ['MR3378', expect.anything()] }));
  });

  it('aborts work when its state is left, and drops what it gives', async () => {
    const signals: AbortSignal[] = [];
    const { host, at, errors } = hostOf(
      { shop },
      {
        work: {
          chargeCard: (_: number, { signal }) => {
            signals.push(signal);
            return new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(new Error('aborted'))),
            );
          },
          sayGoodbye: () => Promise.reject(new Error('no mail')),
        },
      },
    );
    const one = host.create('shop');
    one.send(event('pay'));
    await vi.waitFor(() => expect(signals).toHaveLength(1));
    one.send(event('leave'));
    expect(signals[0]?.aborted).toBe(true);
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(at('shop')).toBe('left');
    // What was started outlives the state, and its failure is for nobody in the machine.
    expect(errors[0]).toBe(
      "MR3383 Instance '1' of machine 'shop': the flow 'sayGoodbye' that it started failed: no mail",
    );
  });

  const running = (rest: Partial<MachineSketch['states'][string]> = {}): MachineSketch => ({
    events: ['leave'],
    initial: 'on',
    states: {
      on: {
        run: [
          {
            id: 'inner',
            target: { kind: 'machine', name: 'child' },
            input: '() => ({ given: 1 })',
            onDone: { target: 'done', actions: [['assign', '({ output }) => ({ output })']] },
            onError: { target: 'failed', actions: [['assign', '({ error }) => ({ code: error.code })']] },
          },
        ],
        on: { leave: 'off' },
        ...rest,
      },
      off: {},
      done: {},
      failed: {},
    },
  });

  it('runs machines for machines: input is the context, the output comes back', () => {
    const child: MachineSketch = {
      events: ['end'],
      initial: 'a',
      states: {
        a: { on: { end: 'b' } },
        b: { type: 'final', output: '({ context, instanceId }) => [context.given, instanceId]' },
      },
    };
    const { host, at } = hostOf({ parent: running(), child });
    const parent = host.create('parent');
    const [inner] = host.list('child');
    expect(inner?.id).toBe('parent:1:inner');
    inner?.send(event('end'));
    expect(at('parent')).toBe('done');
    expect(parent.getSnapshot().context).toEqual({ output: [1, 'parent:1:inner'] });
    expect([inner?.status, host.list().length]).toEqual(['done', 1]);
  });

  it('drops the end of work whose state was left meanwhile, also when it was entered again', () => {
    const child: MachineSketch = {
      events: ['end'],
      initial: 'a',
      states: { a: { on: { end: 'b' } }, b: { type: 'final' } },
    };
    const parent = running();
    const again = { ...parent, states: { ...parent.states, off: { on: { leave: 'on' } } } };
    const { host, at } = hostOf({ parent: again, child });
    const one = host.create('parent');
    const [inner] = host.list('child');
    const end = host.subscribe(() => {
      end();
      inner?.send(event('end'));
      one.send(event('leave'));
      one.send(event('leave'));
    });
    host.create('child', { id: 'another' });
    expect([at('parent'), inner?.status, host.get('child', 'parent:1:inner')?.status]).toEqual([
      'on',
      'done',
      'active',
    ]);
  });

  it('ends machines with the state that runs them, and everything below', async () => {
    const aborted = vi.fn();
    const child: MachineSketch = {
      initial: 'a',
      states: { a: { run: [{ id: 'leaf', target: { kind: 'machine', name: 'leaf' } }], after: { '1s': 'b' } }, b: {} },
    };
    const leaf: MachineSketch = {
      initial: 'a',
      states: { a: { run: [{ id: 'long', target: { kind: 'task', name: 'long' } }] } },
    };
    const work = {
      long: (_: undefined, { signal }: { readonly signal: AbortSignal }) =>
        new Promise(() => signal.addEventListener('abort', aborted)),
    };
    const { host, clock } = hostOf({ parent: running(), child, leaf }, { work });
    const parent = host.create('parent');
    await Promise.resolve();
    await Promise.resolve();
    const below = host.list().slice(1);
    expect(below.map(({ machine, id }) => `${machine} ${id}`)).toEqual([
      'child parent:1:inner',
      'leaf child:parent:1:inner:leaf',
    ]);
    parent.send(event('leave'));
    expect(below.map(({ status }) => status)).toEqual(['stopped', 'stopped']);
    expect([host.list().length, clock.pending]).toEqual([1, 0]);
    expect(aborted).toHaveBeenCalledTimes(1);
  });

  it('a machine that cannot be run, or that somebody stops, is work that failed', () => {
    const missing = hostOf({ parent: running() });
    missing.host.create('parent');
    expect(missing.host.get('parent', '1')?.getSnapshot()).toMatchObject({
      state: ['failed'],
      context: { code: 'MR3375' },
    });
    const stopped = hostOf({ parent: running(), child: { initial: 'a', states: { a: {} } } });
    const parent = stopped.host.create('parent');
    stopped.host.list('child')[0]?.stop();
    expect(parent.getSnapshot()).toMatchObject({ state: ['failed'], context: { code: 'MR3379' } });
  });

  it('gives up on machines that run themselves for ever', () => {
    const child: MachineSketch = {
      initial: 'a',
      states: { a: { run: [{ id: 'r', target: { kind: 'machine', name: 'child' } }] } },
    };
    const { host, errors } = hostOf({ child });
    host.create('child');
    expect(errors).toEqual([expect.stringContaining('MR3383')]);
    expect(errors[0]).toContain('more than 100 deep');
  });

  it('tells the page and the machines of what is emitted', () => {
    const teller: MachineSketch = {
      events: ['tell'],
      initial: 'on',
      states: { on: { on: { tell: { actions: [['emit', 'note', '({ event }) => ({ id: "x", n: event })']] } } } },
    };
    const onEmit = vi.fn();
    const { host } = hostOf({ teller, noting }, { onEmit });
    const one = host.create('teller');
    one.send(event('tell', 1));
    one.send(event('tell', 2));
    expect(seen(host.get('noting', 'x')?.getSnapshot())).toEqual([1, 2]);
    expect(onEmit.mock.calls).toEqual([1, 2].map((n) => [{ event: 'note', payload: { id: 'x', n }, instance: one }]));
    expect(host.publish('note', { id: 'y', n: 3 }).map(({ id }) => id)).toEqual(['y']);
    expect(host.publish('note', { n: 3 })).toEqual([]);
    expect(host.publish('tell', { id: 'nobody' })).toEqual([]);
  });

  it('leaves a machine that does not come to rest as it was, and says so', () => {
    const loop: MachineSketch = {
      events: ['go', 'fine'],
      initial: 'a',
      states: { a: { on: { go: 'b', fine: 'd' } }, b: { always: 'c' }, c: { always: 'b' }, d: {} },
    };
    const { host, errors, at } = hostOf({ loop });
    const one = host.create('loop');
    one.send(event('go'));
    expect([at('loop'), errors.map((text) => text.slice(0, 6))]).toEqual(['a', ['MR3331']]);
    one.send(event('fine'));
    expect(at('loop')).toBe('d');
  });

  it('says what guards and actions threw, and what a listener threw, and goes on', () => {
    const bad: MachineSketch = {
      events: ['go', 'on'],
      initial: 'a',
      states: { a: { on: { go: { actions: [['assign', '({ event }) => event.x.y']] }, on: 'b' } }, b: {} },
    };
    const { host, errors, at } = hostOf({ bad });
    const one = host.create('bad');
    one.send(event('go', {}));
    one.subscribe(() => {
      throw new Error('broken page');
    });
    one.send(event('on'));
    expect(at('bad')).toBe('b');
    expect(errors).toEqual([
      expect.stringMatching(/^MR3382 Instance '1' of machine 'bad': a\.on\.go\[0\]\.actions\[0\] threw: /),
      'MR3384 A listener threw: broken page',
    ]);
  });
});
