import { registerHooks, type ResolveFnOutput } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hashFile } from '../../compiler/manifest/manifest.ts';
import { loadModule } from '../kit/load-module.ts';
import { aliasedFile } from './aliases.ts';

/** What a config was loaded from. */
export interface Load {
  /** How often it was loaded, this time with it. */
  readonly round: number;
  /** The file and its imports, with their hashes; nothing: it could not be loaded. */
  readonly files: Map<string, string | undefined>;
}

/**
 * Imports a config. `millrace` means the one function that a config needs: the rest of the language takes as long to load
 * as everything else an unchanged compile does, and need not be installed.
 */
export async function importConfig(file: string, { round, files }: Load): Promise<Readonly<Record<string, unknown>>> {
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
