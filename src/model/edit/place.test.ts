import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffSystems } from '../diff/diff.ts';
import { anySystem } from '../fixtures/arbitrary.ts';
import type { MachineNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import { haveNames } from './between/machines.ts';
import type { Owner } from './grammar.ts';
import { parsePath, pathName, printPath } from './path.ts';
import { resolve } from './place.ts';

describe('paths', () => {
  it.each([
    ['flows.pay.body.a/b.retry', ['flows', 'pay', 'body', 'a', 'b', 'retry']],
    ['machines."a.b".states.open.on.*[0][12]', ['machines', 'a.b', 'states', 'open', 'on', '*', '0', '12']],
    [`events.'it"s'.ttl`, ['events', 'it"s', 'ttl']],
    ['x."\\u00e9\\""', ['x', 'é"']],
    ['version', ['version']],
  ])('%s', (text, names) => {
    const parsed = parsePath(text);
    expect('pieces' in parsed && parsed.pieces.map(({ name }) => name)).toEqual(names);
    expect('pieces' in parsed && parsePath(printPath(parsed.pieces))).toEqual(parsed);
  });

  it.each([
    ['', 'a name is missing at the end', 1],
    ['a.', 'a name is missing at the end', 3],
    ['a..b', 'a name or a text in quotes must come here', 3],
    ['a b', 'only a dot, a slash or [ can follow', 2],
    ['a[x]', 'an index in brackets is a number, such as [0]', 3],
    ['a[1', 'an index in brackets is a number, such as [0]', 3],
    ['a."b', 'a name or a text in quotes must come here', 3],
    ['a[0]b', 'only a dot, a slash or [ can follow', 5],
  ])('%j is none', (text, problem, column) => {
    expect(parsePath(text)).toEqual({ problem, column });
  });

  it('any names: what is printed is read again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (names) => {
        const parsed = parsePath(names.map(pathName).join('.'));
        expect('pieces' in parsed && parsed.pieces.map(({ name }) => name)).toEqual(names);
      }),
    );
  });
});

describe('every path that a comparison of systems reports leads somewhere', () => {
  const leads = (model: SystemModel, path: string): boolean => {
    const parsed = parsePath(path);
    if (!('pieces' in parsed)) return false;
    const place = resolve(model as unknown as Owner, parsed.pieces);
    return !('problem' in place) && place.exists;
  };

  /** Does a name stand for one thing only, in every list and in every machine? */
  const isUnique = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return true;
    if (Array.isArray(value)) {
      const names = value.map(
        (item: Owner | null) => item?.['id'] ?? item?.['event'] ?? item?.['name'] ?? item?.['field'],
      );
      const own = names.filter((name) => typeof name === 'string');
      return value.every(isUnique) && new Set(own).size === own.length;
    }
    const { kind, states } = value as { kind?: unknown; states?: unknown };
    const isMachine = kind === 'machine' && Array.isArray(states);
    return (!isMachine || haveNames(value as MachineNode)) && Object.values(value).every(isUnique);
  };

  it('in the system that has what is spoken of', () => {
    let count = 0;
    fc.assert(
      fc.property(anySystem, anySystem, (before, after) => {
        fc.pre(isUnique(before) && isUnique(after));
        const { breaking, compatible } = diffSystems(before, after);
        for (const { kind, path } of [...breaking, ...compatible]) {
          count += 1;
          if (kind !== 'added') expect(leads(before, path) || leads(after, path), `${kind} ${path}`).toBe(true);
          if (kind === 'added') expect(leads(after, path), `${kind} ${path}`).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
    expect(count).toBeGreaterThan(500);
  });
});
