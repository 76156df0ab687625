import { nearest } from '../../../core/index.ts';
import type { InstanceRow, Tables } from '../../../store/index.ts';
import { CliError } from '../../../project/kit/failure.ts';

/**
 * The instance that a person means by a key.
 *
 * @throws CliError MR2014 when there is none, or when several machines have one.
 */
export function find(tables: Tables, file: string, id: string, machine: string | undefined): InstanceRow {
  const same =
    machine === undefined
      ? tables.instances.list({ id })
      : [tables.instances.get(machine, id)].filter((row) => row !== undefined);
  const others = (): readonly string[] =>
    tables.instances.list({ limit: 1000, ...(machine === undefined ? {} : { machine }) }).map((row) => row.id);
  return theOne(same, file, id, machine, others);
}

/** The one of these that is meant. `others`: the keys that there are. @throws CliError MR2014. */
export function theOne(
  same: readonly InstanceRow[],
  file: string,
  id: string,
  machine: string | undefined,
  others: () => readonly string[],
): InstanceRow {
  const [only] = same;
  if (only !== undefined && same.length === 1) return only;
  if (only !== undefined) {
    throw new CliError(
      'MR2014',
      `Several machines have an instance '${id}': ${same.map((row) => row.machine).join(', ')}.`,
      {
        hint: `Name one: --machine ${only.machine}.`,
      },
    );
  }
  const like = nearest(id, others());
  const of = machine === undefined ? '' : ` of ${machine}`;
  throw new CliError('MR2014', `There is no instance '${id}'${of} in ${file}.`, {
    hint: like === undefined ? '`dsl instances list` shows what there is.' : `Did you mean ${like}?`,
  });
}
