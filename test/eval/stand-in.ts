import { startWireServer, type WireServer } from '../../src/testing/index.ts';
import { evalTasks } from './tasks/index.ts';

interface Message {
  readonly role: string;
}

/**
 * A server that speaks as a provider does and answers with what is written down for each task. It is no model: it shows how
 * the pipeline fares with answers that are known.
 */
export function startStandIn(): Promise<WireServer> {
  return startWireServer({
    answer: ({ body }) => {
      const name = /Write the task '([^']+)'/.exec(JSON.stringify(body))?.[1];
      const task = evalTasks.find((one) => one.name === name);
      if (task === undefined) throw new Error(`Nothing is written down for ${name}.`);
      // The first question is one message; each further one brings the answer before it along.
      const turn = ((body['messages'] as readonly Message[]).length - 1) / 2;
      const answer = task.answers[Math.min(turn, task.answers.length - 1)];
      return JSON.stringify(answer);
    },
  });
}
