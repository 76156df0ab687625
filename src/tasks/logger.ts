import { systemClock, type Clock } from '../core/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where log lines go. `fields` become JSON members. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

/**
 * A logger that writes one JSON object a line: `time`, `level`, `message`, then the fields. Without options to stderr,
 * so that stdout stays the program's own.
 *
 * @example
 * ```ts
 * import { jsonLogger } from 'millrace/tasks';
 *
 * const lines: string[] = [];
 * jsonLogger({ write: (line) => lines.push(line) }).info('charged', { amount: 12 });
 * ```
 */
export function jsonLogger(
  options: { readonly write?: (line: string) => void; readonly clock?: Clock; readonly level?: Level } = {},
): Logger {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const clock = options.clock ?? systemClock();
  const least = levels.indexOf(options.level ?? 'info');
  return loggerOf((level, message, fields) => {
    if (levels.indexOf(level) < least) return;
    const time = new Date(clock.now()).toISOString();
    write(`${lineOf({ time, level, message, ...fields })}\n`);
  });
}

/** A logger that adds fields to every line. */
export function withFields(logger: Logger, more: Fields): Logger {
  return loggerOf((level, message, fields) => logger[level](message, { ...more, ...fields }));
}

/** A logger that never throws: a log line must not be the reason why something fails. */
export function unfailing(logger: Logger): Logger {
  return loggerOf((level, message, fields) => {
    try {
      logger[level](message, fields);
    } catch {
      // There is nowhere left to say so.
    }
  });
}

/** A logger that says nothing. */
export const silentLogger: Logger = loggerOf(() => {});

function loggerOf(log: (level: Level, message: string, fields?: Fields) => void): Logger {
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

// A log line must never be the reason why a task fails.
function lineOf(entry: Fields): string {
  try {
    return JSON.stringify(entry, (_key, value: unknown) =>
      value instanceof Error
        ? { name: value.name, message: value.message }
        : typeof value === 'bigint'
          ? String(value)
          : value,
    );
  } catch {
    return JSON.stringify({
      time: entry['time'],
      level: entry['level'],
      message: entry['message'],
      fields: 'not JSON',
    });
  }
}
