import { dirname, join } from 'node:path';
import { applyEdits, visitStates, type Edit, type Location, type SystemModel } from 'millrace/model';
import { seededRandom } from 'millrace/testing';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { randomEdits, type RandomEdits, type RandomEditsOptions } from '../../../test/support/random-edits.ts';
import { root } from '../../../test/support/type-check.ts';
import { camelCase } from '../../model/text/names.ts';
import { corpus, filesOf, open } from '../fixtures/corpus.ts';
import { printSystem } from '../print/print-system.ts';
import { difference, said } from '../print/same.ts';
import { definitionsOf } from '../save/changes.ts';
import { pieceOf } from '../save/pieces.ts';
import { editTexts } from './edit-texts.ts';

/** How many lists of edits are applied to each system of the corpus, in each of the tests. */
const runs = Number(process.env['EDIT_RUNS'] ?? 5);
const timeout = 30_000 + runs * 5000;

interface Done {
  readonly seed: number;
  readonly edits: readonly Edit[];
  readonly before: (path: string) => string;
  /** Of the files that changed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Applies random edits to an oddly written source; what is read then is what the edits make of the model. */
function* edited(file: string, kind: string, options: RandomEditsOptions, make = randomEdits): Iterable<Done> {
  for (let seed = 0; seed < runs; seed++) {
    const before = filesOf(seed % 2 === 0 ? 0 : seed);
    const { system } = open(file, before);
    const random = seededRandom(`${kind} ${seed} ${file.replace(root, '')}`);
    const fits = (model: SystemModel): boolean => printSystem(model).diagnostics.length === 0;
    const { edits, model } = make(system, random, { fits, ...options });
    const { texts, diagnostics } = editTexts(edits, file, root, before);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    // A definition cannot go to every file: the files must not import each other.
    // And what says nothing about its machine, such as a payload without the key, is no system.
    if (errors.length > 0 && errors.every(({ code, message }) => code === 'MR1776' || /MR1008|MR1125/.test(message)))
      continue;
    expect({ seed, edits, errors }).toEqual({ seed, edits, errors: [] });
    expect(applyEdits(system, edits).system).toEqual(model);
    const again = open(file, (path) => texts.get(path) ?? before(path)).system;
    expect({ seed, edits, where: difference(model, again) }).toEqual({ seed, edits, where: undefined });
    for (const [path, text] of texts) expect(text).not.toBe(before(path));
    yield { seed, edits, before, texts, notes: diagnostics.map(({ code }) => code) };
  }
}

interface Pieces {
  readonly tokens: readonly string[];
  readonly comments: readonly string[];
  /** Line ends with the spaces before the next token, and comments, in order. */
  readonly layout: readonly string[];
}

function piecesOf(text: string): Pieces {
  const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const tokens: string[] = [];
  const layout: string[] = [];
  const comments: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(source);
    if (children.length > 0) return children.forEach(visit);
    const start = node.getStart(source);
    if (node.end > start) tokens.push(ts.isStringLiteralLike(node) ? `'${node.text}'` : text.slice(start, node.end));
    for (const [piece] of text.slice(node.pos, start).matchAll(/\/\*[^]*?\*\/|\/\/[^\r\n]*|\r?\n[ \t]*/g)) {
      layout.push(piece);
      if (piece.startsWith('/')) comments.push(piece);
    }
  };
  visit(source);
  return { tokens, comments, layout };
}

/** What one list has more often than another. */
function more(list: readonly string[], than: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const each of than) counts.set(each, (counts.get(each) ?? 0) + 1);
  return list.filter((each) => {
    const left = counts.get(each) ?? 0;
    counts.set(each, left - 1);
    return left <= 0;
  });
}

test.each(corpus)(
  '%s: random edits give what they give in the model, and the rest stays',
  (file) => {
    let count = 0;
    for (const { seed, edits, before, texts } of edited(file, 'all', { count: 5 })) {
      count += 1;
      const old = open(file, before);
      const next = open(file, (path) => texts.get(path) ?? before(path));
      const all = [...next.opened.reading.modules.values()].map((module) => module?.text ?? '').join('\n');
      const [was, is] = [definitionsOf(old.system), definitionsOf(next.system)];
      const isSame = (name: string): boolean => {
        const [a, b] = [was.get(name), is.get(name)];
        return a !== undefined && b !== undefined && said(a) === said(b);
      };
      const sources = [...old.opened.reading.modules.values()].map((module) => module?.text ?? '').join('\n');
      const renamed = edits.flatMap((edit) => {
        if (edit.op === 'rename') return namesOf(edit.path, edit.to);
        if (edit.op !== 'move') return [];
        // `billing.refund`, and `pay` of `charge as pay`, are no more where the definition has gone to the file that says so.
        const moved = camelCase(edit.path.split('.').slice(1).join('.'));
        const aliases = [...sources.matchAll(new RegExp(`\\b${moved}\\s+as\\s+(\\w+)`, 'g'))];
        return [`.${moved}`, ...aliases.map(([, alias = '']) => alias)];
      });
      for (const { definition, name } of old.opened.members) {
        const text = pieceOf(definition.module, definition.statement);
        // What is the same and names nothing that is called otherwise now stands there as it stood, comments and all.
        if (!isSame(name) || renamed.some((each) => text.includes(each))) continue;
        expect({ seed, edits, name, stands: all.includes(text) ? text : all }).toEqual({
          seed,
          edits,
          name,
          stands: text,
        });
      }
    }
    expect(count).toBeGreaterThan(0);
  },
  timeout,
);

test.each(corpus)(
  '%s: what is renamed keeps every comment, line and indentation',
  (file) => {
    for (const { seed, edits, before, texts, notes } of edited(file, 'rename', { ops: ['rename'], count: 6 })) {
      if (notes.length > 0) continue;
      const { machines } = open(file, before).system;
      const aliases = Object.values(machines).flatMap(({ events }) => events.map(({ alias }) => alias));
      const isAlias = edits.some(({ path }) => /^machines\..*\.events\./.test(path));
      const names = edits.flatMap((edit) => (edit.op === 'rename' ? namesOf(edit.path, edit.to) : []));
      if (isAlias) names.push(...aliases);
      for (const [path, text] of texts) {
        const [old, next] = [piecesOf(before(path)), piecesOf(text)];
        if (!edits.every(isPlain)) continue;
        expect({ seed, edits, comments: next.comments }).toEqual({ seed, edits, comments: old.comments });
        // A run that was called after its state and its work gets an `id`.
        if (edits.some((edit) => edit.path.includes('.run.'))) continue;
        expect({ seed, edits, layout: next.layout }).toEqual({ seed, edits, layout: old.layout });
        const strange = [...more(old.tokens, next.tokens), ...more(next.tokens, old.tokens)].filter(
          (token) => !/^[:,.[\]]$/.test(token) && !names.some((name) => token.includes(name)),
        );
        expect({ seed, edits, strange }).toEqual({ seed, edits, strange: [] });
      }
    }
  },
  timeout,
);

/** A step whose name is no identifier is taken out of the scope in another way. */
function isPlain(edit: Edit): boolean {
  return edit.op !== 'rename' || /^\w+$/.test(edit.to);
}

function namesOf(path: string, to: string): readonly string[] {
  const old = /(?:"((?:[^"\\]|\\.)*)"|([^./]+))$/.exec(path);
  const name = old?.[1] ?? old?.[2] ?? '';
  return [name, camelCase(name), to, camelCase(to), 'as'];
}

/** States that go into other states, and out of them; whatever else can be moved. */
function randomMoves(model: SystemModel, random: () => number, options: RandomEditsOptions = {}): RandomEdits {
  const { fits = () => true } = options;
  const spots = Object.values(model.machines).flatMap((machine) => {
    const states: string[] = [];
    visitStates(machine, ({ name }) => states.push(name));
    return states.map((name) => ({ machine: machine.name, name, states }));
  });
  const edits: Edit[] = [];
  for (let left = 12; left > 0 && spots.length > 0 && edits.length < 3; left--) {
    const { machine, name, states } = spots[Math.floor(random() * spots.length)] as (typeof spots)[number];
    const into = random() < 0.3 ? '' : (states[Math.floor(random() * states.length)] ?? '');
    const edit: Edit = { op: 'move', path: `machines.${JSON.stringify(machine)}.states.${JSON.stringify(name)}`, into };
    const { system } = applyEdits(model, [...edits, edit]);
    if (system !== undefined && fits(system)) edits.push(edit);
  }
  const more = randomEdits(applyEdits(model, edits).system ?? model, random, options);
  const all = applyEdits(model, [...edits, ...more.edits]).system;
  return all === undefined || !fits(all) ? { edits: [], model } : { edits: [...edits, ...more.edits], model: all };
}

/** What stands in a file of the corpus between two places. */
function slice(file: string, before: (path: string) => string, place: Location): string {
  const text = before(join(dirname(file), place.file)).replace(/^\uFEFF/, '');
  const lines = text.split(/(?<=\n)/);
  const offset = (line: number, column: number): number => lines.slice(0, line - 1).join('').length + column - 1;
  return text.slice(offset(place.line, place.column), offset(place.endLine, place.endColumn));
}

/** The states, steps and definitions that edits move, as they stood. */
function movedPieces(file: string, before: (path: string) => string, edits: readonly Edit[]): readonly string[] {
  const { system } = open(file, before);
  const places = new Map<string, Location>();
  for (const [name, node] of definitionsOf(system)) places.set(JSON.stringify(name), node.location);
  for (const machine of Object.values(system.machines))
    visitStates(machine, (state) => places.set(`${machine.name}.states.${state.name}`, state.location));
  const pieces = edits.flatMap(({ path }) => {
    const place = places.get(path.replaceAll('"', '').replace(/^machines\./, ''));
    return place === undefined ? [] : [slice(file, before, place)];
  });
  // What goes out of something that is moved itself leaves its place in it empty.
  return pieces.filter((piece) => !pieces.some((other) => other !== piece && piece.includes(other)));
}

test.each(corpus)(
  '%s: what is moved takes its comments along',
  (file) => {
    const all = edited(file, 'move', { ops: ['move'], count: 2 }, randomMoves);
    for (const { seed, edits, before, texts, notes } of all) {
      if (notes.length > 0 || texts.size === 0) continue;
      const after = [...texts.values()].join('\n');
      for (const piece of movedPieces(file, before, edits)) {
        const lost = piecesOf(`({${piece}})`).comments.filter((comment) => !after.includes(comment));
        expect({ seed, edits, piece, lost }).toEqual({ seed, edits, piece, lost: [] });
      }
    }
  },
  timeout,
);

// In each a name goes from an import to which another one comes, in a file that cannot have what it shall have.
test.each(['all 34 a', 'all 130 b', 'all 20 e'])(
  'an import that loses a name and gets one is no accident: %s',
  (seed) => {
    const file = '/several/a.dsl.ts';
    const before = filesOf(0);
    const { system } = open(file, before);
    const fits = (model: SystemModel): boolean => printSystem(model).diagnostics.length === 0;
    const { edits } = randomEdits(system, seededRandom(seed), { fits, count: 5 });
    const { texts, diagnostics } = editTexts(edits, file, root, before);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect({ codes: errors.map(({ code }) => code), files: texts.size }).toEqual({ codes: ['MR1771'], files: 0 });
  },
);
