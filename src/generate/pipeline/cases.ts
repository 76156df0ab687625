import { canonicalJson } from '../../core/index.ts';
import type { TaskNode } from '../../model/index.ts';
import type { TaskCase } from '../contract.ts';

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

/** JSON has no `undefined`: a case of a task without output has lost its expectation on the way. */
function whole(one: TaskCase): TaskCase {
  return 'error' in one.expect || 'output' in one.expect
    ? one
    : { ...one, expect: { output: undefined, ...(one.expect as object) } };
}
