/** What the language can say and nothing runs yet is seen where it is really written, not only in models made by hand. */
import { fileURLToPath } from 'node:url';
import { features, validateSystem, type Feature } from 'millrace/rules';
import { readSystem } from 'millrace/source';
import { expect, it } from 'vitest';

const everything = fileURLToPath(new URL('../language/everything.dsl.ts', import.meta.url));
/** What one file can hardly say besides the rest. */
const absent: readonly Feature[] = ['system.budget', 'system.access', 'resource.webhook'];

it('refuses each feature of a file that uses all, at its place', async () => {
  const { system } = await readSystem(everything);
  if (system === undefined) throw new Error('everything.dsl.ts cannot be read');
  const refused = validateSystem(system).issues.filter(({ code }) => code === 'MR1601');
  const unsupported = (Object.keys(features) as Feature[]).filter(
    (name) => !features[name][0] && !absent.includes(name),
  );
  expect(new Set(refused.map(({ context }) => context?.actual))).toEqual(new Set(unsupported));
  for (const { line, column, file } of refused)
    expect({ file, ok: line > 1 && column > 0 }).toMatchObject({ ok: true });
});
