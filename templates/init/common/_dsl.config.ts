import { defineConfig } from 'millrace';

export default defineConfig({
  include: ['**/*.dsl.ts'],
  out: 'generated',
});
