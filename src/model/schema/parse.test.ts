import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anySystem } from '../fixtures/arbitrary.ts';
import { at, flow, machine, state, step, system, task } from '../fixtures/nodes.ts';
import { modelFile } from '../format/model-file.ts';
import { parseSystem, parseSystemFile } from './parse.ts';

function allFrozen(value: unknown): boolean {
  return (
    value === null || typeof value !== 'object' || (Object.isFrozen(value) && Object.values(value).every(allFrozen))
  );
}

describe('parseSystem', () => {
  it('takes every model that the types allow, and gives it back equal and frozen', () => {
    fc.assert(
      fc.property(anySystem, (model) => {
        const { system: parsed, diagnostics } = parseSystem(JSON.parse(JSON.stringify(model)));
        expect(diagnostics).toEqual([]);
        expect(parsed).toStrictEqual(JSON.parse(JSON.stringify(model)));
        expect(allFrozen(parsed)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps tags and metadata as they are', () => {
    const given = system({
      tags: ['a', { key: 'team', value: 3, scope: 'x' }],
      metadata: { deep: [{ location: null }] },
    });
    const parsed = parseSystem(JSON.parse(JSON.stringify(given))).system;
    expect(parsed?.tags).toEqual(given.tags);
    expect(parsed?.metadata).toEqual(given.metadata);
    expect(allFrozen(parsed)).toBe(true);
  });

  it.each([
    ['metadata.deep[1].__proto__', '{ "deep": [1, { "__proto__": 2 }] }'],
    ['metadata.__proto__', '{ "__proto__": {} }'],
  ])("refuses '%s', which would be left out", (path, metadata) => {
    const json: unknown = JSON.parse(
      JSON.stringify({ ...system({}), metadata: 0 }).replace('"metadata":0', `"metadata":${metadata}`),
    );
    expect(parseSystem(json)).toEqual({
      diagnostics: [expect.objectContaining({ code: 'MR1200', message: `'${path}': no member can have this name.` })],
    });
  });

  it('reports every problem with its path, at the innermost location around it', () => {
    const model = system({
      version: 'two',
      tasks: [task('charge', { timeout: 'soon' as never, location: at(3, 2, 'parts/mail.dsl.ts') })],
      flows: [flow('fulfil', [{ ...step('a', 'charge', { location: at(9) }), retry: { attempts: 0 } }])],
    });
    expect(parseSystem(model)).toMatchObject({
      diagnostics: [
        { code: 'MR1201', message: "'version': expected a version such as 1.2.0.", file: 'orders.dsl.ts', line: 1 },
        {
          code: 'MR1200',
          message: "'tasks.charge.timeout': expected a duration such as 250ms, 30s, 5m, 1h or 3d.",
          file: 'parts/mail.dsl.ts',
          line: 3,
          column: 2,
        },
        {
          code: 'MR1200',
          message: expect.stringMatching(/^'flows\.fulfil\.body\.steps\[0\]\.retry\.attempts': Too small/),
          line: 9,
        },
      ],
    });
  });

  it('explains a wrong action by the alternative of its kind', () => {
    const broken = state('open', { entry: [{ kind: 'emit', location: at(1) } as never] });
    const { diagnostics } = parseSystem(system({ machines: [machine('order', [broken])] }));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^'machines\.order\.states\[0\]\.entry\[0\]\.call': expected an object, but found/),
    ]);
  });

  it('names members that it does not know', () => {
    const { diagnostics } = parseSystem({ ...system(), extra: 1 });
    expect(diagnostics[0]?.message).toBe("'extra': 'extra' is no member of this kind of node.");
  });

  it('refuses another format with a code of its own', () => {
    expect(parseSystem({ ...system(), schemaVersion: 2 }).diagnostics).toMatchObject([
      { code: 'MR1215', severity: 'error', hint: 'A newer version of Millrace wrote it: use that one.' },
    ]);
    for (const schemaVersion of [0, 1.5, '1']) {
      expect(parseSystem({ ...system(), schemaVersion })).toMatchObject({ diagnostics: [{ code: 'MR1215' }] });
    }
  });

  it('brings an older format up, with a notice, and tells what is wrong with it then', () => {
    // A format 0 as there might have been one: tasks were called jobs.
    const file = {
      ...modelFile,
      steps: [
        { from: 0, upgrade: ({ jobs, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, tasks: jobs }) },
      ],
    };
    const { tasks: jobs, ...rest } = system({ tasks: [task('charge')] });
    const old = { ...rest, jobs, schemaVersion: 0 };
    const parsed = parseSystemFile(old, file);
    expect(parsed.system).toEqual(system({ tasks: [task('charge')] }));
    expect(parsed.diagnostics).toMatchObject([
      { code: 'MR1843', severity: 'info', message: 'This is a model of format 0; it was read as one of format 1.' },
    ]);
    expect(old).toMatchObject({ schemaVersion: 0, jobs });
    expect(parseSystemFile({ ...old, version: 'two' }, file)).toMatchObject({ diagnostics: [{ code: 'MR1201' }] });
    expect(parseSystemFile({ ...old, jobs: 1 }, file).system).toBeUndefined();
    expect(parseSystemFile(system(), file).diagnostics).toEqual([]);
    expect(parseSystem(old)).toMatchObject({ diagnostics: [{ code: 'MR1215' }] });
  });

  it.each([null, undefined, 1, 'x', [], {}, { kind: 'system' }])('never throws, not for %j', (json) => {
    const { system: parsed, diagnostics } = parseSystem(json);
    expect(parsed).toBeUndefined();
    expect(diagnostics.length).toBeGreaterThan(0);
  });

  it('does not run away on a value that holds itself', () => {
    const metadata: Record<string, unknown> = { list: [{}] };
    (metadata['list'] as Record<string, unknown>[])[0]!['self'] = metadata;
    expect(parseSystem({ ...system(), metadata }).diagnostics).toMatchObject([
      { code: 'MR1200', message: "This is not a model: 'metadata.list[0].self' contains itself." },
    ]);
  });

  it.each([
    [{ when: new Date(0) }, 'metadata.when'],
    [{ a: [1, { b: 1n }] }, 'metadata.a[1].b'],
    [{ f: () => 1 }, 'metadata.f'],
    [{ n: Number.NaN }, 'metadata.n'],
    [{ a: { b: undefined } }, 'metadata.a.b'],
    [{ m: new Map() }, 'metadata.m'],
  ])('a value that JSON does not have is reported with its path: %#', (metadata, path) => {
    const { system: parsed, diagnostics } = parseSystem({ ...system(), metadata });
    expect(parsed).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'MR1200', message: expect.stringContaining(`'${path}'`) as string }]);
  });
});
