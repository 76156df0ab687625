import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { readCode } from './bindings.ts';
import { isIdentifier } from './names.ts';

/** The text with `⁰` behind what comes from outside, `¹` behind what is bound in it, twice where it is key and value. */
function marked(text: string, name: string): string {
  const code = readCode(text);
  let out = text;
  for (const { at, binding, shorthand } of code?.occurrences(name).toReversed() ?? []) {
    const end = code?.tokens[at]?.end ?? 0;
    const mark = binding === undefined ? '⁰' : '¹';
    out = `${out.slice(0, end)}${shorthand ? `${mark}${mark}` : mark}${out.slice(end)}`;
  }
  return out;
}

describe('what a name means', () => {
  it.each([
    ['({ a¹¹ }) => a¹.a + b.a', 'a'],
    ['() => f(a⁰, { a⁰⁰ }, { a: 1, b: a⁰ })', 'a'],
    ['(x) => x.map((a¹) => a¹ + 1) + a⁰', 'a'],
    ['x => x.map(a¹ => ({ a¹¹ }), a⁰)', 'a'],
    ['({ x: a¹, y: { z: [a2] } }) => a¹', 'a'],
    ['({ a: x }) => a⁰', 'a'],
    ['({ a¹¹ = a2, ...b }) => a¹', 'a'],
    ['({ b = a⁰ }) => (a¹: A) => a¹', 'a'],
    ['() => { const a¹ = 1; return a¹; }', 'a'],
    ['() => { if (x) { const { a¹¹ } = y; return a¹ } return a⁰; }', 'a'],
    ['() => { for (const a¹ of a2) f(a¹); return a⁰; }', 'a'],
    ['() => `${a⁰} ${[1].map((a¹) => `${a¹}`)}`', 'a'],
    ['() => c ? a⁰ : (a¹) => a¹', 'a'],
    ['() => c ? (a¹) => a¹ : a⁰', 'a'],
    ['function f(a¹: A, b = a¹): a¹ { return a¹; }', 'a'],
    ['const f = (b: { a: number; b?: { a: 1 } }): Set<a⁰> => a⁰', 'a'],
    ['const { a¹¹, b } = c, d = a¹;', 'a'],
    ['interface I { a: number; b: a⁰ }', 'a'],
    ['type a¹ = { a: 1 } | b; const b = x as const;', 'a'],
    ['() => ({ a(b) { return b + a⁰ } })', 'a'],
    ['() => ({ a(b¹) { return b¹ + a } })', 'b'],
    ['() => { try { a⁰() } catch (a¹) { a¹() } }', 'a'],
    ['() => { switch (a⁰) { case a⁰: { const a¹ = 1; return a¹ } } }', 'a'],
    ['z.object({ a: z.string(), b: a⁰.optional() })', 'a'],
  ])('%s', (text, name) => {
    expect(marked(text.replaceAll(/[⁰¹]/g, ''), name)).toBe(text);
  });

  it('is not told where only a parser could', () => {
    for (const text of ['class A { a = 1 }', '(x ? (a) : (b) => c)', '() => (x = (y) => y = x)']) {
      expect(readCode(text)?.tells('a'), text).toBe(false);
    }
    expect(readCode('({ a }) => [a')).toBeUndefined();
    expect(readCode("'no end")).toBeUndefined();
  });
});

const typeWords = new Set('string number boolean void unknown never any object symbol bigint const of'.split(' '));

describe('against the scopes of TypeScript', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const lambdas: string[] = [];
  for (const file of globSync(['dsl-examples/*/*.ts', 'src/model/{visit,text,diff}/*.ts', 'test/language/*.ts'], {
    cwd: root,
  })) {
    const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isArrowFunction(node) || ts.isFunctionDeclaration(node) || ts.isVariableStatement(node))
        lambdas.push(node.getText(source));
      ts.forEachChild(node, visit);
    };
    visit(source);
  }

  it('every arrow, function and constant of the project', () => {
    let compared = 0;
    const wrong: string[] = [];
    for (const text of new Set(lambdas)) {
      const code = readCode(text);
      if (code === undefined) continue;
      const { free, bound } = byTypeScript(text);
      for (const name of new Set([...free.keys(), ...bound.keys()])) {
        if (!isIdentifier(name) || typeWords.has(name) || !code.tells(name)) continue;
        const found = code.occurrences(name);
        const starts = (isFree: boolean): readonly number[] =>
          found
            .filter(({ binding }) => (binding === undefined) === isFree)
            .map(({ at }) => code.tokens[at]?.start ?? -1);
        const said = JSON.stringify([starts(true), starts(false)]);
        if (said !== JSON.stringify([free.get(name) ?? [], bound.get(name) ?? []])) wrong.push(`${name} in ${text}`);
        compared += 1;
      }
    }
    expect(wrong.toSorted((a, b) => a.length - b.length).slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(3000);
  });
});

/** Where each name stands for something from outside, and where for something of the text, as the checker resolves it. */
function byTypeScript(text: string): { free: Map<string, number[]>; bound: Map<string, number[]> } {
  const prefix = /^(?:\(|[\w$]+\s*=>|async)/.test(text) ? 'void (' : '';
  const whole = prefix === '' ? text : `${prefix}${text})`;
  const source = ts.createSourceFile('x.ts', whole, ts.ScriptTarget.Latest, true);
  const options: ts.CompilerOptions = { noLib: true, noResolve: true, types: [] };
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === 'x.ts' ? source : undefined),
    getDefaultLibFileName: () => 'none',
    writeFile: () => {},
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === 'x.ts',
    readFile: () => undefined,
  };
  const checker = ts.createProgram(['x.ts'], options, host).getTypeChecker();
  const free = new Map<string, number[]>();
  const bound = new Map<string, number[]>();
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isIdentifier(node) || isNoName(node)) return;
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node);
    const isOwn = symbol?.declarations?.some((declaration) => declaration.getSourceFile() === source) === true;
    const map = isOwn ? bound : free;
    const start = node.getStart(source) - prefix.length;
    map.set(node.text, [...(map.get(node.text) ?? []), start]);
  };
  visit(source);
  return { free, bound };
}

/** Members and keys. */
function isNoName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent))
    return parent.name === node;
  if (ts.isParameter(parent) && ts.isIndexSignatureDeclaration(parent.parent)) return true;
  if (ts.isMethodDeclaration(parent) || ts.isAccessor(parent)) return parent.name === node;
  return ts.isImportTypeNode(parent) || ts.isNamedTupleMember(parent) || ts.isMetaProperty(parent);
}
