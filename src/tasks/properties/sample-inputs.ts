import type { Schema } from '../../flow/index.ts';
import { takes, throughJson, Maker } from './values.ts';
import { NoValues, type UnsupportedPart } from './unsupported.ts';

/** Inputs that a schema takes, as somebody would write them. */
export interface SampledInputs {
  /** Each different from the others. Fewer than asked for where there are no more. */
  readonly inputs: readonly unknown[];
  /** Parts of the schema that no input was made for. */
  readonly unsupported: readonly UnsupportedPart[];
}

/**
 * Makes inputs that a schema takes, by a seed: the same seed gives the same inputs. They are JSON, as a caller writes them,
 * before coercion, defaults and transforms. A part that nobody can make up is told, never guessed.
 *
 * @example
 * ```ts
 * import { sampleInputs } from 'millrace/testing';
 * import { z } from 'zod';
 *
 * const { inputs } = await sampleInputs(z.object({ quantity: z.int().min(1).max(99) }), { count: 20, seed: 1 });
 * inputs[0]; // such as { quantity: 3 }
 * ```
 */
export async function sampleInputs(
  schema: Schema,
  options: { readonly count: number; readonly seed: number },
): Promise<SampledInputs> {
  const { default: fc } = await import('fast-check');
  const maker = new Maker(fc);
  try {
    const values = maker.values(schema);
    const made = fc.sample(values, { numRuns: options.count * 5, seed: options.seed });
    const inputs: unknown[] = [];
    const seen = new Set<string>();
    for (const one of made) {
      const input = throughJson(one);
      const text = JSON.stringify(input) ?? '';
      if (seen.has(text) || !takes(schema, input)) continue;
      seen.add(text);
      inputs.push(input);
      if (inputs.length === options.count) break;
    }
    const rare = { path: '', why: `none of ${made.length} inputs that were made is taken by its refinements` };
    return { inputs, unsupported: inputs.length === 0 ? [...maker.leftOut, rare] : unique(maker.leftOut) };
  } catch (error) {
    if (!(error instanceof NoValues)) throw error;
    return { inputs: [], unsupported: unique([...maker.leftOut, error.part]) };
  }
}

function unique(parts: readonly UnsupportedPart[]): readonly UnsupportedPart[] {
  return [...new Map(parts.map((one) => [`${one.path} ${one.why}`, one])).values()];
}
