import type { PathStep } from '../../../testing/index.ts';
import type { Io } from '../../kit/io.ts';
import { shorten } from '../../kit/table.ts';
import type { MachinePaths } from './paths.ts';

/** Shows the paths of a machine to people. */
export function tell(io: Io, { machine, paths, covered, uncovered, search, file, written }: MachinePaths): void {
  const total = covered.length + uncovered.length;
  const count = paths.length === 1 ? 'one path takes' : `${paths.length} paths take`;
  const gaveUp = search.complete || uncovered.length === 0 ? '' : ', and gave up';
  io.out(
    `${io.paint('bold', machine)}: ${count} ${covered.length} of ${total} transitions  ${io.paint('dim', `${search.steps} steps tried${gaveUp}`)}`,
  );
  for (const { start, steps } of paths) {
    io.out(`  ${start.state.join(' + ')}`);
    for (const step of steps) {
      io.out(`    ${label(step)} → ${step.expect.state.join(' + ')}  ${io.paint('dim', step.expect.taken.join(', '))}`);
    }
  }
  if (file !== undefined && written !== 'refused')
    io.out(`${io.paint('green', written === 'written' ? '+' : '=')} ${file}`);
}

function label({ event, payload, wait }: PathStep): string {
  const pause = wait === 0 ? '' : `after ${wait} ms: `;
  return `${pause}${event}${payload === undefined ? '' : ` ${shorten(JSON.stringify(payload), 60)}`}`;
}
