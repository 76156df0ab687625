/** Is a generated paths test worth its file? Every machine with a single wrong transition must fail it. */
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as flow from 'millrace/flow';
import * as runtime from 'millrace/machine';
import { createActor, type MachineModule } from 'millrace/machine';
import { loadSystemFromDsl } from 'millrace/source';
import {
  changesOf,
  effectText,
  pathsTestFile,
  seededRandom,
  transitionPaths,
  type TransitionPaths,
} from 'millrace/testing';
import type { MachineNode, SystemModel } from 'millrace/model';
import type { BoundMachine } from 'millrace/tasks';
import { describe, expect, it } from 'vitest';
import * as zod from 'zod';
import { compileSystem } from '../../src/compiler/index.ts';
import { mutantsOf } from '../support/mutate-machine.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const names = { machine: { name: 'm', from: './m.ts' }, context: { name: 'contextOf', from: './c.ts' } };

/** The tests of a generated file, as functions of the machine that they drive. */
function testsIn(text: string, context: BoundMachine['context']): (machine: MachineModule<unknown>) => boolean {
  const body = stripTypeScriptTypes(text).replaceAll(/^import .*$/gm, '');
  const load = new Function('createActor', 'changesOf', 'effectText', 'expect', 'it', 'contextOf', 'm', body);
  return (machine) => {
    const tests: (() => void)[] = [];
    load(createActor, changesOf, effectText, expect, (_: string, run: () => void) => tests.push(run), context, machine);
    try {
      for (const run of tests) run();
      return true;
    } catch {
      return false;
    }
  };
}

/** Does any of many random lives, made of what the paths send, tell the two machines apart? */
function differ(
  one: MachineModule<unknown>,
  other: MachineModule<unknown>,
  found: TransitionPaths,
  schema: BoundMachine['context'],
): boolean {
  const random = seededRandom(1);
  const steps = found.paths.flatMap((path) => path.steps);
  const context = (): unknown => schema.parse(found.paths[Math.floor(random() * found.paths.length)]?.context);
  const life = (machine: MachineModule<unknown>, begin: unknown, events: typeof steps): string => {
    let now = found.now;
    const scope = { instanceId: found.instanceId, now };
    try {
      let step = machine.start(begin, scope);
      const seen = [step];
      for (const { event, payload, wait } of events) {
        now += wait;
        step = machine.send(step.snapshot, { name: event, payload }, { ...scope, now });
        seen.push(step);
      }
      return JSON.stringify(seen);
    } catch (error) {
      return String(error);
    }
  };
  for (let count = 0; count < 300; count++) {
    const events = Array.from({ length: 10 }, () => steps[Math.floor(random() * steps.length)] ?? steps[0]!);
    const begin = context();
    if (life(one, begin, events) !== life(other, begin, events)) return true;
  }
  return false;
}

/** Evaluates a generated module, without a file. */
function evaluate(text: string, modules: Readonly<Record<string, object>>): Readonly<Record<string, unknown>> {
  const exported: string[] = [];
  const script = stripTypeScriptTypes(text)
    .replaceAll(/^import \{([^}]*)\} from '([^']+)';$/gm, (_, list: string, from: string) => {
      const names = list.split(',').map((name) => name.trim().replace(' as ', ': '));
      return `const { ${names.filter((name) => name !== '').join(', ')} } = modules['${from}'];`;
    })
    .replaceAll(/^export (const|function) (\w+)/gm, (_, kind: string, name: string) => {
      exported.push(name);
      return `${kind} ${name}`;
    });
  const run = new Function('modules', `'use strict';\n${script}\nreturn { ${exported.join(', ')} };`);
  return run(modules) as Record<string, unknown>;
}

/** The machine that the compiler makes of a model. */
function compiledFrom(model: SystemModel, name: string): MachineModule<unknown> {
  const settings = { outDir: 'generated', sourcePath: 'a.dsl.ts', tasksDir: 'tasks', toolVersion: '0' };
  const { files } = compileSystem(model, settings);
  const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
  const shared = evaluate(textOf('shared.ts'), { zod });
  const contracts = evaluate(textOf('contracts.ts'), { zod, 'millrace/flow': flow, './shared.ts': shared });
  const module = evaluate(textOf(`machines/${name}.ts`), {
    'millrace/machine': runtime,
    '../shared.ts': shared,
    '../contracts.ts': contracts,
  });
  return module[name] as MachineModule<unknown>;
}

async function judge(file: string, name: string) {
  const model = await loadSystemFromDsl(`${root}${file}`);
  const live = await loadSystemFromDsl(`${root}${file}`, { live: true });
  const bound = live.machines[name] as BoundMachine;
  const found = transitionPaths(live, name);
  const passes = testsIn(pathsTestFile(found, { header: '', ...names }), bound.context);
  const original = compiledFrom(model, name);
  const mutants = mutantsOf(model.machines[name] as MachineNode);
  const survivors = mutants.flatMap(({ what, machine }) => {
    const mutant = compiledFrom({ ...model, machines: { ...model.machines, [name]: machine } }, name);
    return passes(mutant) ? [{ what, observable: differ(original, mutant, found, bound.context) }] : [];
  });
  const observed = survivors.filter(({ observable }) => observable).map(({ what }) => what);
  const right = [passes(original), passes(bound.module)];
  if (process.env['MILLRACE_VERBOSE'] !== undefined)
    console.log(name, { mutants: mutants.length, alike: survivors.length - observed.length, observed });
  return { found, right, mutants: mutants.length, survivors: observed };
}

// Each with its transitions, those that nothing can take, the paths that it may need, and what they miss all the same.
describe.each([
  ['dsl-examples/orders/orders.dsl.ts', 'order', 16, [], 6, []],
  ['dsl-examples/crossing/crossing.dsl.ts', 'crossing', 16, [], 2, []],
  ['test/machine/fixtures/approval.dsl.ts', 'approval', 8, [], 3, []],
  [
    'test/machine/fixtures/everything.dsl.ts',
    'house',
    10,
    [],
    2,
    // It is taken where the machine stands anyway.
    ['living.on.rung[0]: goes to locked instead of staying', 'living.on.rung[0]: goes to dark instead of staying'],
  ],
  ['test/machine/fixtures/everything.dsl.ts', 'deaf', 8, ['one.on.error.execution[0]'], 4, []],
  [
    'test/machine/fixtures/everything.dsl.ts',
    'door',
    19,
    ['closed.on.door.opened[2]', 'open.on.error.execution[0]', 'ajar.after[1][0]'],
    4,
    // What it raises sets a field to what it is already.
    ['ajar.on.rung[0]: does nothing'],
  ],
] as const)('%s: %s', (file, name, transitions, never, paths, missed) => {
  it('passes what is right and fails every wrong transition that can be told from it', async () => {
    const { found, right, mutants, survivors } = await judge(file, name);
    expect(right).toEqual([true, true]);
    expect(found.uncovered.map(({ transition }) => transition)).toEqual(never);
    expect(found.covered).toHaveLength(transitions - never.length);
    expect(found.paths.length).toBeLessThanOrEqual(paths);
    expect(mutants).toBeGreaterThan(transitions * 3);
    expect(survivors).toEqual(missed);
  });
});
