import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serverBinary } from '../../src/restate/server/binary.ts';

/** Installs the server of Restate where it is missing. Says why not, when it cannot. */
export function missingServer(): string | undefined {
  if (serverBinary() !== undefined) return undefined;
  const script = fileURLToPath(new URL('../../tools/restate/install.ts', import.meta.url));
  const { status, stderr, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  return status === 0 && serverBinary() !== undefined ? undefined : `${stdout}${stderr}`.trim();
}
