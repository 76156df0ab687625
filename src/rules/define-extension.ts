import type { z } from 'zod';
import type { CustomRule, Extension, ExtensionTarget, Metadata } from '../model/index.ts';

/** What an extension is made of. */
export interface ExtensionDefinition<
  Schema extends z.ZodType,
  Id extends `${string}/${string}` = `${string}/${string}`,
> {
  /** The key of its data in `metadata`, with a prefix of its own, such as `shop/pricing`. */
  readonly id: Id;
  /** What the data is. */
  readonly schema: Schema;
  /** What may carry it. Default: the system and every kind of definition. */
  readonly on?: readonly ExtensionTarget[];
  /** Rules that go with it, made with `defineRule`. */
  readonly rules?: readonly CustomRule[];
}

/** An extension that knows the type of its data. */
export interface ExtensionOf<Data> extends Extension {
  /** The data that a node of the model carries, as the schema gives it; `undefined` when it carries none, or it is wrong. */
  of(node: { readonly metadata?: Metadata }): Data | undefined;
}

/**
 * Makes an extension: data of your own in the `metadata` of a system or of definitions, under a key with a slash. Named in
 * `extensions` of `dsl.config.ts`, or given to `validateSystem`, its data is checked by its schema (MR1291), and a key
 * with a slash that no extension has is an error (MR1290). Keys without a slash stay yours.
 *
 * @example
 * ```ts
 * import { defineExtension, defineRule } from 'millrace/rules';
 * import { z } from 'zod';
 *
 * export const pricing = defineExtension({
 *   id: 'shop/pricing',
 *   schema: z.object({ tier: z.enum(['free', 'gold']), cents: z.int() }),
 *   on: ['task'],
 *   rules: [
 *     defineRule({
 *       code: 'shop/free-costs-nothing',
 *       check(model, report) {
 *         for (const task of Object.values(model.tasks)) {
 *           const data = pricing.of(task);
 *           if (data?.tier === 'free' && data.cents > 0)
 *             report({ message: `'${task.name}' is free, and costs.`, path: `tasks.${task.name}`, location: task.location });
 *         }
 *       },
 *     }),
 *   ],
 * });
 * ```
 */
export function defineExtension<Schema extends z.ZodType, const Id extends `${string}/${string}`>(
  definition: ExtensionDefinition<Schema, Id>,
): ExtensionOf<z.output<Schema>> {
  const { id, schema, on, rules = [] } = definition;
  return Object.freeze({
    kind: 'extension' as const,
    id,
    ...(on !== undefined && { on }),
    rules,
    problems(value: unknown) {
      const { error } = schema.safeParse(value);
      return (error?.issues ?? []).map(({ path, message }) => ({ path, message }));
    },
    of({ metadata }: { readonly metadata?: Metadata }) {
      if (metadata === undefined || !Object.hasOwn(metadata, id)) return undefined;
      return schema.safeParse(metadata[id]).data;
    },
  });
}
