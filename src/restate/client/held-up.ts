import type { Desk } from './desk.ts';
import { askSql } from '../server/admin.ts';
import { seen } from './known.ts';
import { quoted } from './sql.ts';

/** Why the system does not answer, or a run does not go on; undefined: nothing is known to fail. Asked once, not patiently. */
export async function heldUp(desk: Desk, run: string | undefined): Promise<string | undefined> {
  const view = run === undefined ? undefined : (await seen(desk, run))?.view;
  if (view?.error?.code === 'MR5231') return view.error.message;
  // What is neither a flow nor a task answers at once, when anybody does.
  const prefix = `${desk.names.system}.`;
  const [row] = await askSql(
    desk.admin,
    `SELECT last_failure FROM sys_invocation WHERE status = 'backing-off' AND last_failure IS NOT NULL
     AND starts_with(target_service_name, ${quoted(prefix)})
     AND NOT starts_with(target_service_name, ${quoted(`${prefix}flows.`)})
     AND NOT starts_with(target_service_name, ${quoted(`${prefix}tasks.`)})
     ORDER BY modified_at DESC LIMIT 1`,
  );
  if (row === undefined) return undefined;
  return String(row['last_failure'])
    .replace(/^\[\d+[^\]]*\] /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
}
