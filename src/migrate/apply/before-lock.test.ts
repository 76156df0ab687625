import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { project, shop } from '../fixtures/project.ts';
import { applyMigration } from './apply.ts';

it('executes the modules of steps before it locks: one that ends the process leaves nothing behind', async () => {
  using it = project({
    'shop.dsl.ts': shop(),
    'migrations/a.ts': `import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migration } from 'millrace/migrate';
const root = join(import.meta.dirname, '..');
writeFileSync(join(root, 'locked'), String(existsSync(join(root, '.millrace/migrate-shop.dsl.ts.json'))));
export default migration({ from: '1.0.0', to: '2.0.0' });
`,
  });
  expect(await applyMigration({ entry: it.entry, cwd: it.root, target: '2.0.0' })).toMatchObject({ ok: true });
  expect(readFileSync(join(it.root, 'locked'), 'utf8')).toBe('false');
});
