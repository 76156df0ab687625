import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { machineKinds } from '../../../../test/support/machine-kinds.ts';
import type { MachineSketch } from '../../../../test/support/sketch.ts';
import { SimulatedClock } from '../../../testing/index.ts';
import { createMachineHost, type HostOptions, type MachineModule } from '../../index.ts';

const trip: MachineSketch = {
  events: ['go', 'back', 'note', 'note2'],
  initial: 'home',
  states: {
    home: { on: { go: 'away' } },
    away: {
      type: 'parallel',
      after: { '10s': 'home' },
      run: [
        {
          id: 'hotel',
          target: { kind: 'machine', name: 'hotel' },
          input: '() => ({ nights: 2 })',
          onDone: { actions: [['assign', '({ context, output }) => ({ log: [...context.log, output] })']] },
        },
      ],
      states: {
        mood: {
          states: {
            glad: { after: { '3s': 'tired' } },
            tired: { on: { note: { actions: [['assign', '({ context }) => ({ log: [...context.log, "noted"] })']] } } },
          },
        },
        weather: {
          states: {
            sunny: {
              run: [{ id: 'swim', target: { kind: 'task', name: 'swim' }, input: '() => "sea"', onDone: 'rainy' }],
            },
            rainy: {
              entry: [
                ['send', 'note', '() => undefined', { delay: '4s', id: 'mine' }],
                ['send', 'note2', '() => 7', { delay: '4s', target: '#hotel' }],
              ],
            },
          },
        },
      },
    },
  },
};
const hotel: MachineSketch = {
  events: ['note2'],
  initial: 'checkedIn',
  states: {
    checkedIn: { on: { note2: 'sleeping' } },
    sleeping: { after: { '1s': 'out' } },
    out: { type: 'final', output: '({ context }) => context.nights' },
  },
};

describe.each(machineKinds)('%s machines, written down', (_, make) => {
  const machines = [make('trip', trip), make('hotel', hotel)];
  const open = (at: number, options: Partial<HostOptions> = {}) => {
    const clock = new SimulatedClock({ start: at });
    const errors: string[] = [];
    const work = {
      swim: (input: string) => new Promise((resolve) => clock.at(clock.now() + 2000, () => resolve(input))),
    };
    const onError: HostOptions['onError'] = ({ code }) => errors.push(code);
    const host = createMachineHost({ machines, clock, work, onError, ...options });
    const facts = () => host.list().map(({ machine, id, getSnapshot }) => ({ machine, id, ...getSnapshot() }));
    return { host, clock, errors, facts };
  };
  const start = { id: '1', context: { log: [] } };

  it('go on as if nothing had happened, whenever that was', async () => {
    const whole = open(0);
    const stops: { readonly at: number; readonly text: string }[] = [];
    whole.host.subscribe(() => stops.push({ at: whole.clock.now(), text: JSON.stringify(whole.host.dump()) }));
    whole.host.create('trip', start).send({ name: 'go' });
    for (let second = 0; second < 9; second += 1) {
      stops.push({ at: whole.clock.now(), text: JSON.stringify(whole.host.dump()) });
      await whole.clock.advance('1s');
    }
    const expected = whole.facts();
    expect(expected).toMatchObject([{ state: ['tired', 'rainy'], context: { log: ['noted', 2] } }]);
    expect(stops.length).toBeGreaterThan(15);
    for (const { at, text } of stops) {
      const again = open(at);
      again.host.restore(text);
      // Before it went.
      if (again.facts()[0]?.state[0] === 'home') again.host.get('trip', '1')?.send({ name: 'go' });
      // Work begins anew: the swim takes its two seconds again.
      await again.clock.runUntilIdle({ until: 9000 });
      expect({ at, facts: again.facts() }).toEqual({ at, facts: expected });
      expect(again.errors).toEqual([]);
    }
  });

  it('are plain JSON, with names, hashes and deadlines', async () => {
    const { host, clock } = open(1000);
    const one = host.create('trip', start);
    one.send({ name: 'go' });
    const document = one.persist();
    expect(document).toEqual(JSON.parse(JSON.stringify(document)));
    expect(document).toEqual({
      format: 'millrace.host',
      formatVersion: 1,
      instances: [
        {
          machine: 'trip',
          id: '1',
          hash: machines[0]?.hash,
          snapshot: { state: ['glad', 'sunny'], context: { log: [] }, status: 'active' },
          work: [
            {
              id: 'hotel',
              kind: 'machine',
              name: 'hotel',
              input: { nights: 2 },
              instance: {
                machine: 'hotel',
                id: 'trip:1:hotel',
                hash: machines[1]?.hash,
                snapshot: { state: ['checkedIn'], context: { nights: 2 }, status: 'active' },
                work: [],
              },
            },
            { id: 'swim', kind: 'task', name: 'swim', input: 'sea' },
          ],
        },
      ],
      timers: [
        { machine: 'trip', instance: '1', id: 'after.glad.0', due: 4000, event: { name: 'after.glad.0' } },
        { machine: 'trip', instance: '1', id: 'after.away.0', due: 11_000, event: { name: 'after.away.0' } },
      ],
      events: [],
    });
    await clock.advance('5s');
    expect(document.instances[0]?.snapshot.state).toEqual(['glad', 'sunny']);
  });

  it('ring overdue timers at once, in the order of their deadlines, and those to come on time', async () => {
    const { host } = open(0);
    host.create('trip', start).send({ name: 'go' });
    const text = JSON.stringify(host.dump());
    const later = open(9999);
    const seen: string[] = [];
    later.host.restore(text);
    later.host.subscribe(({ getSnapshot }) => seen.push(`${getSnapshot().state.join()}@${later.clock.now()}`));
    await later.clock.advance(1);
    expect(seen.filter((line) => !line.startsWith('checkedIn'))).toEqual(['tired,sunny@9999', 'home@10000']);
    const much = open(1_000_000);
    much.host.restore(text);
    much.host.subscribe(({ getSnapshot }) => seen.push(`${getSnapshot().state.join()}@${much.clock.now()}`));
    seen.length = 0;
    await much.clock.advance(0);
    expect(seen.filter((line) => !line.startsWith('checkedIn'))).toEqual(['tired,sunny@1000000', 'home@1000000']);
  });

  const text = (() => {
    const { host } = open(0);
    host.create('trip', start).send({ name: 'go' });
    return JSON.stringify(host.dump());
  })();
  type Change = (document: {
    [key: string]: unknown;
    instances: { [key: string]: unknown; snapshot: Record<string, unknown>; work: Record<string, unknown>[] }[];
    timers: Record<string, unknown>[];
    events: unknown[];
  }) => unknown;
  const refused: readonly (readonly [string, string, Change | string])[] = [
    ['a text that was cut off', 'MR3370', text.slice(0, 200)],
    ['another text', 'MR3370', '[]'],
    ['something else', 'MR3370', (all) => (all['format'] = 'else')],
    ['a newer format', 'MR3372', (all) => (all['formatVersion'] = 2)],
    ['no instances', 'MR3370', (all) => Object.assign(all, { instances: undefined })],
    ['an instance without an id', 'MR3370', (all) => (all.instances[0]!['id'] = '')],
    ['a machine that is not there', 'MR3375', (all) => (all.instances[0]!['machine'] = 'travel')],
    ['another version of the machine', 'MR3373', (all) => (all.instances[0]!['hash'] = 'old')],
    ['no snapshot', 'MR3370', (all) => delete (all.instances[0] as Record<string, unknown>)['snapshot']],
    ['a state that does not exist', 'MR3330', (all) => (all.instances[0]!.snapshot['state'] = ['abroad'])],
    ['states that cannot be together', 'MR3374', (all) => (all.instances[0]!.snapshot['state'] = ['home', 'glad'])],
    ['a region without a state', 'MR3374', (all) => (all.instances[0]!.snapshot['state'] = ['glad'])],
    ['an end that is none', 'MR3374', (all) => (all.instances[0]!.snapshot['status'] = 'done')],
    ['the same instance twice', 'MR3376', (all) => all.instances.push(all.instances[0]!)],
    ['work of no kind', 'MR3370', (all) => (all.instances[0]!.work[1]!['kind'] = 'toil')],
    ['a machine below without its instance', 'MR3370', (all) => delete all.instances[0]!.work[0]!['instance']],
    [
      'a machine below that is broken',
      'MR3374',
      (all) => ((all.instances[0]!.work[0]!['instance'] as (typeof all.instances)[0]).snapshot['state'] = []),
    ],
    ['a timer without a time', 'MR3370', (all) => (all.timers[0]!['due'] = 'soon')],
    ['a timer of nobody', 'MR3370', (all) => (all.timers[0]!['instance'] = '2')],
    ['an event that is none', 'MR3370', (all) => all.events.push({ machine: 'trip', instance: '1', event: 'go' })],
  ];

  it.each(refused)('are refused with a code when there is %s, and nothing is put back', (_name, code, change) => {
    const { host, clock } = open(0);
    let given: unknown = change;
    if (typeof change === 'function') {
      const document = JSON.parse(text) as Parameters<Change>[0];
      change(document);
      given = document;
    }
    expect(() => host.restore(given)).toThrow(expect.objectContaining({ code, fault: 'input', retryable: false }));
    expect([host.list(), clock.pending]).toEqual([[], 0]);
    host.restore(text);
    expect(host.list()).toHaveLength(2);
  });

  it('whatever was done to the text, are refused with a code or go on', async () => {
    type Node = Record<string, unknown>;
    const places = (node: unknown): readonly (readonly [Node, string])[] =>
      typeof node === 'object' && node !== null
        ? Object.keys(node).flatMap((key) => [[node as Node, key] as const, ...places((node as Node)[key])])
        : [];
    const damage = fc.record({
      at: fc.nat(),
      with: fc.oneof(
        fc.constant(undefined),
        fc.jsonValue(),
        fc.constantFrom(
          'home',
          'glad',
          'tired',
          'mood',
          'done',
          'trip',
          'hotel',
          '1',
          'after.away.0',
          -1,
          1e12,
          [],
          {},
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const document = JSON.parse(text) as Node;
        for (const { at, with: value } of damages) {
          const all = places(document);
          const [node, key] = all[at % all.length]!;
          if (value === undefined) delete node[key];
          else node[key] = value;
        }
        const { host, clock } = open(0);
        try {
          host.restore(document, { acceptChanged: true });
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^MR33\d\d$/), fault: 'input' });
          expect([host.list(), clock.pending]).toEqual([[], 0]);
          return;
        }
        for (const instance of host.list()) for (const name of trip.events ?? []) instance.send({ name });
        await clock.runUntilIdle({ until: 20_000 });
        try {
          host.dump();
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'MR3371' });
        }
        host.stop();
      }),
      { numRuns: 300 },
    );
  });

  it('are not put back beside themselves', () => {
    const { host } = open(0);
    host.restore(text);
    expect(() => host.restore(text)).toThrow(expect.objectContaining({ code: 'MR3376' }));
    expect(host.list()).toHaveLength(2);
  });

  it('of another version are let in when that is wanted, as long as their states fit', async () => {
    const states = { ...trip.states, home: { ...trip.states['home'], after: { '1d': 'lost' } }, lost: {} };
    const grown = make('trip', { ...trip, states });
    const newer: MachineModule<unknown> = { ...grown, hash: 'newer' };
    const context = z.object({ log: z.array(z.unknown()), miles: z.number().default(0) });
    const { host, clock } = open(0, { machines: [{ module: newer, context }, machines[1]!] });
    expect(() => host.restore(text)).toThrow(expect.objectContaining({ code: 'MR3373' }));
    const [one] = host.restore(text, { acceptChanged: true });
    expect(one?.getSnapshot()).toEqual({ state: ['glad', 'sunny'], context: { log: [], miles: 0 }, status: 'active' });
    await clock.advance('2d');
    expect(one?.getSnapshot().state).toEqual(['lost']);
    const shrunk = { ...make('trip', { ...trip, states: { home: {} } }), hash: 'newest' };
    const small = open(0, { machines: [shrunk, machines[1]!] }).host;
    expect(() => small.restore(text, { acceptChanged: true })).toThrow(expect.objectContaining({ code: 'MR3330' }));
  });

  it('with a context that the schema does not let pass are refused', () => {
    const context = z.object({ log: z.string() });
    const { host } = open(0, { machines: [{ module: machines[0]!, context }, machines[1]!] });
    expect(() => host.restore(text)).toThrow(expect.objectContaining({ code: 'MR3381' }));
  });

  it('cannot be, when something is not JSON', () => {
    const { host } = open(0);
    const one = host.create('trip', { context: { log: [new Map()] } });
    expect(() => one.persist()).toThrow(
      expect.objectContaining({ code: 'MR3371', message: expect.stringContaining('log[0]') }),
    );
  });
});
