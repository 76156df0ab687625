import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anySystem } from '../fixtures/arbitrary.ts';
import { flow, lambda, machine, schema, state, step, system, task } from '../fixtures/nodes.ts';
import type { SystemModel } from '../nodes/system.ts';
import { scan } from '../text/scan.ts';
import { hashFlow, hashMachine, hashSystem } from './hash.ts';
import { usedNames } from './uses.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const copy = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** Members that hold the user's own JSON, in which nothing is code. */
const data = new Set(['metadata', 'retention', 'budget', 'access', 'options', 'tags']);
const code = new Set(['text', 'parameter', 'body', 'argument']);

/** The same model written differently: other spaces, comments and quotes, other places, keys in another order. */
function reformat(value: Json, random: () => number, key = ''): Json {
  if (typeof value === 'string') return code.has(key) ? respace(value, random) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((inner) => reformat(inner, random));
  const isNode = typeof value['kind'] === 'string';
  const entries = Object.entries(value).map(([name, inner]): [string, Json] => {
    if (name === 'location' && isLocation(inner)) return [name, moved(inner, random)];
    if (data.has(name) || (!isNode && (name === 'input' || name === 'output' || name === 'context')))
      return [name, inner];
    return [name, reformat(inner, random, name)];
  });
  if (random() < 0.5) entries.reverse();
  return Object.fromEntries(entries);
}

function isLocation(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'endColumn');
}

const moved = (location: { [key: string]: Json }, random: () => number): Json => ({
  ...location,
  line: 1 + Math.floor(random() * 90),
});

const blanks = [' ', '\n', '\t ', " /* why, 'x' */ ", ' // "because"\n', ''];

function respace(text: string, random: () => number): string {
  const tokens = scan(text) ?? [];
  const sources = pieces(text);
  expect(sources.length).toBe(tokens.length);
  return sources.reduce((all, piece, index) => {
    const blank = blanks[Math.floor(random() * blanks.length)] ?? ' ';
    const quoted = /^'[^'"\\]*'$/.test(piece) && random() < 0.5 ? `"${piece.slice(1, -1)}"` : piece;
    // A line break after `return` would end the statement, and words must not run together.
    const before = sources[index - 1] ?? '';
    const needed = /[\w$'"`]$/.test(before) && /^[\w$'"`]/.test(piece);
    const gap =
      before === 'return'
        ? ' '
        : index === 0 || (blank === '' && needed) || /[-+*/&|?=<>!.]$/.test(before)
          ? ' '
          : blank;
    return `${all}${gap}${quoted}`;
  }, '');
}

/** The source of each token of the small language that the arbitrary models use. */
function pieces(text: string): readonly string[] {
  const pattern =
    /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|\$\{(?:[^{}`]|`[^`]*`)*\}|[^`\\])*`|\/(?:\[[^\]]*\]|\\.|[^/\s\\])+\/[gi]+|\/(?:\[[^\]]*\]|\\.|[^/\s\\])+\/(?=\)\)|, )|[\w$]+|=>|===|\?\?|\|\||&&|[^\s]/g;
  return text.match(pattern) ?? [];
}

/** Every way to change one thing that counts: the path to a leaf, a list or a record. */
function places(model: SystemModel): readonly (readonly string[])[] {
  const reached = new Set(usedNames(model, model));
  const found: string[][] = [];
  const walk = (value: Json, path: string[], inData: boolean): void => {
    const [map, name] = path;
    const isDeclarations = map === 'locals' || map === 'imports';
    if (isDeclarations && name !== undefined && !reached.has(name)) return;
    // One more declaration that nothing reaches does not count.
    if (path.length > (isDeclarations ? 1 : 0)) found.push(path);
    if (value === null || typeof value !== 'object') return;
    const isNode = !Array.isArray(value) && typeof value['kind'] === 'string' && !inData;
    for (const [key, inner] of Object.entries(value)) {
      if (!inData && ((key === 'location' && isLocation(inner)) || (path.length === 0 && key === 'files'))) continue;
      walk(
        inner,
        [...path, key],
        inData || (isNode && data.has(key) && !(key === 'options' && path.includes('evidence'))),
      );
    }
  };
  walk(copy(model), [], false);
  return found;
}

/** The model with the value at a path changed. */
function change(model: SystemModel, path: readonly string[]): Json {
  const result = copy(model);
  let holder = result as { [key: string]: Json };
  for (const key of path.slice(0, -1)) holder = holder[key] as { [key: string]: Json };
  const key = path.at(-1) as string;
  const value = holder[key] as Json;
  if (typeof value === 'string') holder[key] = `${value} + more`;
  else if (typeof value === 'number') holder[key] = value + 1 === value ? value / 2 : value + 1;
  else if (typeof value === 'boolean') holder[key] = !value;
  else if (value === null) holder[key] = 0;
  else if (Array.isArray(value)) holder[key] = [...value, 'more'];
  else holder[key] = { ...value, more: 'more' };
  return result;
}

describe('hashSystem', () => {
  it('does not count formatting, places and the order of keys', () => {
    fc.assert(
      fc.property(anySystem, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (model, stream) => {
        const random = (): number => Number(stream.next().value);
        expect(hashSystem(reformat(copy(model), random) as never)).toBe(hashSystem(model));
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('counts everything else', () => {
    fc.assert(
      fc.property(anySystem, fc.nat(), (model, at) => {
        const all = places(model);
        const path = all[at % all.length] as readonly string[];
        expect({ path, hash: hashSystem(change(model, path) as never) }).not.toEqual({ path, hash: hashSystem(model) });
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('counts what the code reaches, through other declarations too, and nothing else', () => {
    const withLocals = (limit: string, spare = '1'): SystemModel =>
      system({
        tasks: [task('charge', { input: schema('Money', ['Money']) })],
        locals: [
          {
            kind: 'local',
            name: 'Money',
            text: 'const Money = z.number().max(limit)',
            typeOnly: false,
            uses: ['limit'],
            location: { file: 'a', line: 1, column: 1, endLine: 1, endColumn: 1 },
          },
          {
            kind: 'local',
            name: 'limit',
            text: `const limit = ${limit}`,
            typeOnly: false,
            uses: [],
            location: { file: 'a', line: 1, column: 1, endLine: 1, endColumn: 1 },
          },
          {
            kind: 'local',
            name: 'spare',
            text: `const spare = ${spare}`,
            typeOnly: false,
            uses: [],
            location: { file: 'a', line: 1, column: 1, endLine: 1, endColumn: 1 },
          },
        ],
      });
    expect(hashSystem(withLocals('10'))).not.toBe(hashSystem(withLocals('20')));
    expect(hashSystem(withLocals('10', '1'))).toBe(hashSystem(withLocals('10', '2')));
  });

  it('does not count where a relative import is written from', () => {
    const importing = (file: string, from: string): SystemModel =>
      system({
        tasks: [task('charge', { input: schema('Money', ['Money']) })],
        imports: [
          {
            kind: 'import',
            name: 'Money',
            imported: 'Money',
            from,
            typeOnly: false,
            location: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
          },
        ],
      });
    expect(hashSystem(importing('orders.dsl.ts', './money.ts'))).toBe(
      hashSystem(importing('parts/a.dsl.ts', '../money.ts')),
    );
    expect(hashSystem(importing('orders.dsl.ts', './money.ts'))).not.toBe(
      hashSystem(importing('parts/a.dsl.ts', './money.ts')),
    );
    expect(hashSystem(importing('orders.dsl.ts', 'money'))).not.toBe(hashSystem(importing('orders.dsl.ts', './money')));
  });
});

describe('hashFlow and hashMachine', () => {
  const model = system({
    flows: [flow('fulfil', [step('pay', 'charge')]), flow('refund', [])],
    machines: [machine('order', [state('open')])],
  });

  it('see their own node only', () => {
    const edited: SystemModel = {
      ...model,
      flows: { ...model.flows, refund: flow('refund', [step('more', 'charge')]) },
    };
    expect(hashFlow(edited, 'fulfil')).toBe(hashFlow(model, 'fulfil'));
    expect(hashFlow(edited, 'refund')).not.toBe(hashFlow(model, 'refund'));
    expect(hashMachine(edited, 'order')).toBe(hashMachine(model, 'order'));
    expect(hashSystem(edited)).not.toBe(hashSystem(model));
  });

  it('are 64 hex digits and differ', () => {
    expect(hashFlow(model, 'fulfil')).toMatch(/^[\da-f]{64}$/);
    expect(
      new Set([hashFlow(model, 'fulfil'), hashFlow(model, 'refund'), hashMachine(model, 'order'), hashSystem(model)])
        .size,
    ).toBe(4);
  });

  it('see the declarations that they reach', () => {
    const using = (text: string): SystemModel => ({
      ...model,
      flows: {
        fulfil: flow('fulfil', [
          { kind: 'sleep', id: 'wait', time: lambda('pause', ['pause']), location: model.location },
        ]),
      },
      locals: { pause: { kind: 'local', name: 'pause', text, typeOnly: false, uses: [], location: model.location } },
    });
    expect(hashFlow(using(`const pause = '1d'`), 'fulfil')).not.toBe(hashFlow(using(`const pause = '2d'`), 'fulfil'));
    expect(hashFlow(using(`const pause = '1d'`), 'fulfil')).toBe(hashFlow(using(`const pause = "1d";`), 'fulfil'));
  });

  it('say what there is when the name is unknown', () => {
    expect(() => hashFlow(model, 'fulfill')).toThrow("The system has no flow 'fulfill'. Its flows: fulfil, refund.");
    expect(() => hashMachine(model, 'toString')).toThrow(RangeError);
  });
});
