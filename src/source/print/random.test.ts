import fc from 'fast-check';
import { hashSystem, type MachineNode, type SystemModel } from 'millrace/model';
import { readSystem } from 'millrace/source';
import { expect, test } from 'vitest';
import { systemOf } from '../../../test/support/compile-machine.ts';
import { randomMachine } from '../../../test/support/random-machine.ts';
import { sketchMachine } from '../../../test/support/sketch.ts';
import { event, flow, imported, local, body, task } from '../../compiler/fixtures/build-model.ts';
import { FlowMaker } from '../../compiler/fixtures/random-flow.ts';
import { printSystem } from './print-system.ts';
import { difference } from './same.ts';

/** Says of all code which of the system's declarations and imports it needs, as the reader does. */
function withUses(model: SystemModel): SystemModel {
  const names = [...Object.keys(model.locals), ...Object.keys(model.imports)];
  const usesOf = (text: string): readonly string[] => {
    const direct = names.filter((name) => new RegExp(`(?<![.\\w'"])${name}\\b(?!:)`).test(text));
    return [...new Set(direct.flatMap((name) => [name, ...(model.locals[name]?.uses ?? [])]))].toSorted();
  };
  const text = JSON.stringify(model).replaceAll(/("kind":"schema","text":)"[^"]*=>[^"]*"/g, '$1"z.any()"');
  return JSON.parse(text, (_key, value: { kind?: string; text?: string } | null) =>
    value?.kind === 'expression' || value?.kind === 'schema' ? { ...value, uses: usesOf(value.text ?? '') } : value,
  ) as SystemModel;
}

async function readBack(model: SystemModel): Promise<SystemModel | undefined> {
  const { text, diagnostics } = printSystem(model);
  if (text === undefined) {
    expect(diagnostics.filter(({ code }) => code !== 'MR1740')).toEqual([]);
    return undefined;
  }
  const path = '/project/a.dsl.ts';
  const { system, diagnostics: problems } = await readSystem(path, { readFile: () => text });
  expect(problems.filter(({ code }) => code !== 'MR1407')).toEqual([]);
  return system;
}

/** How the reader takes a lambda apart is its own business. */
const withoutParts = (model: SystemModel): SystemModel =>
  JSON.parse(
    JSON.stringify(model, (key, value: unknown) =>
      key === 'argument' || (key === 'lambda' && !isExpression(value)) ? undefined : value,
    ),
  ) as SystemModel;
const isExpression = (value: unknown): boolean => (value as { kind?: string } | undefined)?.kind === 'expression';

async function check(model: SystemModel): Promise<number> {
  const once = await readBack(model);
  if (once === undefined) return 0;
  expect(difference(withoutParts(once), withoutParts(model))).toBeUndefined();
  const twice = (await readBack(once)) as SystemModel;
  expect(difference(twice, once)).toBeUndefined();
  expect(hashSystem(twice)).toBe(hashSystem(once));
  return 1;
}

/** Only named lists can be written, and a computed delay has one transition. */
function expressible(key: string, value: unknown): unknown {
  if (key === 'over') return { ...(value as object), text: '({ context }) => context.rows ?? []' };
  if (key !== 'after') return value;
  const timers = value as MachineNode['states'][number]['after'];
  const isPlain = timers.every(({ delay }) => typeof delay === 'string');
  return isPlain
    ? timers
    : timers.map(({ transitions, ...rest }) => ({ ...rest, transitions: transitions.slice(0, 1) }));
}

test('random machines read as they were printed', async () => {
  let written = 0;
  const z = imported('z', 'zod');
  const names = ['a', 'b', 'c', 'p', 'p.x', 'p.y', 'out', 'plain', 'deep', 'unheard'];
  const events = Object.fromEntries(names.map((name) => [name, event(name, 'z.any()')]));
  const flows = { flown: flow('flown', 'z.any()', body()) };
  await fc.assert(
    fc.asyncProperty(randomMachine({ regions: true }), async (sketch) => {
      // A constant cannot be called `p.x`, and a flow has a name of its own.
      const text = JSON.stringify(sketchMachine('random', sketch))
        .replaceAll(/=> p\.([xy])\(/g, '=> p_$1(')
        .replaceAll(/"body":"p\.([xy])\(/g, '"body":"p_$1(')
        .replaceAll(
          /(\{"kind":"start","call":\{"kind":"call","target":\{"kind":"flow","name":)"out"(.*?=> )out(.*?"body":")out/g,
          '$1"flown"$2flown$3flown',
        )
        .replaceAll(/"target":\{"kind":"flow","name":"r\.s\d+"\}/g, '"target":{"kind":"flow","name":"flown"}');
      const machine = { ...(JSON.parse(text, expressible) as MachineNode), flows: [{ alias: 'work', name: 'flown' }] };
      written += await check(withUses({ ...systemOf(machine), events, flows, imports: { z } }));
    }),
    { numRuns: 100 },
  );
  expect(written).toBeGreaterThan(50);
});

test('random flows with hostile names read as they were printed', async () => {
  let written = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const made = new FlowMaker(seed, 'made').make();
    const { location } = made;
    const shell = systemOf({ name: 'none', location } as MachineNode);
    written += await check(
      withUses({
        ...shell,
        machines: {},
        flows: { made },
        tasks: { calc: task('calc', 'z.any()', 'z.number()'), fail: task('fail', 'z.any()', 'z.number()') },
        events: { ping: event('ping', 'z.object({ n: z.number() })') },
        locals: {
          threshold: local('threshold', 'const threshold = 3;'),
          double: local('double', 'const double = (n: number): number => n * 2;'),
          Input0: { ...local('Input0', 'const Input0 = z.object({ n: z.number() });'), uses: ['z'] },
        },
        imports: { z: imported('z', 'zod') },
      }),
    );
  }
  expect(written).toBe(60);
});
