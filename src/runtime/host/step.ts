import type { Call } from '../../flow/index.ts';
import { callFor, goOn, type CallOptions } from './call.ts';
import { performChild } from './child.ts';
import { performEmit } from './emit.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import { task } from './task.ts';

/** Does what is called for: a task in this run, a flow as a run of its own, or the publishing of an event. */
export async function step(part: Part, id: string, call: () => Call<unknown>, options: CallOptions): Promise<unknown> {
  const { path, record } = await part.begin(id);
  return goOn(part, path, options, async () => {
    if (record !== undefined && !record.begun) {
      part.time = record.at;
      throw recordedError(record);
    }
    const { contract, input } = await callFor(part, path, record, call, options.at);
    switch (contract.kind) {
      case 'task':
        return task(part, id, path, record, contract, input, options);
      case 'flow':
        return performChild(part, id, path, record, contract, input, options);
      case 'event':
        return performEmit(part, path, record, contract, input, options.at);
    }
  });
}
