import { watch, type FSWatcher } from 'node:fs';
import { sep } from 'node:path';

// What the commands write themselves, and what nobody edits by hand.
const skipped = /(^|[\\/])(node_modules|\.git|\.millrace|dist)([\\/]|$)/;
const code = /\.(ts|mts|tsx|js|mjs|json|ya?ml|hbs|md)$/;

/** Calls back when a file of a project has changed, a moment after the last change. */
export function followChanges(root: string, out: string, changed: () => void): FSWatcher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const generated = out.startsWith(`${root}${sep}`) ? out.slice(root.length + 1) : undefined;
  const watcher = watch(root, { recursive: true }, (_event, name) => {
    if (name === null || skipped.test(name) || !code.test(name)) return;
    if (generated !== undefined && name.startsWith(`${generated}${sep}`)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, 100);
  });
  watcher.on('close', () => clearTimeout(timer));
  return watcher;
}
