import { ts } from '../../source/syntax/typescript.js';
import { parseCode } from '../policy/parse.ts';
import { changesAt, isKey, isLeftAlone, isMessage, leftOutAt, type Change } from './operators.ts';

/** The code with one little mistake. */
export interface Mutant {
  readonly code: string;
  readonly line: number;
  /** The code of the place, and what stands there instead: one line each. */
  readonly was: string;
  readonly became: string;
}

/**
 * Every little mistake that can be made in a module, in the order of the text. Places that no case can notice are left
 * alone: types, imports, keys, what is logged, and the words of an error.
 */
export function mutantsOf(code: string): readonly Mutant[] {
  const { source } = parseCode(code);
  const changes: Change[] = [];
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node, source)) return;
    if (isMessage(node)) return;
    if (!isKey(node)) changes.push(...changesAt(node, source));
    const before = changes.length;
    ts.forEachChild(node, visit);
    // What is only handed on has no operator to get wrong: it is forgotten.
    if (changes.length === before) changes.push(...leftOutAt(node, source));
  };
  ts.forEachChild(source, visit);
  const seen = new Set([code]);
  return changes
    .map((change, order) => ({ ...change, order }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order)
    .flatMap((change) => {
      const mutant = apply(code, source, change);
      if (seen.has(mutant.code)) return [];
      seen.add(mutant.code);
      return [mutant];
    });
}

/** So many of them, spread evenly over the module: always the same. */
export function chosen(mutants: readonly Mutant[], most: number): readonly Mutant[] {
  if (mutants.length <= most) return mutants;
  return Array.from({ length: most }, (_, index) => mutants[Math.floor((index * mutants.length) / most)] as Mutant);
}

function apply(code: string, source: ts.SourceFile, { start, end, text }: Change): Mutant {
  return {
    code: code.slice(0, start) + text + code.slice(end),
    line: source.getLineAndCharacterOfPosition(start).line + 1,
    was: oneLine(code.slice(start, end)),
    became: oneLine(text),
  };
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
