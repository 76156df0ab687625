import type { CallTold } from '../../llm/index.ts';
import type { Bus } from '../bus.ts';
import { present } from '../views.ts';

/** Tells the bus of calls of models. */
export function teller(bus: Bus): (event: CallTold) => void {
  return (event) => {
    if (!bus.heard) return;
    const { provider, model, run, step, task, agent } = event;
    const place = { provider, model, ...present({ runId: run, step, task, agent }) };
    switch (event.type) {
      case 'call.started': {
        const { id, maxOutputTokens, temperature } = event;
        return bus.tell({ type: 'model.asked', call: id, ...place, maxOutputTokens, ...present({ temperature }) });
      }
      case 'call.ended': {
        const { id, took, usage, cost, finish, failed } = event;
        const facts = { call: id, ...place, took, ...present({ usage, cost }) };
        if (failed === undefined) return bus.tell({ type: 'model.answered', ...facts, ...present({ finish }) });
        return bus.tell({ type: 'model.failed', ...facts, error: failed });
      }
      case 'call.spared':
        return bus.tell({ type: 'model.spared', ...place, from: event.from });
    }
  };
}
