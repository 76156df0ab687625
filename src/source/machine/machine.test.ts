import { describe, expect, it } from 'vitest';
import type { MachineNode, StateNode } from '../../model/index.ts';
import { systemSchema } from '../../model/index.ts';
import { basics, lines, marks, modelOf, readText } from '../fixtures/read-text.ts';

const options =
  "key: 'id', context: z.object({ n: z.number(), seats: z.array(z.string()) }), events: { placed, paid: placed, late: failed(charge) }, creates: ['placed'], flows: { f: child }, tasks: { charge }, machines: { m: other }";
const machineText = (
  states: string,
  above = '',
  more = '',
): string => `${basics}export const child = flow('child', { input: z.any() }, (f) => f);
export const other = machine('other', { key: 'id', context: z.any(), events: { placed } }).states('x', { x: {} });
${above}
export const m = machine('m', { ${options}${more} }).states('a', ${states});
`;
const machineOf = async (states: string, above?: string, more?: string): Promise<MachineNode> => {
  const model = await modelOf(machineText(states, above, more));
  expect(systemSchema.parse(model)).toEqual(model);
  return model.machines['m']!;
};
const stateOf = async (state: string, above?: string): Promise<StateNode> =>
  (await machineOf(`{ a: ${state} }`, above)).states[0]!;
const problems = async (state: string): Promise<string[]> => marks(machineText(`{ a: ${state} }`));

describe('the head of a machine', () => {
  it('is read whole', async () => {
    expect(await machineOf('{}', '/** Documented. */', ", tags: ['t']")).toMatchObject({
      kind: 'machine',
      name: 'm',
      description: 'Documented.',
      tags: ['t'],
      key: 'id',
      context: { kind: 'schema' },
      events: [
        { alias: 'placed', name: 'placed' },
        { alias: 'paid', name: 'placed' },
        { alias: 'late', name: 'failed.charge' },
      ],
      creates: ['placed'],
      flows: [{ alias: 'f', name: 'child' }],
      tasks: [{ alias: 'charge', name: 'charge' }],
      machines: [{ alias: 'm', name: 'other' }],
      initial: ['a'],
      states: [],
    });
  });

  it('may stand apart from the states', async () => {
    const text = `${basics}const parts = machine('m', { key: 'id', context: z.any(), events: { placed } });
const packing = part(parts, 'begin', { begin: { on: { placed: 'end' } } }, { exits: ['end'] });
export const m = parts.states(['a'], { a: { ...packing, on: { placed: 'end' } }, b: part(parts, 'c', { c: {} }), end: { final: true } });`;
    const { machines } = await modelOf(text);
    expect(machines['m']).toMatchObject({
      name: 'm',
      location: { line: 10, column: 14 },
      states: [
        { name: 'a', type: 'compound', initial: ['begin'], on: [{ event: 'placed' }], states: [{ name: 'begin' }] },
        { name: 'b', states: [{ name: 'c' }] },
        { name: 'end', type: 'final' },
      ],
    });
  });

  it('a part with mistakes', async () => {
    const text = (part: string): string =>
      `${basics}const h = machine('m', { key: 'id', context: z.any(), events: { placed } });\nexport const m = h.states('a', { a: ${part} });`;
    expect(await marks(text("part(h, 'b', { b: {} }, { exit: ['x'] })"))).toEqual(['MR1102 exit']);
    expect(await marks(text("part(h, 'b')"))).toEqual(["MR1109 part(h, 'b')"]);
    expect(await marks(text("part(h, 'b', { b: { onn: {} } })"))).toEqual(['MR1102 onn']);
  });

  it('needs states', async () => {
    expect(
      lines(await readText(`${basics}export const m = machine('m', { key: 'id', context: z.any(), events: {} });`)),
    ).toEqual(["MR1103 8:18 Machine 'm' has no states."]);
  });
});

describe('states', () => {
  it('of every type', async () => {
    const { states } = await machineOf(
      `{ a: { initial: 'b', states: { b: {}, h: { history: 'deep', initial: 'b' } } }, p: { parallel: true, states: { q: {}, r: { initial: ['s', 't'], states: { s: {} } } } }, f: { final: true, output: ({ context }) => context.n } }`,
    );
    expect(states).toMatchObject([
      {
        type: 'compound',
        initial: ['b'],
        states: [
          { name: 'b', type: 'atomic' },
          { name: 'h', type: 'history', history: 'deep', initial: ['b'] },
        ],
      },
      { type: 'parallel', states: [{ type: 'atomic' }, { type: 'compound', initial: ['s', 't'] }] },
      { type: 'final', output: { kind: 'expression' } },
    ]);
  });

  it('with every option', async () => {
    const state = await stateOf(
      `{ description: 'D', tags: ['x'], context: z.object({}), onDone: 'a',
      on: { placed: 'a', paid: ['a', { target: ['b', 'c'], guard: ({ in: isIn }) => isIn('a'), internal: true, description: 'T' }], '*': { assign: () => ({ n: 1 }) }, 'error.execution': 'a' },
      always: [{ guard: big, target: 'a' }], after: { '5s': 'a', ['1h']: [{ target: 'a' }] } }`,
      'const big = ({ context }: { context: { n: number } }) => context.n > 1;',
    );
    expect(state).toMatchObject({
      description: 'D',
      tags: ['x'],
      context: { kind: 'schema' },
      onDone: [{ targets: ['a'], actions: [] }],
      on: [
        { event: 'placed', transitions: [{ targets: ['a'] }] },
        {
          event: 'paid',
          transitions: [
            { targets: ['a'] },
            { targets: ['b', 'c'], guard: { text: "({ in: isIn }) => isIn('a')" }, internal: true, description: 'T' },
          ],
        },
        { event: '*', transitions: [{ targets: [], actions: [{ kind: 'assign' }] }] },
        { event: 'error.execution' },
      ],
      always: [{ guard: { text: 'big', uses: ['big'] } }],
      after: [{ delay: '5s' }, { delay: '1h' }],
    });
    expect(state.always[0]?.guard).not.toHaveProperty('lambda');
    expect(
      await stateOf(
        '{ after: [{ delay: ({ context }) => context.n as never, target: "a" }, { delay: "3s", assign: () => ({}) }] }',
      ),
    ).toMatchObject({
      after: [
        { delay: { kind: 'expression' }, transitions: [{ targets: ['a'] }] },
        { delay: '3s', transitions: [{ targets: [], actions: [{ kind: 'assign' }] }] },
      ],
    });
  });

  it('actions in the order in which they run', async () => {
    const { entry } =
      await stateOf(`{ entry: { do: [{ raise: () => placed({ id: 'd' }) }, { forEach: 'context.seats', do: [{ emit: ({ item }) => placed({ id: item }) }, { forEach: 'item.some-field', do: [] }] }],
      cancel: ['c1', ({ context }) => 'c' + context.n], send: { event: () => placed({ id: 's' }), delay: ({ context }) => '1s', id: 'S', target: 'other' }, start: () => child({}),
      raise: () => placed({ id: 'r' }), emit: [() => placed({ id: 'e1' }), () => placed({ id: 'e2' })], assign: () => ({ n: 1 }) } }`);
    expect(entry.map(({ kind }) => kind)).toEqual([
      'assign',
      'emit',
      'emit',
      'raise',
      'start',
      'cancel',
      'cancel',
      'send',
      'raise',
      'forEach',
    ]);
    expect(entry[7]).toMatchObject({
      id: 'S',
      target: 'other',
      delay: { kind: 'expression' },
      call: { argument: "{ id: 's' }" },
    });
    expect(entry[9]).toMatchObject({
      over: {
        text: '({ context }) => context.seats ?? []',
        uses: [],
        lambda: { parameter: '{ context }', reads: ['context'], body: 'context.seats ?? []', block: false },
      },
      actions: [{ kind: 'emit' }, { kind: 'forEach', over: { text: '({ item }) => item["some-field"] ?? []' } }],
    });
  });

  it('conditions, with their places', async () => {
    const { exit } = await stateOf(
      `{ exit: { do: [
  { when: ({ context }) => context.n > 1, do: [{ raise: () => placed({ id: 'd' }) }], else: [{ when: () => true, do: [] }] },
] } }`,
    );
    expect(exit).toMatchObject([
      {
        kind: 'when',
        condition: { text: '({ context }) => context.n > 1', lambda: { reads: ['context'] } },
        actions: [{ kind: 'raise', location: { column: 57 } }],
        otherwise: [{ kind: 'when', actions: [] }],
        location: { column: 3 },
      },
    ]);
    expect(exit[0]).not.toHaveProperty(['otherwise', 0, 'otherwise']);
  });

  it('what is sent and taken back under a computed id', async () => {
    const { entry } = await stateOf(
      `{ entry: { send: { event: () => placed({ id: 's' }), id: ({ context }) => 'c' + context.n, target: ({ instanceId }) => 'other/' + instanceId }, cancel: () => 'x' } }`,
    );
    expect(entry).toMatchObject([
      { kind: 'cancel', id: { kind: 'expression' } },
      { id: { text: "({ context }) => 'c' + context.n" }, target: { lambda: { reads: ['instanceId'] } } },
    ]);
  });

  it('a context of its own', async () => {
    const { context } = await stateOf('{ context: z.object({ n: z.literal(1) }) }');
    expect(context).toMatchObject({ kind: 'schema', text: 'z.object({ n: z.literal(1) })', uses: ['z'] });
  });

  it('work', async () => {
    const { run } = await stateOf(
      `{ run: [{ flow: 'f', input: ({ context }) => context, onDone: { target: 'a', assign: ({ output }) => output }, onError: 'a' }, { task: 'charge', id: 'mine' }, { machine: 'm' }] }`,
    );
    expect(run).toMatchObject([
      {
        id: 'a.f',
        target: { kind: 'flow', name: 'child' },
        input: { kind: 'expression' },
        onDone: [{ actions: [{ kind: 'assign' }] }],
        onError: [{ targets: ['a'] }],
      },
      { id: 'mine', target: { kind: 'task', name: 'charge' } },
      { id: 'a.m', target: { kind: 'machine', name: 'other' } },
    ]);
  });

  it('shared, spread and numbered', async () => {
    const { states } = await machineOf(
      '{ ...common, 2: leaf, 1: leaf, b: leaf }',
      "const leaf = { on: { placed: 'b' } } as const;\nconst common = { z: leaf, b: { final: true } };",
    );
    // As JavaScript orders them: whole numbers first, then what came first, with its last value.
    expect(states.map(({ name, type }) => [name, type])).toEqual([
      ['1', 'atomic'],
      ['2', 'atomic'],
      ['z', 'atomic'],
      ['b', 'atomic'],
    ]);
  });
});

describe('what cannot be read', () => {
  it.each([
    [['MR1102 onn'], '{ onn: {} }'],
    [['MR1102 targt'], "{ on: { placed: { targt: 'a' } } }"],
    [['MR1104 5'], "{ after: { 5: 'a' } }"],
    [["MR1104 '5 s'"], "{ after: { '5 s': 'a' } }"],
    [
      ["MR1104 { assign: () => ({}), emit: () => placed({ id: 'a' }) }"],
      "{ entry: { do: [{ assign: () => ({}), emit: () => placed({ id: 'a' }) }] } }",
    ],
    [['MR1102 emti'], "{ exit: { do: [{ emti: () => placed({ id: 'a' }) }] } }"],
    [['MR1104 { do: [] }'], '{ exit: { do: [{ do: [] }] } }'],
    [['MR1104 {}'], '{ exit: { do: [{}] } }'],
    [["MR1104 'x.y'"], "{ exit: { do: [{ forEach: 'x.y', do: [] }] } }"],
    [["MR1104 'context.order.lines'"], "{ exit: { do: [{ forEach: 'context.order.lines', do: [] }] } }"],
    [["MR1104 'event.a.b'"], "{ on: { placed: { do: [{ forEach: 'event.a.b', do: [] }] } } }"],
    [['MR1103 { when: () => true }'], '{ exit: { do: [{ when: () => true }] } }'],
    [['MR1102 then'], '{ exit: { do: [{ when: () => true, do: [], then: [] }] } }'],
    [['MR1102 wehn'], '{ exit: { do: [{ wehn: () => true, do: [] }] } }'],
    [["MR1104 'yes'"], "{ exit: { do: [{ when: 'yes', do: [] }] } }"],
    [['MR1104 5'], '{ exit: { do: [{ when: () => true, do: [], else: 5 }] } }'],
    [['MR1102 when'], "{ exit: { do: [{ when: () => true, forEach: 'context.seats', do: [] }] } }"],
    [['MR1103 { id: "x" }'], '{ exit: { send: { id: "x" } } }'],
    [['MR1104 5'], "{ exit: { send: { event: () => placed({ id: 's' }), target: 5 } } }"],
    [["MR1104 '1 day'"], "{ exit: { send: { event: () => placed({ id: 's' }), delay: '1 day' } } }"],
    [["MR1104 { id: 'x' }"], "{ run: { id: 'x' } }"],
    [['MR1104 a'], '{ final: true, parallel: true }'],
    [['MR1105 [x]'], '{ states: { [x]: {} } }'],
    [['MR1107 get b() { return {}; }'], '{ states: { get b() { return {}; } } }'],
    [["MR1111 { return placed({ id: 'x' }); }"], "{ entry: { emit: () => { return placed({ id: 'x' }); } } }"],
    [['MR1118 charge'], "{ entry: { emit: () => charge({ id: 'x' }) } }"],
    [['MR1118 charge'], "{ entry: { start: () => charge({ id: 'x' }) } }"],
    [['MR1104 5'], '{ initial: 5 }'],
    [['MR1104 `guard`'.replace(/`/g, '"')], '{ always: { guard: "guard" } }'],
    [['MR1407 context.n++'], '{ entry: { assign: ({ context }) => ({ n: context.n++ }) } }'],
  ])('%s in %s', async (expected, state) => {
    expect(await problems(state)).toEqual(expected);
  });

  it('a state that contains itself', async () => {
    expect(lines(await readText(machineText('{ a: again }', 'const again = { states: { b: again } };')))).toEqual([
      'MR1114 10:30 This contains itself.',
    ]);
  });
});

describe('a delay that cannot be read', () => {
  it.each(["{ '30x': 'b' }", "[{ delay: 500, target: 'b' }]", "[{ target: 'b' }]", "{ 500: 'b' }"])(
    '%s makes no noise about where it leads',
    async (after) => {
      const text = `${basics}export const m = machine('m', { key: 'id', context: z.object({}), events: { placed } })
  .states('a', { a: { after: ${after} }, b: { final: true } });\n`;
      const { system, diagnostics } = await readText(text);
      expect(diagnostics).toHaveLength(1);
      expect(system?.machines['m']?.states[0]?.after).toMatchObject([{ transitions: [{ targets: ['b'] }] }]);
    },
  );
});
