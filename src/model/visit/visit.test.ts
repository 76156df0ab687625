import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anySystem } from '../fixtures/arbitrary.ts';
import {
  assign,
  at,
  body,
  branch,
  call,
  flow,
  go,
  lambda,
  machine,
  map,
  on,
  parallel,
  returns,
  state,
  step,
  system,
  waitFor,
} from '../fixtures/nodes.ts';
import type { ActionKind, ActionOf, StepKind, StepNode } from '../index.ts';
import {
  visitAction,
  visitActions,
  visitBodies,
  visitCalls,
  visitExpressions,
  visitStates,
  visitStep,
  visitSteps,
  transitionGroups,
} from './index.ts';

const attempt: StepNode = {
  kind: 'attempt',
  id: 'try',
  body: body(step('a', 'x')),
  handler: body(step('b', 'x')),
  location: at(1),
};
const fulfil = flow('fulfil', [
  step('pay', 'charge', { undo: call('task', 'refund') }),
  parallel('prepared', { stock: [map('held', step('line', 'reserve'))], label: [step('print', 'label')] }),
  branch('kind', { low: [returns('1')], high: [] }),
  attempt,
  returns('2'),
]);

describe('visitSteps', () => {
  it('gives every step its path, the outer ones first', () => {
    const paths: string[] = [];
    visitSteps(fulfil, (_step, { path }) => paths.push(path));
    expect(paths).toEqual([
      'pay',
      'prepared',
      'prepared/stock/held',
      'prepared/stock/held/line',
      'prepared/label/print',
      'kind',
      'kind/low/~returns',
      'try',
      'try/try/a',
      'try/catch/b',
      '~returns',
    ]);
  });

  it('tells what is around a step', () => {
    const found: unknown[] = [];
    visitSteps(fulfil, (one, { parents, index }) => {
      if (one.kind === 'step' && one.id === 'line')
        found.push(
          parents.map((each) => each.kind),
          index,
        );
    });
    expect(found).toEqual([['parallel', 'map'], 0]);
  });
});

it('visitBodies gives every body with its path', () => {
  const paths: string[] = [];
  visitBodies(fulfil, (_body, path) => paths.push(path));
  expect(paths).toEqual([
    '',
    'prepared/stock',
    'prepared/label',
    'prepared/stock/held',
    'kind/low',
    'kind/high',
    'try/try',
    'try/catch',
  ]);
});

it('visitStep and visitAction call the handler of the kind', () => {
  const kinds: readonly StepKind[] = [
    'step',
    'parallel',
    'branch',
    'map',
    'repeat',
    'graph',
    'race',
    'attempt',
    'waitFor',
    'approve',
    'sleep',
    'emit',
    'returns',
  ];
  const visitor = Object.fromEntries(
    kinds.map((kind) => [kind, (one: StepNode, path: string) => `${kind} ${one.kind} ${path}`]),
  );
  expect(visitStep(waitFor('w', 'paid'), 'a/w', visitor as never)).toBe('waitFor waitFor a/w');
  const actions: readonly ActionKind[] = ['assign', 'emit', 'raise', 'start', 'send', 'cancel', 'forEach', 'when'];
  const each = Object.fromEntries(actions.map((kind) => [kind, () => kind]));
  expect(visitAction(assign('({})'), '', each as never)).toBe('assign');
});

describe('machines', () => {
  const emit: ActionOf<'emit'> = { kind: 'emit', call: call('event', 'opened'), location: at(1) };
  const inner = state('fulfilling', {
    entry: [{ kind: 'forEach', over: lambda('[]'), actions: [emit], location: at(1) }],
    on: [on('paid', go('open', { actions: [emit, assign('({})')] }))],
    after: [{ delay: '1d', transitions: [go('open')], location: at(1) }],
  });
  const order = machine('order', [state('open', { states: [inner] }), state('closed')]);

  it('visitStates gives every state its path', () => {
    const paths: string[] = [];
    visitStates(order, (_state, { path }) => paths.push(path));
    expect(paths).toEqual(['open', 'open/fulfilling', 'closed']);
  });

  it('visitActions looks into transitions and loops', () => {
    const paths: string[] = [];
    visitActions(inner, ({ kind }, path) => paths.push(`${kind} ${path}`));
    expect(paths).toEqual([
      'forEach entry.0',
      'emit entry.0.actions.0',
      'emit on.paid.0.actions.0',
      'assign on.paid.0.actions.1',
    ]);
  });

  it('transitionGroups leaves out what is empty', () => {
    expect(transitionGroups(inner).map(({ path, trigger }) => [path, trigger.type])).toEqual([
      ['on.paid', 'event'],
      ['after.0', 'after'],
    ]);
  });
});

/** Every expression and schema below a value, wherever it stands. */
function deep(value: unknown, found: Set<unknown> = new Set()): Set<unknown> {
  if (value === null || typeof value !== 'object') return found;
  const { kind, uses } = value as { readonly kind?: unknown; readonly uses?: unknown };
  if ((kind === 'expression' || kind === 'schema') && Array.isArray(uses)) return found.add(value);
  for (const inner of Object.values(value)) deep(inner, found);
  return found;
}

describe('visitExpressions', () => {
  it('finds all code of a system, with its path', () => {
    const paths: string[] = [];
    visitExpressions(system({ flows: [fulfil] }), (_node, { path, step: at }) => paths.push(`${path} ${at ?? '-'}`));
    expect(paths.slice(0, 5)).toEqual([
      'flows.fulfil.input -',
      'flows.fulfil.body.pay.call pay',
      'flows.fulfil.body.pay.~undo pay',
      'flows.fulfil.body.prepared/stock/held.over prepared/stock/held',
      'flows.fulfil.body.prepared/stock/held/line.call prepared/stock/held/line',
    ]);
  });

  it('misses none of any system', () => {
    fc.assert(
      fc.property(anySystem, (model) => {
        const found = new Set<unknown>();
        visitExpressions(model, (node) => found.add(node));
        expect(found.size).toBe(deep(model).size);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});

it('visitCalls finds the calls of flows and machines', () => {
  const targets: string[] = [];
  visitCalls(system({ flows: [fulfil] }), ({ target }) => targets.push(target.name));
  expect(targets).toEqual(['charge', 'refund', 'reserve', 'label', 'x', 'x']);
});

it('loads no package', () => {
  const files = ['index.ts', '../hash/hash.ts', '../freeze.ts'].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  );
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve(name, context, next) { const found = next(name, context); seen.push(found.url); return found; } });
    for (const file of ${JSON.stringify(files)}) await import(file);
    console.log(seen.filter((url) => url.includes('node_modules')).length, seen.length > 5);
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output.trim()).toBe('0 true');
});
