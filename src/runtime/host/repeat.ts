import type { Duration } from '../../core/index.ts';
import type { At, Part as PartOf } from '../../flow/index.ts';
import { located } from './call.ts';
import type { Part } from './part.ts';
import { Rounds } from './rounds.ts';

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
  const path = await part.open(id, undefined, 'compacted');
  const rounds = new Rounds(part, path);
  const { recorded } = rounds;
  if (rounds.first >= options.max && part.scope.reason === undefined)
    return part.diverged(`'${path}' is recorded with ${recorded} rounds, and now has at most ${options.max}`);
  for (let index = rounds.next(-1); ; index = rounds.next(index)) {
    const inner = part.part(`${path}[${index}]`, part.scope, recorded > index + 1);
    const value = await body(inner, index);
    await inner.finish();
    part.time = inner.time;
    if (index + 1 >= options.max || located(part, path, options.at, () => until(value, index))) {
      if (recorded > index + 1 && part.scope.reason === undefined)
        return part.diverged(`'${path}' is recorded with ${recorded} rounds, and now ends after ${index + 1}`);
      return value;
    }
    if (options.delay !== undefined) {
      await inner.sleep('~delay', options.delay, { at: options.at });
      part.time = inner.time;
    }
    rounds.ended(index);
  }
}
