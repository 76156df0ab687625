/**
 * What the router costs a call: the same requests to a provider that answers at once, asked directly and through the router
 * with everything on (two providers, limits, budgets, usage, a cache that finds nothing), in turn. A call of a real
 * provider takes seconds.
 */
import { collect, openCatalogue, openModels, scriptedProvider, type ModelRequest } from 'millrace/llm';
import { compared, median, type Row } from '../table.ts';

const rounds = Number(process.env['ROUNDS'] ?? 15);
const perRound = Number(process.env['CALLS'] ?? 200);

const names = ['first', 'second'] as const;
const catalogue = openCatalogue({
  shipped: false,
  overrides: [
    {
      models: names.map((provider) => ({
        id: `${provider}-1`,
        provider,
        role: 'balanced',
        contextTokens: 1_000_000,
        maxOutputTokens: 10_000,
        capabilities: { tools: true, structuredOutput: true, streaming: true },
        prices: { currency: 'USD', inputPerMTok: 1, outputPerMTok: 5 },
      })),
    },
  ],
});

const providers = () =>
  names.map((name) => scriptedProvider(() => ({ text: ['An ', 'answer.'], usage: { input: 900 } }), { name }));

const plain = () => openModels({ providers: providers(), catalogue });

const whole = () =>
  openModels({
    providers: providers(),
    catalogue,
    cache: true,
    budgets: [
      { scope: 'run', limit: '1000 USD' },
      { scope: 'day', limit: '100000 USD' },
    ],
    route: {
      priorities: { first: 1, second: 2 },
      limits: { first: { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000, concurrency: 1_000 } },
    },
  });

let asked = 0;
const requestOf = (characters: number): Omit<ModelRequest, 'model'> => ({
  system: 'Answer in one word.',
  // Each one is another: the cache finds nothing.
  messages: [{ role: 'user', text: `${asked++} ${'some words of a prompt '.repeat(Math.ceil(characters / 23))}` }],
  maxOutputTokens: 500,
});

/** Milliseconds of CPU time a call: the median of rounds, in which the candidates take turns. */
async function measure(characters: number, together: number): Promise<readonly number[]> {
  const [bare] = providers();
  if (bare === undefined) throw new Error('No provider.');
  const routers = [plain(), whole()];
  const candidates: readonly ((request: Omit<ModelRequest, 'model'>) => Promise<unknown>)[] = [
    (request) => collect(bare.ask({ ...request, model: 'first-1' })),
    ...routers.map(
      (models) => (request: Omit<ModelRequest, 'model'>) =>
        models.ask(request, { run: `run-${asked % 50}`, task: 'bench' }),
    ),
  ];
  const times = candidates.map(() => [] as number[]);
  for (let round = -2; round < rounds; round++) {
    for (const [index, ask] of candidates.entries()) {
      const requests = Array.from({ length: perRound }, () => requestOf(characters));
      const from = process.cpuUsage();
      for (let at = 0; at < perRound; at += together)
        await Promise.all(requests.slice(at, at + together).map((request) => ask(request)));
      const { user, system } = process.cpuUsage(from);
      const took = (user + system) / 1_000 / perRound;
      if (round >= 0) times[index]?.push(took);
    }
  }
  for (const models of routers)
    if (models.state().some(({ errors }) => errors > 0)) throw new Error('A call of the benchmark has failed.');
  return times.map(median);
}

export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [what, characters, together] of [
    ['a prompt of 1 kB', 1_000, 1],
    ['a prompt of 1 kB, 100 at a time', 1_000, 100],
    ['a prompt of 50 kB', 50_000, 1],
  ] as const) {
    const [bare = Number.NaN, router = Number.NaN, full = Number.NaN] = await measure(characters, together);
    const of = { name: `${what}, the provider alone`, value: bare };
    rows.push({ ...of, unit: 'ms' });
    for (const [name, value] of [
      ['through the router', router],
      ['with budgets, limits and a cache', full],
    ] as const) {
      rows.push(compared(`${what}, ${name}`, value, 'ms', of));
      const overhead = value - bare;
      rows.push({ name: `… added by it`, value: overhead, unit: 'ms', target: '<= 1 ms', met: overhead <= 1 });
    }
  }
  return rows;
}
