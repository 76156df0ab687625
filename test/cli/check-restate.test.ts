import { describe, expect, it } from 'vitest';
import { project } from './dsl.ts';

const source = `import { resource, system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0', retention: { runs: { keep: 3 } } });
export const books = resource('books', { kind: 'database' });
export const book = task('book', {
  input: z.object({ id: z.string() }),
  output: z.object({ id: z.string() }),
  evidence: [{ row: { resource: books, table: 'bookings', where: ({ output }) => ({ id: output.id }) } }],
});
export const urgent = task('urgent', { input: z.object({ id: z.string() }), output: z.string(), priority: 2 });
`;

describe('dsl check of what Restate cannot do', () => {
  it('says what `dsl serve` would refuse, each at its place, and only of a system for Restate', async () => {
    using it_ = project({ 'shop.dsl.ts': source, 'dsl.config.ts': 'export default {};' });
    const codes = async (...args: string[]): Promise<unknown[]> => {
      const { stdout } = await it_.dsl(['check', ...args, '--json']);
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; file: string; line: number }[] };
      return diagnostics
        .filter(({ code }) => code.startsWith('MR52'))
        .map(({ code, file, line }) => [code, file, line]);
    };
    const all = [
      ['MR5260', 'shop.dsl.ts', 6],
      ['MR5261', 'shop.dsl.ts', 11],
      ['MR5262', 'shop.dsl.ts', 4],
    ];
    expect(await codes()).toEqual([]);
    expect(await codes('--engine', 'restate')).toEqual(all);
    using config = project({ 'shop.dsl.ts': source, 'dsl.config.ts': "export default { engine: 'restate' };" });
    const done = await config.dsl(['check']);
    expect(done).toMatchObject({ code: 1, stdout: expect.stringContaining('MR5261') });
    const embedded = await config.dsl(['check', '--engine', 'embedded']);
    expect(embedded.stdout).not.toContain('MR5261');
  });
});
