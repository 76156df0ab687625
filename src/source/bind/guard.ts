import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MillraceError } from '../../core/index.ts';

/**
 * Executes something while the files of a system, and the files that they import by a relative path, may not import
 * Node's own modules. Packages may, and so may everything else that is loaded at the same time. That keeps declarations
 * from doing work by mistake; it is no wall against code that means harm.
 *
 * @throws MillraceError MR1292 when one does.
 */
export async function withoutBuiltins<T>(files: readonly string[], work: () => Promise<T>): Promise<T> {
  const guarded = new Set(files.map((file) => pathToFileURL(file).href));
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const from = plain(context.parentURL ?? '');
      if (!guarded.has(from)) return found;
      if (found.url.startsWith('node:')) throw refused(fileURLToPath(from), specifier);
      if (/^\.{0,2}\//.test(specifier) && found.url.startsWith('file:')) guarded.add(plain(found.url));
      return found;
    },
  });
  try {
    return await work();
  } finally {
    hooks.deregister();
  }
}

/** Loaders add questions to addresses. */
function plain(url: string): string {
  return url.replace(/[?#].*$/, '');
}

function refused(file: string, specifier: string): MillraceError {
  const shown = relative(process.cwd(), file);
  return new MillraceError(
    `'${shown}' imports '${specifier}', one of Node's own modules, which a file that declares may not use. Do that work in the implementation of a task, or load with { builtins: true }.`,
    { code: 'MR1292', retryable: false, fault: 'user-code', details: { file, specifier } },
  );
}
