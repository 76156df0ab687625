import { stepName, visitStates, visitSteps, type Edit, type SystemModel } from 'millrace/model';
import { seededRandom } from 'millrace/testing';
import { expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import { corpus, filesOf, open } from '../fixtures/corpus.ts';
import { editTexts } from './edit-texts.ts';

const runs = Number(process.env['EDIT_RUNS'] ?? 5);

interface Spot {
  /** Of what is renamed, without its name. */
  readonly at: string;
  readonly name: string;
}

/** Everything in a system that can have another name. */
function spotsOf(model: SystemModel): readonly Spot[] {
  const found: Spot[] = [];
  for (const map of ['events', 'tasks', 'agents', 'resources', 'flows', 'machines', 'contexts', 'locals'] as const)
    for (const name of Object.keys(model[map])) found.push({ at: `${map}.`, name });
  for (const machine of Object.values(model.machines))
    visitStates(machine, ({ name }) => found.push({ at: `machines.${JSON.stringify(machine.name)}.states.`, name }));
  for (const flow of Object.values(model.flows)) {
    visitSteps(flow, (step, { path }) => {
      const names = path.split('/').map((name) => JSON.stringify(name));
      const at = `flows.${JSON.stringify(flow.name)}.body.${names
        .slice(0, -1)
        .map((name) => `${name}/`)
        .join('')}`;
      if (step.kind !== 'returns') found.push({ at, name: stepName(step) });
    });
  }
  return found;
}

/** A name that was written twice says the same when it is written once; so does one that was escaped. */
const plain = (text: string): string =>
  text
    .replaceAll(/\b([\w$]+)(\s*): \1\b/g, '$1$2')
    .replaceAll(/\\u00(\w\w)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

test.each(corpus)(
  '%s: renamed there and back, every byte is what it was',
  (file) => {
    let count = 0;
    for (let seed = 0; seed < runs * 2; seed++) {
      const before = filesOf(seed % 2 === 0 ? 0 : seed);
      const { system } = open(file, before);
      const random = seededRandom(`back ${seed} ${file.slice(root.length)}`);
      const spots = spotsOf(system);
      const { at, name } = spots[Math.floor(random() * spots.length)] as Spot;
      const fresh = `fresh${Math.floor(random() * 1000)}`;
      const rename = (from: string, to: string): Edit => ({ op: 'rename', path: `${at}${JSON.stringify(from)}`, to });
      const there = editTexts([rename(name, fresh)], file, root, before);
      // What stands in the way of a name is told by other tests.
      if (there.system === undefined) continue;
      const between = (path: string): string => there.texts.get(path) ?? before(path);
      const back = editTexts([rename(fresh, name)], file, root, between);
      if (back.system === undefined) continue;
      count += 1;
      for (const path of there.texts.keys()) {
        const text = back.texts.get(path) ?? between(path);
        expect({ seed, at, name, text: plain(text) }).toEqual({ seed, at, name, text: plain(before(path)) });
      }
    }
    expect(count).toBeGreaterThan(runs);
  },
  30_000 + runs * 4000,
);
