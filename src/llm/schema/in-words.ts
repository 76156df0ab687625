import type { JsonSchema } from './json-schema.ts';

/** The shape of an answer, for the system text of those who enforce none. What comes is checked anyway. */
export const inWords = (shape: JsonSchema): string =>
  `Answer with JSON only, without any other text. It has to fit this JSON Schema:\n${JSON.stringify(shape)}`;
