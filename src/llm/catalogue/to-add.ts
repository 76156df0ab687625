import type { CatalogueModel } from './schema.ts';

/**
 * What `models.catalogue` of a config and `overrides` of `openCatalogue` take for a model that nobody knows, ready to be
 * filled in: prices of 0 are those of a server of one's own.
 */
export function modelToAdd({
  id = 'llama3.2',
  provider = 'ollama',
  role = 'balanced',
}: Partial<Pick<CatalogueModel, 'id' | 'provider' | 'role'>>): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`;
  return `{ models: [{ id: ${quoted(id)}, provider: ${quoted(provider)}, role: '${role}', contextTokens: 32_000, maxOutputTokens: 4_000, capabilities: { tools: true, structuredOutput: true, streaming: true }, prices: { currency: 'USD', inputPerMTok: 0, outputPerMTok: 0 } }] }`;
}

/** Where it is said. */
export const whereToAdd = '`models.catalogue` of dsl.config.ts, or `overrides` of openCatalogue';
