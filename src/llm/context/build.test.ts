import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from '../tokens/estimate.ts';
import { buildContext, contextLimit, contextMessages } from './build.ts';
import type { ContextItem } from './item.ts';

const code = (code: string) => expect.objectContaining({ code });
// One token a character, so that sums are plain to see.
const estimate = (text: string) => text.length;
const item = (id: string, more: Partial<ContextItem> = {}): ContextItem => ({
  id,
  kind: 'k',
  text: id.repeat(40),
  ...more,
});
const full = (one: ContextItem) => `<k id="${one.id}">\n${one.text}\n</k>`.length;

describe('a context', () => {
  it('has everything when everything fits: pinned first, and else in the given order', () => {
    const items = [item('b'), item('a'), item('p', { pinned: true })];
    const { sections, report } = buildContext(items, { limitTokens: 10_000, estimate });
    expect(sections.map(({ id, form }) => `${id} ${form}`)).toEqual(['p full', 'b full', 'a full']);
    expect(report).toMatchObject({ reduced: [], dropped: [], tokens: items.reduce((sum, one) => sum + full(one), 0) });
  });

  it('reduces what ranks lowest, form by form, before it touches the next', () => {
    const shorter = { signature: 'sig'.repeat(10), summary: 'sum' };
    const items = [
      item('near', shorter),
      item('far', { ...shorter, distance: 2 }),
      item('mid', { ...shorter, distance: 1 }),
    ];
    const forms = (limitTokens: number) =>
      Object.fromEntries(
        items.map(({ id }) => {
          const found = buildContext(items, { limitTokens, estimate }).sections.find((one) => one.id === id);
          return [id, found?.form ?? 'drop'];
        }),
      );
    const all = items.reduce((sum, one) => sum + full(one), 0);
    expect(forms(all)).toEqual({ near: 'full', mid: 'full', far: 'full' });
    expect(forms(all - 1)).toEqual({ near: 'full', mid: 'full', far: 'signature' });
    expect(forms(all - full(items[1]!) + 50)).toEqual({ near: 'full', mid: 'full', far: 'summary' });
    expect(forms(all - full(items[1]!))).toEqual({ near: 'full', mid: 'full', far: 'drop' });
    expect(forms(full(items[0]!) + 40)).toEqual({ near: 'full', mid: 'summary', far: 'drop' });
    expect(forms(0)).toEqual({ near: 'drop', mid: 'drop', far: 'drop' });
  });

  it('weighs kinds, and among equals keeps the earlier id', () => {
    const items = [item('a', { kind: 'note' }), item('b', { kind: 'contract' }), item('c', { kind: 'note' })];
    const weights = { contract: 4 };
    const left = (limitTokens: number) =>
      buildContext(items, { limitTokens, weights, estimate }).sections.map(({ id }) => id);
    expect(left(150)).toEqual(['a', 'b']);
    expect(left(80)).toEqual(['b']);
  });

  it('gives the room that is left to what ranks highest', () => {
    // The large one has to go, and then the small one, which went before, fits again.
    const items = [item('high', { text: 'x'.repeat(300) }), item('low', { distance: 1, text: 'y' })];
    const { report } = buildContext(items, { limitTokens: 100, estimate });
    expect(report.dropped.map(({ id }) => id)).toEqual(['high']);
    expect(report.kept.map(({ id }) => id)).toEqual(['low']);
  });

  it('reports what was kept, reduced and dropped, with tokens', () => {
    const items = [item('a'), item('b', { distance: 1, summary: 'short' }), item('c', { distance: 2 })];
    const { report } = buildContext(items, { limitTokens: full(items[0]!) + 40, estimate });
    expect(report).toMatchObject({
      kept: [{ id: 'a', tokens: full(items[0]!) }],
      reduced: [{ id: 'b', form: 'summary', from: full(items[1]!) }],
      dropped: [{ id: 'c', from: full(items[2]!) }],
    });
  });

  it('fails when the pinned items do not fit, and names them', () => {
    const items = [item('rules', { pinned: true }), item('other')];
    expect(() => buildContext(items, { limitTokens: 50, estimate })).toThrow(code('MR4090'));
    expect(() => buildContext(items, { limitTokens: 50, estimate })).toThrow(/room for 50: rules \(/);
  });

  it('fails when what may not be dropped does not fit', () => {
    const items = [item('a', { reduce: ['summary'], summary: 'x'.repeat(60) })];
    expect(() => buildContext(items, { limitTokens: 50, estimate })).toThrow(code('MR4090'));
  });

  it.each([
    ['two of one id', [item('a'), item('a')]],
    ['a kind that is no word', [item('a', { kind: 'x y' })]],
    ['a distance below 0', [item('a', { distance: -1 })]],
  ])('refuses %s', (_what, items) => {
    expect(() => buildContext(items, { limitTokens: 1_000 })).toThrow(code('MR4092'));
  });

  it('shows texts as data, which cannot end their section', () => {
    const { sections } = buildContext([item('a"><k>', { text: 'no </k> end </K> nor < / k >' })], {
      limitTokens: 1_000,
    });
    expect(sections[0]?.text).toBe('<k id="a___k_">\nno <\\/k> end <\\/K> nor < \\/ k >\n</k>');
  });

  it('goes to the model as it was built: pinned as instructions, the rest before the question', () => {
    const items = [item('p', { pinned: true }), item('a'), item('z', { distance: 3 })];
    const limitTokens = full(items[0]!) + full(items[1]!);
    const { system, messages } = contextMessages(buildContext(items, { limitTokens, estimate }), 'What now?');
    expect(system).toContain('p'.repeat(40));
    expect(messages[0]).toEqual({ role: 'user', text: `<k id="a">\n${'a'.repeat(40)}\n</k>\n\nWhat now?` });
  });

  it('always fits, is the same each time, and accounts for every item', () => {
    const items = fc.uniqueArray(
      fc.record({
        id: fc.stringMatching(/^[a-z]{1,4}$/),
        kind: fc.constantFrom('contract', 'output', 'memory'),
        text: fc.string({ maxLength: 300 }),
        summary: fc.string({ maxLength: 60 }),
        distance: fc.nat(4),
      }),
      { selector: ({ id }) => id, maxLength: 12 },
    );
    fc.assert(
      fc.property(items, fc.nat(600), (items, limitTokens) => {
        const context = buildContext(items, { limitTokens });
        const { report, sections } = context;
        expect(report.tokens).toBe(sections.reduce((sum, { text }) => sum + estimateTokens(text), 0));
        expect(report.tokens).toBeLessThanOrEqual(limitTokens);
        const ids = [...report.kept, ...report.reduced, ...report.dropped].map(({ id }) => id);
        expect(ids.sort()).toEqual(items.map(({ id }) => id).sort());
        expect(buildContext(items, { limitTokens })).toEqual(context);
      }),
    );
  });
});

it('a context has the window without the answer and five percent', () => {
  expect(contextLimit({ contextTokens: 200_000, maxOutputTokens: 8_000 })).toBe(182_000);
  expect(contextLimit({ contextTokens: 100, maxOutputTokens: 100 })).toBe(0);
});
