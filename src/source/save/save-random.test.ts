import { hashSystem } from 'millrace/model';
import { seededRandom } from 'millrace/testing';
import { expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import { corpus, filesOf, open, original } from '../fixtures/corpus.ts';
import { editRandomly } from '../fixtures/random-edits.ts';
import { difference, said } from '../print/same.ts';
import type { Opened } from '../read.ts';
import { definitionsOf } from './changes.ts';
import { docRange } from './description.ts';
import { textsOf } from './save.ts';

/** A file without the statements of some definitions, and of the system. */
function without(opened: Opened, path: string, names: ReadonlySet<string>, isMoved: boolean): string {
  const module = opened.reading.modules.get(path);
  if (module === undefined) return '';
  const { text, source } = module;
  const touched = opened.members.filter(({ name }) => names.has(name)).map(({ definition }) => definition);
  const nodes = [
    ...touched.flatMap((definition) => (definition.module === module ? [definition.statement] : [])),
    ...touched.flatMap(({ head }) => (head.module === module ? [head.node] : [])),
    ...(opened.call.module === module ? [opened.call.statement] : []),
  ];
  const spans = nodes.map((node) => {
    const start = docRange(module, node)?.pos ?? node.getStart(source);
    // Where a comment above was taken away, those beside it are still there.
    const beside = /(?:\/\*(?:(?!\*\/)[^])*\*\/\s*|\/\/[^\n]*\n\s*)*$/.exec(text.slice(0, start))?.[0].length ?? 0;
    return { from: isMoved ? start : start - beside, to: node.end };
  });
  return text
    .split('')
    .map((unit, index) => (spans.some(({ from, to }) => from <= index && index < to) ? '' : unit))
    .join('');
}

/** What was escaped says the same when it is not. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\u00(\w\w)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

test.each(corpus)('%s, oddly written: an equal model writes nothing, and what is changed back is as it was', (file) => {
  for (let seed = 0; seed < 12; seed++) {
    const readFile = filesOf(seed);
    const { system } = open(file, readFile);
    if (seed > 0) expect(difference(system, open(file, original).system)).toBeUndefined();
    const loaded = JSON.parse(JSON.stringify(system)) as typeof system;
    expect(textsOf(loaded, file, root, readFile)).toEqual({ texts: new Map(), diagnostics: [] });
    const changed = textsOf({ ...system, version: '9.9.9' }, file, root, readFile).texts;
    expect(changed.size).toBe(1);
    const back = textsOf(system, file, root, (path) => changed.get(path) ?? readFile(path)).texts;
    for (const [path, text] of back) expect(unescaped(text)).toBe(unescaped(readFile(path)));
  }
});

const runs = Number(process.env['SAVE_RUNS'] ?? 10);
let whole = 0;

test.each(corpus)('%s: what is read after a save is what was saved, and the rest stays', (file) => {
  for (let seed = 0; seed < runs; seed++) {
    const readFile = filesOf(seed % 2 === 0 ? 0 : seed);
    const { system, opened } = open(file, readFile);
    const { model, done } = editRandomly(system, seededRandom(`${seed} ${file.slice(root.length)}`));
    const { texts, diagnostics } = textsOf(model, file, root, readFile);
    const problems = diagnostics.filter(({ severity }) => severity === 'error');
    expect({ seed, done, problems }).toEqual({ seed, done, problems: [] });
    whole += diagnostics.length;
    const again = open(file, (each) => texts.get(each) ?? readFile(each));
    expect(difference(model, again.system)).toBeUndefined();
    const [old, next] = [definitionsOf(system), definitionsOf(model)];
    const touched = new Set(
      [...old.keys(), ...next.keys()].filter(
        (name) => !old.has(name) || !next.has(name) || said(old.get(name) as object) !== said(next.get(name) as object),
      ),
    );
    const isMoved = [...touched].some((name) => !old.has(name) || !next.has(name));
    const isApart = opened.members.some(
      ({ name, definition: { head, declaration } }) =>
        touched.has(name) && !next.has(name) && (head.node.pos < declaration.pos || head.node.end > declaration.end),
    );
    for (const [path, text] of texts) {
      // The head of a machine that stands apart, and its parts, go with it.
      if (isApart) continue;
      const [before, after] = [without(opened, path, touched, isMoved), without(again.opened, path, touched, isMoved)];
      // Imports come and go with definitions, and so do the comments beside them.
      const plain = (each: string): string =>
        each
          .replaceAll(/^\s*(?:import|export) (?:type )?\{[^]*?\} from .*$/gm, '')
          .replaceAll(/\/\*(?!\*)[^\n]*?\*\/|\/\/[^\n]*/g, '')
          .replaceAll(/\s+/g, '');
      if (isMoved) expect({ seed, done, text: plain(after) }).toEqual({ seed, done, text: plain(before) });
      else expect({ seed, done, text: after }).toEqual({ seed, done, text: before });
      expect(text).not.toBe(readFile(path));
    }
    if (hashSystem(model) === hashSystem(system)) expect(texts.size).toBe(0);
  }
});

test('hardly anything is written anew as a whole', () => {
  expect(whole).toBeLessThan(corpus.length * runs * 0.1);
});
