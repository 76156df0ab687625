import type { CompareSchemas } from '../../model/index.ts';

/**
 * Gives what tells from the texts of two zod schemas whether the second accepts more or less than the first, for
 * {@link diffSystems}. Where the texts do not tell (transforms, custom checks that changed, imported schemas) its answer
 * is `unknown`. Loads the parser.
 *
 * @example
 * ```ts
 * import { diffSystems, type SystemModel } from 'millrace/model';
 * import { schemaComparison } from 'millrace/source';
 *
 * const differences = async (before: SystemModel, after: SystemModel) =>
 *   diffSystems(before, after, { compareSchemas: await schemaComparison() });
 * ```
 */
export async function schemaComparison(): Promise<CompareSchemas> {
  return (await import('./compare.ts')).compareSchemas;
}
