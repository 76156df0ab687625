import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Check, Finding } from '../check.ts';

type Options = Readonly<Record<string, unknown>>;

/** What generated code and Node's own type stripping ask of a tsconfig. */
const needs: readonly (readonly [holds: (options: Options) => boolean, need: string])[] = [
  [(options) => options['strict'] === true, '"strict": true'],
  [
    (options) => /^(node16|node18|node20|nodenext|preserve|es|esnext)/i.test(text(options['module'])),
    '"module": "nodenext"',
  ],
  [
    (options) => options['allowImportingTsExtensions'] === true || options['rewriteRelativeImportExtensions'] === true,
    '"rewriteRelativeImportExtensions": true (or "allowImportingTsExtensions")',
  ],
  [(options) => options['verbatimModuleSyntax'] === true, '"verbatimModuleSyntax": true'],
  [(options) => options['erasableSyntaxOnly'] === true, '"erasableSyntaxOnly": true'],
];

/** Do the project's TypeScript settings fit? */
export const typescript: Check = (_io, config) => {
  const finding = (status: Finding['status'], message: string, hint?: string): Finding => ({
    name: 'typescript',
    status,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  const tsconfig = join(config.root, 'tsconfig.json');
  if (!existsSync(tsconfig)) return finding('warning', `there is no ${tsconfig}`, '`dsl init` shows one that fits.');
  const compiler = findCompiler(config.root);
  if (compiler === undefined)
    return finding('warning', 'TypeScript is not installed in the project', '`npm i -D typescript`');
  const shown = spawnSync(process.execPath, [compiler.tsc, '--showConfig', '-p', tsconfig], { encoding: 'utf8' });
  let options: Options;
  try {
    options = (JSON.parse(shown.stdout) as { compilerOptions: Options }).compilerOptions;
  } catch {
    return finding('problem', `${tsconfig} cannot be read: ${shown.stdout.trim().split('\n')[0] ?? ''}`);
  }
  const types = (Array.isArray(options['types']) ? options['types'] : [])
    .map(text)
    .filter((name) => /^[\w-]+$/.test(name));
  const absent = types.filter((name) => !installed(config.root, `@types/${name}`) && !installed(config.root, name));
  if (absent.length > 0) {
    const wanted = absent.map((name) => `@types/${name}`).join(' ');
    return finding(
      'problem',
      `TypeScript ${compiler.version}; the "types" of tsconfig.json are not installed: ${absent.join(', ')}`,
      `\`npm i -D ${wanted}\``,
    );
  }
  const missing = needs.filter(([holds]) => !holds(options)).map(([, need]) => need);
  if (typeOf(config.root) !== 'module') missing.push('"type": "module" in package.json');
  return missing.length === 0
    ? finding('ok', `TypeScript ${compiler.version}, settings fit`)
    : finding(
        'warning',
        `TypeScript ${compiler.version}, settings that would help are missing`,
        `Set ${missing.join(', ')}.`,
      );
};

function findCompiler(root: string): { readonly tsc: string; readonly version: string } | undefined {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return { tsc: join(dirname(manifest), 'bin/tsc'), version };
  } catch {
    return undefined;
  }
}

function installed(root: string, name: string): boolean {
  try {
    createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function typeOf(root: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { type?: unknown }).type;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
