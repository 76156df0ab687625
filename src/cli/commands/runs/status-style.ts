import type { RunStatus } from '../../../store/index.ts';

/** The colour of each status. */
export const statusStyle = {
  pending: 'dim',
  running: 'cyan',
  waiting: 'blue',
  paused: 'magenta',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
  blocked: 'red',
} as const satisfies Readonly<Record<RunStatus, string>>;
