import { expect, test } from 'vitest';
import { project } from '../fixtures/project.ts';
import { flow, machine, parallel, state, step, system, event, task } from '../../model/fixtures/nodes.ts';
import { printSnapshot } from '../../model/index.ts';
import { planChain } from './chain.ts';
import { loadSteps } from './load.ts';
import { misnamed } from './wrong-names.ts';

const world = (version: string, name: string) =>
  system({
    name: 'shop',
    version,
    events: [event(`event${name}`)],
    tasks: [task(`task${name}`)],
    flows: [flow(`flow${name}`, [parallel(`both${name}`, { one: [step(`s${name}`, 't')] })])],
    machines: [machine(`machine${name}`, [state(`state${name}`), state('same')])],
  });

const said = async (members: string, kept = true): Promise<readonly string[]> => {
  using it = project({
    'migrations/a.ts': `import { migration } from 'millrace/migrate';\nexport default migration({\n  from: '1.0.0',\n  to: '2.0.0',\n  ${members}\n});\n`,
    ...(kept && { 'snapshots/1.0.0.json': printSnapshot(world('1.0.0', 'A'), []) }),
  });
  const { files, diagnostics } = await loadSteps(it.entry, it.root);
  expect(diagnostics).toEqual([]);
  const { steps } = planChain({ files, from: '1.0.0', to: '2.0.0', file: 'x' });
  return misnamed(steps, world('2.0.0', 'B'), it.entry, it.root).map(
    ({ code, file, line, column, message, hint }) => `${code} ${file}:${line}:${column} ${message} ${hint}`,
  );
};

test('old names on the left, new names on the right', async () => {
  const good = `instances: { machineA: { machine: 'machineB', states: { stateA: 'stateB', same: ['stateB', 'same'] } } },
  runs: { flowA: { flow: 'flowB', steps: { 'bothA': 'bothB', 'bothA/one/sA': 'bothB/one/sB', 'bothA/one': 'bothB/one' } } },
  events: { eventA: { event: 'eventB' } }, tasks: { taskA: 'taskB' },`;
  expect(await said(good)).toEqual([]);
  expect((await said(good.replaceAll('A', 'C'))).length).toBe(9);
});

test('a misspelt name, with its place and what was meant', async () => {
  expect(
    await said(`instances: { machineA: { machine: 'machineB', states: { stateA: 'sateB', stateX: null } } },`),
  ).toEqual([
    "MR1825 migrations/a.ts:5:76 'instances.machineA.states.stateX' names 'machines.machineA.states.stateX', which version 1.0.0 does not have. Did you mean 'stateA'?",
    "MR1825 migrations/a.ts:5:59 'instances.machineA.states.stateA' names 'machines.machineB.states.sateB', which version 2.0.0 does not have. Did you mean 'stateB'?",
  ]);
  expect(
    await said(`runs: { flowA: { results: { 'bothA/two/s': (old: unknown) => old } }, flowX: 'block' },`),
  ).toMatchObject([
    expect.stringContaining("names 'flows.flowA.body.bothA/two/s'"),
    expect.stringContaining("names 'flows.flowX'"),
    expect.stringContaining("'runs.flowA' names 'flows.flowA', which version 2.0.0"),
  ]);
});

test('what was not kept is not known', async () => {
  expect(await said(`instances: { nobody: { states: { stateA: null } } },`, false)).toEqual([
    expect.stringContaining('which version 2.0.0 does not have'),
  ]);
});

test('a source that is ahead of its kept version is what the next step leads to', () => {
  using it = project({
    'migrations/a.ts': '',
    'snapshots/1.0.0.json': printSnapshot(world('1.0.0', 'A'), []),
  });
  const of = (states: Readonly<Record<string, string>>) =>
    misnamed(
      [
        {
          from: '1.0.0',
          to: '2.0.0',
          file: 'migrations/a.ts',
          down: false,
          parts: { instances: { machineA: { machine: 'machineB', states } } },
        },
      ],
      world('1.0.0', 'B'),
      it.entry,
      it.root,
    ).map(({ message }) => message);
  expect(of({ stateA: 'stateB' })).toEqual([]);
  expect(of({ stateB: 'stateA' })).toEqual([
    expect.stringContaining("stateB', which version 1.0.0 does not have."),
    expect.stringContaining("stateA', which version 2.0.0 does not have."),
  ]);
});

test('what got another name has to say which', async () => {
  expect(await said(`events: { eventA: { payload: (old: unknown) => old } },`)).toEqual([
    expect.stringMatching(
      /'events.eventA' names 'events.eventA', which version 2.0.0 does not have: where does it go\? Write .*`event: 'eventB'`\.$/,
    ),
  ]);
});
