import { readFileSync } from 'node:fs';
import { registerHooks, type ResolveFnOutput } from 'node:module';
import { dirname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hashFile } from '../../compiler/manifest/manifest.ts';
import { nearest } from '../../core/nearest.ts';
import type { Config as Written } from '../../dsl/index.ts';
import { CliError } from '../kit/failure.ts';
import { aliasedFile } from './aliases.ts';
import { customRulesOf } from './config.ts';
import { loadModule, placeOf, showPlace } from '../kit/load-module.ts';
import { runtimeProblem } from './runtime-settings.ts';

/**
 * What each config was loaded from: the file and its imports, with their hashes. Node loads a module once, so a config
 * that has changed since (somebody watches) is loaded under another address, and its imports with it.
 */
const loads = new Map<string, Load>();

interface Load {
  readonly round: number;
  readonly files: Map<string, string | undefined>;
}

/** Runs a config file and checks what it says. */
export async function loadConfig(
  file: string,
  cwd: string,
): Promise<{ readonly written: Written; readonly imports: readonly string[] }> {
  const before = loads.get(file);
  const isSame = before !== undefined && [...before.files].every(([path, hash]) => hashFile(path) === hash);
  const load = isSame ? before : { round: (before?.round ?? 0) + 1, files: new Map([[file, hashFile(file)]]) };
  loads.set(file, load);
  const written = check(file, await execute(file, cwd, load), cwd);
  checkExtensions(file, written.extensions ?? [], cwd);
  const custom = customRulesOf(written);
  checkCustom(file, custom, cwd);
  await checkRules(file, written.rules ?? {}, custom, cwd);
  return { written, imports: [...load.files.keys()].filter((path) => path !== file) };
}

async function execute(file: string, cwd: string, load: Load): Promise<unknown> {
  try {
    const loaded = await importConfig(file, load);
    if (!('default' in loaded)) {
      throw new CliError('MR2005', `${relative(cwd, file)} has no default export.`, {
        hint: 'Write `export default defineConfig({ ... })`.',
        exitCode: 1,
      });
    }
    return loaded['default'];
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    // What was missing may be there the next time: not the same load, then.
    load.files.set(file, undefined);
    const place = placeOf(thrown) ?? { file, line: 1 };
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CliError('MR2004', `${showPlace(place, cwd)}: the config cannot be loaded: ${message}`, {
      hint: 'Mend the file; no command reads your systems before its config.',
      exitCode: 1,
      cause: thrown,
    });
  }
}

const customCode = /^[a-z][\w.-]*\/[a-z][\w./-]*$/i;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const severities: readonly unknown[] = ['off', 'info', 'warning', 'error'];
const isRules = (value: unknown): boolean =>
  value !== null &&
  typeof value === 'object' &&
  Object.entries(value).every(
    ([code, to]) => (/^MR\d{4}$/.test(code) || customCode.test(code)) && severities.includes(to),
  );

const isResources = (value: unknown): boolean =>
  value !== null &&
  typeof value === 'object' &&
  Object.values(value).every(
    (one: { readonly file?: unknown; readonly baseUrl?: unknown } | null) =>
      isText(one?.file) || (isText(one?.baseUrl) && URL.canParse(one?.baseUrl as string)),
  );

const shape: Readonly<Record<keyof Written, readonly [is: (value: unknown) => boolean, what: string]>> = {
  globs: [(value) => Array.isArray(value) && value.length > 0 && value.every(isText), 'a list of globs'],
  out: [isText, 'a folder'],
  db: [isText, 'a file'],
  resources: [
    isResources,
    `names with a SQLite file or an address, such as { books: { file: 'books.db' }, shop: { baseUrl: 'http://localhost:8080' } }`,
  ],
  runtime: [
    (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
    'an object of options of the runtime',
  ],
  models: [
    (value) => isText(value) || (value !== null && typeof value === 'object' && !Array.isArray(value)),
    'an object of settings of models, or a file that has them',
  ],
  templates: [isText, 'a folder'],
  maxWarnings: [(value) => Number.isInteger(value) && Number(value) >= 0, 'a whole number'],
  customRules: [(value) => Array.isArray(value), 'a list of rules, each made with `defineRule` of millrace/rules'],
  extensions: [
    (value) => Array.isArray(value),
    'a list of extensions, each made with `defineExtension` of millrace/rules',
  ],
  rules: [isRules, `codes with a severity, such as { MR1212: 'off' }`],
};

/**
 * Imports a config. `millrace` means the one function that a config needs: the rest of the language takes as long to load
 * as everything else an unchanged compile does, and need not be installed.
 */
async function importConfig(file: string, { round, files }: Load): Promise<Readonly<Record<string, unknown>>> {
  const query = round === 1 ? '' : `?${round}`;
  const url = `${pathToFileURL(file).href}${query}`;
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const small = new URL(`../../dsl/system/config.${ending}`, import.meta.url).href;
  const rules = new URL(`../../rules/index.${ending}`, import.meta.url).href;
  const llm = new URL(`../../llm/index.${ending}`, import.meta.url).href;
  const own = new URL('../../', import.meta.url).href;
  const inPackage = (found: string): boolean => found.includes('/node_modules/') || found.startsWith(own);
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'millrace' && context.parentURL === url) return { url: small, shortCircuit: true };
      if (specifier === 'millrace/rules') return { url: rules, shortCircuit: true };
      if (specifier === 'millrace/llm') return { url: llm, shortCircuit: true };
      const { isAlias, ...found } = resolved(specifier, context.parentURL, () => next(specifier, context));
      const isPath = isAlias || /^\.{0,2}\//.test(specifier);
      const isOwn = isPath && found.url.startsWith('file:') && !inPackage(found.url);
      if (!isOwn) return found;
      const path = fileURLToPath(found.url);
      if (!files.has(path)) files.set(path, hashFile(path));
      return found.url.includes('?') ? found : { ...found, url: `${found.url}${query}` };
    },
  });
  try {
    return await quietly(() => loadModule(file, query));
  } finally {
    hooks.deregister();
  }
}

/** What Node finds, or what the `paths` of a `tsconfig.json` say where Node finds nothing. */
function resolved(
  specifier: string,
  from: string | undefined,
  find: () => ResolveFnOutput,
): ResolveFnOutput & { readonly isAlias: boolean } {
  try {
    return { ...find(), isAlias: false };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    if (!isMissing || from?.startsWith('file:') !== true || specifier.startsWith('.')) throw thrown;
    const file = aliasedFile(specifier, dirname(fileURLToPath(from)));
    if (file === undefined) throw thrown;
    return { url: pathToFileURL(file).href, shortCircuit: true, isAlias: true };
  }
}

/** A config of a package that does not say what its modules are is read like any other, without a word of Node's. */
async function quietly<Value>(work: () => Promise<Value>): Promise<Value> {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const emit = process.emitWarning.bind(process) as (...args: readonly unknown[]) => void;
  process.emitWarning = (...args: readonly unknown[]): void => {
    const codes = args.flatMap((each) => [each, (each as { readonly code?: unknown } | undefined)?.code]);
    if (!codes.includes('MODULE_TYPELESS_PACKAGE_JSON')) emit(...args);
  };
  try {
    return await work();
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before);
  }
}

function check(file: string, value: unknown, cwd: string): Written {
  const refuse = (key: string | undefined, message: string, hint: string): never => {
    throw new CliError('MR2005', `${showPlace({ file, line: lineOf(file, key) }, cwd)}: ${message}`, {
      hint,
      exitCode: 1,
    });
  };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refuse(undefined, 'the config is not an object.', 'Write `export default defineConfig({ ... })`.');
  }
  for (const [key, member] of Object.entries(value)) {
    const rule = Object.hasOwn(shape, key) ? shape[key as keyof Written] : undefined;
    if (rule === undefined) {
      const like = nearest(key, Object.keys(shape));
      const known = `The config knows ${Object.keys(shape).join(', ')}.`;
      refuse(key, `there is no setting '${key}'.`, like === undefined ? known : `Did you mean '${like}'? ${known}`);
    } else if (!rule[0](member)) {
      refuse(key, `'${key}' should be ${rule[1]}.`, `It is ${JSON.stringify(member) ?? typeof member}.`);
    }
  }
  const { runtime } = value as Written;
  const problem = runtimeProblem(runtime);
  if (problem !== undefined) refuse(problem.key, problem.message, problem.hint);
  return value;
}

/** Refuses what is no extension, and a second one of an id. */
function checkExtensions(file: string, written: readonly unknown[], cwd: string): void {
  const ids = new Set<unknown>();
  for (const [index, extension] of written.entries()) {
    const { kind, id } = (extension ?? {}) as Readonly<Record<string, unknown>>;
    const problem =
      kind !== 'extension'
        ? 'is not made with `defineExtension`'
        : typeof id !== 'string' || !customCode.test(id)
          ? 'has no id with a prefix of its own, such as `shop/pricing`'
          : ids.has(id)
            ? `has the id '${id}', as one before it has`
            : undefined;
    ids.add(id);
    if (problem === undefined) continue;
    throw new CliError(
      'MR2041',
      `${showPlace({ file, line: lineOf(file, 'extensions') }, cwd)}: extension ${index + 1} ${problem}.`,
      {
        hint: "Write it as defineExtension({ id: 'shop/pricing', schema: z.object({ … }) }), from millrace/rules.",
        exitCode: 1,
      },
    );
  }
}

/** Refuses what is no rule: a plain object will do, made with `defineRule` it is complete. */
function checkCustom(file: string, written: readonly unknown[], cwd: string): void {
  const codes = new Set<unknown>();
  for (const [index, rule] of written.entries()) {
    const { code, name, severity, check: checks } = (rule ?? {}) as Readonly<Record<string, unknown>>;
    const problem =
      typeof code !== 'string' || !customCode.test(code)
        ? 'has no code with a prefix of its own, such as `shop/task-names`'
        : codes.has(code)
          ? `has the code '${code}', as one before it has`
          : typeof checks !== 'function'
            ? `('${code}') has no function \`check\``
            : typeof name !== 'string' || severity === 'off' || !severities.includes(severity)
              ? `('${code}') is not complete`
              : undefined;
    codes.add(code);
    if (problem === undefined) continue;
    throw new CliError(
      'MR2033',
      `${showPlace({ file, line: lineOf(file, 'customRules') }, cwd)}: rule ${index + 1} ${problem}.`,
      {
        hint: "Write it as defineRule({ code: 'shop/task-names', check(model, report) { … } }), from millrace/rules.",
        exitCode: 1,
      },
    );
  }
}

/**
 * Refuses rules that do not exist, and errors that would be hidden: what they find cannot be compiled, or would be
 * compiled into something else than was meant.
 */
async function checkRules(
  file: string,
  written: Required<Written>['rules'],
  custom: Required<Written>['customRules'],
  cwd: string,
): Promise<void> {
  if (Object.keys(written).length === 0) return;
  const [{ rules: builtIn }, { mayBeOff }] = await Promise.all([
    import('../../rules/registry.ts'),
    import('../../rules/kit/may-be-off.ts'),
  ]);
  const rules = [...builtIn, ...custom];
  const refuse = (code: string, message: string, hint: string): never => {
    throw new CliError('MR2005', `${showPlace({ file, line: lineOf(file, code) }, cwd)}: ${message}`, {
      hint,
      exitCode: 1,
    });
  };
  for (const [code, severity] of Object.entries(written)) {
    const rule = rules.find((each) => each.code === code);
    const soft = rules.filter(mayBeOff).map((each) => each.code);
    const list = `These can be set: ${soft.toSorted().join(', ')}.`;
    if (rule === undefined) {
      const like = nearest(
        code,
        rules.map((each) => each.code),
      );
      const hint = like === undefined ? list : `Did you mean '${like}'? ${list}`;
      refuse(code, `'rules' names '${code}', but no rule has this code.`, hint);
    } else if (!mayBeOff(rule) && severity !== 'error') {
      refuse(
        code,
        `${code} (${rule.name}) is an error, which cannot be set to '${severity}'.`,
        `Mend what it finds. ${list}`,
      );
    }
  }
}

/** The line on which a setting stands: good enough for an object literal, and line 1 for anything cleverer. */
function lineOf(file: string, key: string | undefined): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const wanted =
    key === undefined ? /export default/ : new RegExp(`(^|[\\s{,'"])${key.replaceAll(/\W/g, '\\$&')}['"]?\\s*:`);
  return Math.max(1, lines.findIndex((line) => wanted.test(line)) + 1);
}
