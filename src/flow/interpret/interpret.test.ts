import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RecordedError } from '../../core/index.ts';
import { recorder } from '../fixtures/recorder.ts';
import {
  eventContract,
  flowContract,
  interpretFlow,
  runnableHash,
  taskContract,
  type Contract,
  type Lambda,
  type RunnableFlow,
  type RunnableStep,
} from '../index.ts';

const source = 'a.dsl.ts:1:1';
const double = taskContract('double', { input: z.number(), output: z.number(), policy: {}, source });
const fail = taskContract('fail', { input: z.string(), output: z.never(), policy: {}, source });
const note = taskContract('note', { input: z.unknown(), output: z.unknown(), policy: {}, source });
const child = flowContract('child', { input: z.number(), source });
const done = eventContract('done', { payload: z.object({ id: z.string() }), ttl: '7d', source });
const contracts: readonly Contract[] = [double, fail, note, child, done];
const lookup = (kind: string, name: string) => contracts.find((one) => one.kind === kind && one.contract === name);

interface Scope {
  readonly input: { readonly n: number };
  readonly error: { readonly message: string };
  readonly a: unknown;
  readonly item: unknown;
  readonly index: unknown;
  readonly held: unknown;
  readonly w: unknown;
  readonly missing: unknown;
}
// As `millrace` makes calls: by the name of their target.
const call =
  (target: string, input?: (scope: Scope) => unknown): Lambda =>
  (scope: Scope) => ({ target, input: input?.(scope) });
const step = (id: string, target: string, input: (scope: Scope) => unknown, more: object = {}): RunnableStep => ({
  kind: 'step',
  id,
  call: call(target, input),
  ...more,
});

const flowOf = (...steps: RunnableStep[]): RunnableFlow => ({ name: 'flow', input: z.unknown(), body: { steps } });
async function play(steps: RunnableStep[], input: unknown = { n: 3, list: [1, 2] }) {
  const { host, log, undos } = recorder();
  const value = await interpretFlow(flowOf(...steps), { lookup }).run(host, input);
  return { value, log, undos };
}

describe('interpretFlow', () => {
  it('runs steps in order; each sees the input, the earlier results, now and runId', async () => {
    const { value, log } = await play([
      step('a', 'task:double', ({ input }) => input.n),
      step('b', 'flow:child', ({ a }) => a),
      { kind: 'returns', value: ({ a, b, now, runId }: Record<string, unknown>) => ({ a, b, now, runId }) },
    ]);
    expect(value).toEqual({ a: 6, b: 12, now: 77, runId: 'run-1' });
    expect(log).toEqual(['step a double(3)', 'child b child(6)']);
  });

  it('asks people, and announces their forms by the paths of the steps', async () => {
    const form = z.string();
    const steps: RunnableStep[] = [
      {
        kind: 'approve',
        id: 'a',
        form,
        message: ({ input }: Scope) => `${input.n}?`,
        timeout: '1d',
        onTimeout: 'continue',
      },
      { kind: 'approve', id: 'b', message: 'really?' },
      {
        kind: 'map',
        id: 'm',
        over: () => [1],
        body: {
          steps: [
            { kind: 'attempt', id: 't', body: { steps: [{ kind: 'approve', id: 'c', form }] }, handler: { steps: [] } },
          ],
        },
      },
    ];
    expect((await play(steps)).log).toEqual([
      'approve a 3? 1d continue true',
      'approve b really? undefined undefined false',
      'approve m[0]/t/try/c undefined undefined undefined true',
    ]);
    expect(interpretFlow(flowOf(...steps), { lookup }).forms).toEqual({ a: form, 'm/t/try/c': form });
  });

  it('adds the nodes of a graph; each sees what was known before and what it needs', async () => {
    const { value, log } = await play([
      step('a', 'task:double', ({ input }) => input.n),
      {
        kind: 'graph',
        id: 'g',
        concurrency: 2,
        nodes: [
          { name: 'held', needs: [], call: call('task:double', ({ a }) => a) },
          { name: 'last', needs: ['held'], call: call('task:note', ({ a, held, input }) => [a, held, input.n]) },
        ],
      },
      { kind: 'returns', value: ({ g }: Record<string, unknown>) => g },
    ]);
    expect(value).toEqual({ held: 12, last: [6, 12, 3] });
    expect(log).toEqual(['step a double(3)', 'graph g 2', 'node g/held double(6)', 'node g/last note([6,12,3])']);
  });

  it('races: the names of the parts, and the value with the winner', async () => {
    const body = (...steps: RunnableStep[]) => ({ steps });
    const { value, log } = await play([
      {
        kind: 'race',
        id: 'r',
        bodies: [
          { name: 'out', body: body(step('s', 'task:fail', () => 'no')) },
          { name: 'in', body: body(step('s', 'task:double', ({ input }) => input.n)) },
        ],
      },
      { kind: 'returns', value: ({ r }: Record<string, unknown>) => r },
    ]);
    expect(value).toEqual({ winner: 'in', value: 6 });
    expect(log).toEqual(['step r/out/s fail("no")', 'step r/in/s double(3)']);
  });

  it('has the value of its last step without returns', async () => {
    expect((await play([step('a', 'task:double', ({ input }) => input.n)])).value).toBe(6);
    expect((await play([])).value).toBeUndefined();
  });

  it('takes calls of compiled contracts, too', async () => {
    expect(
      (await play([{ kind: 'step', id: 'a', call: ({ input }: { input: { n: number } }) => double(input.n) }])).value,
    ).toBe(6);
  });

  it('nests: parallel, branch, map with item and index, repeat', async () => {
    const { value, log } = await play([
      {
        kind: 'parallel',
        id: 'p',
        bodies: [
          { name: 'x', body: { steps: [step('s', 'task:double', ({ input }) => input.n)] } },
          {
            name: 'y',
            body: {
              steps: [
                {
                  kind: 'map',
                  id: 'm',
                  over: ({ input }: { input: { list: number[] } }) => input.list,
                  concurrency: 2,
                  body: { steps: [step('i', 'task:note', ({ item, index }) => [item, index])] },
                },
              ],
            },
          },
        ],
      },
      {
        kind: 'branch',
        id: 'q',
        on: ({ p }: { p: { x: number } }) => p.x > 5,
        cases: [
          { name: 'true', body: { steps: [step('t', 'task:note', () => 'big')] } },
          { name: 'false', body: { steps: [] } },
        ],
      },
      {
        kind: 'repeat',
        id: 'r',
        max: 9,
        until: ({ index }: { index: number }) => index === 1,
        body: { steps: [step('again', 'task:note', ({ index }) => index)] },
      },
      { kind: 'returns', value: ({ p, q, r }: Record<string, unknown>) => ({ p, q, r }) },
    ]);
    expect(value).toEqual({
      p: {
        x: 6,
        y: [
          [1, 0],
          [2, 1],
        ],
      },
      q: 'big',
      r: 1,
    });
    expect(log).toEqual([
      'step p/x/s double(3)',
      'step p/y/m[0]/i note([1,0])',
      'step p/y/m[1]/i note([2,1])',
      'step q/true/t note("big")',
      'step r[0]/again note(0)',
      'step r[1]/again note(1)',
    ]);
  });

  it('sleeps, waits and emits', async () => {
    const { log } = await play([
      { kind: 'sleep', id: 's', time: '1d' },
      { kind: 'sleep', id: 't', time: ({ input }: { input: { n: number } }) => `${input.n}h` },
      {
        kind: 'waitFor',
        id: 'w',
        event: 'done',
        match: [{ field: 'id', value: ({ input }: { input: { n: number } }) => input.n }],
        timeout: '3d',
        onTimeout: 'continue',
      },
      { kind: 'emit', id: 'e', call: call('event:done', ({ w }) => w) },
    ]);
    expect(log).toEqual(['sleep s 1d', 'sleep t 3h', 'receive w done {"id":3} 3d continue', 'emit e done({"id":"x"})']);
  });

  it('continues, falls back and handles', async () => {
    const { value } = await play([
      step('a', 'task:fail', () => 'A', { onFailure: 'continue' }),
      step('b', 'task:fail', () => 'B', { onFailure: { fallback: ({ input }: { input: { n: number } }) => input.n } }),
      {
        kind: 'attempt',
        id: 'c',
        body: { steps: [step('x', 'task:fail', () => 'C')] },
        handler: { steps: [{ kind: 'returns', value: ({ error }: { error: { message: string } }) => error.message }] },
      },
      { kind: 'returns', value: ({ a, b, c }: Record<string, unknown>) => [a, b, c] },
    ]);
    expect(value).toEqual([undefined, 3, 'C']);
  });

  it('says how a step is undone, with its result', async () => {
    const { log, undos } = await play([
      {
        kind: 'map',
        id: 'm',
        over: () => [5],
        body: {
          steps: [
            step('held', 'task:double', ({ item }) => item, {
              undo: call('task:note', ({ held, item }) => [held, item]),
            }),
          ],
        },
      },
    ]);
    undos[0]?.();
    expect(log.at(-1)).toBe('undo m[0]/held note([10,5])');
  });

  it('lets the host fail the step whose lambda throws', async () => {
    const broken = step('a', 'task:double', ({ missing }) => (missing as { n: number }).n);
    await expect(play([broken])).rejects.toThrow(TypeError);
    expect((await play([{ ...broken, onFailure: 'continue' } as RunnableStep])).value).toBeUndefined();
  });

  it('tells the engine what it must know beforehand', () => {
    const module = interpretFlow(
      {
        ...flowOf({
          kind: 'map',
          id: 'm',
          over: () => [],
          body: { steps: [{ kind: 'waitFor', id: 'w', event: 'done', match: [{ field: 'id', value: () => '' }] }] },
        }),
        on: 'done',
        timeout: '9d',
        onFailure: call('task:note', ({ error }) => error.message),
      },
      { lookup, hash: 'h' },
    );
    expect(module).toMatchObject({
      kind: 'flow',
      hash: 'h',
      on: done,
      timeout: '9d',
      waits: [{ event: 'done', fields: ['id'] }],
    });
    const error = new RecordedError({
      name: 'E',
      message: 'why',
      code: 'MR3100',
      retryable: false,
      fault: 'user-code',
    });
    expect(module.onFailure?.({ input: 1, error: error.record, now: 0, runId: 'r' })).toEqual({
      contract: note,
      input: 'why',
    });
  });

  it('refuses unknown names and what no host does yet', async () => {
    expect(() => interpretFlow({ ...flowOf(), on: 'nothing' }, { lookup })).toThrow(
      expect.objectContaining({ code: 'MR3290' }),
    );
    expect(() => interpretFlow({ ...flowOf(), http: 'POST /x' }, { lookup })).toThrow(
      expect.objectContaining({ code: 'MR3291' }),
    );
    await expect(play([step('a', 'task:nothing', () => 1)])).rejects.toMatchObject({ code: 'MR3290' });
    await expect(play([{ kind: 'step', id: 'a', call: () => 42 }])).rejects.toMatchObject({ code: 'MR3290' });
  });

  it('hashes what it does, not where it stands', () => {
    const one = () => flowOf({ kind: 'sleep', id: 's', time: '1d', at: '1:1' });
    expect(runnableHash(one())).toBe(runnableHash(flowOf({ kind: 'sleep', id: 's', time: '1d', at: '9:9' })));
    expect(runnableHash(one())).not.toBe(runnableHash(flowOf({ kind: 'sleep', id: 's', time: '2d' })));
  });
});
