import { z } from 'zod';
import { flowContract, taskContract, type FlowModule } from 'millrace/flow';
import {
  openCatalogue,
  openModels,
  scriptedProvider,
  type ModelRequest,
  type Models,
  type ScriptedTurn,
} from 'millrace/llm';
import type { BoundSystem, TaskContext } from 'millrace/tasks';
import { system as simulated } from '../../simulate/system.ts';

/** What a model does when it is asked: data, one after the other. Each token of its answer costs 1 USD. */
export type Turn =
  | { readonly say: string; readonly tokens?: number }
  /** Calls the tool `look`, which a task does. */
  | { readonly call: 'there' | 'nowhere' | 'never' }
  | { readonly fail: 'overloaded' | 'badRequest' }
  /** Never comes to an end. */
  | { readonly hang: true };

const source = 'asking.dsl.ts:1:1';
const at = { at: '1:1' } as const;
const any = z.any();
/** A tool: `nowhere` fails for good, `never` takes for ever in the first life of the engine. */
const look = taskContract('look', { input: z.string(), output: any, policy: {}, source });
const ask = taskContract('ask', {
  input: any,
  output: z.object({ text: z.string() }),
  policy: { retry: { attempts: 3, delay: '1m', backoff: 'fixed' }, timeout: '1h' },
  source,
  model: {
    agent: { name: 'clerk', model: 'scripted-1' },
    prompt: () => 'What is there?',
    tools: [{ task: 'look', description: 'Looks.' }],
    maxTokens: 20,
    hash: 'ask',
  },
});
const asking = flowContract('asking', { input: any, source });
const flow: FlowModule = {
  kind: 'flow',
  contract: asking,
  hash: 'asking',
  waits: [],
  run: async (host) => {
    const { text } = await host.step('asked', () => ask(null), {
      ...at,
      onFailure: { fallback: () => ({ text: 'nothing' }) },
    });
    return text;
  },
};

/** The system of all cases: that of the simulation, and a flow whose step a model does, within a budget of 100 USD. */
export const system: BoundSystem = {
  ...simulated,
  tasks: { ...simulated.tasks, ask, look },
  flows: { ...simulated.flows, asking: flow },
  budget: { run: '100 USD' },
};

/** The code of the tool. `wait`: for ever. */
export function lookingWith(wait: () => Promise<void>, made: (step: TaskContext) => void) {
  let lives = 0;
  return async (where: string, context: TaskContext): Promise<string> => {
    made(context);
    if (where === 'never' && lives++ === 0) await wait();
    if (where === 'nowhere') throw new Error('There is no such place.');
    return `seen ${where}`;
  };
}

/** Models that do what a case says, and note what they were told last each time. */
export function modelsOf(turns: readonly Turn[], asked: string[], wait: () => Promise<void>): Models {
  const answer = async (request: ModelRequest, call: number): Promise<ScriptedTurn> => {
    const last = request.messages.at(-1);
    asked.push(last?.role === 'tool' ? `${last.failed === true ? 'failed ' : ''}${last.text}` : 'asked');
    const turn = turns[call] ?? { fail: 'badRequest' };
    if ('hang' in turn) await wait();
    if ('fail' in turn) return { fails: turn.fail };
    if ('call' in turn)
      return { toolCalls: [{ id: `${call}`, name: 'look', input: turn.call }], usage: { input: 1, output: 1 } };
    return 'say' in turn ? { json: { text: turn.say }, usage: { input: 1, output: turn.tokens ?? 1 } } : 'unreached';
  };
  const provider = scriptedProvider(answer);
  const catalogue = openCatalogue({
    overrides: [
      {
        models: [
          {
            id: 'scripted-1',
            provider: 'scripted',
            contextTokens: 10_000,
            maxOutputTokens: 1_000,
            capabilities: { tools: true, structuredOutput: true, streaming: true },
            prices: { currency: 'USD', inputPerMTok: 0, outputPerMTok: 1_000_000 },
          },
        ],
      },
    ],
  });
  return openModels({ providers: [provider], catalogue, route: { retry: { attempts: 1 } } });
}
