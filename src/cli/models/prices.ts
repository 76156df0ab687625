import type { Config } from '../../project/config/config.ts';

/** Which models have prices, as the project says it. */
export async function pricesIn(
  config: Config,
  cwd: string,
): Promise<(id: string) => 'priced' | 'unpriced' | undefined> {
  const { readSettings } = await import('./settings.ts');
  const { catalogue } = readSettings(config, cwd);
  return (id) => {
    const model = catalogue.find(id);
    return model === undefined ? undefined : model.prices === undefined ? 'unpriced' : 'priced';
  };
}
