import type { Tx } from '../../store/index.ts';
import { eventsVersion } from './events.ts';
import { underWay } from './runs/migrate-runs.ts';
import type { World } from './world.ts';

/** How many rows are read at a time. */
const page = 500;

/** Is there anything in a database that a migration would look at? */
export function isBehind(world: World, tables: Pick<Tx, 'instances' | 'runs' | 'meta'>): boolean {
  type Rows = readonly { readonly id: string; readonly version: string | null }[];
  const some = (after: (last: string) => Rows): boolean => {
    for (let last = ''; ;) {
      const rows = after(last);
      if (rows.some(({ version }) => version !== world.target)) return true;
      if (rows.length < page) return false;
      last = rows.at(-1)?.id ?? '';
    }
  };
  return (
    eventsVersion(world, tables) !== world.target ||
    underWay.some((status) => some((last) => tables.runs.alive(status, last, page))) ||
    tables.instances.machines().some((machine) => some((last) => tables.instances.after(machine, last, page)))
  );
}
