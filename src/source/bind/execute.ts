import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MillraceError } from '../../core/index.ts';

/** What a module exports. */
export type Namespace = Readonly<Record<string, unknown>>;

/** Errors after which another loader may succeed: syntax that cannot be erased, path aliases. */
const otherLoader = new Set([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_MODULE_NOT_FOUND',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
]);

/**
 * Executes a TypeScript module: Node strips its types, or tsx compiles it where that is not enough.
 *
 * @param edition Tells apart what a file says at one time and at another: a process executes a module once.
 * @throws MillraceError MR1017 when the module cannot be loaded or throws.
 */
export async function execute(path: string, edition?: string): Promise<Namespace> {
  const url = `${pathToFileURL(path).href}${edition === undefined ? '' : `?${edition}`}`;
  try {
    return (await import(/* @vite-ignore */ url)) as Namespace;
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    if (!otherLoader.has(String((error as { code?: unknown }).code))) throw failure(path, error);
    const { tsImport } = await import('tsx/esm/api');
    try {
      return (await tsImport(url, import.meta.url)) as Namespace;
    } catch (second) {
      if (second instanceof MillraceError) throw second;
      // Where both fail for the same reason, the first one has the plainer message.
      throw failure(path, (second as { code?: unknown }).code === (error as { code?: unknown }).code ? error : second);
    }
  }
}

function failure(path: string, cause: unknown): MillraceError {
  const shown = relative(process.cwd(), path);
  const why = cause instanceof Error ? cause.message : String(cause);
  const isMissing =
    /contracts\.ts|generated/.test(why) && (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
  return new MillraceError(`'${shown}' could not be executed: ${why}${isMissing ? ' Run `dsl compile` first.' : ''}`, {
    code: 'MR1017',
    retryable: false,
    fault: 'user-code',
    cause,
    details: { file: path },
  });
}
