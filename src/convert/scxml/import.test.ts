import { describe, expect, it } from 'vitest';
import { interpretMachine } from 'millrace/machine';
import type { ActionNode, MachineNode, StateNode } from 'millrace/model';
import { validateSystem } from 'millrace/rules';
import { drive } from '../../../test/support/drive.ts';
import { enliven } from '../../../test/support/sketch.ts';
import { importScxml, type ImportScxmlOptions } from './import.ts';

const scxml = (inner: string, attributes = ''): string =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="m" ${attributes}>${inner}</scxml>`;

/** The machine of a document without problems. */
function machineOf(text: string, options: ImportScxmlOptions = {}): MachineNode {
  const { model, machine = '', diagnostics } = importScxml(text, options);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return model?.machines[machine] as MachineNode;
}
const stateOf = (text: string, options: ImportScxmlOptions = {}): StateNode =>
  machineOf(text, options).states[0] as StateNode;
const live = (text: string, options: ImportScxmlOptions = {}) => interpretMachine(enliven(machineOf(text, options)));

/** An action in one line. */
function said(action: ActionNode): string {
  if (action.kind === 'assign') return action.value.text;
  if ('call' in action) return `${action.kind} ${action.call.lambda.text}`;
  return action.kind;
}
const entry = (content: string, rest = ''): readonly string[] =>
  stateOf(scxml(`${rest}<state id="a"><onentry>${content}</onentry></state>`)).entry.map(said);

describe('what is wrong with a document', () => {
  const codes = (text: string, options: ImportScxmlOptions = {}) =>
    importScxml(text, { file: 'd.scxml', ...options }).diagnostics.map(
      ({ code, severity, line, column }) => `${code} ${severity} ${line}:${column}`,
    );

  it.each([
    ['no XML', '<scxml><state></scxml>', ['MR1700 error 1:23']],
    ['another root', '<machine/>', ['MR1701 error 1:1']],
    ['nothing in it', scxml(''), ['MR1702 error 1:1']],
    [
      'a target that is no state',
      scxml('\n  <state id="a"><transition event="e" target="b"/></state>'),
      ['MR1702 error 2:17'],
    ],
    ['an id twice', scxml('<state id="a"/>\n<state id="a"/>'), ['MR1702 error 2:1']],
    ['a file that is not there', scxml('<state id="a"/>\n<script src="x.js"/>'), ['MR1703 error 2:1']],
    ['an element of others', scxml('<state id="a">\n<onentry><query/></onentry></state>'), ['MR1704 warning 2:10']],
    ['work of others', scxml('<state id="a">\n<invoke type="urn:db"/></state>'), ['MR1704 error 2:1']],
    ['no ECMAScript', scxml('<state id="a">\n<transition cond="1 +" target="a"/></state>'), ['MR1705 warning 2:1']],
    ['an unknown name', scxml('<state id="a">\n<transition cond="x" target="a"/></state>'), ['MR1706 warning 2:1']],
    [
      'a guard that changes data',
      scxml(
        '<datamodel><data id="x" expr="0"/></datamodel><state id="a">\n<transition cond="x++ == 1" target="a"/></state>',
      ),
      ['MR1707 warning 2:1'],
    ],
    ['a log', scxml('<state id="a">\n<onentry><log expr="1"/></onentry></state>'), ['MR1708 info 2:10']],
    ['an invocation that is computed', scxml('<state id="a">\n<invoke srcexpr="x"/></state>'), ['MR1709 error 2:1']],
    [
      'another processor',
      scxml('<state id="a">\n<onentry><send event="e" type="urn:x"/></onentry></state>'),
      ['MR1710 warning 2:10'],
    ],
    ['another data model', scxml('<state id="a"/>', 'datamodel="xpath"'), ['MR1711 error 1:1']],
    ['blocks', scxml('<state id="a"><onentry/>\n<onentry/></state>'), ['MR1712 info 2:1']],
    [
      'what is never taken',
      scxml('<state id="a"><transition target="a"/>\n<transition target="a"/></state>'),
      ['MR1713 info 2:1'],
    ],
  ])('%s', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('is no error of the importer, whatever the text is', () => {
    for (const text of [
      '',
      '<',
      '<a/><b/>',
      '\u0000',
      '<scxml><state id="a" initial="a"/></scxml>',
      '<scxml><history id="h"/></scxml>',
    ])
      expect(() => importScxml(text)).not.toThrow();
  });
});

describe('data', () => {
  it('has the type of everything that is put into it', () => {
    const data =
      '<data id="n" expr="0"/><data id="s" expr="\'a\'"/><data id="l">[1, 2]</data><data id="any" expr="1"/><data id="none"/>';
    const assigns = '<assign location="n" expr="n + 1"/><assign location="any" expr="none"/>';
    const { context } = machineOf(
      scxml(`<datamodel>${data}</datamodel><state id="a"><onentry>${assigns}</onentry></state>`),
    );
    expect(context.text).toBe(
      [
        'z.object({',
        '  n: z.number().default(0),',
        "  s: z.string().default('a'),",
        '  l: z.array(z.any()).default([1, 2]),',
        '  any: z.any().default(1),',
        '  none: z.any().optional(),',
        '})',
      ].join('\n'),
    );
  });

  it('is computed in a state of its own when it is no constant, and an error there comes first', () => {
    const text = scxml(
      '<datamodel><data id="x" expr="1 + 1"/><data id="y" expr="x * 2"/><data id="z" expr="oops("/></datamodel>' +
        '<state id="a"><transition event="error.execution" cond="y == 4 &amp;&amp; z === undefined" target="b"/></state><state id="b"/>',
    );
    expect(drive(live(text), {}).states).toEqual(['b']);
  });

  it('is read from a file, or is a tree of XML', () => {
    const text = scxml(
      '<datamodel><data id="list" src="file:list.json"/><data id="book"><book title="T"><page n="7"/></book></data></datamodel>' +
        `<state id="a"><transition cond="list[1] == 2 &amp;&amp; book.getAttribute('title') == 'T' &amp;&amp; book.getElementsByTagName('page')[0].getAttribute('n') == 7" target="b"/></state><state id="b"/>`,
    );
    const options = { file: 'docs/m.scxml', readFile: (path: string) => (path === 'docs/list.json' ? '[1, 2]' : '') };
    const { list, book } = {
      list: [1, 2],
      book: {
        name: 'book',
        attributes: { title: 'T' },
        children: [{ name: 'page', attributes: { n: '7' }, children: [] }],
      },
    };
    expect(machineOf(text, options).context.text).toContain("{ name: 'page', attributes: { 'n': '7' }, children: [] }");
    expect(drive(live(text, options), { list, book }).states).toEqual(['b']);
  });
});

describe('code', () => {
  const data = '<datamodel><data id="x" expr="0"/><data id="o" expr="{}"/></datamodel>';

  it.each([
    ['<assign location="x" expr="x + 1"/>', ['({ context }) => ({ x: context.x + 1 })']],
    ['<assign location="x" expr="[1].map((x) => x + 1)"/>', ['() => ({ x: [1].map((x) => x + 1) })']],
    ['<assign location="x" expr="({ x })"/>', ['({ context }) => ({ x: ({ x: context.x }) })']],
    ['<assign location="x" expr="In(\'a\')"/>', ["({ in: isIn }) => ({ x: isIn('a') })"]],
    ['<assign location="x" expr="Date.now()"/>', ['({ now }) => ({ x: now })']],
    ['<assign location="x" expr="_name + _sessionid"/>', ["({ instanceId }) => ({ x: 'm' + `m/${instanceId}` })"]],
    [
      '<assign location="o.a[x]" expr="1"/>',
      [
        '({ context }) => {\n  const assigned = 1;\n  const o = structuredClone(context.o);\n  const x = context.x;\n  o.a[x] = assigned;\n  return { o };\n}',
      ],
    ],
    [
      '<script>x = 1; var own = x + 1; o.own = own;</script>',
      [
        '({ context }) => {\n  let x = context.x;\n  let o = structuredClone(context.o);\n  x = 1; var own = x + 1; o.own = own;\n  return { x, o };\n}',
      ],
    ],
    [
      '<assign location="y" expr="1"/>',
      ["() => { throw new ReferenceError('\\'y\\' is not a variable of the data model.'); }"],
    ],
    ['<raise event="e"/>', ['raise () => e()']],
    [
      '<send event="e" namelist="x"><param name="y" expr="2"/></send>',
      ['send ({ context }) => e({ x: context.x, y: 2 })'],
    ],
    ['<send event="e" target="#_internal"><content>a  b</content></send>', ["raise () => e('a b')"]],
  ])('%s', (content, expected) => {
    expect(entry(content, data)).toEqual(expected);
  });

  it('calls the functions of the document where they are used', () => {
    const text = scxml(
      '<script>function twice(n) { return n * 2; }</script><datamodel><data id="x" expr="2"/></datamodel>' +
        '<state id="a"><transition event="e" cond="twice(x) == 4" target="b"/></state><state id="b"/>',
    );
    expect(drive(live(text), { x: 2 }, 'e').states).toEqual(['a', 'b']);
  });

  it('sees the event that was taken last on entry', () => {
    const text = scxml(
      '<datamodel><data id="x"/></datamodel><state id="a"><transition event="e" target="b"/></state>' +
        '<state id="b"><onentry><assign location="x" expr="_event.data.n"/></onentry></state>',
    );
    expect(drive(live(text), {}, ['e', { n: 7 }]).snapshot.context).toMatchObject({ x: 7 });
  });
});

describe('transitions', () => {
  const keys = (inner: string, options: ImportScxmlOptions = {}): readonly string[] =>
    stateOf(scxml(`<state id="a">${inner}</state><state id="b"/>`), options).on.map(
      ({ event, transitions }) => `${event} ${transitions.length}`,
    );

  it('keep the order of the document', () => {
    expect(keys('<transition event="x" target="b"/><transition event="*" target="a"/>')).toEqual(['x 1', '* 1']);
    expect(keys('<transition event="*" target="b"/><transition event="x" target="a"/>')).toEqual(['* 1']);
  });

  it('write a pattern out when a name stands on both sides of it', () => {
    const inner =
      '<transition event="x" cond="1 &gt; 2" target="b"/><transition event="*" cond="2 &gt; 1" target="a"/><transition event="x y" target="b"/>';
    expect(keys(inner)).toEqual(['x 3', 'y 2', 'error.execution 1', 'error.communication 1']);
  });

  it('cover what is below a name only when something is', () => {
    expect(keys('<transition event="x.*" target="b"/>')).toEqual(['x 1']);
    expect(keys('<transition event="x" target="b"/>', { events: ['x.y'] })).toEqual(['x.* 1']);
  });

  it('say when a pattern hears less than it may mean, unless the events from outside are given', () => {
    const told = (inner: string, events?: readonly string[]) =>
      importScxml(
        scxml(`<state id="a">${inner}</state><state id="b"/>`),
        events === undefined ? {} : { events },
      ).diagnostics.map(({ code, severity, message, line }) => `${severity} ${code} ${line} ${message}`);
    const bell = '<transition event="bell.*" target="b"/>';
    expect(told(bell)).toEqual([
      expect.stringMatching(
        /^info MR1714 1 The document names no event below 'bell': 'bell\.\*' hears 'bell' alone\.$/,
      ),
    ]);
    expect(told(bell, ['bell.ring'])).toEqual([]);
    expect(keys(bell, { events: ['bell.ring'] })).toEqual(['bell.* 1']);
    expect(told(bell, [])).toEqual([]);
    expect(told('<transition event="bell" target="b"/><transition event="*" target="a"/>')).toEqual([]);
    const written =
      '<transition event="x" cond="1 &gt; 2" target="b"/><transition event="*" cond="2 &gt; 1" target="a"/><transition event="x y" target="b"/>';
    expect(told(written)).toEqual([
      expect.stringMatching(/^info MR1714 1 '\*' is written out: it hears the events that the document names\.$/),
    ]);
    expect(told(written, ['z'])).toEqual([]);
  });

  it('hear the own end of a state as onDone', () => {
    const text = scxml(
      '<state id="a"><transition event="done.state.a" cond="_event.data == 1" target="b"/><final id="f"><donedata><content expr="1"/></donedata></final></state><state id="b"/>',
    );
    expect(stateOf(text).onDone[0]?.guard?.text).toBe('({ output }) => output == 1');
    expect(drive(live(text), {}).states).toEqual(['b']);
  });
});

describe('invocations', () => {
  const child =
    '<scxml><datamodel><data id="n" expr="1"/></datamodel><state id="c"><onentry><send target="#_parent" event="hello"/></onentry><transition event="bye" target="d"/></state><final id="d"/></scxml>';

  it('become machines that a state runs', () => {
    const text = scxml(
      `<state id="a"><invoke id="i"><param name="n" expr="2"/><param name="other" expr="3"/><content>${child}</content></invoke><transition event="hello"><send target="#_i" event="bye"/></transition><transition event="done.invoke.i" target="b"/></state><final id="b"/>`,
    );
    const { model } = importScxml(text);
    expect(Object.keys(model?.machines ?? {})).toEqual(['m', 'm.i']);
    const state = model?.machines['m']?.states[0];
    expect(state?.run.map(({ id, target, input, onDone }) => [id, target.name, input?.text, onDone.length])).toEqual([
      ['i', 'm.i', '() => ({ n: 2 })', 1],
    ]);
    expect(state?.on.flatMap(({ transitions }) => transitions.flatMap(({ actions }) => actions))).toMatchObject([
      { kind: 'send', target: '#i' },
    ]);
    expect(model && validateSystem(model).issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('read a document that runs itself once', () => {
    const text = scxml(
      '<state id="a"><invoke src="m.scxml"/><transition event="e" target="b"/></state><final id="b"/>',
    );
    const { model } = importScxml(text, { file: 'm.scxml', readFile: () => text });
    expect(Object.keys(model?.machines ?? {})).toEqual(['m']);
  });
});
