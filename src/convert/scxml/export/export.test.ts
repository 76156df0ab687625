import { describe, expect, it } from 'vitest';
import { exportScxml, importScxml } from 'millrace/convert';
import { interpretMachine } from 'millrace/machine';
import type { ExpressionNode, MachineNode, SystemModel } from 'millrace/model';
import { systemOf } from '../../../../test/support/compile-machine.ts';
import { drive } from '../../../../test/support/drive.ts';
import { enliven, sketchMachine, type MachineSketch } from '../../../../test/support/sketch.ts';

const schema = (text: string) => ({ ...sketchMachine('x', { initial: 'a', states: {} }).context, text });
function machine(
  sketch: MachineSketch,
  context = 'z.object({ n: z.number().default(0), name: z.string().optional() })',
): MachineNode {
  return { ...sketchMachine('m', sketch), context: schema(context) };
}
const text = (node: MachineNode, rest: Partial<SystemModel> = {}): string =>
  exportScxml(node, systemOf(node, rest))
    .text.replace(/^[^]*<\/datamodel>\n/, '')
    .replace(/<\/scxml>\n$/, '');
const codes = (node: MachineNode, rest: Partial<SystemModel> = {}) =>
  exportScxml(node, systemOf(node, rest)).diagnostics.map(({ code, message }) => `${code} ${message}`);

describe('a machine as a document', () => {
  it('has its data, its states and what they do', () => {
    const node = machine({
      events: ['go'],
      initial: 'a',
      states: {
        a: {
          on: {
            go: {
              target: 'b',
              guard: '({ context, event, in: isIn }) => context.n < event.limit && isIn("a")',
              actions: [
                ['assign', '({ context }) => ({ n: context.n + 1 })'],
                ['raise', 'go', '({ context }) => ({ n: context.n })'],
              ],
            },
          },
        },
        b: { type: 'final', output: '({ context }) => context.n' },
      },
    });
    expect(exportScxml(node, systemOf(node)).text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="m" initial="a">
  <datamodel>
    <data id="n" expr="0"/>
    <data id="name"/>
  </datamodel>
  <state id="a">
    <transition event="go" cond="n &lt; _event.data.limit &amp;&amp; In(&quot;a&quot;)" target="b">
      <assign location="n" expr="n + 1"/>
      <send event="go" target="#_internal">
        <content expr="({ n: n })"/>
      </send>
    </transition>
  </state>
  <final id="b">
    <donedata>
      <content expr="n"/>
    </donedata>
  </final>
</scxml>
`);
  });

  it('sets and cancels its timers itself', () => {
    const node = machine({
      initial: 'a',
      states: { a: { after: { '2m': 'b', '({ context }) => context.n': 'b' } }, b: {} },
    });
    expect(text(node)).toBe(`  <state id="a">
    <onentry>
      <send event="timer.a.0" id="timer.a.0" delay="120s"/>
      <send event="timer.a.1" id="timer.a.1" delayexpr="((delay) =&gt; typeof delay === 'number' ? \`\${delay}ms\` : delay)(n)"/>
    </onentry>
    <onexit>
      <cancel sendid="timer.a.0"/>
      <cancel sendid="timer.a.1"/>
    </onexit>
    <transition event="timer.a.0" target="b"/>
    <transition event="timer.a.1" target="b"/>
  </state>
  <state id="b"/>
`);
  });

  it('takes all values of an assign before it changes any', () => {
    const go = (value: string) => text(machine({ initial: 'a', states: { a: { entry: [['assign', value]] } } }));
    expect(go('({ context }) => ({ n: 1, name: "x" })')).toContain(
      '<assign location="n" expr="1"/>\n      <assign location="name"',
    );
    expect(go('({ context }) => ({ n: context.n + 1, name: context.n })')).toContain(
      "const change = Object.assign({}, ({ n: n + 1, name: n }));\nif ('n' in change) n = change['n'];",
    );
    expect(go('({ context }) => { const n = 2; return { n }; }')).toContain('})({ context: { n, name } })');
  });

  it('writes choices, lists and what goes elsewhere', () => {
    const node = machine(
      {
        events: ['go'],
        initial: 'a',
        states: {
          a: {
            entry: [
              [
                'when',
                '({ context }) => context.n > 1',
                [['cancel', 'x']],
                [['send', 'go', undefined, { id: 'x', delay: '5s', target: '#parent' }]],
              ],
              [
                'forEach',
                '({ context }) => context.list ?? []',
                [['assign', '({ item, index }) => ({ n: item + index })']],
              ],
              ['send', 'go', undefined, { target: 'm/1' }],
            ],
          },
        },
      },
      'z.object({ n: z.number(), list: z.array(z.number()) })',
    );
    expect(text(node)).toBe(`  <state id="a">
    <onentry>
      <if cond="n &gt; 1">
        <cancel sendid="x"/>
        <else/>
        <send event="go" id="x" target="#_parent" delay="5s"/>
      </if>
      <foreach array="list ?? []" item="item" index="index">
        <assign location="n" expr="item + index"/>
      </foreach>
      <send event="go" target="#_scxml_m/1"/>
    </onentry>
  </state>
`);
  });

  it('gives loops variables that nothing else has', () => {
    const node = machine(
      {
        initial: 'a',
        states: {
          a: {
            entry: [
              [
                'forEach',
                '() => [1, 2]',
                [
                  ['assign', '({ context, item, index }) => ({ total: context.total + item * index + context.index })'],
                  ['forEach', '({ item }) => [item]', [['assign', '({ item }) => ({ change: item })']]],
                  [
                    'assign',
                    '({ context, item }) => ({ total: [0].reduce((item_) => item_ + item, context.total), change: context.total })',
                  ],
                ],
              ],
            ],
          },
        },
      },
      'z.object({ index: z.number().default(7), item: z.number().default(5), total: z.number().default(0), change: z.number().default(0) })',
    );
    const { text: document } = exportScxml(node, systemOf(node));
    const names = [...document.matchAll(/ (?:item|index)="([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual(['item_', 'index_', 'item_2', 'index_2']);
    const context = { index: 7, item: 5, total: 0, change: 0 };
    const scope = { instanceId: '1', now: 0 };
    const here = interpretMachine(enliven(node)).start(context, scope).snapshot.context;
    const again = importScxml(document).model?.machines['m'] as MachineNode;
    const there = interpretMachine(enliven(again)).start(context, scope).snapshot.context;
    expect(here).toMatchObject({ index: 7, item: 5 });
    expect(there).toMatchObject(here as object);
  });

  it('tells events below a name from the event of that name', () => {
    const node = machine({
      events: ['p', 'p.x'],
      initial: 'a',
      states: { a: { on: { p: 'a', 'p.*': 'a', '*': 'a' } } },
    });
    expect(text(node)).toContain(`<transition event="p" cond="_event.name === 'p'" target="a"/>
    <transition event="p.*" target="a"/>
    <transition event="*" target="a"/>`);
  });

  it('lets no pattern take the ends of timers', () => {
    const node = machine({ events: ['p'], initial: 'a', states: { a: { after: { '1s': 'a' }, on: { '*': 'a' } } } });
    expect(text(node)).toContain('<transition event="p error.execution error.communication done.state" target="a"/>');
  });

  it('holds the machines that its states run, which come back with it', () => {
    const child = {
      ...machine({ initial: 'c', states: { c: { type: 'final', output: '({ context }) => context.n' } } }),
      name: 'child',
    };
    const node = machine({
      initial: 'a',
      states: {
        a: { run: [{ id: 'r', target: { kind: 'machine', name: 'child' }, input: '() => ({ n: 5 })', onDone: 'b' }] },
        b: { type: 'final' },
      },
    });
    const model = systemOf(node, { machines: { m: node, child } });
    const { text: document, diagnostics } = exportScxml(node, model);
    expect(diagnostics).toEqual([]);
    const { model: again } = importScxml(document);
    expect(Object.keys(again?.machines ?? {})).toEqual(['m', 'm.r']);
    const [effect] = interpretMachine(enliven(again?.machines['m'] as MachineNode)).start(
      {},
      { instanceId: '1', now: 0 },
    ).effects;
    expect(effect).toMatchObject({ type: 'run', id: 'r', input: { n: 5 } });
  });

  it('brings along the functions that its lambdas use, without their types', () => {
    const guard: ExpressionNode = {
      ...(sketchMachine('x', {
        initial: 'a',
        states: { a: { always: { target: 'a', guard: '({ context }) => isRich(context.n)' } } },
      }).states[0]?.always[0]?.guard as ExpressionNode),
      uses: ['isRich'],
    };
    const node = machine({ initial: 'a', states: { a: {}, b: {} } });
    const [first, second] = node.states;
    const transition = { kind: 'transition', targets: ['b'], guard, actions: [], location: node.location } as const;
    const whole: MachineNode = {
      ...node,
      states: [{ ...(first as never as object), always: [transition] } as never, second as never],
    };
    const local = {
      kind: 'local',
      name: 'isRich',
      text: 'const isRich = (n: number): boolean => n > 9;',
      typeOnly: false,
      uses: [],
      location: node.location,
    } as const;
    const { text: document } = exportScxml(whole, systemOf(whole, { locals: { isRich: local } }));
    expect(document).toContain('const isRich = (n) =&gt; n &gt; 9;');
    const again = importScxml(document).model?.machines['m'] as MachineNode;
    expect(drive(interpretMachine(enliven(again)), { n: 10 }).states.at(-1)).toBe('b');
    expect(drive(interpretMachine(enliven(again)), { n: 9 }).states.at(-1)).toBe('a');
  });
});

describe('what SCXML has not', () => {
  it.each<[string, MachineSketch, string]>([
    [
      'a log of events',
      { initial: 'a', states: { a: { entry: [['emit', 'out']] } } },
      "MR1720 SCXML has no event log: that 'out' is emitted is left out.",
    ],
    [
      'flows',
      { initial: 'a', states: { a: { entry: [['start', 'f']] } } },
      "MR1720 SCXML starts no flows: 'f' is left out.",
    ],
    [
      'a context of a state',
      { initial: 'a', states: { a: { context: '() => true' } } },
      "MR1720 SCXML checks no context: the schema of state 'a' is left out.",
    ],
    [
      'instances by key',
      { initial: 'a', states: { a: { entry: [['send', 'e', undefined, { target: 'order' }]] } } },
      "MR1720 SCXML finds no machine by a key: the send to 'order' is left out.",
    ],
    [
      'computed ids',
      { initial: 'a', states: { a: { entry: [['send', 'e', undefined, { id: '() => "x"' }]] } } },
      'MR1720 SCXML computes no ids of sends: this one cannot be taken back.',
    ],
    [
      'work',
      { initial: 'a', states: { a: { run: [{ id: 'r' }] } } },
      "MR1721 SCXML knows no flow 'r': whoever runs the document has to provide it.",
    ],
  ])('%s', (_, sketch, expected) => {
    expect(codes(machine(sketch))).toEqual([expected]);
  });

  it('control characters', () => {
    const node = { ...machine({ initial: 'a', states: { a: { entry: [['assign', '() => ({ name: "\u0001" })']] } } }) };
    expect(codes(node)).toEqual(['MR1723 The machine has characters that XML cannot hold.']);
  });
});
