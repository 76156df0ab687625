export { inWords } from './in-words.ts';
export { jsonSchemaOf } from './json-schema.ts';
export { strictSchema } from './strict.ts';
