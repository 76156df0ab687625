import type { Duration } from '../../core/index.ts';
import type { At, Part as PartOf } from '../../flow/index.ts';
import { located } from './call.ts';
import type { Part } from './part.ts';

export interface RepeatOptions {
  readonly at: At;
  readonly max: number;
  readonly delay?: Duration;
}

/** Runs a part until the condition holds, at most `max` times. */
export async function repeat<Value>(
  part: Part,
  id: string,
  body: PartOf<Value, [index: number]>,
  until: (value: Value, index: number) => boolean,
  options: RepeatOptions,
): Promise<Value> {
  const path = part.open(id);
  for (let index = 0; ; index++) {
    const inner = part.part(`${path}[${index}]`, part.scope);
    const value = await body(inner, index);
    part.time = inner.time;
    if (index + 1 >= options.max || located(part, path, options.at, () => until(value, index))) return value;
    if (options.delay === undefined) continue;
    await inner.sleep('~delay', options.delay, { at: options.at });
    part.time = inner.time;
  }
}
