import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { dsl, project, repository, stackTrace } from './dsl.ts';

const orders = join(repository, 'dsl-examples/orders/orders.dsl.ts');
const lamp = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
export default system('lamp', { version: '1.0.0' });
export const pressed = event('pressed', { payload: z.object({ id: z.string() }) });
export const light = machine('light', { key: 'id', context: z.object({}), events: { pressed } }).states('off', {
  off: { on: { pressed: 'on' } },
  on: { on: { pressed: 'off' }, after: { '10m': 'off' } },
});
`;

test('one definition as Mermaid, on stdout', async () => {
  using made = project({ 'lamp.dsl.ts': lamp });
  expect(await made.dsl(['graph', 'lamp.dsl.ts'])).toEqual({
    code: 0,
    stderr: '',
    stdout: `stateDiagram-v2
  accTitle: The machine light
  state "off" as off
  state "on" as on
  [*] --> off
  off --> on : pressed
  on --> off : pressed
  on --> off : after 10m
`,
  });
});

test('several: a page of Markdown, one document, a file each', async () => {
  const page = await dsl(['graph', orders]);
  expect(page.code).toBe(0);
  expect(page.stdout).toMatch(/^# orders\n\n## The machine order\n\n```mermaid\nstateDiagram-v2\n/);
  expect(page.stdout).toContain('## The flow fulfilOrder\n\n```mermaid\nflowchart TD\n');
  const json = await dsl(['graph', orders, '--json']);
  const document = JSON.parse(json.stdout) as { machines: { name: string }[]; flows: { name: string }[] };
  expect(document).toMatchObject({ system: 'orders', machines: [{ kind: 'machine', name: 'order' }] });
  expect(document.flows.map(({ name }) => name)).toContain('fulfilOrder');
  using made = project();
  const files = await made.dsl(['graph', orders, '--format', 'svg', '--out', 'pictures/']);
  expect(files).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('Wrote pictures/order.machine.svg.'),
  });
  expect(readdirSync(join(made.root, 'pictures'))).toHaveLength(1 + document.flows.length);
});

test.each(['mermaid', 'json', 'svg', 'xstate', 'xstate-module', 'scxml'])(
  '--format %s of one machine, on stdout, in a file and as JSON',
  async (format) => {
    using made = project();
    const args = ['graph', orders, '--machine', 'order', '--format', format];
    const out = await made.dsl(args);
    expect(out.code).toBe(0);
    const file = await made.dsl([...args, '--out', 'deep/er/order.txt']);
    expect(file).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(join(made.root, 'deep/er/order.txt'), 'utf8').trimEnd()).toBe(out.stdout.trimEnd());
    if (format === 'svg' || format === 'scxml') {
      const parser = new SaxesParser();
      parser.on('error', (error) => {
        throw error;
      });
      parser.write(out.stdout).close();
    }
    const json = await made.dsl([...args, '--json']);
    const document = JSON.parse(json.stdout) as { graphs?: { text: string }[] };
    if (format === 'json') expect(document).toMatchObject({ kind: 'machine', name: 'order' });
    else expect(document.graphs?.[0]?.text.trimEnd()).toBe(out.stdout.trimEnd());
    expect(JSON.parse((await made.dsl([...args, '--json', '--out', 'order.txt'])).stdout)).toMatchObject({
      ok: true,
      format,
      files: ['order.txt'],
    });
  },
);

test('XState: the configuration, which can be imported, and the module', async () => {
  using made = project();
  const args = ['graph', orders, '--machine', 'order', '--format', 'xstate'];
  const config = JSON.parse((await made.dsl(args)).stdout) as { id: string; states: object };
  expect(config).toMatchObject({ id: 'order', initial: 'waiting', states: { waiting: {} } });
  const json = JSON.parse((await made.dsl([...args, '--json'])).stdout) as {
    graphs: { text: string; value: object }[];
  };
  expect(json).toMatchObject({ ok: true, graphs: [{ format: 'xstate', value: config }] });
  await made.dsl([...args, '--out', 'order.json']);
  const back = await made.dsl(['import', 'order.json', '--json']);
  expect(JSON.parse(back.stdout)).toMatchObject({ ok: true, format: 'xstate', system: 'order' });
  const module = await made.dsl([...args.slice(0, -1), 'xstate-module']);
  expect(module.stdout).toContain('export const orderMachine = setup({');
  await made.dsl([...args, '--out', 'order.ts']);
  expect(readFileSync(join(made.root, 'order.ts'), 'utf8').trimEnd()).toBe(module.stdout.trimEnd());
  await made.dsl(['graph', orders, '--format', 'xstate', '--out', 'all/']);
  expect(readdirSync(join(made.root, 'all'))).toEqual(['order.machine.xstate.json']);
});

test.each([
  [['--machine', 'ordr'], 2, 'MR2017', 'Did you mean --machine order?'],
  [['--machine', 'fulfilOrder'], 2, 'MR2017', 'There is a flow of this name: --flow fulfilOrder.'],
  [['--flow', 'x'], 2, 'MR2017', 'dsl inspect'],
  [['--format', 'svg'], 2, 'MR1730', '--out pictures/'],
  [['--flow', 'fulfilOrder', '--format', 'scxml'], 2, 'MR1731', '--format mermaid'],
  [['--format', 'gif'], 2, 'MR2003', '--help'],
  [['--machine', 'order', '--flow', 'fulfilOrder'], 2, 'MR2003', '--help'],
  [['--machine', 'order', '--out', `${orders}/x.mmd`], 2, 'MR1733', 'a folder that is there'],
])('dsl graph orders %j: exit %i, %s', async (args, code, mr, hint) => {
  const done = await dsl(['graph', orders, ...args]);
  expect(done).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(new RegExp(`^error ${mr}: `)) });
  expect(done.stderr).toContain(hint);
  expect(done.stderr).not.toMatch(stackTrace);
  expect(JSON.parse((await dsl(['graph', orders, ...args, '--json'])).stdout)).toMatchObject(
    // With --json the texts of all come in one document.
    mr === 'MR1730' ? { ok: true } : { ok: false, error: { code: mr } },
  );
});

test('a source with errors, and one with nothing to show', async () => {
  using made = project({
    'broken.dsl.ts': lamp.replace("on: { pressed: 'on' }", "on: { pressed: 'no' }"),
    'empty.dsl.ts': "import { system } from 'millrace';\nexport default system('empty', { version: '1.0.0' });\n",
  });
  expect(await made.dsl(['graph', 'broken.dsl.ts'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error MR\d{4}: [^]*broken\.dsl\.ts:6/),
  });
  const json = await made.dsl(['graph', 'broken.dsl.ts', '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }] });
  expect(await made.dsl(['graph', 'empty.dsl.ts'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error MR1732: /),
  });
  expect(await made.dsl(['graph', 'nowhere.dsl.ts'])).toMatchObject({
    code: expect.any(Number),
    stdout: '',
    stderr: expect.not.stringMatching(stackTrace),
  });
});
