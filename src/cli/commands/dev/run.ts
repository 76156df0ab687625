import { relative, resolve } from 'node:path';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { CliError, describeFailure } from '../../../project/kit/failure.ts';
import { compileSystems } from '../../../project/systems/compile.ts';
import { findFiles } from '../../../project/kit/find-files.ts';
import type { Io } from '../../kit/io.ts';
import { restateAddresses } from '../../systems/restate.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { hasEnded, startOwnServer } from '../serve/server.ts';
import { followChanges } from './changes.ts';
import { Misfits, type Served } from './misfits.ts';
import { Serving } from './serving.ts';

/** The options of `dsl dev`. */
export interface DevArguments {
  readonly restate?: boolean;
  readonly data?: string;
  readonly admin?: string;
  readonly ingress?: string;
  readonly port: string;
}

/** Serves a system to a server of its own, and anew after each change, until it is interrupted. */
export async function dev(io: Io, given: string | undefined, options: DevArguments): Promise<number> {
  const config = await readConfig(io.cwd, given);
  if (options.restate !== true && config.engine !== 'restate') {
    throw new CliError(
      'MR5280',
      '`dsl dev` serves a system to Restate, and the embedded engine needs nobody to serve it.',
      {
        hint: 'Give --restate; on the embedded engine `dsl compile --watch` and `dsl run` are all there is to it.',
      },
    );
  }
  const file = resolve(io.cwd, given ?? (await theSystem(io, config)));
  const addresses = restateAddresses(io, config, options);
  await using stack = new AsyncDisposableStack();
  const server = await startOwnServer(io, config, addresses, options.data);
  stack.defer(() => server.stop());
  const { admin, ingress } = addresses;
  const args = [relative(io.cwd, file), '--engine', 'restate', '--force', '--port', options.port];
  const begin = (): Serving => new Serving(io, [...args, '--admin', admin, '--ingress', ingress]);
  const misfits = new Misfits(io, admin, relative(io.cwd, file));
  let wake = Promise.withResolvers<void>();
  const changes = followChanges(config.root, config.out, () => wake.resolve());
  stack.defer(() => changes.close());
  const stopped = new Promise<void>((done) => {
    if (io.interrupted.aborted) done();
    io.interrupted.addEventListener('abort', () => done(), { once: true });
  });
  let serverEnded = false;
  const ended = server.ended.then(() => {
    serverEnded = true;
  });
  let serving: Serving | undefined;
  stack.defer(async () => serving?.stop());
  let printed = false;
  for (;;) {
    wake = Promise.withResolvers<void>();
    if (await compiles(io, config, file, serving !== undefined)) {
      if (serving !== undefined) io.note('A file has changed: serves the system anew.');
      misfits.rest();
      await serving?.stop();
      serving = begin();
      const document = await Promise.race([serving.ready, stopped]);
      if (isReady(io, document)) {
        if (io.json && !printed) io.document(document);
        printed = true;
        misfits.follow(document);
      }
    }
    if (!io.interrupted.aborted) io.note(io.paint('dim', 'Watches the project; Ctrl-C ends it.', 'note'));
    await Promise.race([wake.promise, stopped, ended]);
    if (io.interrupted.aborted || serverEnded) break;
  }
  misfits.rest();
  if (serverEnded && !io.interrupted.aborted) {
    throw hasEnded(server);
  }
  return 0;
}

/** Is it served? If not, `dsl serve` has said why in its document. */
function isReady(io: Io, document: unknown): document is Served {
  const { ok, error } = (document ?? {}) as { ok?: boolean; error?: { code: string; message: string; hint?: string } };
  if (error !== undefined) {
    io.note(`${io.paint(['bold', 'red'], `error ${error.code}`, 'note')}: ${error.message}`);
    if (error.hint !== undefined) io.note(`  ${io.paint('dim', 'hint:', 'note')} ${error.hint}`);
  }
  return ok === true;
}

/** With an error the system is served as it was. */
async function compiles(io: Io, config: Config, file: string, isServed: boolean): Promise<boolean> {
  try {
    const { ok, diagnostics } = await compileSystems([file], io.cwd, config, { out: config.out });
    if (!ok) {
      showDiagnostics(io, diagnostics);
      if (isServed) io.note('It is served as it was before, until that is mended.');
    }
    return ok;
  } catch (thrown) {
    const { code, message } = describeFailure(thrown);
    io.note(`error ${code}: ${message}`);
    return false;
  }
}

async function theSystem(io: Io, config: Config): Promise<string> {
  const files = await findFiles(config.globs, config.root);
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  const names = files.map((one) => relative(io.cwd, one)).join(', ');
  throw new CliError(
    'MR2003',
    files.length === 0 ? 'The project has no system.' : `The project has several systems: ${names}.`,
    {
      hint: 'Name the file: `dsl dev --restate FILE`.',
    },
  );
}
