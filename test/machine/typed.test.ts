import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileSystem } from 'millrace/compiler';
import type { CompiledMachine, MachineModule, MachineStep } from 'millrace/machine';
import { loadSystemFromDsl } from 'millrace/source';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sourcePath = fileURLToPath(new URL('fixtures/everything.dsl.ts', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-typed-'));
  const { files, diagnostics } = compileSystem(await loadSystemFromDsl(sourcePath), {
    outDir: folder,
    sourcePath,
    tasksDir: join(folder, 'tasks'),
    toolVersion: 'test',
  });
  // That nobody publishes failures yet is no matter of the machine's module.
  expect(diagnostics.filter(({ message }) => !message.includes('failed('))).toEqual([]);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What somebody who reads snapshots may write, and may not. */
const reader = `import { createActor, isActive } from 'millrace/machine';
import { basket, type BasketClosedContext, type BasketSnapshot, type BasketState } from './machines/basket.ts';
import { door, type DoorSnapshot } from './machines/door.ts';
import { house } from './machines/house.ts';
import { invoice } from './machines/invoice.ts';

const scope = { instanceId: '', now: 0 };
const first: BasketSnapshot = basket.start({ count: 1, wait: '1s' }, scope).snapshot;
export const names: readonly BasketState[] = basket.send(first, { name: 'rung' }, scope).snapshot.state;
if (isActive(basket, first, 'closed')) {
  const context: BasketClosedContext = first.context;
  context.lines.length.toFixed().concat(context.last);
} else {
  // @ts-expect-error Only a state says that it is there.
  first.context.lines.length.toFixed();
}
// @ts-expect-error There is no such state.
isActive(basket, first, 'colsed');
export const bill = createActor(invoice, { status: 'owing', due: 1 }).getSnapshot();
if (isActive(invoice, bill, 'paid')) bill.context.ref.trim();
if (isActive(invoice, bill, 'owing')) bill.context.due.toFixed();
// @ts-expect-error Of another machine.
export const wrong: DoorSnapshot = first;
export const shut: boolean = isActive(door, door.start({ count: 0, wait: '1s' }, scope).snapshot, 'closed');
createActor(house, { guests: 0 }).getSnapshot().state.includes('locked');
`;

it('the module of a machine passes the strictest compiler, and imports nothing but types and helpers', () => {
  writeFileSync(join(folder, 'reader.ts'), reader);
  const paths = { millrace: [`${root}src/dsl/index.ts`], 'millrace/*': [`${root}src/*/index.ts`] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        paths,
        noImplicitReturns: true,
        noPropertyAccessFromIndexSignature: true,
        allowUnreachableCode: false,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: ['machines/*.ts', 'reader.ts'],
    }),
  );
  const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  });
  expect(tsc.stdout).toBe('');
});

it('loads from its file and runs', async () => {
  const { door } = (await import(pathToFileURL(join(folder, 'machines/door.ts')).href)) as {
    door: CompiledMachine<unknown>;
  };
  const scope = { instanceId: 'front', now: 5 };
  const start = door.start({ count: 0, wait: '5m' }, scope);
  expect(start.snapshot).toEqual({
    state: ['closed'],
    context: { count: 1, last: 'n5', wait: '5m' },
    status: 'active',
  });
  expect(start.effects).toEqual([{ type: 'emit', event: 'told', payload: { id: 'front', text: '1 {times}' } }]);
  const ajar = door.send(start.snapshot, { name: 'door.opened', payload: { id: 'front', by: 'me' } }, scope);
  expect(ajar.snapshot).toMatchObject({ state: ['ajar'], context: { last: 'me' } });
  expect(ajar.effects).toEqual([
    { type: 'emit', event: 'told', payload: { id: 'x', text: 'opening' } },
    { type: 'schedule', id: 'after.open.0', delay: 300_000, event: { name: 'after.open.0', payload: undefined } },
    { type: 'schedule', id: 'after.ajar.0', delay: 1000, event: { name: 'after.ajar.0', payload: undefined } },
    { type: 'schedule', id: 'after.ajar.1', delay: 7_200_000, event: { name: 'after.ajar.1', payload: undefined } },
    { type: 'run', id: 'ajar.oil', target: { kind: 'task', name: 'oil' }, input: { id: 'me' } },
  ]);
  const raised = door.send(ajar.snapshot, { name: 'rung', payload: { id: 'front', times: 3 } }, scope);
  expect(raised.snapshot).toMatchObject({ state: ['ajar'], context: { last: 'front' } });
  expect(door.available(raised.snapshot)).toEqual(['door.opened', 'door.shut', 'rung', 'oilFailed']);
});

it.each<[string, object, (readonly [string, unknown?])[], unknown]>([
  [
    'basket',
    { count: 1, wait: '5m' },
    [
      ['packed', { id: 'b', lines: [] }],
      ['after.full.0'],
      [
        'packed',
        { id: 'b', note: 'a note', lines: [{ sku: 's', parts: [{ code: 'p', weight: 3 }], 'in-stock': [1, 2] }] },
      ],
      ['rung', { id: 'b', times: 1 }],
      ['rung', { id: 'b', times: 99 }],
      ['error.communication', { message: 'gone', code: 'MR1', name: 'Error', retryable: false, fault: 'input' }],
    ],
    [['empty'], ['full.context', 'closed.entry[0].condition', 'closed.context']],
  ],
  ['invoice', { status: 'owing', due: 5 }, [['rung', { id: 'i', times: 1 }]], [['paid'], []]],
  ['invoice', { status: 'paid', ref: 'r' }, [['rung', { id: 'i', times: 1 }]], [['owing'], ['owing.context']]],
])('does what the interpreter does with the functions of the source: %s', async (name, context, events, outcome) => {
  const system = await loadSystemFromDsl(sourcePath, { live: true });
  const interpreted = system.machines[name]!.module;
  const compiled = (
    (await import(pathToFileURL(join(folder, `machines/${name}.ts`)).href)) as Record<string, MachineModule>
  )[name]!;
  const scope = { instanceId: 'b', now: 5 };
  const run = (machine: MachineModule): readonly MachineStep[] => {
    const steps = [machine.start(context, scope)];
    for (const [event, payload] of events)
      steps.push(machine.send(steps.at(-1)!.snapshot, { name: event, payload }, scope));
    return steps;
  };
  expect(run(compiled)).toEqual(run(interpreted));
  const last = run(compiled).at(-1);
  expect([last?.snapshot.state, run(compiled).flatMap(({ errors }) => errors.map(({ at }) => at))]).toEqual(outcome);
});

it('runs regions', async () => {
  const { house } = (await import(pathToFileURL(join(folder, 'machines/house.ts')).href)) as {
    house: MachineModule<unknown>;
  };
  const scope = { instanceId: 'mine', now: 5 };
  const start = house.start({ guests: 0 }, scope);
  expect(start.snapshot.state).toEqual(['locked', 'dark']);
  const opened = house.send(start.snapshot, { name: 'opened', payload: { id: 'mine', by: 'me' } }, scope);
  expect(opened.snapshot).toMatchObject({ state: ['unlocked', 'lit'], context: { last: 'mine' } });
  expect(opened.effects.map(({ type }) => type)).toEqual(['schedule', 'run']);
  const empty = house.send(opened.snapshot, { name: 'shut', payload: { id: 'mine', hard: true } }, scope);
  expect(empty.snapshot).toMatchObject({ state: ['empty'], context: { last: 'false' } });
  expect(
    house.send(empty.snapshot, { name: 'opened', payload: { id: 'mine', by: 'me' } }, scope).snapshot.state,
  ).toEqual(['unlocked', 'lit']);
});
