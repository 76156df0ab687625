import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildContext } from './build.ts';
import { memoryNotes, RunMemory } from './memory.ts';
import { outline, outputItems, routeOutputs } from './route.ts';

const code = (code: string) => expect.objectContaining({ code });
const outputs = { search: { title: 'T', pages: [1, 2, 3, 4, 5], body: 'b'.repeat(200) }, price: 12, secret: 'no' };

describe('outputs', () => {
  it('go to who declares that it needs them, in that order, and no others do', () => {
    expect(routeOutputs([{ id: 'price' }, { id: 'search' }], outputs)).toEqual([
      { id: 'price', value: 12 },
      { id: 'search', value: outputs.search },
    ]);
  });

  it('are passed on as their policy says', () => {
    const [fields, summary, ref] = routeOutputs(
      [
        { id: 'search', policy: { fields: ['title'] } },
        { id: 'search', policy: 'summary' },
        { id: 'search', policy: 'ref' },
      ],
      outputs,
    ).map(({ value }) => value);
    expect(fields).toEqual({ title: 'T' });
    expect(summary).toEqual({
      title: 'T',
      pages: [1, 2, 3, '… (5 entries)'],
      body: `${'b'.repeat(80)}… (200 characters)`,
    });
    expect(ref).toEqual({ ref: 'search', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it('are projected through the schema of who takes them', () => {
    const input = z.object({ title: z.string() });
    expect(routeOutputs([{ id: 'search', input }], outputs)[0]?.value).toEqual({ title: 'T' });
    expect(() => routeOutputs([{ id: 'price', input }], outputs)).toThrow(code('MR4094'));
    expect(() => routeOutputs([{ id: 'search', policy: { fields: ['author'] } }], outputs)).toThrow(
      /author: is not there/,
    );
  });

  it('that are not there are errors', () => {
    for (const id of ['nothing', 'toString']) expect(() => routeOutputs([{ id }], outputs)).toThrow(code('MR4093'));
    expect(() => routeOutputs([{ id: 'price' }], { price: undefined })).toThrow(code('MR4093'));
    expect(routeOutputs([{ id: 'price' }], { price: null })[0]?.value).toBeNull();
  });

  it('are counted once in a context, and reduced to their outline', () => {
    const items = outputItems([{ id: 'search' }, { id: 'price' }], outputs);
    const context = (limitTokens: number) => buildContext(items, { limitTokens, estimate: (text) => text.length });
    const whole = context(10_000);
    expect(whole.report.tokens).toBe(whole.sections.reduce((sum, { text }) => sum + text.length, 0));
    expect(
      whole.sections
        .map(({ text }) => text)
        .join('')
        .match(/b{200}/g),
    ).toHaveLength(1);
    expect(context(whole.report.tokens - 1).report.reduced).toMatchObject([{ id: 'search', form: 'summary' }]);
  });

  it('have an outline without halves of characters: providers refuse those', () => {
    const text = outline(`x${'😀'.repeat(80)}`);
    expect(JSON.stringify(text)).not.toContain('\\ud83d');
  });

  it('have an outline of any depth', () => {
    expect(outline({ a: { b: { c: { d: 1, e: 2 }, f: [1] } } })).toEqual({
      a: { b: { c: '(2 members)', f: '(1 entries)' } },
    });
    expect([outline(null), outline(true), outline([])]).toEqual([null, true, []]);
  });
});

describe('the memory of a run', () => {
  it('gives what was noted for a task, oldest first, and forgets it when the declaration changes', async () => {
    const store = memoryNotes();
    const memory = new RunMemory({ run: 'r', store });
    await memory.put('draft', 'v1', 'one');
    await memory.put('draft', 'v1', { two: 2 });
    await memory.put('other', 'v1', 'three');
    expect(await memory.get('draft', 'v1')).toEqual(['one', { two: 2 }]);
    expect(await memory.get('draft', 'v2')).toEqual([]);
    // Kept where it is kept: another reader of the run sees it, another run does not.
    expect(await new RunMemory({ run: 'r', store }).get('draft', 'v1')).toEqual(['one', { two: 2 }]);
    expect(await new RunMemory({ run: 's', store }).get('draft', 'v1')).toEqual([]);
  });

  it('takes nothing for nothing, and a copy of the rest', async () => {
    const memory = new RunMemory({ run: 'r' });
    for (const nothing of [undefined, null, '']) await memory.put('draft', 'v1', nothing);
    const noted = { list: [1] };
    await memory.put('draft', 'v1', noted);
    noted.list.push(2);
    expect(await memory.get('draft', 'v1')).toEqual([{ list: [1] }]);
    expect(await memory.get('nobody', 'v1')).toEqual([]);
  });

  it('takes at most a tenth of a context, the latest notes first', async () => {
    const memory = new RunMemory({ run: 'r' });
    for (let note = 1; note <= 20; note++) await memory.put('draft', 'v1', `note ${note}`);
    const items = await memory.items('draft', 'v1', { limitTokens: 1_500, estimate: (text) => text.length });
    expect(items.map(({ text }) => text)).toEqual(['note 18', 'note 19', 'note 20']);
    expect(items[0]).toMatchObject({ kind: 'memory' });
    expect(await memory.items('draft', 'v1', { limitTokens: 10 })).toEqual([]);
  });
});
