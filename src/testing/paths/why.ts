import type { Transition } from '../../machine/interpreter/tree.ts';
import type { Exploration } from './explore.ts';
import type { World } from './world.ts';

/** Why no path takes a transition, as far as the search can tell. */
export function whyNot(
  transition: Transition,
  world: World,
  { visited, complete, restless, steps }: Exploration,
): string {
  const { source, definition, at } = transition;
  const loop =
    restless.length === 0 ? '' : ` The machine does not come to rest after ${restless.slice(0, 3).join(', ')}.`;
  const gaveUp = complete
    ? ''
    : ` The search gave up after ${steps} steps: a higher limit, or payloads of yours, may find it.`;
  const limit = `${loop}${gaveUp}`;
  if (source.parent !== undefined && !visited.has(source.name)) {
    return `state '${source.name}' was never active.${limit}`;
  }
  const place = at.slice(source.name.length + 1);
  const alias = /^on\.(.*)\[\d+\]$/.exec(place)?.[1];
  const record = world.instrumented.guards.get(definition);
  if (record !== undefined && record.asked > 0 && record.held === 0) {
    const threw = record.threw === undefined ? '' : ` It threw: ${record.threw}.`;
    return `its guard never held, in ${times(record.asked)}.${threw}${limit}`;
  }
  if (record !== undefined && record.held > 0)
    return `its guard held, but a transition of another region, or of a state inside, always came first.${limit}`;
  if (alias !== undefined && world.inputs(alias) !== undefined && world.inputs(alias)?.plain === undefined)
    return `no payload was found that the schema of '${alias}' takes. Give one: payloads: { ${alias}: [{ … }] }.`;
  if (alias?.startsWith('error.')) return `nothing set off '${alias}' in the search.${limit}`;
  if (place.startsWith('onDone[')) return `the states in '${source.name}' never came to their end.${limit}`;
  if (place.startsWith('after['))
    return `its timer never fired: something else always happened to the state first.${limit}`;
  return `an earlier transition, or one of a state inside, always came first.${limit}`;
}

function times(count: number): string {
  return count === 1 ? 'the one time that it was asked' : `the ${count} times that it was asked`;
}
