import { formatMoney, parseMoney, type CatalogueModel, type ModelRole } from '../../../llm/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import { table } from '../../kit/table.ts';
import { asData, inWords } from '../../models/in-words.ts';
import { mustBeKnown } from '../../models/no-provider.ts';
import { openProjectModels } from '../../models/open.ts';
import { readyNames, type ProjectProvider } from '../../models/providers.ts';

/** The options of `dsl models list`. */
export interface ListOptions {
  readonly provider?: string;
  readonly role?: ModelRole;
  readonly usable?: true;
}

/** Prints the catalogue, and who of the providers can be asked. */
export async function listModels(io: Io, { provider, role, usable }: ListOptions): Promise<number> {
  const { settings, providers } = openProjectModels(await readConfig(io.cwd), io);
  const { catalogue, budgets } = settings;
  const known = [
    ...new Set([...catalogue.list().map((model) => model.provider), ...providers.map(({ name }) => name)]),
  ];
  if (provider !== undefined) mustBeKnown(provider, known);
  const ready = readyNames(providers);
  const models = catalogue
    .list(provider === undefined ? {} : { provider })
    .filter((model) => role === undefined || model.role === role)
    .map((model) => ({ ...model, usable: ready.has(model.provider) }))
    .filter((model) => usable === undefined || model.usable);
  if (io.json) {
    io.document({ asOf: catalogue.asOf, providers: providers.map(asData), models, budgets: budgets.map(limit) });
    return 0;
  }
  const heading = ['', 'model', 'provider', 'role', 'reads', 'answers', 'in / out for a million'];
  const rows = models.map((model) => [
    model.usable ? io.paint('green', '✓') : io.paint('dim', '·'),
    model.id,
    model.provider,
    model.role ?? '',
    tokens(model.contextTokens),
    tokens(model.maxOutputTokens),
    pricesOf(model),
  ]);
  if (rows.length > 0) io.out(table([heading.map((text) => io.paint('dim', text)), ...rows]));
  else io.note('No model of the catalogue is so.');
  io.note(`Prices as of ${catalogue.asOf}; \`models.catalogue\` in dsl.config.ts changes them.`);
  for (const one of providers) io.note(`${mark(io, one)} ${one.name}: ${inWords(one)}`);
  for (const { scope, of, limit: amount } of budgets)
    io.note(`budget of ${of === undefined ? `each ${scope}` : `${scope} ${of}`}: ${amountOf(amount)}`);
  return 0;
}

const mark = (io: Io, { readiness }: ProjectProvider): string =>
  readiness.ready ? io.paint('green', '✓', 'note') : io.paint('yellow', '·', 'note');

type Amount = Parameters<typeof formatMoney>[0] | string;

const amountOf = (amount: Amount): string => formatMoney(typeof amount === 'string' ? parseMoney(amount) : amount);

const limit = ({ scope, of, limit: amount }: { scope: string; of?: string; limit: Amount }) => ({
  scope,
  ...(of === undefined ? {} : { of }),
  limit: amountOf(amount),
});

function tokens(count: number): string {
  if (count % 1_000_000 === 0) return `${count / 1_000_000}M`;
  return count >= 1000 ? `${Math.round(count / 1000)}k` : String(count);
}

function pricesOf({ prices }: CatalogueModel): string {
  if (prices === undefined) return 'not known';
  const { inputPerMTok, outputPerMTok, currency } = prices;
  return `${inputPerMTok} / ${outputPerMTok} ${currency}`;
}
