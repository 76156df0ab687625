import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeFolder } from '../../../core/write-files.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { packageRoot } from '../../../project/kit/package-root.ts';
import { inWords } from '../../../project/kit/write-file.ts';

interface File {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
  /** Of the settings every project has one already: it is kept, and said so. */
  readonly common: boolean;
}

/** Writes a project that works. */
export function init(io: Io, dir: string, template: string): number {
  const root = resolve(io.cwd, dir);
  const stat = statSync(root, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) {
    throw new CliError('MR2011', `${dir} is a file.`, { hint: 'Name a folder, new or empty.' });
  }
  const files = [...read('common', true, root), ...read(template, false, root)];
  const taken = files.filter((file) => !file.common && existsSync(join(root, file.path))).map((file) => file.path);
  if (taken.length > 0) {
    throw new CliError('MR2011', `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already in ${root}.`, {
      hint: 'Nothing was written. Name another folder: `dsl init my-project`.',
    });
  }
  const written: string[] = [];
  const kept: string[] = [];
  for (const { path, text } of files) {
    const target = join(root, path);
    if (existsSync(target)) {
      kept.push(path);
      continue;
    }
    inWords(target, () => makeFolder(dirname(target)));
    writeFileSync(target, text, { flag: 'wx' });
    written.push(path);
  }
  if (io.json) io.document({ ok: true, dir: root, template, written, kept });
  else tell(io, root, written, kept);
  return 0;
}

function tell(io: Io, root: string, written: readonly string[], kept: readonly string[]): void {
  for (const path of written) io.out(`${io.paint('green', '+')} ${path}`);
  for (const path of kept) io.out(`${io.paint('dim', '=')} ${path} (kept as it was)`);
  const { millrace = '' } = placeholders(root);
  const source = millrace.startsWith('file:') ? millrace.slice('file:'.length) : 'millrace';
  if (kept.includes('package.json'))
    io.out(
      `\npackage.json is yours: it needs "type": "module", and these packages:\n  npm i ${source} zod\n  npm i -D typescript vitest @types/node`,
    );
  const folder = relative(io.cwd, root);
  io.out(
    `\nNext:\n${folder === '' ? '' : `  cd ${folder}\n`}  npm install\n  npx dsl compile\n\nREADME.md goes on from there.`,
  );
}

// A leading underscore keeps tools from taking a template's package.json, tsconfig.json or .gitignore for a real one.
const realNames: Readonly<Record<string, string>> = {
  _gitignore: '.gitignore',
  '_package.json': 'package.json',
  '_tsconfig.json': 'tsconfig.json',
  '_dsl.config.ts': 'dsl.config.ts',
};

function read(template: string, common: boolean, root: string): File[] {
  const folder = join(packageRoot, 'templates/init', template);
  const values = placeholders(root);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(relative(folder, entry.parentPath), realNames[entry.name] ?? entry.name);
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      const filled = text.replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole);
      return { path, text: filled, common: common || path === 'README.md' };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function placeholders(root: string): Readonly<Record<string, string>> {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  const name = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  // Out of a checkout, the project gets the checkout: its version may not be published yet.
  const installed = packageRoot.includes('node_modules');
  return {
    name: name === '' ? 'millrace-project' : name,
    millrace: installed ? (fromFile(root) ?? `^${manifest.version}`) : `file:${relative(root, packageRoot)}`,
    zod: `^${manifest.dependencies['zod'] ?? '4.0.0'}`,
    types: `^${manifest.devDependencies?.['@types/node'] ?? '24.0.0'}`,
    typescript: `^${manifest.devDependencies?.['typescript'] ?? '6.0.0'}`,
    vitest: `^${manifest.devDependencies?.['vitest'] ?? '5.0.0'}`,
  };
}

/** A package that was installed from a file, such as a tarball, comes from there in the new project, too. */
function fromFile(root: string): string | undefined {
  const modules = dirname(packageRoot);
  try {
    const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly resolved?: string } | undefined>>;
    };
    const resolved = lock.packages[`node_modules/${basename(packageRoot)}`]?.resolved;
    if (resolved?.startsWith('file:') !== true) return undefined;
    return `file:${relative(root, resolve(dirname(modules), resolved.slice('file:'.length)))}`;
  } catch {
    return undefined;
  }
}
