import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openCatalogue } from './catalogue.ts';
import type { CatalogueOverrides } from './schema.ts';
import { modelToAdd } from './to-add.ts';

test('what is shown for a model of your own can be put in as it is', () => {
  const overrides = runInNewContext(`(${modelToAdd({ provider: 'vllm', role: 'fast' })})`) as CatalogueOverrides;
  expect(openCatalogue({ overrides: [overrides] }).byRole('fast', { provider: 'vllm' })).toMatchObject([
    { id: 'llama3.2', prices: { inputPerMTok: 0 } },
  ]);
});

test('a model that nobody knows is told with its own name in it', () => {
  const catalogue = openCatalogue();
  expect(() => catalogue.get('gpt-6-lunar')).toThrow(
    /Did you mean 'gpt-6-luna'\? .*models\.catalogue.*id: 'gpt-6-lunar'/,
  );
});
