import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { MillraceError } from '../../../core/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { parseJson } from '../../kit/json-argument.ts';
import { mustHave, type OpenedSystem } from '../../systems/bound.ts';
import { problemsOf } from './run.ts';
import { Sender } from './sender.ts';

/** How many events may be under way: they share the commits of the process that takes them. */
const underWay = 32;

interface Refused {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Sends an event for each line, in order. What does not fit is reported and left out; what a subscriber could not take
 * is reported. Exit code 1 if there was such a line.
 */
export async function sendLines(
  io: Io,
  opened: OpenedSystem,
  event: string | undefined,
  source: string,
): Promise<number> {
  const refused: Refused[] = [];
  const unhandled: { line: number; event: string; eventId: string; available: readonly string[] }[] = [];
  const failed: Refused[] = [];
  let sent = 0;
  let number = 0;
  const input = open(io, source);
  await using sender = await Sender.open(io, opened);
  const { drives } = sender;
  const pending = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const say = (line: number, code: string, message: string): void =>
    io.note(`line ${line}: ${io.paint('red', `error ${code}`, 'note')}: ${message}`);
  const refuse = (line: number, thrown: unknown): void => {
    if (!(thrown instanceof MillraceError) || (thrown.fault !== 'input' && thrown.fault !== 'user-code')) throw thrown;
    refused.push({ line, code: thrown.code, message: thrown.message });
    say(line, thrown.code, thrown.message);
  };
  const one = async (line: number, item: Item): Promise<void> => {
    try {
      const result = await sender.send(item.event, item.payload, item.key);
      sent += 1;
      for (const { code, message } of result.errors ?? []) {
        failed.push({ line, code, message });
        say(line, code, message);
      }
      if (!result.handled)
        unhandled.push({ line, event: item.event, eventId: result.eventId, available: result.available ?? [] });
    } catch (thrown) {
      refuse(line, thrown);
    }
  };
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (io.interrupted.aborted) break;
    if (text.trim() === '') continue;
    try {
      const sending = one(number, toItem(opened, event, text, number))
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => pending.delete(sending));
      pending.add(sending);
    } catch (thrown) {
      refuse(number, thrown);
    }
    if (pending.size >= underWay) await Promise.race(pending);
    if (failures.length > 0) break;
  }
  await Promise.all(pending);
  if (failures.length > 0) throw failures[0];
  if (drives) {
    await sender.settle();
  }
  const handled = sent - unhandled.length;
  const ok = refused.length === 0 && failed.length === 0;
  if (io.json) io.document({ ok, sent, handled, unhandled, refused, failed, driven: drives });
  else io.out(`${sent} sent, ${handled} handled, ${unhandled.length} not handled, ${refused.length} refused`);
  return ok ? 0 : 1;
}

interface Item {
  readonly event: string;
  readonly payload: unknown;
  readonly key: string | undefined;
}

function toItem({ system }: OpenedSystem, event: string | undefined, text: string, line: number): Item {
  const value = parseJson(text, `line ${line}`);
  const item: Item = event === undefined ? named(value, line) : { event, payload: value, key: undefined };
  mustHave(system, 'event', item.event);
  const problems = problemsOf(system, item.event, item.payload);
  if (problems !== undefined)
    throw new CliError('MR3302', `The payload of event '${item.event}' is not valid: ${problems}`, { exitCode: 1 });
  return item;
}

function named(value: unknown, line: number): Item {
  const { event, payload, idempotencyKey } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof event === 'string' && (idempotencyKey === undefined || typeof idempotencyKey === 'string')) {
    return { event, payload, key: idempotencyKey };
  }
  throw new CliError('MR2019', `Line ${line} names no event: it should be {"event":…,"payload":…}.`, {
    hint: 'Or name the event on the command line: then each line is a payload.',
    exitCode: 1,
  });
}

function open(io: Io, source: string): NodeJS.ReadableStream {
  if (source === '-') return process.stdin;
  if (!source.startsWith('@')) {
    throw new CliError('MR2003', '--lines takes @FILE, or - for stdin.', { hint: `--lines @${source}` });
  }
  const file = resolve(io.cwd, source.slice(1));
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true && stat?.isFIFO() !== true) {
    throw new CliError(
      'MR2008',
      `--lines: ${source.slice(1)} cannot be read: ${stat === undefined ? 'there is no such file' : 'it is no file'}.`,
      {
        hint: 'Paths start from the working directory.',
        exitCode: 1,
      },
    );
  }
  return createReadStream(file);
}
