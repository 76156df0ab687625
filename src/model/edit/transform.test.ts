import { describe, expect, it } from 'vitest';
import { event, flow, machine, on, go, state, step, system, task } from '../fixtures/nodes.ts';
import { createSystem } from '../freeze.ts';
import { hashSystem } from '../hash/hash.ts';
import type { SystemModel } from '../nodes/system.ts';
import { applyEdits } from './apply.ts';
import { composeTransformers, transformSystem, type SystemTransformer } from './transform.ts';

const shop = system({ tasks: [task('charge')], tags: ['a'] });
const raise: SystemTransformer = (model) => ({ ...model, version: '2.0.0' });

describe('transformSystem', () => {
  it('gives a frozen system, and leaves the one it was handed as it was', () => {
    const { system: made, diagnostics } = transformSystem(shop, raise);
    expect(diagnostics).toEqual([]);
    expect(made?.version).toBe('2.0.0');
    expect(Object.isFrozen(made?.tasks['charge'])).toBe(true);
    expect(shop.version).toBe('1.0.0');
  });

  it('the copy is private: what is done to it, then and later, is seen by nobody', () => {
    let kept: SystemModel | undefined;
    const { system: made } = transformSystem(shop, (model) => {
      Object.assign(model.tasks['charge'] as object, { timeout: '7s' });
      kept = model;
      return model;
    });
    Object.assign(kept?.tasks['charge'] as object, { timeout: 'later' });
    expect(made?.tasks['charge']?.timeout).toBe('7s');
    expect(shop.tasks['charge']).not.toHaveProperty('timeout');
  });

  it('what is no system is told, and so is an error', () => {
    const wrong = transformSystem(shop, (model) => ({ ...model, version: 'one' }));
    expect(wrong).toMatchObject({ diagnostics: [{ code: 'MR1201' }] });
    expect(wrong).not.toHaveProperty('system');
    const thrown = transformSystem(shop, () => {
      throw new TypeError('no');
    });
    expect(thrown).toMatchObject({
      diagnostics: [{ code: 'MR1789', message: expect.stringContaining('TypeError: no') as string }],
    });
    expect(transformSystem(shop, (() => undefined) as unknown as SystemTransformer).diagnostics).toHaveLength(1);
  });
});

describe('composeTransformers', () => {
  it('goes from first to last, each with a copy of its own', () => {
    const seen: SystemModel[] = [];
    const tag =
      (name: string): SystemTransformer =>
      (model) => {
        seen.push(model);
        return { ...model, tags: [...(model.tags ?? []), name] };
      };
    expect(transformSystem(shop, composeTransformers(tag('b'), raise, tag('c'))).system).toMatchObject({
      tags: ['a', 'b', 'c'],
      version: '2.0.0',
    });
    expect(seen[0]?.tasks['charge']).not.toBe(seen[1]?.tasks['charge']);
    expect(transformSystem(shop, composeTransformers()).system).toEqual(shop);
  });
});

it('a system that is put together by edits is the one that is declared at once', () => {
  const declared = system({
    contexts: [{ kind: 'context', name: 'money', members: ['charge'], location: shop.location }],
    events: [event('placed')],
    tasks: [task('charge')],
    flows: [flow('pay', [step('paid', 'charge')])],
    machines: [
      machine('order', [state('new', { on: [on('placed', go('done'))] }), state('done', { type: 'final' })], {
        events: [{ alias: 'placed', name: 'placed' }],
      }),
    ],
  });
  const { order } = declared.machines;
  const empty = createSystem({ name: 'orders', version: '1.0.0', location: shop.location });
  const { system: built, diagnostics } = applyEdits(empty, [
    { op: 'add', path: 'events.placed', value: declared.events['placed'] },
    { op: 'add', path: 'flows.pay', value: flow('pay', []) },
    { op: 'add', path: 'flows.pay.body.paid', value: step('paid', 'charge') },
    { op: 'add', path: 'machines.order', value: { ...order, states: [] } },
    { op: 'add', path: 'machines.order.states.done', value: order?.states[1] },
    { op: 'add', path: 'machines.order.states.new', value: order?.states[0], before: 'done' },
    { op: 'add', path: 'tasks.charge', value: task('charge') },
    { op: 'add', path: 'contexts.money', value: { kind: 'context', name: 'money', members: ['charge'] } },
  ]);
  expect(diagnostics).toEqual([]);
  expect(hashSystem(built as SystemModel)).toBe(hashSystem(declared));
});
