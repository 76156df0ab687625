import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startWireServer, wireScenarios, type WireScenario, type WireServer } from '../../testing/wire-server/index.ts';
import { collect } from '../collect.ts';
import type { Provider, Tool } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { askFor } from '../output/index.ts';
import { anthropicProvider } from './anthropic/index.ts';
import { compatibleProvider } from './compatible/index.ts';
import { openaiProvider } from './openai/index.ts';

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());

const key = 'sk-secret-key-of-mine';
// Short only where nothing is to come: the machine may be slow.
const patience = (scenario: WireScenario) =>
  scenario === 'slowHeaders' ? { headersMs: 250 } : scenario === 'stalled' ? { idleMs: 250 } : {};
const adapters = {
  anthropic: (scenario: WireScenario) =>
    anthropicProvider({ apiKey: key, baseURL: server.baseURL('messages', scenario), ...patience(scenario) }),
  openai: (scenario: WireScenario) =>
    openaiProvider({ apiKey: key, baseURL: server.baseURL('responses', scenario), ...patience(scenario) }),
  compatible: (scenario: WireScenario) =>
    compatibleProvider({ preset: 'ollama', baseURL: server.baseURL('chat', scenario), ...patience(scenario) }),
} satisfies Record<string, (scenario: WireScenario) => Provider>;

const request = { model: 'm', maxOutputTokens: 50, messages: [{ role: 'user', text: 'Where?' }] } as const;
const output = z.object({ city: z.string(), people: z.int().optional() });
const look: Tool = { name: 'look', description: 'Looks', input: z.object({ at: z.string() }) };

/** What a provider gave, in a few words. */
async function outcome(provider: Provider, scenario: WireScenario): Promise<string> {
  const before = server.paid();
  const calls = server.calls.length;
  const paid = (): string => `paid ${server.paid() - before}`;
  try {
    if (scenario === 'notJson' || scenario === 'wrongSchema') {
      await askFor(provider, { ...request, output });
      return `an answer, ${paid()}`;
    }
    const answer = await collect(provider.ask(scenario === 'toolCall' ? { ...request, tools: [look] } : request));
    const what = answer.toolCalls.map((call) => `${call.name}(${JSON.stringify(call.input)})`).join() || answer.text;
    return `\`${what}\`, ${answer.finish}, ${paid()}`;
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    expect(thrown.message).not.toContain(key);
    // The SDKs must not have tried again by themselves.
    expect(server.calls.length - calls).toBe(thrown.kind === 'invalidOutput' ? 2 : 1);
    const { kind, code, retryAfterMs, retryable, mayHaveCost } = thrown;
    const wait = retryAfterMs === undefined ? '' : `, wait ${retryAfterMs} ms`;
    // What costs must never be called free.
    expect(mayHaveCost || server.paid() === before).toBe(true);
    return `${kind} ${code}${retryable ? ', again' : ''}${wait}, ${paid()}`;
  }
}

test('every adapter meets every scenario as the table in docs/models.md says', async () => {
  const names = Object.keys(adapters);
  const rows = [`| scenario | ${names.join(' | ')} |`, `|---|${names.map(() => '---').join('|')}|`];
  for (const scenario of wireScenarios) {
    const cells: string[] = [];
    for (const adapter of Object.values(adapters)) cells.push(await outcome(adapter(scenario), scenario));
    rows.push(`| \`${scenario}\` | ${cells.join(' | ')} |`);
  }
  const docs = readFileSync(fileURLToPath(new URL('../../../docs/models.md', import.meta.url)), 'utf8');
  const [, section = ''] = /^## What trouble becomes\n([\s\S]*?)(?=\n## |$(?![\s\S]))/m.exec(docs) ?? [];
  expect(
    section
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(squeezed),
  ).toEqual(rows);
}, 30_000);

const squeezed = (row: string): string =>
  row.replaceAll(/-+/g, '---').replaceAll(/ +/g, ' ').replaceAll('| ---', '|---').replaceAll('--- |', '---|');
