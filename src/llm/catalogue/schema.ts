import { z } from 'zod';
import { MillraceError } from '../../core/index.ts';
import { microsOf } from '../money/cost.ts';
import { modelRoles } from './roles.ts';

const rate = z.number().refine(
  (rate) => {
    try {
      microsOf(rate);
      return true;
    } catch {
      return false;
    }
  },
  { error: 'is a number of 0 or more with at most six decimals: the price of a million tokens' },
);
const rates = {
  inputPerMTok: rate,
  outputPerMTok: rate,
  cacheReadPerMTok: rate.optional(),
  cacheWritePerMTok: rate.optional(),
};
const tokens = z.int().positive();

const prices = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'is three capital letters: USD' }),
  /** The last day (UTC) on which they hold; from then on the price is not known. */
  until: z.iso.date().optional(),
  ...rates,
  longPrompt: z.strictObject({ overInputTokens: tokens, ...rates }).optional(),
});

const capabilities = z.strictObject({ tools: z.boolean(), structuredOutput: z.boolean(), streaming: z.boolean() });

const model = z.strictObject({
  /** The provider's own name of it. */
  id: z.string().min(1),
  provider: z.string().min(1),
  role: z.enum(modelRoles).optional(),
  /** The most tokens of input and output together. */
  contextTokens: tokens,
  maxOutputTokens: tokens,
  /** What it is known to be able to do. */
  capabilities,
  /** Left out where they are not known. */
  prices: prices.optional(),
  /** The pages that say so. */
  sources: z.array(z.string()).optional(),
});

/** What is known of a model. */
export type CatalogueModel = Readonly<z.infer<typeof model>>;

const whole = z.strictObject({ asOf: z.iso.date(), models: z.array(model) });

const change = model.partial().extend({
  id: model.shape.id,
  capabilities: capabilities.partial().optional(),
  prices: prices.nullable().optional(),
});
/** What overrides have to look like. */
export const overridesSchema = z.strictObject({ asOf: z.iso.date().optional(), models: z.array(change) });

/**
 * What a user knows better, by id: of a model that is there, only what differs (`prices` as a whole; null: not known);
 * of another one, everything.
 */
export type CatalogueOverrides = z.input<typeof overridesSchema>;

/** @throws MillraceError MR4073, naming every place that does not fit. */
export const readCatalogue = (value: unknown, from: string) => read(whole, value, from);

/** @throws MillraceError MR4073, naming every place that does not fit. */
export const readOverrides = (value: unknown, from: string) => read(overridesSchema, value, from);

/** @throws MillraceError MR4073 when a model that no other catalogue has is not whole. */
export const readModel = (value: unknown, from: string) => read(model, value, from);

function read<T>(schema: z.ZodType<T>, value: unknown, from: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${place(path, value)}: ${message}`);
  throw new MillraceError(`${from} is not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
    code: 'MR4073',
    retryable: false,
    fault: 'input',
    details: { from, problems },
  });
}

// `models[3] (gpt-6-luna).prices.inputPerMTok`: numbers alone say little in a long file.
function place(path: readonly PropertyKey[], value: unknown): string {
  let text = '';
  let at = value;
  for (const key of path) {
    at = at !== null && typeof at === 'object' ? (at as Readonly<Record<PropertyKey, unknown>>)[key] : undefined;
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`;
    const id = at !== null && typeof at === 'object' && 'id' in at ? at.id : undefined;
    if (typeof id === 'string') text += ` (${id})`;
  }
  return text === '' ? 'it' : text;
}
