import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { costOf } from '../money/cost.ts';
import { openCatalogue } from './catalogue.ts';
import shipped from './catalogue.json' with { type: 'json' };

const folder = mkdtempSync(join(tmpdir(), 'millrace-catalogue-'));
afterAll(() => rmSync(folder, { recursive: true }));
const code = (code: string) => expect.objectContaining({ code });
const at = (day: string) => ({ now: () => Date.parse(day), at: () => () => {} });
const local = {
  id: 'tiny',
  provider: 'ollama',
  contextTokens: 8_192,
  maxOutputTokens: 2_048,
  capabilities: { tools: false, structuredOutput: false, streaming: true },
};

describe('the shipped catalogue', () => {
  it('is dated, and says of every model where its facts are from', () => {
    const catalogue = openCatalogue();
    expect(catalogue.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    for (const model of catalogue.list()) {
      expect(model.sources?.length, model.id).toBeGreaterThan(0);
      for (const source of model.sources ?? []) expect(source).toMatch(/^https:\/\//);
    }
  });

  it('has each role of each of the two large providers', () => {
    for (const provider of ['anthropic', 'openai'])
      for (const role of ['flagship', 'balanced', 'fast'] as const)
        expect(openCatalogue().byRole(role, { provider }).length).toBeGreaterThan(0);
  });

  it('is sorted by provider and id, whatever the order of the file', () => {
    const ids = openCatalogue()
      .list()
      .map(({ provider, id }) => `${provider} ${id}`);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toHaveLength(shipped.models.length);
  });

  it('prices tokens in the unit of the field: dollars for a million', () => {
    const million = { input: 100_000, output: 1_000_000, cacheRead: 0, cacheWrite: 0 };
    expect(costOf(million, openCatalogue().get('claude-opus-5-5').prices)?.micros).toBe(400_000 + 20_000_000);
  });

  it('cannot be changed by whoever reads it', () => {
    expect(Object.isFrozen(openCatalogue().get('gpt-6-luna').prices)).toBe(true);
  });

  it('does not know a price any more when its last day is over', () => {
    expect(openCatalogue({ clock: at('2026-12-31T23:59:59Z') }).get('gemini-3.8-flash').prices).toBeDefined();
    const late = openCatalogue({ clock: at('2027-01-01T00:00:00Z') });
    expect(late.get('gemini-3.8-flash').prices).toBeUndefined();
    expect(late.list({ provider: 'gemini' })[0]?.prices).toBeUndefined();
  });
});

describe('models that are not there', () => {
  it('are errors that name the nearest', () => {
    expect(() => openCatalogue().get('claude-opus-5.5')).toThrow(code('MR4074'));
    expect(() => openCatalogue().get('claude-opus-5.5')).toThrow(/'claude-opus-5-5'/);
    expect(openCatalogue().find('nothing')).toBeUndefined();
  });

  it('are errors by role, too', () => {
    expect(() => openCatalogue({ shipped: false }).byRole('fast')).toThrow(code('MR4075'));
    expect(() => openCatalogue().byRole('fast', { provider: 'nobody' })).toThrow(code('MR4075'));
  });
});

describe('overrides', () => {
  it('change what they name, by id, and leave the rest', () => {
    const before = openCatalogue().get('gpt-6-luna');
    const catalogue = openCatalogue({
      overrides: [
        { models: [{ id: 'gpt-6-luna', role: 'balanced', capabilities: { tools: false } }] },
        {
          asOf: '2027-02-03',
          models: [{ id: 'gpt-6-luna', prices: { currency: 'EUR', inputPerMTok: 1, outputPerMTok: 2 } }],
        },
      ],
    });
    expect(catalogue.asOf).toBe('2027-02-03');
    expect(catalogue.get('gpt-6-luna')).toEqual({
      ...before,
      role: 'balanced',
      capabilities: { tools: false, structuredOutput: true, streaming: true },
      prices: { currency: 'EUR', inputPerMTok: 1, outputPerMTok: 2 },
    });
    expect(openCatalogue().get('gpt-6-luna')).toEqual(before);
  });

  it('take a price away with null', () => {
    const catalogue = openCatalogue({ overrides: [{ models: [{ id: 'gpt-6-luna', prices: null }] }] });
    expect(catalogue.get('gpt-6-luna').prices).toBeUndefined();
  });

  it('come from a file', () => {
    const path = join(folder, 'models.json');
    writeFileSync(path, JSON.stringify({ models: [local] }));
    expect(openCatalogue({ overrides: [path] }).get('tiny')).toEqual(local);
  });

  it('say every place that is not right, with the id of the model', () => {
    const wrong = { models: [local, { ...local, prices: { currency: 'usd', inputPerMTok: -1, outputPerToken: 3 } }] };
    let message = '';
    try {
      openCatalogue({ overrides: [wrong as never] });
    } catch (error) {
      expect(error).toEqual(code('MR4073'));
      message = String(error);
    }
    expect(message).toContain('models[1] (tiny).prices.currency: is three capital letters');
    expect(message).toContain('models[1] (tiny).prices.inputPerMTok: is a number of 0 or more');
    expect(message).toContain('models[1] (tiny).prices.outputPerMTok');
    expect(message).toContain('outputPerToken');
  });

  it.each([
    ['a new model that is not whole', { models: [{ id: 'new', provider: 'x' }] }],
    ['no models', {}],
    ['nothing', null],
    ['a text for tokens', { models: [{ ...local, contextTokens: '8192' }] }],
    ['a role that is none', { models: [{ ...local, role: 'best' }] }],
    [
      'more decimals than are exact',
      { models: [{ id: 'tiny', prices: { currency: 'USD', inputPerMTok: 1e-7, outputPerMTok: 1 } }] },
    ],
  ])('refuse %s', (_what, override) => {
    expect(() => openCatalogue({ overrides: [override as never] })).toThrow(code('MR4073'));
  });

  it('refuse a file that is not there, or no JSON', () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{');
    expect(() => openCatalogue({ overrides: [path] })).toThrow(code('MR4073'));
    expect(() => openCatalogue({ overrides: [join(folder, 'none.json')] })).toThrow(code('MR4073'));
  });
});
