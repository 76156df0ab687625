import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { project, repository } from './dsl.ts';

const page = readFileSync(join(repository, 'docs/migrations.md'), 'utf8');
const [story = ''] = page.split('## Versions and where they are kept');

/** The words of a command line; single quotes hold one together. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');

it('docs/migrations.md: its files and commands do what it says', async () => {
  using it = project();
  let said = '';
  let commands = 0;
  for (const [, language = '', text = ''] of story.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)) {
    if (language === 'ts') {
      const [first = '', ...rest] = text.split('\n');
      const [, path = '', asWritten] = /^\/\/ (\S+)( \(as written\))?$/.exec(first) ?? [];
      const body = rest.join('\n');
      if (asWritten !== undefined) expect(readFileSync(join(it.root, path), 'utf8')).toBe(body);
      mkdirSync(dirname(join(it.root, path)), { recursive: true });
      writeFileSync(join(it.root, path), body);
    } else if (language === 'sh') {
      said = '';
      for (const line of text.trimEnd().split('\n')) {
        const [, ...args] = words(line);
        const done = await it.dsl(args);
        expect({ line, code: done.code, stderr: done.code === 0 ? '' : done.stderr }).toEqual({
          line,
          code: 0,
          stderr: '',
        });
        said += done.stdout;
        commands++;
      }
    } else for (const line of text.trimEnd().split('\n')) expect(said).toContain(line);
  }
  expect(commands).toBe(12);
});
