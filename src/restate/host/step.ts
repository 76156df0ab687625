import type { Call } from '../../flow/index.ts';
import { called, type CallOptions } from './call.ts';
import { performChild } from './child.ts';
import { performEmit } from './emit.ts';
import type { Part } from './part.ts';
import { task } from './task/task.ts';

/** Does what is called for: a task in this run, a flow as a run of its own, or the publishing of an event. */
export function step(part: Part, id: string, call: () => Call<unknown>, options: CallOptions): Promise<unknown> {
  return called(part, id, call, options, async (path, { contract, input }) => {
    switch (contract.kind) {
      case 'task':
        return task(part, id, path, contract, input, options);
      case 'flow':
        return performChild(part, id, path, contract, input, options);
      case 'event':
        return performEmit(part, path, contract, input);
    }
  });
}
