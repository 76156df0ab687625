import { isDuration } from '../../core/index.ts';
import { unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

type Check = (value: unknown) => string | undefined;
interface Shape extends Readonly<Record<string, Check | Shape>> {}

const from =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least ? undefined : `expected a whole number from ${least} on`;
const keep = from(0);
const maxAge: Check = (value) =>
  typeof value === 'string' && isDuration(value) ? undefined : "expected a duration such as '90d'";
const maxSize: Check = (value) =>
  keep(value) === undefined || /^\d+(?:\.\d+)?[kmgt]?b$/i.test(typeof value === 'string' ? value : '')
    ? undefined
    : "expected a number of bytes, or a text such as '500mb'";
const entries = { keep, maxAge };
// The newest entry of a history stays.
const history = { keep: from(1), maxAge };

/** What `retention` of a system may say. Under `machines` stands what the system has. */
const shape = (machines: readonly string[]): Shape => ({
  runs: { ...entries, maxSize },
  events: entries,
  history: { ...history, machines: Object.fromEntries(machines.map((name) => [name, history])) },
  inbox: { maxAge },
  ledger: { maxAge },
});

// What people write who have seen it elsewhere.
const instead: Readonly<Record<string, string>> = {
  age: 'maxAge',
  count: 'keep',
  size: 'maxSize',
  instances: 'history',
};

/** What a system says about how much is kept can be followed. */
export const retention: Rule = {
  code: 'MR1342',
  name: 'retention',
  severity: 'error',
  check(model, report) {
    const { retention: given, location } = model;
    if (given === undefined) return;
    judge(given, shape(Object.keys(model.machines)), 'retention', (finding) => report({ ...finding, location }));
  },
};

function judge(given: unknown, shape: Shape, path: string, report: (finding: Omit<Finding, 'location'>) => void): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return report({ message: `'${path}': expected an object.`, path });
  for (const [key, value] of Object.entries(given)) {
    const at = `${path}.${key}`;
    const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (known === undefined) {
      const better = instead[key];
      const hint =
        better !== undefined && Object.hasOwn(shape, better)
          ? { hint: `Did you mean '${better}'?` }
          : unknownName(key, Object.keys(shape), path.endsWith('.machines') ? 'machine' : 'member');
      report({ message: `'${path}' has no '${key}'.`, path: at, context: { actual: key }, ...hint });
    } else if (typeof known === 'function') {
      const problem = known(value);
      if (problem !== undefined) report({ message: `'${at}': ${problem}.`, path: at });
    } else {
      judge(value, known, at, report);
    }
  }
}
