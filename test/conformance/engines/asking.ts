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
import type { TaskContext } from 'millrace/tasks';
import type { CaseWorld } from './world.ts';

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

/** The flow whose step a model does, with what it needs. */
export const askingParts = { tasks: { ask, look }, flows: { asking: flow } };

/** The code of the tool. */
export const lookingIn =
  (world: CaseWorld) =>
  async (where: string, context: TaskContext): Promise<string> => {
    const isFirst = world.count(context.step) === 0;
    world.note(context);
    if (where === 'never' && isFirst) await world.wait(Infinity);
    if (where === 'nowhere') throw new Error('There is no such place.');
    return `seen ${where}`;
  };

/** Models that do what a case says, and note what they were told last each time. */
export function modelsOf(turns: readonly Turn[], world: CaseWorld): Models {
  const answer = async (request: ModelRequest): Promise<ScriptedTurn> => {
    const last = request.messages.at(-1);
    const call = world.ask(last?.role === 'tool' ? `${last.failed === true ? 'failed ' : ''}${last.text}` : 'asked');
    const turn = turns[call] ?? { fail: 'badRequest' };
    if ('hang' in turn) await world.wait(Infinity);
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
