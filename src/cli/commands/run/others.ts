import type { ReactiveSystemRuntime } from '../../../runtime/index.ts';
import type { Io } from '../../kit/io.ts';

/**
 * Tells on stderr of runs that end badly while they are driven along with others. What began them within a run of `mine`
 * tells of it itself. Gives a function that ends it.
 */
export function followOthers(io: Io, runtime: ReactiveSystemRuntime, mine: string): () => void {
  return runtime.on((event) => {
    if (event.type !== 'run.failed' && event.type !== 'run.blocked') return;
    const { runId, target, error } = event;
    if (belongsTo(runtime, runId, mine)) return;
    const how = event.type === 'run.failed' ? 'failed' : 'is blocked';
    io.note(
      `${io.paint('red', '✗', 'note')} another run, ${runId} (${target}), ${how}: ${error.message} (${error.code})`,
    );
  });
}

function belongsTo(runtime: ReactiveSystemRuntime, run: string, mine: string): boolean {
  for (let at: string | undefined = run; at !== undefined; at = runtime.status(at)?.parent ?? undefined)
    if (at === mine) return true;
  return false;
}
