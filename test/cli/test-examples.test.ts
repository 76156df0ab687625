import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, stackTrace } from './dsl.ts';

const source = `import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('words', { version: '1.0.0' });
export const countWords = task('countWords', {
  input: z.object({ text: z.string() }),
  output: z.object({ words: z.int(), note: z.string().default('none') }),
  examples: [
    { description: 'two words', input: { text: 'good day' }, output: { words: 2 } },
    { input: { text: '' }, error: 'NOTHING' },
    { input: { text: 'x' } },
  ],
});
export const other = task('other', { input: z.string(), output: z.string(), examples: [{ input: 'a', output: 'b' }] });
export const f = flow('f', { input: z.string() }, (f) => f
  .step('n', ({ input }) => countWords({ text: input }))
  .step('o', ({ input }) => other(input)));
`;
const implementation = (text: string): string => `import { implement } from 'millrace/tasks';
import { countWords } from '../generated/words/contracts.ts';
export default implement(countWords, ({ text }) => {
  ${text}
  return { words: text.split(' ').length };
});
`;
const good = implementation("if (text === '') throw Object.assign(new Error('no text'), { code: 'NOTHING' });");

test('examples of tasks hold, or are told with what came instead', async () => {
  using it = project({ 'words.dsl.ts': source, 'tasks/count-words.ts': good });
  expect(await it.dsl(['test', 'examples', 'words.dsl.ts'])).toMatchObject({
    code: 0,
    stdout: 'countWords: 3 of 3 examples hold\nother: no implementation\n',
  });
  writeFileSync(join(it.root, 'tasks/count-words.ts'), implementation("if (text === 'x') throw new TypeError('odd');"));
  const { code, stdout } = await it.dsl(['test', 'examples', 'words.dsl.ts', '--task', 'countWords', '--json']);
  expect(code).toBe(1);
  const document = JSON.parse(stdout) as {
    ok: boolean;
    tasks: object[];
    diagnostics: { message: string; line: number }[];
  };
  expect(document).toMatchObject({ ok: false, tasks: [{ task: 'countWords', implemented: true }] });
  expect(document.diagnostics.map(({ message, line }) => [line, message])).toEqual([
    [
      5,
      'Task \'countWords\' does not do what its example 2 says: it should fail with NOTHING, and gives {"note":"none","words":1}.',
    ],
    [5, "Task 'countWords' does not do what its example 3 says: it fails with MR3100: odd"],
  ]);
});

test('an output that is not as the example says, and one that the task cannot give', async () => {
  using it = project({
    'words.dsl.ts': source
      .replace('output: { words: 2 } }', 'output: { words: 3 } }')
      .replace("{ input: { text: 'x' } }", "{ input: { text: 'x' }, output: { words: 1.5 } }"),
    'tasks/count-words.ts': good,
  });
  const { code, stderr } = await it.dsl(['test', 'examples', 'words.dsl.ts']);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /error MR2042: .* example 'two words' says: it should give \{"note":"none","words":3\}, and gives \{"note":"none","words":2\}\./,
  );
  expect(stderr).toMatch(/example 3 says: the output of the example is none of this task: words: /);
  expect(stderr).not.toMatch(stackTrace);
});

test('a task that is not there', async () => {
  using it = project({ 'words.dsl.ts': source });
  expect(await it.dsl(['test', 'examples', 'words.dsl.ts', '--task', 'countWord'])).toMatchObject({
    code: 1,
    stderr: "error MR2043: The system 'words' has no task 'countWord'.\n  hint: Did you mean 'countWords'?\n",
  });
});
