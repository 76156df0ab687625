import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startWireServer, wireScenarios, type WireScenario, type WireServer } from '../../testing/wire-server/index.ts';
import { openCatalogue } from '../catalogue/catalogue.ts';
import type { Provider, Tool } from '../contract.ts';
import { ModelError } from '../errors.ts';
import type { Answered, AnsweredValue } from '../models.ts';
import { anthropicProvider } from '../providers/anthropic/index.ts';
import { compatibleProvider } from '../providers/compatible/index.ts';
import { openaiProvider } from '../providers/openai/index.ts';
import { modelOf } from './fixtures/world.ts';
import { openModels } from './open-models.ts';

const servers: WireServer[] = [];
// One for each, so that what is asked and paid can be counted while they run side by side.
const started = async (): Promise<WireServer> => {
  const server = await startWireServer();
  servers.push(server);
  return server;
};
afterAll(() => Promise.all(servers.map((server) => server.close())));

// Short only where nothing is to come: the machine may be slow.
const patience = (scenario: WireScenario) =>
  scenario === 'slowHeaders' ? { headersMs: 150 } : scenario === 'stalled' ? { idleMs: 150 } : {};
interface Given {
  readonly server: WireServer;
  readonly scenario: WireScenario;
  readonly name: string;
}
const settings = ({ server, scenario, name }: Given, protocol: 'messages' | 'responses' | 'chat') => ({
  name,
  apiKey: 'any',
  baseURL: server.baseURL(protocol, scenario),
  ...patience(scenario),
});
const second = (server: WireServer): Provider =>
  openaiProvider(settings({ server, scenario: 'ok', name: 'second' }, 'responses'));
const adapters: readonly ((given: Given) => Provider)[] = [
  (given) => anthropicProvider(settings(given, 'messages')),
  (given) => openaiProvider(settings(given, 'responses')),
  (given) => compatibleProvider({ preset: 'ollama', ...settings(given, 'chat') }),
];

const request = { maxOutputTokens: 50, messages: [{ role: 'user', text: 'Where?' }] } as const;
const output = z.object({ city: z.string(), people: z.int().optional() });
const look: Tool = { name: 'look', description: 'Looks', input: z.object({ at: z.string() }) };

/** What the router gave with these providers, of which the first misbehaves, in a few words. */
async function outcome(server: WireServer, providers: readonly Provider[], scenario: WireScenario): Promise<string> {
  const models = ['first-1', 'second-1'].map((id) => modelOf(id));
  const router = openModels({
    providers,
    catalogue: openCatalogue({ shipped: false, overrides: [{ models }] }),
    route: { retry: { baseMs: 2 }, priorities: { first: 1, second: 2 } },
    budgets: [{ scope: 'total', limit: '1 USD' }],
  });
  const [paid, calls] = [server.paid(), server.calls.length];
  let restarts = 0;
  const options = {
    // It says to wait for 50 ms each time: that goes on until the time is over.
    withinMs: scenario === 'rateLimitShort' ? 2_500 : 60_000,
    onEvent: ({ type }: { readonly type: string }) => void (restarts += type === 'restart' ? 1 : 0),
  };
  const tally = async (): Promise<string> => {
    const [asked, due] = [server.calls.length - calls, server.paid() - paid];
    const { all } = await router.used();
    const [budget] = await router.budgets();
    // What has to be paid is in the books, and nothing stays set aside.
    expect(all.calls).toBeGreaterThanOrEqual(due);
    expect(budget?.reserved.micros).toBe(0);
    expect(budget?.spent.micros).toBe(all.cost[0]?.micros ?? 0);
    return `${restarts > 0 ? `restart ${restarts}, ` : ''}asked ${asked}, paid ${due}`;
  };
  try {
    const wantsValue = scenario === 'notJson' || scenario === 'wrongSchema';
    const answered: Pick<Answered, 'answer'> | Pick<AnsweredValue<unknown>, 'answer'> = wantsValue
      ? await router.askFor({ ...request, output }, options)
      : await router.ask(scenario === 'toolCall' ? { ...request, tools: [look] } : request, options);
    const { text, toolCalls, finish, provider } = answered.answer;
    const what = toolCalls.map((call) => `${call.name}(…)`).join() || text;
    return `${provider}: \`${what}\`, ${finish}, ${await tally()}`;
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    const { kind, code, retryable, retryAfterMs } = thrown;
    if (scenario === 'rateLimitShort') {
      // The time is over in a wait or in a request, and the machine decides in which.
      expect(server.calls.length - calls).toBeGreaterThan(1);
      expect([code, retryable, server.paid() - paid]).toEqual([expect.stringMatching(/^MR404[34]$/), true, 0]);
      return 'MR4043 or MR4044, again, asked as long as there is time, paid 0';
    }
    const wait = retryAfterMs === undefined ? '' : ` in ${Math.ceil(retryAfterMs / 1_000)} s`;
    const off = router.state()[0]?.availability === 'unready' ? ', disabled' : '';
    return `${kind} ${code}${retryable ? `, again${wait}` : ''}${off}, ${await tally()}`;
  }
}

test('the router meets every scenario as the table in docs/models.md says, whatever the protocol', async () => {
  const rows = ['| scenario | one provider | with a second one |', '|---|---|---|'];
  // What is called off at its end may still be on its way to the server: the next one has another.
  const places = await Promise.all(
    adapters.map(async (adapter) => ({ adapter, servers: [await started(), await started()] as const })),
  );
  for (const scenario of wireScenarios) {
    const outcomes = await Promise.all(
      places.map(async ({ adapter, servers: [own, other] }) => {
        const first = (server: WireServer): Provider => adapter({ server, scenario, name: 'first' });
        const alone = await outcome(own, [first(own)], scenario);
        return [alone, await outcome(other, [first(other), second(other)], scenario)] as const;
      }),
    );
    const told = [0, 1].map((index) => [...new Set(outcomes.map((two) => two[index]))].join(' or '));
    rows.push(`| \`${scenario}\` | ${told.join(' | ')} |`);
  }
  const docs = readFileSync(fileURLToPath(new URL('../../../docs/models.md', import.meta.url)), 'utf8');
  const [, section = ''] =
    /^### What the router makes of trouble\n([\s\S]*?)(?=\n## |\n### |$(?![\s\S]))/m.exec(docs) ?? [];
  expect(
    section
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(squeezed),
  ).toEqual(rows);
}, 60_000);

const squeezed = (row: string): string =>
  row.replaceAll(/-+/g, '---').replaceAll(/ +/g, ' ').replaceAll('| ---', '|---').replaceAll('--- |', '---|');
