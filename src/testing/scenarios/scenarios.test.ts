import { assertScenario, playScenario, problemText, ScenarioError, scenariosIn, scenariosOf } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as orderStories from '../../../dsl-examples/orders/orders.scenarios.ts';
import orders from '../../../generated/orders/index.ts';
import { askingSystem, askingTask } from '../../runtime/fixtures/asking.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import type { Scenario, ScenarioDefinition } from './types.ts';

const [approved] = scenariosIn(orderStories);
const changed = (change: (definition: ScenarioDefinition<never>) => object): Scenario => {
  const { name, definition } = approved as Scenario;
  return { kind: 'scenario', name, definition: { ...definition, ...change(definition as never) } };
};

it('a task that a model performs cannot be real: there is no code, and nobody is asked', async () => {
  const definition = { given: { tasks: { ask: 'real' } }, when: [{ start: 'f', input: 1 }], expect: { runs: {} } };
  const real = { kind: 'scenario', name: 'x', definition } as unknown as Scenario;
  const { problems } = await playScenario(askingSystem(askingTask('ask')), real);
  expect(problems.map(problemText)).toContainEqual(
    expect.stringMatching(/^given\.tasks\.ask: .*'real': a model performs it.*\{ gives: … \}/),
  );
});

describe('a wrong expectation', () => {
  it('fails, with what should be beside what is', async () => {
    const wrong = changed(() => ({
      expect: {
        instances: { order: { A1: { state: 'travelling', context: { trackingCode: 'T-8' } } } },
        emitted: [],
        tasks: { sendMail: 1 },
      },
    }));
    const { ok, problems, diff, trace } = await playScenario(orders, wrong);
    expect(ok).toBe(false);
    expect(problems.map(problemText)).toEqual([
      'expect.instances.order.A1.state[0]: expected "travelling", but there is "closed"',
      'expect.instances.order.A1.context.trackingCode: expected "T-8", but there is "T-7"',
      'expect.emitted: expected [], but there is [{"event":"orderShipped","payload":{"orderId":"A1","trackingCode":"T-7"}}] (0 expected, 1 there)',
      'expect.tasks.sendMail: expected 1, but there is 2',
    ]);
    expect(diff).toMatchInlineSnapshot(`
      "- expected
      + what is there
       {
         "instances.order.A1": {
           "state": [
      -      "travelling"
      +      "closed"
           ],
           "context": {
      -      "trackingCode": "T-8"
      +      "trackingCode": "T-7"
           }
         },
      -  "emitted": [],
      -  "tasks.sendMail": 1
      +  "emitted": [
      +    {
      +      "event": "orderShipped",
      +      "payload": {
      +        "orderId": "A1",
      +        "trackingCode": "T-7"
      +      }
      +    }
      +  ],
      +  "tasks.sendMail": 2
       }
      "
    `);
    expect(trace).toContain('event.published orderPlaced');
  });

  it('in between ends the story there', async () => {
    const wrong = changed(({ when }) => ({
      when: [when[0], { expect: { runs: { fulfilOrder: { status: 'completed' } } } }, ...when.slice(2)],
    }));
    const { problems } = await playScenario(orders, wrong);
    expect(problems.map(problemText)).toEqual([
      'when[1].expect.runs.fulfilOrder.status: expected "completed", but there is "waiting"',
    ]);
  });

  it('fails a test with the difference and with what happened', async () => {
    const wrong = changed(() => ({ expect: { runs: { fulfilOrder: { status: 'failed' } } } }));
    const error: unknown = await assertScenario(orders, wrong).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScenarioError);
    expect(error).toMatchObject({ code: 'MR3573', expected: { 'runs.fulfilOrder': { status: 'failed' } } });
    expect(String(error)).toMatch(
      /expected "failed", but there is "completed"[^]*-    "status": "failed"[^]*What happened:\n  event/,
    );
  });
});

it('a task without an answer fails the scenario, whatever the flow makes of it', async () => {
  const { problems } = await playScenario(
    orders,
    changed(({ given }) => {
      const { openReview: _, ...tasks } = (given?.tasks ?? {}) as Record<string, never>;
      return { given: { tasks } };
    }),
  );
  expect(problems[0]).toMatchObject({ at: 'given.tasks.openReview', expected: 'an answer' });
});

const go = anyTask('go', { retry: { attempts: 3, delay: '1h' } });
const knocked = anyEvent('knocked');
const system = bind({
  events: [knocked],
  tasks: [code(go, (input: unknown) => ({ really: input }))],
  flows: [
    anyFlow(
      'sign',
      async (host, input: { readonly n: number }) => {
        const signed = await host.approve('sign', { ...at, form: z.object({ note: z.string() }) });
        await host.emit('out', () => knocked({ n: input.n }), at);
        return { ...signed, at: 0, did: await host.step('go', () => go(input), at) };
      },
      { forms: { sign: z.object({ note: z.string() }) } },
    ),
  ],
});
interface Source {
  readonly go: { readonly kind: 'task'; readonly name: 'go'; readonly input: z.ZodAny; readonly output: z.ZodAny };
  readonly knocked: { readonly kind: 'event'; readonly name: 'knocked'; readonly payload: z.ZodAny };
  readonly sign: { readonly kind: 'flow'; readonly name: 'sign'; readonly input: z.ZodAny; readonly '~gives': unknown };
}
const scenario = scenariosOf<Source>();
const holds = async (definition: ScenarioDefinition<Source>): Promise<void> =>
  assertScenario(system, scenario('it', definition));

describe('what may happen', () => {
  it('people decide, runs pause, go on and are called off', async () => {
    await holds({
      given: { at: '2026-03-01T08:00:00Z', tasks: { go: { gives: 1 } } },
      when: [
        { start: 'sign', input: { n: 1 }, id: 'a' },
        { start: 'sign', input: { n: 2 }, id: 'b' },
        { pause: 'a' },
        {
          expect: {
            runs: {
              sign: [
                { id: 'a', status: 'paused' },
                { id: 'b', status: 'waiting' },
              ],
            },
          },
        },
        { resume: 'a' },
        { decide: 'sign', run: 'a', approved: true, by: 'Eve', form: { note: 'fine' } },
        { cancel: 'b' },
      ],
      expect: {
        runs: {
          sign: [
            { id: 'a', status: 'completed', output: { by: 'Eve', form: { note: 'fine' }, did: 1 } },
            { id: 'b', status: 'cancelled', steps: { out: null } },
          ],
        },
        emitted: [{ event: 'knocked', payload: { n: 1 } }],
        tasks: { go: [{ n: 1 }] },
      },
    });
  });

  it('tasks answer one after the other, by their input, by a function, or for real', async () => {
    const signed = [
      { start: 'sign', input: { n: 1 } },
      { decide: 'sign', approved: true, form: { note: '' } },
      { advance: 'end' },
    ] as const;
    const did = (value: unknown) => ({ runs: { sign: { status: 'completed', output: { did: value } } } }) as const;
    const busy = { fails: { code: 'BUSY', retryable: true } } as const;
    await holds({
      given: { tasks: { go: [busy, busy, { gives: 3 }] } },
      when: signed,
      expect: { ...did(3), tasks: { go: 3 } },
    });
    await holds({
      given: {
        tasks: {
          go: [
            { for: { n: 2 }, gives: 2 },
            { for: { n: 1 }, gives: 1 },
          ],
        },
      },
      when: signed,
      expect: did(1),
    });
    await holds({ given: { tasks: { go: ({ n }: { readonly n: number }) => n + 5 } }, when: signed, expect: did(6) });
    await holds({ given: { tasks: { go: 'real' } }, when: signed, expect: did({ really: { n: 1 } }) });
  });

  it('what cannot happen is told where it stands', async () => {
    const told = async (when: ScenarioDefinition<Source>['when']): Promise<readonly string[]> => {
      const { problems } = await playScenario(system, scenario('x', { when, expect: { runs: {} } }));
      return problems.map(problemText);
    };
    expect(await told([{ decide: 'sign', approved: true }])).toEqual([
      `when[0]: it cannot happen. Nobody is asked to decide 'sign'. Open: none.`,
    ]);
    expect(await told([{ start: 'sign', input: 1 }, { start: 'sign', input: 2 }, { cancel: 'sign' }])).toEqual([
      `when[2]: it cannot happen. There are 2 runs of 'sign': name one by its id.`,
    ]);
    expect(await told([{ start: 'sign', id: '', input: 1 }])).toEqual([expect.stringMatching(/MR\d+/)]);
  });
});

describe('what cannot be played is refused', () => {
  it.each<[object, RegExp]>([
    [{ when: [], expect: { runs: {} } }, /`when` is empty/],
    [{ when: [{ advance: '1h' }], expect: {} }, /`expect` is empty/],
    [{ when: [{ start: 'sing' }], expect: { runs: {} } }, /when\[0\] names 'sing', .* Did you mean 'sign'\?/],
    [{ when: [{ start: 'sign', send: 'knocked' }], expect: { runs: {} } }, /when\[0\] says send and start/],
    [{ when: [{ wait: '1h' }], expect: { runs: {} } }, /when\[0\] says nothing that can happen/],
    [{ when: [{ advance: '1h' }], expect: { run: {} } }, /expect has 'run'/],
    [{ when: [{ advance: '1h' }], expect: { tasks: { og: 1 } } }, /expect.tasks names 'og'/],
    [{ given: { at: 'noon' }, when: [{ advance: '1h' }], expect: { tasks: {} } }, /given.at is no time/],
  ])('%j', async (definition, message) => {
    const written: Scenario = { kind: 'scenario', name: 'x', definition: definition as never };
    await expect(playScenario(system, written)).rejects.toThrow(message);
    await expect(playScenario(system, written)).rejects.toMatchObject({ code: 'MR3571' });
  });
});
