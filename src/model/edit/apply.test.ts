import { describe, expect, it } from 'vitest';
import {
  at,
  body,
  call,
  event,
  flow,
  go,
  machine,
  map,
  on,
  parallel,
  returns,
  schema,
  state,
  step,
  system,
  task,
} from '../fixtures/nodes.ts';
import type { SystemModel } from '../nodes/system.ts';
import { applyEdits } from './apply.ts';
import type { Edit } from './edit.ts';

const shop = system({
  events: [event('placed'), event('order.sent')],
  tasks: [task('charge', { timeout: '5s' }), task('refund'), task('reserve')],
  flows: [
    flow('pay', [
      step('payment', 'charge'),
      map('held', step('line', 'reserve')),
      parallel('prepared', { stock: [step('one', 'reserve')], label: [] }),
      returns('scope.payment'),
    ]),
  ],
  machines: [
    machine(
      'order',
      [
        state('new', { on: [on('placed', go('open'))] }),
        state('open', { states: [state('waiting', { always: [go('late')] }), state('late')] }),
        state('gone', { type: 'final' }),
      ],
      { events: [{ alias: 'placed', name: 'placed' }], creates: ['placed'] },
    ),
  ],
});

function applied(...edits: readonly Edit[]): SystemModel {
  const { system: model, diagnostics } = applyEdits(shop, edits);
  expect(diagnostics).toEqual([]);
  return model as SystemModel;
}
function refused(...edits: readonly unknown[]): readonly string[] {
  const { system: model, diagnostics } = applyEdits(shop, edits as readonly Edit[]);
  expect(model).toBeUndefined();
  return diagnostics.map(({ code, message, hint }) => `${code} ${message}${hint === undefined ? '' : ` | ${hint}`}`);
}

describe('fields', () => {
  it('of the system, of definitions, steps, states and transitions', () => {
    const model = applied(
      { op: 'set', path: 'version', value: '2.0.0' },
      { op: 'set', path: 'system.description', value: 'A shop.' },
      { op: 'set', path: 'tasks.charge.retry', value: { attempts: 3 } },
      { op: 'set', path: 'tasks.charge.retry.delay', value: '1s' },
      { op: 'set', path: 'events."order.sent".ttl', value: '3d' },
      { op: 'set', path: 'flows.pay.body.held/line.timeout', value: '1m' },
      { op: 'set', path: 'flows.pay.body.prepared/stock/one.onFailure', value: 'continue' },
      { op: 'set', path: 'machines.order.states.open/late.description', value: 'Too late.' },
      { op: 'set', path: 'machines.order.states.new.on.placed[0].internal', value: true },
    );
    expect(model).toMatchObject({ version: '2.0.0', description: 'A shop.', events: { 'order.sent': { ttl: '3d' } } });
    expect(model.tasks['charge']?.retry).toEqual({ attempts: 3, delay: '1s' });
    expect(model.flows['pay']?.body.steps).toMatchObject([
      {},
      { body: { steps: [{ timeout: '1m' }] } },
      { bodies: [{ body: { steps: [{ onFailure: 'continue' }] } }, {}] },
      {},
    ]);
    expect(model.machines['order']?.states).toMatchObject([
      { on: [{ transitions: [{ internal: true }] }] },
      { states: [{}, { description: 'Too late.' }] },
      {},
    ]);
  });

  it('an optional one goes by the value undefined, or by being removed', () => {
    const model = applied(
      { op: 'set', path: 'tasks.charge.timeout', value: undefined },
      { op: 'set', path: 'tasks.refund.timeout', value: '1s' },
      { op: 'remove', path: 'tasks.refund.timeout' },
    );
    expect(model.tasks['charge']).not.toHaveProperty('timeout');
    expect(model.tasks['refund']).not.toHaveProperty('timeout');
  });

  it('the system that is handed in stays as it is; the new one is frozen, and shares what nobody touched', () => {
    const before = JSON.stringify(shop);
    const model = applied({ op: 'set', path: 'tasks.charge.timeout', value: '9s' });
    expect(JSON.stringify(shop)).toBe(before);
    expect(Object.isFrozen(model.tasks['charge'])).toBe(true);
    expect(model.flows['pay']).toBe(shop.flows['pay']);
  });
});

describe('definitions', () => {
  it('come, change places, and go', () => {
    const { location: _at, ...bare } = task('ship');
    const model = applied(
      { op: 'add', path: 'tasks.ship', value: bare, before: 'refund' },
      { op: 'remove', path: 'events."order.sent"' },
      { op: 'move', path: 'tasks.reserve', before: 'charge' },
    );
    expect(Object.keys(model.tasks)).toEqual(['reserve', 'charge', 'ship', 'refund']);
    expect(model.tasks['ship']?.location.file).toBe('orders.dsl.ts');
    expect(Object.keys(model.events)).toEqual(['placed']);
  });

  it('bring along the declarations and imports that they need', () => {
    const money = {
      kind: 'local',
      name: 'Money',
      text: 'const Money = z.int();',
      typeOnly: false,
      uses: ['z'],
      location: at(3),
    } as const;
    const zod = { kind: 'import', name: 'z', imported: 'z', from: 'zod', typeOnly: false, location: at(1) } as const;
    const model = applied({
      op: 'add',
      path: 'tasks.ship',
      value: task('ship', { input: schema('Money', ['Money', 'z']) }),
      locals: [money],
      imports: [zod],
    });
    expect(Object.keys(model.locals)).toEqual(['Money']);
    expect(Object.keys(model.imports)).toEqual(['z']);
  });
});

describe('what is in lists', () => {
  it('steps', () => {
    const model = applied(
      { op: 'add', path: 'flows.pay.body.note', value: step('note', 'refund'), before: 'held' },
      { op: 'add', path: 'flows.pay.body.held/again', value: step('again', 'reserve') },
      { op: 'add', path: 'flows.pay.body.prepared/bill', value: body(step('x', 'charge')), before: 'stock' },
      { op: 'move', path: 'flows.pay.body.prepared', before: 'payment' },
      { op: 'remove', path: 'flows.pay.body.~returns' },
    );
    expect(model.flows['pay']?.body.steps).toMatchObject([
      { id: 'prepared', bodies: [{ name: 'bill' }, { name: 'stock' }, { name: 'label' }] },
      { id: 'payment' },
      { id: 'note' },
      { id: 'held', body: { steps: [{ id: 'line' }, { id: 'again' }] } },
    ]);
  });

  it('states: one that gets its first is compound, one that loses its last is not', () => {
    const model = applied(
      { op: 'add', path: 'machines.order.states.lost', value: state('lost'), into: 'new' },
      { op: 'move', path: 'machines.order.states.waiting', into: 'new', before: 'lost' },
      { op: 'remove', path: 'machines.order.states.late' },
      { op: 'remove', path: 'machines.order.states.waiting.always[0]' },
      { op: 'move', path: 'machines.order.states.gone', into: '', before: 'new' },
    );
    expect(model.machines['order']?.states).toMatchObject([
      { name: 'gone' },
      { name: 'new', type: 'compound', states: [{ name: 'waiting' }, { name: 'lost' }] },
      { name: 'open', type: 'atomic', states: [] },
    ]);
    expect(model.machines['order']?.states[2]).not.toHaveProperty('initial');
  });

  it('transitions, events, actions, runs and aliases', () => {
    const model = applied(
      { op: 'add', path: 'machines.order.events."order.sent"', value: { alias: 'sent', name: 'order.sent' } },
      { op: 'add', path: 'machines.order.states.open.on.sent', value: [go('gone')] },
      { op: 'add', path: 'machines.order.states.open.on.sent[0]', value: go('new') },
      { op: 'move', path: 'machines.order.states.open.on.sent[1]', before: '0' },
      {
        op: 'add',
        path: 'machines.order.states.open.entry[0]',
        value: { kind: 'emit', call: call('event', 'placed') },
      },
      {
        op: 'add',
        path: 'machines.order.states.open.run.job',
        value: { kind: 'run', id: 'job', target: { kind: 'flow', name: 'pay' }, onDone: [], onError: [] },
      },
      { op: 'add', path: 'machines.order.states.open.after[0]', value: { delay: '1d', transitions: [go('gone')] } },
      { op: 'set', path: 'machines.order.states.open.after[0][0].targets', value: ['new'] },
    );
    expect(model.machines['order']).toMatchObject({
      events: [{}, { alias: 'sent', name: 'order.sent' }],
      states: [
        {},
        {
          on: [{ event: 'sent', transitions: [{ targets: ['gone'] }, { targets: ['new'] }] }],
          entry: [{ kind: 'emit' }],
          run: [{ id: 'job' }],
          after: [{ transitions: [{ targets: ['new'] }] }],
        },
        {},
      ],
    });
  });
});

it('a definition given as a value need not repeat what its path says', () => {
  const { contexts } = applied({ op: 'add', path: 'contexts.money', value: { members: ['charge', 'refund'] } });
  expect(contexts['money']).toMatchObject({ kind: 'context', name: 'money', members: ['charge', 'refund'] });
});

describe('refused', () => {
  it.each<readonly [string, unknown, string]>([
    ['no edit', { op: 'ad', path: 'x' }, 'MR1780'],
    ['no value', { op: 'set', path: 'version' }, "MR1780 Edit 1 (set 'version'): this is no edit"],
    [
      'a misspelt op',
      { op: 'renam', path: 'x', to: 'y' },
      "its 'op' is \"renam\", where 'set', 'add', 'remove', 'rename' or 'move' is expected; did you mean 'rename'?",
    ],
    [
      'a misspelt member',
      { op: 'rename', path: 'tasks.charge', too: 'y' },
      "'too', but 'path' or 'to'; did you mean 'to'?",
    ],
    ['a missing member', { op: 'rename', path: 'tasks.charge' }, "'to': expected a text, but found nothing."],
    ['a number for a path', { op: 'remove', path: 3 }, "'path': expected a text, but found a number."],
    ['a value and a text', { op: 'set', path: 'version', value: '2.0.0', text: "'2.0.0'" }, "a 'value' and a 'text'"],
    [
      'a path for a bare name',
      { op: 'move', path: 'tasks.charge', before: 'tasks.refund' },
      "'before' wants the bare name, but 'tasks.refund' is a path. | Write 'refund'.",
    ],
    ['no object', 7, 'MR1780 Edit 1: this is no edit: it is no object.'],
    [
      'no path',
      { op: 'remove', path: 'tasks.' },
      "MR1780 Edit 1 (remove 'tasks.'): 'tasks.' is no path: a name is missing at the end (at 7).",
    ],
    [
      'a misspelt definition',
      { op: 'remove', path: 'tasks.chrage' },
      "MR1781 Edit 1 (remove 'tasks.chrage'): there is no task 'chrage'. | Did you mean 'charge'?",
    ],
    [
      'a misspelt step',
      { op: 'set', path: 'flows.pay.body.held/lin.timeout', value: '1s' },
      "there is no 'flows.pay.body.held/lin'",
    ],
    [
      'a misspelt part',
      { op: 'remove', path: 'flows.pay.body.prepared/stok/one' },
      "has no part 'stok'. | Did you mean 'stock'?",
    ],
    [
      'a misspelt state',
      { op: 'remove', path: 'machines.order.states.oepn' },
      "there is no state 'oepn'. | Did you mean 'open'?",
    ],
    [
      'no quotes',
      { op: 'set', path: 'events.order.sent.ttl', value: '1s' },
      `| Put a name with dots in quotes: 'events."order.sent".ttl'.`,
    ],
    ['an index that is not there', { op: 'remove', path: 'machines.order.states.new.on.placed[1]' }, 'MR1781'],
    ['a whole map', { op: 'remove', path: 'tasks' }, 'MR1781'],
    [
      'what stands',
      { op: 'add', path: 'tasks.charge', value: task('charge') },
      "MR1782 Edit 1 (add 'tasks.charge'): there is a task 'charge' already.",
    ],
    [
      'a name of another kind',
      { op: 'add', path: 'tasks.pay', value: task('pay') },
      "MR1782 Edit 1 (add 'tasks.pay'): there is a flow 'pay' already.",
    ],
    [
      'another name',
      { op: 'add', path: 'tasks.x', value: task('y') },
      "MR1784 Edit 1 (add 'tasks.x'): what is given for 'tasks.x' is called 'y'.",
    ],
    [
      'another shape',
      { op: 'set', path: 'tasks.charge.retry', value: { attempts: 0 } },
      "MR1784 Edit 1 (set 'tasks.charge.retry'): it does not fit the model: 'tasks.charge.retry.attempts'",
    ],
    ['an unknown field', { op: 'set', path: 'tasks.charge.tiemout', value: '1s' }, "'tiemout' is no member"],
    ['a needed field', { op: 'remove', path: 'tasks.charge.input' }, "'tasks.charge.input'"],
    ['a function', { op: 'set', path: 'tasks.charge.retry', value: () => 1 }, 'MR1784'],
    ['a version that is none', { op: 'set', path: 'version', value: '1' }, 'MR1784'],
    [
      'a name',
      { op: 'set', path: 'tasks.charge.name', value: 'x' },
      "MR1787 Edit 1 (set 'tasks.charge.name'): 'tasks.charge.name' cannot be set. | A 'rename'",
    ],
    ['a location', { op: 'set', path: 'tasks.charge.location', value: {} }, 'MR1787'],
    ['the list of files', { op: 'set', path: 'files', value: [] }, 'MR1787'],
    ['a text and nobody to read it', { op: 'set', path: 'tasks.charge.input', text: 'z.int()' }, 'MR1788'],
    [
      'a file that is none',
      { op: 'move', path: 'tasks.charge', into: 'ordres.dsl.ts' },
      "| Did you mean 'orders.dsl.ts'?",
    ],
    ['a state into itself', { op: 'move', path: 'machines.order.states.open', into: 'late' }, 'MR1787'],
    ['before nothing', { op: 'move', path: 'flows.pay.body.held', before: 'x' }, 'MR1781'],
    ['a step elsewhere', { op: 'move', path: 'flows.pay.body.held', into: 'prepared' }, 'MR1787'],
  ])('%s', (_what, edit, message) => {
    const found = refused(edit);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('where the nearest node stands', () => {
    const model = system({ tasks: [task('charge', { location: at(7, 3) })] });
    const { diagnostics } = applyEdits(model, [{ op: 'set', path: 'tasks.charge.retry.attempts', value: 1 }]);
    expect(diagnostics).toMatchObject([
      { code: 'MR1781', severity: 'error', line: 7, column: 3, file: 'orders.dsl.ts' },
    ]);
  });

  it('all that is wrong, and not what only follows from it', () => {
    expect(
      refused(
        { op: 'set', path: 'tasks.charge.timeout', value: 'soon' },
        { op: 'add', path: 'tasks.ship', value: { kind: 'task' } },
        { op: 'set', path: 'tasks.ship.timeout', value: '1s' },
        { op: 'remove', path: 'tasks.nothing' },
      ).map((text) => text.slice(0, 13)),
    ).toEqual(['MR1784 Edit 1', 'MR1784 Edit 2', 'MR1784 Edit 2', 'MR1781 Edit 4']);
  });
});

describe('edits that contradict each other', () => {
  it.each<readonly [string, readonly Edit[], string]>([
    [
      'a change of what is gone',
      [
        { op: 'remove', path: 'events."order.sent"' },
        { op: 'set', path: 'events."order.sent".ttl', value: '1s' },
      ],
      'edit 1 removed it',
    ],
    [
      'going twice',
      [
        { op: 'remove', path: 'tasks.refund' },
        { op: 'remove', path: 'tasks.refund' },
      ],
      'edit 1 removed it',
    ],
    [
      'coming twice',
      [
        { op: 'add', path: 'tasks.ship', value: task('ship') },
        { op: 'add', path: 'tasks.ship', value: task('ship') },
      ],
      'edit 1 adds it',
    ],
    [
      'two values of a field',
      [
        { op: 'set', path: 'tasks.charge.timeout', value: '1s' },
        { op: 'set', path: 'tasks.charge.timeout', value: '2s' },
      ],
      'edit 1 says something else about it',
    ],
    [
      'a field and what is in it',
      [
        { op: 'set', path: 'tasks.charge.retry', value: { attempts: 1, delay: '1s' } },
        { op: 'set', path: 'tasks.charge.retry', value: undefined },
      ],
      'edit 1 says something else about it',
    ],
    [
      'two places',
      [
        { op: 'move', path: 'flows.pay.body.held', before: 'payment' },
        { op: 'move', path: 'flows.pay.body.held' },
      ],
      'edit 1 says something else about it',
    ],
  ])('%s', (_what, edits, message) => {
    const found = refused(...edits);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('MR1785 Edit 2');
    expect(found[0]).toContain(message);
  });

  it('saying the same twice is fine', () => {
    const edit: Edit = { op: 'set', path: 'tasks.charge.timeout', value: '1s' };
    expect(applied(edit, edit).tasks['charge']?.timeout).toBe('1s');
  });
});
