import { defineConfig, system, task } from 'millrace';
import { z } from 'zod';
import { is, type Equal } from '../../../test/support/type-equal.ts';

const charge = task('charge', { input: z.void(), output: z.void() });
const shop = system('shop', {
  version: '1.2.0',
  description: 'A shop.',
  parts: [{}],
  contexts: {
    billing: { members: [charge, 'declaredBelow'], responsibilities: ['money'] },
    shipping: { members: [], dependencies: ['billing'] },
  },
  retention: { runs: { maxAge: '90d', keep: 1000, maxSize: '500mb' }, events: { maxAge: '7d' } },
  tags: ['demo'],
});
is<Equal<(typeof shop)['name'], 'shop'>>();
defineConfig({
  globs: ['*.dsl.ts'],
  out: 'generated',
  db: 'm.db',
  templates: 't',
  maxWarnings: 0,
  rules: { MR1203: 'off' },
});
