import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dsl, project, repository, stackTrace, type Project } from './dsl.ts';

const shop = `import { flow, system, task } from 'millrace';
import { z } from 'zod';
import * as billing from './billing.dsl.ts';
import { charge } from './billing.dsl.ts';

export default system('shop', { version: '1.0.0', parts: [billing] });

// What everybody waits for.
export const pay = flow('pay', { input: z.object({ cents: z.int() }) }, (f) =>
  f.step('charged', ({ input }) => charge(input)), // the money
);
`;
const billing = `import { task } from 'millrace';
import { z } from 'zod';

/** Takes money. */
export const charge = task('charge', { input: z.object({ cents: z.int() }), output: z.string() });
`;
const made = (): Project => project({ 'shop.dsl.ts': shop, 'billing.dsl.ts': billing });
const textOf = ({ root }: Project, file: string): string => readFileSync(join(root, file), 'utf8');

describe('dsl edit', () => {
  it('applies a list of edits, in all files, and shows what changed', async () => {
    using it = made();
    const edits = [
      { op: 'rename', path: 'tasks.charge', to: 'takeMoney' },
      { op: 'set', path: 'tasks.takeMoney.retry', text: '{ attempts: 3 }' },
    ];
    writeFileSync(join(it.root, 'edits.json'), JSON.stringify(edits));
    const dry = await it.dsl(['edit', 'shop.dsl.ts', '--ops', '@edits.json', '--dry-run']);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/^--- a\/shop\.dsl\.ts\n\+\+\+ b\/shop\.dsl\.ts\n@@ [^]*--- a\/billing\.dsl\.ts\n/);
    expect(dry.stdout).toContain(
      "-import { charge } from './billing.dsl.ts';\n+import { takeMoney } from './billing.dsl.ts';",
    );
    expect(dry.stderr).toContain('2 edits would be made; nothing was written.');
    expect(textOf(it, 'shop.dsl.ts')).toBe(shop);

    const json = await it.dsl(['edit', 'shop.dsl.ts', '--ops', '-', '--json'], { stdin: JSON.stringify(edits) });
    const document = JSON.parse(json.stdout) as {
      readonly diff: string;
      readonly diagnostics: readonly { readonly code: string }[];
    };
    expect(document).toMatchObject({ ok: true, system: 'shop', written: ['shop.dsl.ts', 'billing.dsl.ts'], edits: 2 });
    expect(document.diff.trimEnd()).toBe(dry.stdout.trimEnd());
    // The implementation of the task is a file of its own.
    expect(document.diagnostics.map(({ code }) => code)).not.toContain('MR1771');
    expect(textOf(it, 'shop.dsl.ts')).toBe(shop.replaceAll(/\bcharge\b/g, 'takeMoney'));
    expect(textOf(it, 'billing.dsl.ts')).toBe(
      billing.replaceAll('charge', 'takeMoney').replace('z.string() }', 'z.string(), retry: { attempts: 3 } }'),
    );
    const again = await it.dsl(['edit', 'shop.dsl.ts', '--ops', '{"op":"set","path":"version","value":"1.0.0"}']);
    expect(again).toMatchObject({ code: 0, stdout: '', stderr: '1 edit: the source says all of it already.\n' });
  });

  it('refuses what cannot be, says why, and writes nothing', async () => {
    using it = made();
    const edit = async (ops: unknown, ...more: readonly string[]) =>
      await it.dsl(['edit', 'shop.dsl.ts', '--ops', JSON.stringify(ops), ...more]);
    const refused = await edit([
      { op: 'remove', path: 'tasks.charge' },
      { op: 'set', path: 'tasks.chrge.timeout', value: '1s' },
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing was written: 2 edits refused.');
    expect(refused.stderr).toMatch(/MR178\d/);
    const text = await edit({ op: 'set', path: 'tasks.charge.output', text: 'z.object({\n  a: Mony,\n})' }, '--json');
    expect(text.code).toBe(1);
    expect(JSON.parse(text.stdout)).toMatchObject({
      ok: false,
      system: null,
      written: [],
      diff: '',
      diagnostics: [{ line: 2, column: 6 }],
    });
    // What the rules find errors in is written by force only.
    const wrong = { op: 'set', path: 'tasks.charge.input', text: 'z.date()' };
    const judged = await edit(wrong);
    expect(judged.code).toBe(1);
    expect(textOf(it, 'billing.dsl.ts')).toBe(billing);
    expect(judged.stderr).toContain('Nothing was written');
    for (const ops of ['{', '3', '[{"op":"fly"}]', '[null]', '@none.json'])
      expect(await it.dsl(['edit', 'shop.dsl.ts', '--ops', ops])).toMatchObject({
        code: 1,
        stderr: expect.not.stringMatching(stackTrace) as string,
      });
    expect(await it.dsl(['edit', 'shop.dsl.ts'])).toMatchObject({ code: 2 });
    expect(await it.dsl(['edit', 'none.dsl.ts', '--ops', '[]'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('MR1001') as string,
    });
    expect([textOf(it, 'shop.dsl.ts'), textOf(it, 'billing.dsl.ts')]).toEqual([shop, billing]);
    writeFileSync(join(it.root, 'shop.dsl.ts'), `${shop}export const x = ;\n`);
    expect(await edit([])).toMatchObject({ code: 1, stderr: expect.stringContaining('MR1006') as string });
  });

  it('does what docs/editing.md shows', async () => {
    const page = readFileSync(join(repository, 'docs/editing.md'), 'utf8');
    const block = (language: string): string => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1] ?? '';
    const shown = await dsl(['edit', 'dsl-examples/orders/orders.dsl.ts', '--ops', block('json'), '--dry-run']);
    expect(shown.stdout).toBe(block('diff'));
  });
});
