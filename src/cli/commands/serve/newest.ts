import type { NewestDeployment } from '../../../restate/index.ts';
import type { Io } from '../../kit/io.ts';
import { removal } from './older.ts';

const code = 'MR5223';

/** Says that new runs do not come here: this is an older deployment that is served again. */
export function tellNewest(io: Io, admin: string, { id, uri, listens, pinned }: NewestDeployment): void {
  if (listens) {
    io.note(
      `  This endpoint is an older one: new runs go to ${id} at ${uri}. It goes on with what began here; with --force new runs come here.`,
    );
    return;
  }
  io.note(
    `${io.paint('yellow', `warning ${code}`, 'note')}: This endpoint is an older one: new runs go to ${id} at ${uri}, where nobody listens. Until that is served again they wait, and so do schedules and events. Serve it; or give --force here, and new runs come here${pinned === 0 ? `; or take it out: ${removal(admin, id)}` : ` (${pinned} that began there wait until it is served)`}`,
  );
}
