/**
 * Installs the server of Restate into this folder, from the registry that npm uses and as the lock file has it: what tests,
 * benchmarks and the demo on the second engine need, and nothing else does. `node tools/restate/install.ts`
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serverBinary } from '../../src/restate/server/binary.ts';

/** Installs it when it is missing. Gives the file of the server, or undefined where it cannot be had: then it says why. */
export async function installRestate(note: (text: string) => void = console.error): Promise<string | undefined> {
  const there = serverBinary();
  if (there !== undefined) return there;
  note('Installs the server of Restate (about 70 MB to download, 216 MB on the disk) …');
  const begun = performance.now();
  const telling = setInterval(
    () => note(`  still at it, since ${Math.round((performance.now() - begun) / 1000)} s`),
    10_000,
  );
  const failure = await npmCi();
  clearInterval(telling);
  const found = serverBinary();
  if (failure !== undefined) note(`The server of Restate could not be installed: ${failure}`);
  else if (found === undefined) note(`There is no server of Restate for ${process.platform} on ${process.arch}.`);
  else note(`Installed in ${((performance.now() - begun) / 1000).toFixed(1)} s: ${found}`);
  return found;
}

/** What went wrong, if anything did. */
function npmCi(): Promise<string | undefined> {
  const child = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  });
  let said = '';
  child.stderr?.on('data', (text) => (said += String(text)));
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code) => resolve(code === 0 ? undefined : said.trim() || `npm ended with ${code}`));
  });
}

if (import.meta.main) process.exitCode = (await installRestate()) === undefined ? 1 : 0;
