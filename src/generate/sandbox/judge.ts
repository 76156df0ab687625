import { isDeepStrictEqual } from 'node:util';
import { pathText } from '../../core/index.ts';
import { checkValue } from '../../tasks/index.ts';
import type { Schema } from '../../flow/index.ts';
import type { TaskCase } from '../contract.ts';
import { isAnswered } from '../../tasks/world/fake-exchanges.ts';
import type { Answered } from './inside/wire.ts';

/** The schemas that answers are checked against: those of the toolkit's side, which the code never sees. */
export interface Judged {
  readonly output: Schema;
  readonly events: Readonly<Record<string, Schema>>;
}

/** Why an answer is not what a case wants; nothing when it is. */
export function judge(
  { expect, fakes }: Pick<TaskCase, 'expect' | 'fakes'>,
  answer: Answered,
  { output, events }: Judged,
): string | undefined {
  const [misdeed] = answer.misdeeds;
  if (misdeed !== undefined) return `it ${shown(misdeed)}`;
  const { outcome } = answer;
  if ('error' in expect) {
    if (outcome.ok) return `gave ${textOf(outcome.output)}, and should have failed with ${expect.error}`;
    const { name, code, message } = outcome.error;
    if (![code, name].includes(expect.error))
      return `failed with ${failure(name, code)}, and should have failed with ${expect.error}: ${shown(message)}`;
  } else {
    if (!outcome.ok)
      return `failed with ${failure(outcome.error.name, outcome.error.code)}: ${shown(outcome.error.message)}`;
    const got = checkValue(output, outcome.output);
    if (!got.ok) return `gave ${textOf(outcome.output)}, which is no output of the task: ${got.problems}`;
    const wanted = checkValue(output, expect.output);
    const difference = wanted.ok ? differenceOf(got.value, wanted.value) : 'expects what is no output of the task';
    if (difference !== undefined)
      return `gave ${textOf(outcome.output)}, expected ${textOf(expect.output)} (${difference})`;
  }
  return wrongEvents(expect.emits, answer, events) ?? wrongFiles(expect.files, answer) ?? wentOn(answer, fakes);
}

/** A request that nothing answered, and nobody minded: what came of it in the world would be seen by no case. */
function wentOn({ outcome, asked }: Answered, fakes: TaskCase['fakes'] = {}): string | undefined {
  const without = outcome.ok ? asked.find((one) => !isAnswered(one, fakes)) : undefined;
  return without === undefined
    ? undefined
    : `asked ${shown(`${without.method} ${without.url}`)}, which no fake of the case answers, and went on as if it did not matter`;
}

/** What came of an answer, as it is shown and compared. */
export function gotOf({ outcome }: Answered): unknown {
  return outcome.ok ? outcome.output : outcome.error;
}

function wrongEvents(
  wanted: TaskCase['expect']['emits'],
  { emitted }: Answered,
  events: Judged['events'],
): string | undefined {
  for (const { event, payload } of emitted) {
    const schema = Object.hasOwn(events, event) ? events[event] : undefined;
    if (schema === undefined) return `emitted '${shown(event)}', which is no event of the system`;
    const checked = checkValue(schema, payload);
    if (!checked.ok) return `emitted '${event}' with ${textOf(payload)}: ${checked.problems}`;
  }
  if (wanted === undefined) return undefined;
  const names = emitted.map(({ event }) => event).join(', ');
  const expected = wanted.map(({ event }) => event).join(', ');
  if (names !== expected)
    return `emitted ${names === '' ? 'nothing' : shown(names)}, expected ${expected === '' ? 'nothing' : expected}`;
  for (const [index, { event, payload }] of wanted.entries()) {
    const schema = events[event];
    if (payload === undefined || schema === undefined) continue;
    const [got, should] = [checkValue(schema, emitted[index]?.payload), checkValue(schema, payload)];
    const difference = got.ok && should.ok ? differenceOf(got.value, should.value) : 'expects what is no payload of it';
    if (difference !== undefined)
      return `emitted '${event}' with ${textOf(emitted[index]?.payload)}, expected ${textOf(payload)} (${difference})`;
  }
  return undefined;
}

function wrongFiles(wanted: TaskCase['expect']['files'], { files }: Answered): string | undefined {
  for (const [path, text] of Object.entries(wanted ?? {})) {
    if (!Object.hasOwn(files, path)) return `left no file '${path}'`;
    if (files[path] !== text) return `left ${textOf(files[path])} in '${path}', expected ${textOf(text)}`;
  }
  return undefined;
}

const failure = (name: string, code: string): string => shown(name === code ? code : `${code} (${name})`);

/** Where two values first differ; nothing when they are equal. */
export function differenceOf(got: unknown, wanted: unknown, path: readonly PropertyKey[] = []): string | undefined {
  if (isDeepStrictEqual(got, wanted)) return undefined;
  const at = path.length === 0 ? '' : ` at '${shown(pathText(path))}'`;
  if (isRecord(got) && isRecord(wanted) && Array.isArray(got) === Array.isArray(wanted)) {
    if (Array.isArray(got) && Array.isArray(wanted) && got.length !== wanted.length)
      return `${got.length} instead of ${wanted.length} items${at}`;
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const here = [...path, Array.isArray(got) ? Number(key) : key];
      const difference = differenceOf(got[key], wanted[key], here);
      if (difference !== undefined) return difference;
    }
  }
  return `${textOf(got)} instead of ${textOf(wanted)}${at}`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

/** A value in one line that is short enough to read. */
export function textOf(value: unknown): string {
  try {
    return shown(
      JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'nothing',
      160,
    );
  } catch {
    return 'what cannot be shown';
  }
}

/** What came from code that is not believed, in one line: it is shown to people, and to models. */
export function shown(text: unknown, most = 300): string {
  const line = String(text)
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
