import { z } from 'zod';
import type { TaskCase } from '../contract.ts';

const exchange = z.object({
  method: z.string().optional(),
  url: z.string(),
  body: z.unknown().optional(),
  status: z.int().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  json: z.unknown().optional(),
  text: z.string().optional(),
});
const strings = z.record(z.string(), z.string());
const row = z.record(z.string(), z.unknown());

const withInput = z.object({
  name: z.string().min(1).max(120),
  input: z.unknown(),
  fakes: z
    .object({
      now: z.number().optional(),
      env: strings.optional(),
      files: strings.optional(),
      fetch: z.array(exchange).optional(),
      resources: z
        .record(
          z.string(),
          z.object({
            env: strings.optional(),
            fetch: z.array(exchange).optional(),
            rows: z.array(z.object({ sql: z.string(), gives: z.array(row) })).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  expect: z
    .object({
      output: z.unknown().optional(),
      error: z.string().min(1).optional(),
      emits: z.array(z.object({ event: z.string(), payload: z.unknown().optional() })).optional(),
      files: strings.optional(),
    })
    .refine(({ output, error }) => error === undefined || output === undefined || output === null, {
      error: 'names an output and an error: one thing has to come of a case',
    }),
});

/** A case of a task that takes nothing may leave its input out. A model is told that every case has one. */
const oneCase = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('input' in value) ? { ...value, input: undefined } : value,
  withInput,
);

/** The shape of an answer. What a model is told of it is its JSON Schema. */
export const candidateSchema = z.object({
  code: z.string().min(1).describe('The whole module.'),
  cases: z.array(oneCase).min(1).max(60),
  notes: z.string().optional(),
});

/** The shape of an answer that has only cases. */
export const casesSchema = candidateSchema.pick({ cases: true });

/** Only what was said: an absent member is none that is `undefined`. */
function said<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** The cases of an answer, as they are tried: named apart, and with one thing that has to come of each. */
export function casesOf(cases: z.output<typeof casesSchema>['cases'], taken: readonly string[]): readonly TaskCase[] {
  const names = new Set(taken);
  return cases.map(({ name, input, fakes, expect }) => {
    const { output, error, emits, files } = expect;
    const also = { ...(emits !== undefined && { emits: said(emits) }), ...(files !== undefined && { files }) };
    return {
      name: freeName(name, names),
      origin: 'generated',
      input: said(input),
      ...(fakes !== undefined && { fakes: said(fakes) as NonNullable<TaskCase['fakes']> }),
      expect: error === undefined ? { output: said(output), ...also } : { error, ...also },
    };
  });
}

function freeName(wanted: string, names: Set<string>): string {
  const plain = wanted.replaceAll(/\s+/g, ' ').trim() || 'case';
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? plain : `${plain} (${count})`;
    if (names.has(name)) continue;
    names.add(name);
    return name;
  }
}

/**
 * The code in what a model gave as code: the first fenced block, if there is one, and else the text as it is. Nothing is
 * taken out of it or put into it; prose does not parse.
 */
export function extractCode(text: string): string {
  // A module that begins as one may have fences in its texts.
  const first = text.trimStart();
  if (/^(?:import|export|const|type|interface|function|async function|class|\/\/|\/\*)/.test(first)) return whole(text);
  const fenced =
    /^[ \t]*(`{3,}|~{3,})[ \t]*(?:ts|tsx|typescript|js|javascript|mts)?[ \t]*\r?\n([^]*?)^[ \t]*\1[ \t]*$/m.exec(text);
  return whole(fenced?.[2] ?? text);
}

function whole(code: string): string {
  return `${code.replaceAll('\r\n', '\n').trim()}\n`;
}
