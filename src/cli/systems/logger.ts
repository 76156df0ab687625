import type { Logger } from '../../tasks/index.ts';
import type { Io } from '../kit/io.ts';

const styles = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' } as const;
const levels = ['debug', 'info', 'warn', 'error'] as const;

/** What tasks and the engine log, for people, on stderr. */
export function ioLogger(io: Io, least: (typeof levels)[number]): Logger {
  const log =
    (level: (typeof levels)[number]) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (levels.indexOf(level) < levels.indexOf(least)) return;
      const more = fields === undefined ? '' : ` ${text(fields)}`;
      io.note(`  ${io.paint(styles[level], `${level} ${message}${more}`, 'note')}`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** The fields, without those that are clear from the lines around. */
function text(fields: Readonly<Record<string, unknown>>): string {
  const { task: _task, runId: _run, step: _step, attempt: _attempt, ...own } = fields;
  try {
    return Object.keys(own).length === 0 ? '' : JSON.stringify(own);
  } catch {
    return '';
  }
}
