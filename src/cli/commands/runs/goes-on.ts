import type { RunView } from '../../../runtime/index.ts';
import { dbOption, type OpenedSystem } from '../../systems/bound.ts';

/** What to do so that a run goes on once this process, which drove the database, has ended. */
export function goesOn(
  opened: Pick<OpenedSystem, 'file' | 'db'>,
  { id, kind, target, status }: Pick<RunView, 'id' | 'kind' | 'target' | 'status'>,
): string | undefined {
  const { file } = opened;
  const db = dbOption(opened);
  switch (status) {
    case 'completed':
    case 'failed':
    case 'cancelled':
      return undefined;
    case 'paused':
      return `It stays so until \`dsl runs resume ${file} ${id}${db}\`.`;
    case 'blocked':
      return `\`dsl runs show ${id}${db}\` says why; \`dsl runs retry ${file} ${id}${db}\` tries it again.`;
    default:
      return `Nobody drives the database now: ${id} goes on with ${
        kind === 'flow' ? `\`dsl run ${file} ${target} --id ${id}${db}\`` : `\`dsl work ${file} --standby${db}\``
      }, or with any command that drives it.`;
  }
}
