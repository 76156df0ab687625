import type { BudgetNode, ContextPolicyNode } from '../../model/index.ts';
import { ts } from '../syntax/typescript.js';
import { follow } from '../value/follow.ts';
import { shape } from '../value/options.ts';
import { boolean, integer, list, literal, number, oneOf, record, wrong, type Reader } from '../value/readers.ts';
import { textOrLambda } from './common.ts';
import { reference } from './reference.ts';

const isObject: Reader<boolean> = (reading, site) => {
  const found = follow(reading, site);
  return found && ts.isObjectLiteralExpression(found.node);
};

/** One of some words, or an object. */
const orObject =
  <Word, Other>(word: Reader<Word>, object: Reader<Other>): Reader<Word | Other> =>
  (reading, site) => {
    const other = isObject(reading, site);
    if (other === undefined) return undefined;
    return other ? object(reading, site) : word(reading, site);
  };

type Shown = NonNullable<ContextPolicyNode['show']>[number];

const shownAs = orObject(oneOf('full', 'summary', 'ref'), shape('`as`', { fields: list(literal) }, 'fields'));
const shown: Reader<Shown> = orObject(
  literal,
  shape('a member that is shown', { member: literal, as: shownAs, pinned: boolean }, 'member'),
);
const strategy = orObject(
  oneOf('none', 'truncate', 'summarise'),
  shape('`strategy`', { keepLast: integer(1) }, 'keepLast'),
);
const context: Reader<ContextPolicyNode> = shape('`context`', {
  show: list(shown),
  memory: boolean,
  strategy,
  maxTokens: integer(1),
  maxTurns: integer(1),
});

const agentName: Reader<string> = (reading, site) => reference('agent')(reading, site)?.name;
const taskNames: Reader<readonly string[]> = (reading, site) =>
  list(reference('task'))(reading, site)?.map(({ name }) => name);

/** `model: { agent, prompt, … }` of a task. */
export const taskModel = shape(
  '`model`',
  { agent: agentName, prompt: textOrLambda, tools: taskNames, context, maxTokens: integer(1) },
  'agent',
  'prompt',
);

/** How freely a model answers. */
export const temperature: Reader<number> = (reading, site) => {
  const value = number(reading, site);
  if (value === undefined || (value >= 0 && value <= 2)) return value;
  return wrong(reading, site, 'a number from 0 to 2');
};

const amount: Reader<string> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const hint = 'Write the number and the currency as one text, with at most six decimals.';
  if (!ts.isStringLiteralLike(found.node)) return wrong(reading, found, "an amount of money such as '0.50 USD'", hint);
  const { text } = found.node;
  if (/^\d+(?:\.\d{1,6})? [A-Z]{3}$/.test(text)) return text;
  return wrong(reading, site, "an amount of money such as '0.50 USD'", hint);
};

/** `budget: { run: '0.50 USD', … }` of a system. */
export const budget: Reader<BudgetNode> = shape('`budget`', {
  run: amount,
  day: amount,
  total: amount,
  tasks: record(amount),
  models: record(amount),
});
