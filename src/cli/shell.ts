import { describeFailure } from '../project/kit/failure.ts';
import { processIo, type Io } from './kit/io.ts';

/** Does the work of one command line, reports what it throws, and sets the exit code of the process. Never throws. */
export async function shell(argv: readonly string[], work: (io: Io) => Promise<number>): Promise<void> {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const debug = own.includes('--debug') || truthy(process.env['MILLRACE_DEBUG']);
  const io = processIo({ json: own.includes('--json'), debug, color: !own.includes('--no-color') });
  // What nobody awaited must not end in a stack trace either.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      report(io, thrown);
      process.exit(2);
    });
  }
  try {
    process.exitCode = await work(io);
  } catch (thrown) {
    process.exitCode = report(io, thrown);
  }
  endSoon();
}

/** The command is done, even when something that the user's modules opened would keep the process alive. */
function endSoon(): void {
  setTimeout(() => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) endSoon();
    else process.exit();
  }, 50).unref();
}

function report(io: Io, thrown: unknown): number {
  const { exitCode, ...failure } = describeFailure(thrown);
  if (io.json) io.document({ ok: false, error: failure });
  else {
    io.note(`${io.paint(['bold', 'red'], `error ${failure.code}`, 'note')}: ${failure.message}`);
    if (failure.hint !== undefined) io.note(`  ${io.paint('dim', 'hint:', 'note')} ${failure.hint}`);
  }
  if (io.debug) io.note(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  return exitCode;
}

function truthy(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== '0' && text !== 'false';
}
