import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RestateError } from '../errors.ts';

/** The versions of the server that this engine was made for: `major.minor` and all later minors of that major. */
export const serverVersion = { tested: '1.7.12', atLeast: '1.7' } as const;

const file = process.platform === 'win32' ? 'restate-server.exe' : 'restate-server';

/** Where the server lies: a file that was named, a package of the project, the tools of this repository, or the PATH. */
export interface BinaryPlaces {
  /** Names it outright. Default: `RESTATE_SERVER` of the environment. */
  readonly binary?: string | undefined;
  /** The folder of the project whose packages are looked through. Default: the present folder. */
  readonly project?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the server of Restate.
 *
 * @throws RestateError MR5211 when there is none.
 */
export function findServer(places: BinaryPlaces = {}): string {
  const found = serverBinary(places);
  if (found !== undefined) return found;
  throw new RestateError(
    'MR5211',
    `The server of Restate is not installed here. Install it with \`npm install --save-dev ${packageName}@${serverVersion.tested}\`, or name its file in RESTATE_SERVER.`,
    { fault: 'environment', details: { platform: process.platform, arch: process.arch } },
  );
}

/** The same; undefined when there is none. */
export function serverBinary(places: BinaryPlaces = {}): string | undefined {
  const { env = process.env, project = process.cwd() } = places;
  const named = places.binary ?? env['RESTATE_SERVER'];
  if (named !== undefined && named !== '') {
    if (isFile(named)) return named;
    throw new RestateError('MR5211', `There is no server of Restate at '${named}'.`, { fault: 'input' });
  }
  return ofPackage(project) ?? ofTools() ?? onPath(env['PATH'] ?? '');
}

const packageName = `@restatedev/restate-server-${process.platform}-${process.arch}`;

function ofPackage(project: string): string | undefined {
  const fromProject = createRequire(pathToFileURL(join(project, 'package.json')));
  // The package of the platform, or the one that brings it along.
  for (const name of [packageName, '@restatedev/restate-server']) {
    try {
      const manifest = fromProject.resolve(`${name}/package.json`);
      const own = [join(dirname(manifest), 'bin', file), join(dirname(manifest), file)].find(isFile);
      if (own !== undefined && name === packageName) return own;
      const beside = createRequire(manifest).resolve(`${packageName}/package.json`);
      const found = join(dirname(beside), 'bin', file);
      if (isFile(found)) return found;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** Tests, benchmarks and the demo of this repository have a folder of their own for it. */
function ofTools(): string | undefined {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const scope = join(root, 'tools/restate/node_modules/@restatedev');
  if (!existsSync(scope)) return undefined;
  return readdirSync(scope)
    .map((name) => join(scope, name, 'bin', file))
    .find((path) => path.includes(`${process.platform}-${process.arch}`) && isFile(path));
}

const onPath = (path: string): string | undefined =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, file))
    .find(isFile);

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
