import fc from 'fast-check';
import { interpretMachine, type MachineModule } from 'millrace/machine';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { boundMachine, type SketchSchemas } from '../../../test/support/bound-machine.ts';
import { compiled } from '../../../test/support/compile-machine.ts';
import { randomEvents, randomMachine } from '../../../test/support/random-machine.ts';
import { enliven, sketchMachine, type MachineSketch } from '../../../test/support/sketch.ts';
import { effectText, transitionPaths, type PathOptions, type TransitionPaths } from './index.ts';

const find = (sketch: MachineSketch, schemas?: SketchSchemas, options?: PathOptions): TransitionPaths =>
  transitionPaths(boundMachine(sketch, schemas), 'm', options);
const events = ({ paths }: TransitionPaths): string[][] => paths.map(({ steps }) => steps.map(({ event }) => event));
const id = z.string();

/** Takes every path on a machine module, and says what happens. */
function drive(machine: MachineModule<unknown>, { paths, instanceId, now: start }: TransitionPaths): unknown[] {
  return paths.map(({ context, steps }) => {
    let now = start;
    let step = machine.start(context, { instanceId, now });
    const seen = [{ state: step.snapshot.state, asked: step.effects.map(effectText) }];
    for (const { event, payload, wait } of steps) {
      now += wait;
      step = machine.send(step.snapshot, { name: event, payload }, { instanceId, now });
      seen.push({ state: step.snapshot.state, asked: step.effects.map(effectText) });
    }
    return { seen, context: step.snapshot.context };
  });
}
const expected = ({ paths }: TransitionPaths): unknown[] =>
  paths.map(({ start, steps, end }) => ({
    seen: [start, ...steps.map(({ expect }) => expect)].map(({ state, asked }) => ({ state, asked })),
    context: end.context,
  }));

describe('what is covered', () => {
  it('takes every alternative of a list: on either side of a constant, each enum value, each boolean', () => {
    const found = find(
      {
        events: ['asked'],
        initial: 'a',
        states: {
          a: {
            on: {
              asked: [
                { target: 'huge', guard: '({ event }) => event.amount > 10_000 && event.kind === "gold"' },
                { target: 'fast', guard: '({ event }) => event.express' },
                { target: 'noted', guard: '({ event }) => event.note !== undefined' },
                { target: 'many', guard: '({ event }) => event.lines.length > 1' },
                { target: 'plain' },
              ],
            },
          },
          ...Object.fromEntries(['huge', 'fast', 'noted', 'many', 'plain'].map((name) => [name, { type: 'final' }])),
        },
      },
      {
        events: {
          asked: z.object({
            id,
            amount: z.number().min(1),
            kind: z.enum(['tin', 'silver', 'gold']),
            express: z.boolean(),
            note: z.string().optional(),
            lines: z.array(z.string()),
            unread: z.enum(['x', 'y', 'z']),
          }),
        },
      },
    );
    expect(found.uncovered).toEqual([]);
    expect(found.paths.map(({ end, steps }) => [steps.length, end.status])).toEqual(
      Array.from({ length: 5 }, () => [1, 'done']),
    );
    // What nobody reads is not varied.
    const payloads = found.paths.map(({ steps }) => steps[0]?.payload);
    expect(payloads).toEqual(Array.from({ length: 5 }, () => expect.objectContaining({ unread: 'x' })));
  });

  it('follows what guards read back through the context, and counts rounds', () => {
    const found = find(
      {
        events: ['begun', 'again'],
        initial: 'a',
        states: {
          a: {
            on: { begun: { target: 'b', actions: [['assign', '({ event }) => ({ who: event.by, rounds: 0 })']] } },
          },
          b: {
            on: {
              again: [
                { target: 'end', guard: '({ context }) => context.rounds >= 3' },
                { target: 'boss', guard: '({ context }) => context.who.role === "boss"' },
                { actions: [['assign', '({ context }) => ({ rounds: context.rounds + 1 })']] },
              ],
            },
          },
          boss: { type: 'final' },
          end: { type: 'final' },
        },
      },
      { events: { begun: z.object({ id, by: z.object({ name: z.string(), role: z.string() }) }) } },
    );
    expect(found.uncovered).toEqual([]);
    expect(events(found)).toEqual([
      ['begun', 'again', 'again', 'again', 'again'],
      ['begun', 'again'],
    ]);
  });

  it('fires timers in their order, ends work both ways, and delivers what the machine sends itself', () => {
    const found = find(
      {
        events: ['tick'],
        initial: 'a',
        states: {
          a: {
            after: { '2s': { target: 'late' }, '1s': { actions: [['emit', 'warned']] } },
            run: [
              {
                id: 'w',
                onDone: [{ target: 'b', guard: '({ output }) => output.ok' }, { target: 'a' }],
                onError: [{ target: 'gone', guard: '({ error }) => error.code === "NOT_THERE"' }, { target: 'a' }],
              },
            ],
          },
          b: {
            entry: [['send', 'tick', '() => ({ self: true })', { delay: '3s' }]],
            on: { tick: { target: 'late', guard: '({ event }) => event.self' } },
          },
          late: { type: 'final' },
          gone: { type: 'final' },
        },
      },
      { outputs: { w: z.object({ ok: z.boolean() }) } },
    );
    expect(found.uncovered).toEqual([]);
    const late = found.paths.find(({ steps }) => steps.at(-1)?.event === 'after.a.0');
    expect(late?.steps.map(({ event, wait }) => [event, wait])).toEqual([
      ['after.a.1', 1000],
      ['after.a.0', 1000],
    ]);
    const ticks = found.paths.flatMap(({ steps }) => steps.filter(({ event }) => event === 'tick'));
    expect(ticks).toMatchObject([
      { kind: 'event', wait: 0, expect: { taken: [], refused: ['b.on.tick[0]'] } },
      { kind: 'timer', wait: 3000, expect: { taken: ['b.on.tick[0]'] } },
    ]);
  });

  it('goes into regions and back through history', () => {
    const found = find({
      events: ['next', 'leave', 'back', 'ask'],
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          on: { leave: 'away' },
          onDone: 'end',
          states: {
            r: {
              states: {
                r1: { on: { next: 'r2' } },
                r2: { on: { ask: { target: 'r3', guard: '({ in: isIn }) => isIn("s2")' } } },
                r3: { type: 'final' },
                past: { type: 'history', history: 'shallow', initial: 'r1' },
              },
            },
            s: { states: { s1: { on: { next: 's2' } }, s2: { on: { ask: 's3' } }, s3: { type: 'final' } } },
          },
        },
        away: { on: { back: 'past' } },
        end: { type: 'final' },
      },
    });
    expect(found.uncovered).toEqual([]);
    expect(found.covered).toHaveLength(7);
    expect(found.paths).toHaveLength(1);
  });

  it('lets time pass where a guard asks for it', () => {
    const found = find({
      events: ['opened', 'closed'],
      initial: 'a',
      states: {
        a: { on: { opened: { target: 'b', actions: [['assign', '({ now }) => ({ since: now })']] } } },
        b: {
          on: {
            closed: [{ target: 'long', guard: '({ context, now }) => now - context.since > 60_000' }, { target: 'a' }],
          },
        },
        long: { type: 'final' },
      },
    });
    expect(found.uncovered).toEqual([]);
    expect(found.paths.flatMap(({ steps }) => steps).filter(({ wait }) => wait > 0)).toMatchObject([
      { event: 'closed', wait: 60_001 },
    ]);
  });

  it('takes what is given: payloads, contexts, constants', () => {
    const sketch: MachineSketch = {
      events: ['x'],
      initial: 'a',
      states: {
        a: {
          on: {
            x: [
              { target: 'b', guard: '({ event }) => event.code.startsWith("Q-") && event.code.length === 7' },
              { target: 'c', guard: '({ event }) => event.code.length === 9 + 9' },
            ],
          },
        },
        b: { type: 'final' },
        c: { type: 'final' },
      },
    };
    const schemas = { context: z.object({ n: z.number().min(5) }), events: { x: z.object({ id, code: z.string() }) } };
    expect(find(sketch, schemas).covered).toEqual([]);
    const found = find(sketch, schemas, {
      payloads: { x: [{ id: 'i-7', code: 'Q-12345' }] },
      constants: ['eighteen letters..'],
      contexts: [{ n: 7 }],
    });
    expect(found).toMatchObject({ uncovered: [], instanceId: 'i-7', paths: [{ context: { n: 7 } }, {}] });
  });
});

describe('what is not', () => {
  const why = (found: TransitionPaths): Record<string, string> =>
    Object.fromEntries(found.uncovered.map(({ transition, why }) => [transition, why]));

  it('says why: a guard that never holds, one that throws, a state never active, an event that comes too late', () => {
    const found = find({
      events: ['x', 'y'],
      initial: 'a',
      states: {
        a: {
          on: {
            x: { target: 'b', guard: '() => false' },
            y: [{ target: 'b', guard: '() => { throw new Error("no") }' }, { target: 'a' }],
            'error.execution': {},
          },
          after: { '1s': 'c', '2s': 'b' },
        },
        b: { on: { x: 'a' } },
        c: { on: { 'error.execution': 'a' } },
      },
    });
    expect(why(found)).toEqual({
      'a.after[1][0]': 'its timer never fired: something else always happened to the state first.',
      'a.on.x[0]': expect.stringMatching(/^its guard never held, in the \d+ times that it was asked.$/),
      'a.on.y[0]': expect.stringMatching(/asked. It threw: no.$/),
      'b.on.x[0]': "state 'b' was never active.",
      'c.on.error.execution[0]': "nothing set off 'error.execution' in the search.",
    });
    expect(found.search.complete).toBe(true);
  });

  it('says when it gave up', () => {
    const endless: MachineSketch = {
      events: ['x'],
      initial: 'a',
      states: {
        a: {
          entry: [['assign', '({ context }) => ({ n: (context.n ?? 0) + 1 })']],
          on: { x: [{ target: 'b', guard: '({ context }) => context.n < 0' }, { target: 'a' }] },
        },
        b: {},
      },
    };
    const found = find(endless, {}, { depth: 50, limit: 40 });
    expect(found.search.complete).toBe(false);
    expect(why(found)['a.on.x[0]']).toContain('The search gave up after 40 steps');
  });

  it('tells of a machine that does not come to rest', () => {
    const found = find({
      events: ['x'],
      initial: 'a',
      states: {
        a: { on: { x: 'b' } },
        b: { always: { target: 'c', guard: '() => true' } },
        c: { always: { target: 'b', guard: '() => true' } },
      },
    });
    expect(found.search.restless).toEqual(["'x' in a"]);
    expect(why(found)['b.always[0]']).toContain("The machine does not come to rest after 'x' in a.");
  });

  it('refuses what it cannot work with, by name', () => {
    const sketch: MachineSketch = { events: ['paid'], initial: 'a', states: { a: { on: { paid: {} } } } };
    const system = boundMachine(sketch, { events: { paid: z.object({ id, amount: z.number() }) } });
    const code = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return `${(error as { code: string }).code} ${(error as Error).message}`;
      }
    };
    expect(code(() => transitionPaths(system, 'n'))).toBe(
      "MR1800 The system 'sketch' has no machine 'n'. Did you mean 'm'? It has m.",
    );
    const module = compiled(sketchMachine('m', sketch));
    const machines = { m: { module, context: z.looseObject({}) } };
    expect(code(() => transitionPaths({ ...system, machines }, 'm'))).toContain('MR1801');
    expect(code(() => transitionPaths(system, 'm', { payloads: { paid: [{ id: '1' }] } }))).toContain('MR1804');
    expect(code(() => transitionPaths(system, 'm', { payloads: { pied: [] } }))).toContain("Did you mean 'paid'?");
    const odd = boundMachine(sketch, { context: z.object({ n: z.string().refine((n) => n.length > 99) }) });
    expect(code(() => transitionPaths(odd, 'm'))).toContain('MR1803');
    const unknown = boundMachine(sketch, { events: { paid: z.object({ id, s: z.string().refine(() => false) }) } });
    expect(transitionPaths(unknown, 'm').uncovered[0]?.why).toContain("no payload was found that the schema of 'paid'");
  });
});

it('is the same every time, and what the compiled machine does', () => {
  fc.assert(
    fc.property(
      randomMachine({ regions: true }),
      fc.array(randomEvents, { minLength: 1, maxLength: 4 }),
      (sketch, runs) => {
        const node = sketchMachine('m', sketch);
        const context = z.looseObject({ n: z.number().default(0) });
        const payload = z.object({ k: z.literal(1) });
        const schemas = { context, events: Object.fromEntries((sketch.events ?? []).map((name) => [name, payload])) };
        const options = { limit: 120, candidates: 8 };
        const found = find(sketch, schemas, options);
        expect(find(sketch, schemas, options)).toEqual(found);
        const module = compiled(node);
        const begun = {
          ...found,
          paths: found.paths.map((path) => ({ ...path, context: context.parse(path.context) })),
        };
        expect(drive(module, begun)).toEqual(expected(found));
        // Nothing that a random run takes may be called unreachable by a search that was complete.
        if (!found.search.complete || found.search.restless.length > 0) return;
        const never = new Set(
          found.uncovered.filter(({ why }) => why.includes('was never active')).map(({ transition }) => transition),
        );
        const machine = interpretMachine(enliven(node), {
          onMicrostep: ({ transitions }) => transitions.forEach(({ at }) => expect(never).not.toContain(at)),
        });
        const known = new Set(sketch.events);
        for (const events of runs) {
          try {
            const scope = { instanceId: found.instanceId, now: found.now };
            let step = machine.start({ n: 0 }, scope);
            for (const { name } of events.filter((event) => known.has(event.name))) {
              // What it sends itself at once comes before anything else: this run is not such a life.
              if (step.effects.some((effect) => effect.type === 'schedule' && effect.delay === 0)) break;
              step = machine.send(step.snapshot, { name, payload: { k: 1 } }, scope);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: 'MR3331' });
          }
        }
      },
    ),
    { numRuns: Number(process.env['MILLRACE_RUNS'] ?? 6) },
  );
}, 600_000);
