import { nearest } from '../../../core/index.ts';
import type { MachineMetrics, Spans } from '../../../runtime/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { span, table } from '../../kit/table.ts';
import { withReader } from './open.ts';

/** Prints the metrics of a machine, or of one instance. */
export async function showMetrics(
  io: Io,
  machine: string,
  options: { readonly db?: string; readonly id?: string },
): Promise<number> {
  const { db, id } = options;
  const metrics = await withReader(io, db, (reader, file) => {
    if (
      reader.instances({ machine, limit: 1 }).length === 0 ||
      (id !== undefined && reader.instance(machine, id) === undefined)
    ) {
      const some = reader.instances({ limit: 1000 });
      const names = some.filter((each) => each.machine === machine).map((each) => each.id);
      const like =
        names.length === 0
          ? nearest(
              machine,
              some.map((each) => each.machine),
            )
          : nearest(id ?? '', names);
      throw new CliError(
        'MR2014',
        `There is no instance${id === undefined ? '' : ` '${id}'`} of ${machine} in ${file}.`,
        {
          hint: like === undefined ? '`dsl instances list` shows what there is.' : `Did you mean ${like}?`,
        },
      );
    }
    return reader.metrics(machine, id === undefined ? {} : { id });
  });
  if (io.json) io.document(metrics);
  else print(io, metrics);
  return 0;
}

function print(io: Io, metrics: MachineMetrics): void {
  const { instances, transitions, timeInState, totalDuration } = metrics;
  io.out(
    `${io.paint('bold', metrics.machine)} ${metrics.instance ?? ''} ${instances.active} active, ${instances.done} done, ${instances.stopped} stopped`,
  );
  const percent = (metrics.errorRate * 100).toFixed(1);
  io.out(`${metrics.entries} entries, ${metrics.errors} with errors (${percent} %)`);
  if (metrics.shortened > 0)
    io.out(`${metrics.shortened} histories have lost their oldest entries, which are not counted`);
  const fine = (ms: number): string => (ms < 10 ? `${ms.toFixed(2)} ms` : span(ms));
  const line = (name: string, { count, mean, p50, p99, max }: Spans): string[] => [
    name,
    String(count),
    ...[mean, p50, p99, max].map(fine),
  ];
  io.out(
    `\n${table([
      ['', 'COUNT', 'MEAN', 'P50', 'P99', 'MAX'].map((head) => io.paint('dim', head)),
      line('a step', transitions),
      line('from creation to the end', totalDuration),
      ...Object.entries(timeInState).map(([state, spans]) => line(`in ${state}`, spans)),
    ])}`,
  );
}
