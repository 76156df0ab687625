import { defineConfig } from 'millrace';

/** What `dsl` works on in this repository: the examples. Other `.dsl.ts` files here are templates and test data. */
export default defineConfig({ globs: ['dsl-examples/*/*.dsl.ts'], out: 'generated' });
