import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startWireServer, type WireServer, type WireServerOptions } from '../../../src/testing/wire-server/index.ts';
import { project, type Project } from '../dsl.ts';

const source = `import { system, task } from 'millrace';
import { z } from 'zod';

/** A shop that sells by the piece. */
export default system('shop', { version: '1.0.0' });

/** Adds up a basket: ten per cent off from 10 pieces on, rounded down. An empty one is EMPTY_BASKET. */
export const priceBasket = task('priceBasket', {
  input: z.object({ pieces: z.int().min(0).max(99), cents: z.int().min(0).max(100000) }),
  output: z.object({ total: z.int() }),
  errors: ['EMPTY_BASKET'],
  examples: [
    { description: 'one piece', input: { pieces: 1, cents: 150 }, output: { total: 150 } },
    { description: 'ten pieces', input: { pieces: 10, cents: 99 }, output: { total: 891 } },
    { description: 'nothing', input: { pieces: 0, cents: 1 }, error: 'EMPTY_BASKET' },
  ],
});

/** Looks up where a customer lives. An unknown one is NO_CUSTOMER. */
export const findCity = task('findCity', {
  input: z.object({ customer: z.string().min(1).max(20) }),
  output: z.object({ city: z.string() }),
  errors: ['NO_CUSTOMER'],
  needs: { net: ['customers.example'] },
});
`;

/** The same, without examples of the user. */
export const untold = source.replace(/ {2}examples: \[[^]*?\n {2}\],\n/, '');

const strict = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  strict: true,
  noEmit: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: ['node'],
};

/** The shop, as a person has it before anything is generated. */
export function shop(files: Readonly<Record<string, string>> = {}): Project {
  return project({
    'tsconfig.json': JSON.stringify({ compilerOptions: strict, include: ['**/*.ts'] }),
    'shop.dsl.ts': source,
    ...files,
  });
}

const priceHead = `import { implement, NonRetryableError } from 'millrace/tasks';
import { priceBasket } from '../generated/shop/contracts.ts';
`;
const price = (body: string): string => `${priceHead}
export default implement(priceBasket, ({ pieces, cents }) => {
  if (pieces === 0) throw new NonRetryableError('The basket is empty.', { code: 'EMPTY_BASKET' });
${body}
});
`;
const priceCases = [
  { name: 'nine pieces', input: { pieces: 9, cents: 99 }, expect: { output: { total: 891 } } },
  { name: 'rounded down', input: { pieces: 11, cents: 5 }, expect: { output: { total: 49 } } },
  { name: 'two pieces', input: { pieces: 2, cents: 100 }, expect: { output: { total: 200 } } },
  { name: 'empty and free', input: { pieces: 0, cents: 0 }, expect: { error: 'EMPTY_BASKET' } },
];
const right = '  const net = pieces * cents;\n  return { total: pieces >= 10 ? Math.floor(net * 9 / 10) : net };';

const city = `import { implement, NonRetryableError } from 'millrace/tasks';
import { z } from 'zod';
import { findCity } from '../generated/shop/contracts.ts';

const Address = z.object({ city: z.string() });

export default implement(findCity, async ({ customer }, { fetch }) => {
  const answer = await fetch(\`https://customers.example/\${encodeURIComponent(customer)}\`);
  if (answer.status === 404) throw new NonRetryableError('There is no such customer.', { code: 'NO_CUSTOMER' });
  if (!answer.ok) throw new Error(\`The service answered \${answer.status}.\`);
  const { city } = Address.parse(await answer.json());
  return { city };
});
`;
const cityCases = [
  {
    name: 'known',
    input: { customer: 'ada' },
    fakes: { fetch: [{ url: 'https://customers.example/ada', json: { city: 'London' } }] },
    expect: { output: { city: 'London' } },
  },
  {
    name: 'with a space',
    input: { customer: 'a b' },
    fakes: { fetch: [{ url: 'https://customers.example/a%20b', json: { city: 'Paris' } }] },
    expect: { output: { city: 'Paris' } },
  },
  {
    name: 'unknown',
    input: { customer: 'bob' },
    fakes: { fetch: [{ url: 'https://customers.example/bob', status: 404 }] },
    expect: { error: 'NO_CUSTOMER' },
  },
];

const said = (code: string, cases: readonly object[]): string => JSON.stringify({ code, cases });

/** What a model may say. */
export const answers = {
  price: said(price(right), priceCases),
  city: said(city, cityCases),
  wrongType: said(price("  return { total: 'free' };"), priceCases),
  /** Against the user's own example. */
  failing: said(price('  return { total: pieces * cents };'), priceCases),
  forbidden: said(
    `import { readFileSync } from 'node:fs';\n${price(`  readFileSync('/etc/passwd');\n${right}`)}`,
    priceCases,
  ),
  /** Right, but its cases show little of it. */
  weak: said(price(right), [{ name: 'one', input: { pieces: 1, cents: 1 }, expect: { output: { total: 1 } } }]),
  prose: 'Certainly! I would write it like this.',
} as const;

/** For which task is this? */
export const taskIn = (body: unknown): string =>
  /Write the task '(\w+)' of the system/.exec(JSON.stringify(body))?.[1] ?? 'none';

/** A provider that is played, and the variables with which a command asks it. */
type Played = WireServer & { readonly env: Readonly<Record<string, string>> };

async function played(options: WireServerOptions): Promise<Played> {
  const server = await startWireServer(options);
  return Object.assign(server, {
    env: { ANTHROPIC_BASE_URL: server.baseURL('messages'), ANTHROPIC_API_KEY: 'the-key' },
  });
}

/** Plays a provider that says these things one after the other, the last one for ever; or what fits the task. */
export async function answering(first: string | undefined, ...others: readonly string[]): Promise<Played> {
  const all = first === undefined ? [] : [first, ...others];
  return await played({
    answer: ({ n, body }) =>
      all[Math.min(n, all.length) - 1] ?? (taskIn(body) === 'findCity' ? answers.city : answers.price),
  });
}

/** Plays a provider that says one thing so often, and then that there is no money left. */
export async function answeringUntil(times: number, answer: string): Promise<Played> {
  return await played({ answer, scenario: ({ n }) => (n <= times ? 'ok' : 'quota') });
}

/** All files of a project but packages, what the compiler made and what nobody looks at, with their texts. */
export function filesOf({ root }: Pick<Project, 'root'>): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      if (['node_modules', 'generated', '.millrace'].includes(name)) continue;
      const at = join(folder, name);
      if (statSync(at).isDirectory()) look(at);
      else found[relative(root, at)] = readFileSync(at, 'utf8');
    }
  };
  look(root);
  return found;
}

/** The document of `--json`. */
export interface Told {
  readonly ok: boolean;
  readonly calls: number;
  readonly cost?: { readonly micros: number };
  readonly hint?: string;
  readonly tasks: readonly {
    readonly task: string;
    readonly ok: boolean;
    readonly origin?: string;
    readonly attempts?: number;
    readonly calls?: number;
    readonly files?: readonly { readonly path: string; readonly action: string; readonly diff?: string }[];
    readonly error?: { readonly code: string };
    readonly report?: { readonly attempts: readonly { readonly failedAt?: string }[] };
  }[];
}
