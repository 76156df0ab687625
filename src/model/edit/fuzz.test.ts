import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anySystem } from '../fixtures/arbitrary.ts';
import type { SystemModel } from '../nodes/system.ts';
import { parseSystem } from '../schema/parse.ts';
import { applyEdits } from './apply.ts';
import { visitStates } from '../visit/states.ts';
import { visitSteps } from '../visit/steps.ts';
import type { Edit } from './edit.ts';
import { maps } from './grammar.ts';
import { pathName } from './path.ts';

const words = fc.constantFrom(
  ...'order paid location files text "a.b" body options x_1 name kind version tags __proto__ constructor length'.split(
    ' ',
  ),
  ...'events tasks flows machines contexts agents resources locals imports system states on always after entry exit run'.split(
    ' ',
  ),
  ...'onDone transitions actions targets initial steps bodies cases nodes match handler call undo retry attempts uses lambda'.split(
    ' ',
  ),
  ...'input output payload context try catch ~returns Money limit z'.split(' '),
);
const piece = fc
  .tuple(fc.constantFrom('.', '.', '.', '/', '['), words, fc.nat({ max: 2 }))
  .map(([by, word, index]) => (by === '[' ? `[${index}]` : `${by}${word}`));
const wild = fc.tuple(words, fc.array(piece, { maxLength: 5 })).map(([first, rest]) => first + rest.join(''));

/** Paths that lead somewhere in a system, or nearly. */
function pathsOf(model: SystemModel): readonly string[] {
  const paths: string[] = [];
  const fields = (node: object, path: string): void => {
    paths.push(path, ...Object.keys(node).map((key) => `${path}.${pathName(key)}`));
  };
  for (const map of Object.keys(maps) as (keyof typeof maps)[]) {
    for (const [name, node] of Object.entries(model[map])) fields(node, `${map}.${pathName(name)}`);
  }
  for (const flow of Object.values(model.flows)) {
    visitSteps(flow, (step, { path }) =>
      fields(step, `flows.${pathName(flow.name)}.body.${path.split('/').map(pathName).join('/')}`),
    );
  }
  for (const machine of Object.values(model.machines)) {
    visitStates(machine, (state) => {
      const path = `machines.${pathName(machine.name)}.states.${pathName(state.name)}`;
      fields(state, path);
      for (const { event } of state.on) paths.push(`${path}.on.${pathName(event)}`, `${path}.on.${pathName(event)}[0]`);
      for (const { id } of state.run)
        paths.push(`${path}.run.${pathName(id)}`, `${path}.run.${pathName(id)}.onDone[0]`);
      paths.push(`${path}.always[0]`, `${path}.entry[0]`, `${path}.after[0]`, `${path}.after[0][0]`);
    });
  }
  return paths;
}
const name = fc.oneof(words, fc.string({ maxLength: 4 }));
const value = fc.oneof(
  fc.jsonValue(),
  fc.constant(undefined),
  anySystem.map(({ flows }) => Object.values(flows)[0]),
  anySystem.map(({ machines }) => Object.values(machines)[0]?.states[0]),
);
const edits = (paths: readonly string[]) => {
  const real = paths.length === 0 ? wild : fc.constantFrom(...paths);
  const path = fc.oneof(
    { weight: 6, arbitrary: real },
    { weight: 1, arbitrary: wild },
    { weight: 1, arbitrary: fc.tuple(real, piece).map(([one, more]) => one + more) },
  );
  const edit = fc.oneof(
    fc.record(
      { op: fc.constant('add'), path, value, into: name, before: name, file: name },
      { requiredKeys: ['op', 'path', 'value'] },
    ),
    fc.record({ op: fc.constant('set'), path, value }),
    fc.record({ op: fc.constant('set'), path, text: name }),
    fc.record({ op: fc.constant('set'), path: path.map((one) => `${one}.description`), value: fc.string() }),
    fc.record({ op: fc.constant('remove'), path }),
    fc.record({
      op: fc.constant('rename'),
      path,
      to: fc.oneof(
        name,
        fc.nat().map((n) => `fresh${n}`),
      ),
    }),
    fc.record({ op: fc.constant('move'), path, into: name, before: name }, { requiredKeys: ['op', 'path'] }),
    fc.anything(),
  );
  return fc.array(edit, { minLength: 1, maxLength: 2 });
};
const given = anySystem.chain((model) => fc.tuple(fc.constant(model), edits(pathsOf(model))));

it('any edits: a system that fits the model, or diagnostics, and the input as it was', () => {
  let applied = 0;
  fc.assert(
    fc.property(given, ([model, list]) => {
      const before = JSON.stringify(model);
      const { system, diagnostics } = applyEdits(model, list as readonly Edit[]);
      expect(JSON.stringify(model)).toBe(before);
      if (system === undefined) {
        expect(diagnostics.length).toBeGreaterThan(0);
        for (const { code, message } of diagnostics) expect(`${code} ${message}`).toMatch(/^MR178\d Edit \d.*: \S/s);
        return;
      }
      applied += 1;
      expect(diagnostics).toEqual([]);
      expect(parseSystem(JSON.parse(JSON.stringify(system))).diagnostics).toEqual([]);
      expect(parseSystem(system).system as SystemModel).toEqual(system);
    }),
    { numRuns: 1000 },
  );
  expect(applied).toBeGreaterThan(10);
}, 60_000);

it('no list of edits', () => {
  const [model] = fc.sample(anySystem, 1);
  for (const edits of [undefined, null, 7, 'x', {}]) {
    expect(applyEdits(model as SystemModel, edits as unknown as readonly Edit[])).toMatchObject({
      diagnostics: [{ code: 'MR1780' }],
    });
  }
});
