import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { project, type Project } from './dsl.ts';

const system = (name: string, version = '1.0.0', more = ''): string =>
  `import { event, system, task } from 'millrace';\nimport { z } from 'zod';\nexport default system('${name}', { version: '${version}'${more} });\n`;
const withPart = (path: string): string =>
  system('shop', '1.0.0', ', parts: [ship]').replace('\nexport', `\nimport * as ship from '${path}';\nexport`);
const part = (ttl: string): string =>
  `import { event } from 'millrace';\nimport { z } from 'zod';\nexport const shipped = event('shipped', { payload: z.object({ id: z.string() }), ttl: '${ttl}' });\n`;

/** `dsl compile --watch` in a project: `after` does something, and gives what is said of it. */
async function watching(it: Project, args: readonly string[] = []) {
  const command = it.start(['compile', '--watch', ...args]);
  await command.says('Watching');
  let heard = command.said();
  return {
    command,
    async after(change: () => void): Promise<string> {
      heard = command.said();
      change();
      return await this.next();
    },
    /** What is said until the next look is over. */
    async next(): Promise<string> {
      for (;;) {
        const now = command.said();
        const [stderr, stdout] = [now.stderr.slice(heard.stderr.length), now.stdout.slice(heard.stdout.length)];
        if (stderr.includes('Ctrl-C ends it.\n')) {
          heard = now;
          return stdout + stderr;
        }
        await wait(5);
      }
    },
    /** What is said although nothing should be. */
    async silence(change: () => void): Promise<string> {
      heard = command.said();
      change();
      await wait(400);
      const now = command.said();
      return now.stdout.slice(heard.stdout.length) + now.stderr.slice(heard.stderr.length);
    },
    async end(): Promise<void> {
      command.kill('SIGINT');
      expect(await command.done).toMatchObject({ code: 0 });
    },
  };
}

/** Writes as many editors do: another file takes the place of the first. */
function renameOver(path: string, text: string): void {
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const generated = (it: Project, name: string, file = 'index.ts'): string =>
  readFileSync(join(it.root, 'generated', name, file), 'utf8');

test('an edit, in place or by renaming over; errors, then mended', async () => {
  using it = project({ 'a.dsl.ts': system('a'), 'deep/b.dsl.ts': system('b') });
  const at = (path: string): string => join(it.root, path);
  const watched = await watching(it);
  const edited = await watched.after(() => writeFileSync(at('a.dsl.ts'), system('a', '2.0.0')));
  expect(edited).toMatch(/^a 2\.0\.0 .*written/);
  // The other system is neither compiled nor told of.
  expect(edited).not.toContain('b 1.0.0');
  expect(generated(it, 'a')).toContain('2.0.0');
  expect(await watched.after(() => renameOver(at('deep/b.dsl.ts'), system('b', '3.0.0')))).toMatch(
    /^b 3\.0\.0 .*written/,
  );
  expect(await watched.after(() => renameOver(at('deep/b.dsl.ts'), 'broken('))).toMatch(
    /error MR1006.*\n.*deep\/b\.dsl\.ts:1/,
  );
  // An edit elsewhere does not hide what is still wrong.
  expect(await watched.after(() => writeFileSync(at('a.dsl.ts'), system('a', '4.0.0')))).toMatch(
    /^a 4\.0\.0[\s\S]*error MR1006/,
  );
  const mended = await watched.after(() => renameOver(at('deep/b.dsl.ts'), system('b', '5.0.0')));
  expect(mended).toMatch(/^b 5\.0\.0 .*written/);
  expect(mended).not.toContain('error');
  await watched.end();
});

test('what was broken before it started, in a folder of its own', async () => {
  using it = project({ 'deep/er/b.dsl.ts': 'broken(' });
  const watched = await watching(it);
  expect(await watched.after(() => writeFileSync(join(it.root, 'deep/er/b.dsl.ts'), system('b')))).toMatch(
    /^b 1\.0\.0/,
  );
  await watched.end();
});

test('parts, in folders outside too, missing ones, and folders that come back', async () => {
  using it = project({ 'app/shop.dsl.ts': withPart('../shared/ship.dsl.ts'), 'shared/ship.dsl.ts': part('1d') });
  const ship = join(it.root, 'shared/ship.dsl.ts');
  const watched = await watching(it, ['app/shop.dsl.ts']);
  expect(await watched.after(() => writeFileSync(ship, part('2d')))).toMatch(/^shop 1\.0\.0 .*written/);
  expect(generated(it, 'shop', 'contracts.ts')).toContain('2d');
  expect(await watched.after(() => rmSync(dirname(ship), { recursive: true }))).toContain('error MR1001');
  let said = await watched.after(() => write(ship, part('3d')));
  // The folder may be seen before its file.
  while (!said.includes('shop 1.0.0')) said = await watched.next();
  expect(generated(it, 'shop', 'contracts.ts')).toContain('3d');
  expect(await watched.after(() => writeFileSync(ship, part('4d')))).toMatch(/^shop 1\.0\.0 .*written/);
  await watched.end();
});

test('new and deleted files and folders', async () => {
  using it = project({ 'a.dsl.ts': system('a') });
  const at = (path: string): string => join(it.root, path);
  const watched = await watching(it);
  expect(await watched.after(() => write(at('new/er/b.dsl.ts'), system('b')))).toContain('b 1.0.0');
  expect(await watched.after(() => write(at('new/er/b.dsl.ts'), system('b', '2.0.0')))).toMatch(/^b 2\.0\.0/);
  await watched.after(() => rmSync(at('new'), { recursive: true }));
  expect(await watched.after(() => rmSync(at('a.dsl.ts')))).toContain('error MR2007: No file matches');
  expect(await watched.after(() => write(at('c.dsl.ts'), system('c')))).toContain('c 1.0.0');
  await watched.end();
});

test('the config, what it imports, its coming and going', async () => {
  const config = (rules: string, head = ''): string => `${head}export default { rules: { ${rules} } };\n`;
  using it = project({
    'a.dsl.ts': `${system('a')}export const lost = event('lost', { payload: z.string() });\n`,
    'more/how.ts': "export const how = 'error';\n",
  });
  const at = (path: string): string => join(it.root, path);
  const watched = await watching(it);
  expect(watched.command.said().stderr).toContain('warning MR1220');
  expect(await watched.after(() => write(at('dsl.config.ts'), config("MR1220: 'error'")))).toContain('error MR1220');
  expect(await watched.after(() => write(at('dsl.config.ts'), 'export default ['))).toContain('error MR2004');
  expect(await watched.after(() => write(at('dsl.config.ts'), config("MR1220: 'off'")))).toMatch(
    /^a 1\.0\.0(?!.*MR1220)/,
  );
  const head = "import { how } from './more/how.ts';\n";
  expect(await watched.after(() => write(at('dsl.config.ts'), config('MR1220: how', head)))).toContain('error MR1220');
  expect(await watched.after(() => write(at('more/how.ts'), "export const how = 'warning';\n"))).toContain(
    'warning MR1220',
  );
  expect(await watched.after(() => rmSync(at('dsl.config.ts')))).toContain('warning MR1220');
  await watched.end();
});

test('templates, implementations and snapshots', async () => {
  const task = "export const t = task('countWords', { input: z.string(), output: z.number() });\n";
  using it = project({
    'a.dsl.ts': system('a') + task,
    'dsl.config.ts': "export default { templates: 'own' };\n",
    'own/readme.txt': '',
  });
  const at = (path: string): string => join(it.root, path);
  const watched = await watching(it);
  expect(watched.command.said().stderr).toContain('MR1501');
  const header = readFileSync(new URL('../../templates/header.hbs', import.meta.url), 'utf8');
  expect(await watched.after(() => write(at('own/header.hbs'), `${header}// ours\n`))).toMatch(/^a 1\.0\.0 .*written/);
  expect(generated(it, 'a')).toContain('// ours');
  expect(await watched.after(() => write(at('own/header.hbs'), '{{#if'))).toContain('error MR1653');
  expect(await watched.after(() => write(at('own/header.hbs'), `${header}// mine\n`))).toMatch(/^a 1\.0\.0 .*written/);
  let said = await watched.after(() => write(at('tasks/count-words.ts'), 'export default {};\n'));
  while (said.includes('MR1501')) said = await watched.next();
  expect(await watched.after(() => write(at('snapshots/1.0.0.json'), '{}\n'))).toContain('Watching');
  await watched.end();
});

test('what changes nothing is not told', async () => {
  using it = project({ 'a.dsl.ts': system('a') });
  const at = (path: string): string => join(it.root, path);
  const watched = await watching(it);
  expect(await watched.silence(() => write(at('notes.ts'), 'export {};\n'))).toBe('');
  expect(await watched.silence(() => renameOver(at('a.dsl.ts'), system('a')))).toBe('');
  expect(existsSync(at('generated/a/index.ts'))).toBe(true);
  await watched.end();
});
