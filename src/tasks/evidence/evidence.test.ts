import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidencePack } from '../../flow/index.ts';
import { claimsOf, judge, readEvidence, verify, type Claim, type EvidenceItem, type EvidenceWorld } from './index.ts';

const sha = 'a'.repeat(64);
const rows = [
  { id: 1, name: "O'Hara", paid: 1 },
  { id: 2, name: 'Ada', paid: 0 },
];
const asked: string[] = [];
const world: EvidenceWorld = {
  absolute: (path) => `/root/${path}`,
  kindOf: (path) =>
    path.includes('denied')
      ? Promise.reject(new Error('EACCES'))
      : Promise.resolve(path.endsWith('gone') ? undefined : path.endsWith('dir') ? 'directory' : 'file'),
  sha256: () => Promise.resolve(sha),
  resource: (name) =>
    name === 'books'
      ? {
          row: (table, where) => {
            asked.push(table);
            return rows.find((row) =>
              Object.entries(where).every(([key, value]) => (row as Record<string, unknown>)[key] === value),
            );
          },
        }
      : undefined,
  stopwatch: () => 0,
};
const of = async (claim: EvidencePack<never>['claims'][number], scope = { input: {}, output: {} }) =>
  (await verify(claimsOf({ claims: [claim] }, scope, world), undefined, world)).items[0] as EvidenceItem;

describe('one claim', () => {
  it('of a file: it is there, of its kind, with its content', async () => {
    expect(await of({ kind: 'fileExists', options: { path: 'x' } })).toMatchObject({
      ok: true,
      claim: { path: '/root/x' },
    });
    expect(await of({ kind: 'fileExists', options: { path: 'dir' } })).toMatchObject({ ok: true });
    expect(await of({ kind: 'fileExists', options: { path: 'dir', type: 'file' } })).toMatchObject({
      ok: false,
      error: "'/root/dir' is no file",
    });
    expect(await of({ kind: 'fileExists', options: { path: 'dir', type: 'directory' } })).toMatchObject({ ok: true });
    expect(await of({ kind: 'fileExists', options: { path: 'gone' } })).toMatchObject({
      ok: false,
      error: "there is no file '/root/gone'",
    });
    expect(await of({ kind: 'fileExists', options: { path: 'denied' } })).toMatchObject({
      ok: false,
      error: expect.stringContaining('EACCES') as string,
    });
    expect(await of({ kind: 'fileSha256', options: { path: 'x', sha256: sha.toUpperCase() } })).toMatchObject({
      ok: true,
    });
    expect(await of({ kind: 'fileSha256', options: { path: 'x', sha256: 'b'.repeat(64) } })).toMatchObject({
      ok: false,
    });
    expect(await of({ kind: 'fileSha256', options: { path: 'gone', sha256: sha } })).toMatchObject({ ok: false });
    expect(await of({ kind: 'fileSha256', options: { path: 'x', sha256: 'abc' } })).toMatchObject({
      ok: false,
      claim: { kind: 'unclear' },
    });
  });

  it('of a program: its code is what was expected, 0 unless said otherwise', async () => {
    expect(await of({ kind: 'exitCode', options: { actual: 0 } })).toMatchObject({ ok: true });
    expect(await of({ kind: 'exitCode', options: { actual: 137 } })).toMatchObject({
      ok: false,
      error: 'it ended with 137, not 0',
    });
    expect(await of({ kind: 'exitCode', options: { actual: 2, expected: 2 } })).toMatchObject({ ok: true });
    for (const actual of [null, '0', 0.5, undefined, Number.NaN])
      expect(await of({ kind: 'exitCode', options: { actual: () => actual as number } })).toMatchObject({ ok: false });
  });

  it('of a row: it is found and has the values; names are names and nothing else', async () => {
    const row = (more: object) =>
      of({ kind: 'row', options: { resource: 'books', table: 'paid', where: { id: 1 }, ...more } });
    expect(await row({})).toMatchObject({ ok: true });
    expect(await row({ values: { paid: 1 } })).toMatchObject({ ok: true });
    expect(await row({ values: { paid: 0 } })).toMatchObject({
      ok: false,
      error: expect.stringContaining('has not {"paid":0}') as string,
    });
    expect(await row({ where: { id: 3 } })).toMatchObject({
      ok: false,
      error: expect.stringContaining('no row') as string,
    });
    expect(await row({ where: { id: 1 }, values: { id: 2 } })).toMatchObject({ ok: false });
    await expect(row({ resource: 'nobody' })).rejects.toMatchObject({ code: 'MR3140' });
    asked.length = 0;
    for (const table of ['x; DROP TABLE y', 'a"b', '', 'ä', 'x y', '1x', 'x--'])
      expect(await row({ table })).toMatchObject({ ok: false, claim: { kind: 'unclear' } });
    for (const where of [{ '1=1 OR id': 1 }, { 'id"': 1 }, {}, { id: { $gt: 0 } }, null])
      expect(await row({ where: () => where })).toMatchObject({ ok: false, claim: { kind: 'unclear' } });
    expect(asked).toEqual([]);
  });

  it('whose lambda throws does not hold, and the others are looked at', async () => {
    const pack: EvidencePack<never> = {
      claims: [
        {
          kind: 'fileExists',
          name: 'the report',
          options: { path: (({ output }: { output: { path: string } }) => output.path.trim()) as never },
        },
        { kind: 'exitCode', options: { actual: 0 } },
      ],
    };
    const result = await verify(claimsOf(pack, { input: 1, output: {} }, world), undefined, world);
    expect(result).toMatchObject({
      ok: false,
      items: [{ ok: false, claim: { kind: 'unclear', of: 'fileExists' } }, { ok: true }],
    });
    expect(result.summary).toMatch(/^1 of 2 hold: 'the report': /);
  });
});

describe('a pack', () => {
  const item = (ok: boolean): EvidenceItem => ({
    claim: { kind: 'exitCode', actual: 0, expected: 0 } satisfies Claim,
    ok,
    ms: 0,
  });

  it('holds when all claims hold, or at least so many; an empty one, and one of which nothing holds, never', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 8 }),
        fc.option(fc.integer({ min: -3, max: 10 }), { nil: undefined }),
        (oks, atLeast) => {
          const held = oks.filter(Boolean).length;
          const { ok, summary } = judge(oks.map(item), atLeast);
          if (held === 0) expect(ok).toBe(false);
          else if (atLeast === undefined) expect(ok).toBe(held === oks.length);
          else expect(ok).toBe(held >= atLeast);
          // One more that holds never disproves anything.
          if (ok) expect(judge([...oks, true].map(item), atLeast).ok).toBe(true);
          expect(summary).not.toBe('');
        },
      ),
    );
    expect(judge([], 0)).toMatchObject({ ok: false, summary: 'there is no claim, and that proves nothing' });
    expect(judge([item(false)], 0).ok).toBe(false);
  });

  it('is read back as it was recorded, or refused', async () => {
    const result = await verify(
      claimsOf({ claims: [{ kind: 'exitCode', options: { actual: 1 } }], atLeast: 1 }, { input: 1, output: 1 }, world),
      1,
      world,
    );
    expect(readEvidence(JSON.stringify(result))).toEqual(result);
    for (const bad of [null, '', '{', '{}', '[]'])
      expect(() => readEvidence(bad)).toThrow(expect.objectContaining({ code: 'MR3139' }));
  });
});
