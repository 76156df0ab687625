import { canonicalJson } from '../../core/index.ts';
import type { TaskNode } from '../../model/index.ts';
import { checkValue } from '../../tasks/index.ts';
import type { Schema } from '../../flow/index.ts';
import type { TaskCase } from '../contract.ts';
import type { LiveContract } from '../stage/load-contracts.ts';

/** The examples of the user as cases. One that names no result shows an input only, and has nothing to compare. */
export function declaredCases(task: TaskNode): readonly TaskCase[] {
  const names = new Set<string>();
  return (task.examples ?? []).flatMap((example, index) => {
    const { description, input, output, error } = example;
    if (error === undefined && !Object.hasOwn(example, 'output')) return [];
    const wanted = description ?? `example ${index + 1}`;
    const name = names.has(wanted) ? `${wanted} (example ${index + 1})` : wanted;
    names.add(name);
    return [{ name, origin: 'declared', input, expect: error === undefined ? { output } : { error } }];
  });
}

/**
 * The cases that code is tried with: the user's, then the model's. An example says nothing of the world around it: a
 * case of the model with the same input lends it its fakes. What has to come of it stays what the user says.
 */
export function joinCases(declared: readonly TaskCase[], generated: readonly TaskCase[]): readonly TaskCase[] {
  const byInput = new Map(declared.map((one) => [canonicalJson(one.input), one.name]));
  const fakes = new Map<string, TaskCase['fakes']>();
  const others = generated.filter((one) => {
    const name = byInput.get(canonicalJson(one.input));
    if (name === undefined || fakes.has(name)) return name === undefined || one.fakes !== undefined;
    if (one.fakes !== undefined) fakes.set(name, one.fakes);
    return false;
  });
  const lent = declared.map((one) => {
    const given = one.fakes ?? fakes.get(one.name);
    return given === undefined ? one : { ...one, fakes: given };
  });
  const taken = new Set(lent.map(({ name }) => name));
  const named = others.map((one) => (taken.has(one.name) ? { ...one, name: `${one.name} (generated)` } : one));
  return [...lent, ...named].map(whole);
}

/**
 * Cases of a model as they are meant: JSON has no `undefined`, so for a task that takes or gives nothing, it writes `null`
 * for that, or leaves it out.
 */
export function withNothing(
  cases: readonly TaskCase[],
  { input, output }: Pick<LiveContract, 'input' | 'output'>,
): readonly TaskCase[] {
  const [none, nothing] = [isOfNothing(input), isOfNothing(output)];
  return cases.map((one) => ({
    ...one,
    ...(none && one.input === null && { input: undefined }),
    expect:
      nothing && 'output' in one.expect && one.expect.output === null
        ? { ...one.expect, output: undefined }
        : one.expect,
  }));
}

/** Does it take `undefined`, and not `null`? */
function isOfNothing(schema: Schema): boolean {
  return checkValue(schema, undefined).ok && !checkValue(schema, null).ok;
}

/** JSON has no `undefined`: a case of a task without output has lost its expectation on the way. */
function whole(one: TaskCase): TaskCase {
  return 'error' in one.expect || 'output' in one.expect
    ? one
    : { ...one, expect: { output: undefined, ...(one.expect as object) } };
}
