import { expect, test } from 'vitest';
import { project, shop } from '../fixtures/project.ts';
import { keepVersion } from '../snapshots/keep.ts';
import { checkVersions } from './check.ts';

test('edits for which the step is written already: only that it has to be taken', async () => {
  using it = project({ 'shop.dsl.ts': shop() });
  await keepVersion({ entry: it.entry, cwd: it.root });
  it.write({
    'shop.dsl.ts': shop()
      .replaceAll(/\bpaid: \{ on/g, 'settled: { on')
      .replace("paid: 'paid'", "paid: 'settled'"),
    'migrations/a.ts': `import { migration } from 'millrace/migrate';
export default migration({ from: '1.0.0', to: '2.0.0', instances: { order: { states: { paid: 'settled' } } } });
`,
  });
  const { diagnostics } = await checkVersions(it.entry, it.root);
  expect(diagnostics).toMatchObject([{ code: 'MR1831', hint: expect.stringContaining('--to 2.0.0`') }]);
});
