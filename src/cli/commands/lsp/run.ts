import { Console } from 'node:console';
import { CliError } from '../../../project/kit/failure.ts';
import { serve } from '../../../lsp/index.ts';
import type { Io } from '../../kit/io.ts';
import { pricesIn } from '../../models/prices.ts';

/** Serves an editor until it ends. */
export async function lsp(io: Io): Promise<number> {
  if (io.json) throw new CliError('MR2003', '`dsl lsp` speaks a protocol of its own, so it does not go with --json.');
  if (process.stdin.isTTY) {
    throw new CliError('MR5150', '`dsl lsp` is started by an editor, and speaks to it over stdin and stdout.', {
      hint: 'docs/editor.md says how editors are set up. `dsl check` shows the same problems here.',
    });
  }
  // Stdout is the protocol's: a config, or a rule of somebody's, may print.
  globalThis.console = new Console(process.stderr);
  return await serve(process.stdin, process.stdout, io.cwd, pricesIn);
}
