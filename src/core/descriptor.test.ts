import { expect, it } from 'vitest';
import { matches } from './descriptor.ts';

it.each([
  ['parcel', 'parcel', true],
  ['parcel', 'parcel.lost', false],
  ['parcel.*', 'parcel', true],
  ['parcel.*', 'parcel.lost.again', true],
  ['parcel.*', 'parcels', false],
  ['*', 'parcel', true],
  ['*', 'error.execution', true],
  ['*', 'done.state.a', true],
  ['error.*', 'error.communication', true],
  // The ends of a state's own timers and work.
  ['*', 'after.open.0', false],
  ['after.*', 'after.open.0', false],
  ['done.*', 'done.run.a', false],
  ['*', 'error.run.a', false],
  ['error.run.a', 'error.run.a', true],
])("'%s' covers '%s': %s", (descriptor, event, covers) => {
  expect(matches(descriptor, event)).toBe(covers);
});
