export { inWords } from './in-words.ts';
export { jsonSchemaOf, type JsonSchema } from './json-schema.ts';
export { strictSchema } from './strict.ts';
