import { defineConfig } from 'millrace';

export default defineConfig({
  globs: ['**/*.dsl.ts'],
  out: 'generated',
});
