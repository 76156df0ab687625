/** Everything that has a name in the real systems gets another one, and its own back. */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { applyEdits, visitStates, visitSteps, type SystemModel } from 'millrace/model';
import { validateSystem } from 'millrace/rules';
import { readSystem } from 'millrace/source';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync(['dsl-examples/*/*.dsl.ts', 'test/language/*.dsl.ts'], { cwd: root });
const name = (text: string): string => (/^[^\s./[\]"'`]+$/.test(text) ? text : JSON.stringify(text));

function renameable(model: SystemModel): readonly string[] {
  const paths: string[] = [];
  for (const map of [
    'events',
    'tasks',
    'agents',
    'resources',
    'flows',
    'machines',
    'contexts',
    'locals',
    'imports',
  ] as const) {
    for (const key of Object.keys(model[map])) paths.push(`${map}.${name(key)}`);
  }
  for (const flow of Object.values(model.flows)) {
    visitSteps(flow, (step, { path }) => {
      const at = `flows.${name(flow.name)}.body.${path.split('/').map(name).join('/')}`;
      if (step.kind !== 'returns') paths.push(at);
      if (step.kind === 'parallel') for (const part of step.bodies) paths.push(`${at}/${name(part.name)}`);
      if (step.kind === 'graph') for (const node of step.nodes) paths.push(`${at}/${name(node.name)}`);
    });
  }
  for (const machine of Object.values(model.machines)) {
    for (const event of machine.events) paths.push(`machines.${name(machine.name)}.events.${name(event.name)}`);
    visitStates(machine, (state) => {
      const at = `machines.${name(machine.name)}.states.${name(state.name)}`;
      paths.push(at, ...state.run.map(({ id }) => `${at}.run.${name(id)}`));
    });
  }
  return paths;
}

/** What the rules say, by code alone: the messages have the names. */
const issues = (model: SystemModel): readonly string[] =>
  validateSystem(model)
    .issues.map(({ code }) => code)
    .toSorted();

/** All that a system says; `{ paid: paid }` says no more than `{ paid }`. */
const said = (model: SystemModel | undefined): string =>
  JSON.stringify(model, (key, value: unknown) => (key === 'location' ? undefined : value)).replaceAll(
    /\b(\w+): \1\b/g,
    '$1',
  );

it.each(files)(
  '%s',
  async (file) => {
    const { system } = await readSystem(file, { cwd: root });
    if (system === undefined) throw new Error(file);
    const before = issues(system);
    const refused: string[] = [];
    const paths = renameable(system);
    for (const path of paths) {
      const to = 'freshName';
      const { system: after, diagnostics } = applyEdits(system, [{ op: 'rename', path, to }]);
      if (after === undefined) {
        refused.push(`${path}: ${diagnostics.map(({ code }) => code).join()}`);
        continue;
      }
      expect(issues(after), path).toEqual(before);
      // Nothing has the old name any more: an event goes by its name in the system, whatever a machine calls it.
      const isAlias = /^machines\.[^.]+\.events\./.test(path);
      const old = JSON.parse(
        /(?:"(?:[^"\\]|\\.)*"|[^./"]+)$/.exec(path)?.[0].replace(/^[^"].*$/, '"$&"') ?? '""',
      ) as string;
      const back = applyEdits(after, [
        { op: 'rename', path: isAlias ? path : path.slice(0, -name(old).length) + to, to: old },
      ]);
      expect(back.diagnostics, path).toEqual([]);
      if (!isAlias) expect(said(back.system), path).toBe(said(system));
    }
    // Every refusal is about what cannot be followed; most things can.
    expect(refused.filter((text) => !text.endsWith('MR1786'))).toEqual([]);
    expect(refused.length).toBeLessThan(paths.length / 10 + 2);
  },
  120_000,
);
