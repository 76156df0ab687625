/** Writes docs/model.schema.json anew. A test fails when it is stale. */
import { writeFileSync } from 'node:fs';
import { systemJsonSchema } from '../src/model/schema/json-schema.ts';

const file = new URL('../docs/model.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(systemJsonSchema(), null, 2)}\n`);
