import type { Config } from '../../project/config/config.ts';
import type { KnownPrices } from '../../rules/index.ts';

/** Which models have prices, as the project says it. */
export async function pricesIn(config: Config, cwd: string): Promise<KnownPrices> {
  const { readSettings } = await import('./settings.ts');
  const { catalogue } = readSettings(config, cwd);
  const stands = (id: string): ReturnType<KnownPrices> => {
    const model = catalogue.find(id);
    return model === undefined ? undefined : model.prices === undefined ? 'unpriced' : 'priced';
  };
  return Object.assign(stands, { ids: catalogue.list().map(({ id }) => id) });
}
