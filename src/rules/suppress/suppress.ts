import { nearest } from '../../core/nearest.ts';
import type { Suppression } from '../../model/index.ts';
import { mayBeOff } from '../kit/may-be-off.ts';
import { list } from '../kit/words.ts';
import type { Finding, Issue, Rule } from '../rule.ts';

const found = (): void => {};

/** A comment `millrace-ignore` says what it switches off and why. Reported once all rules have spoken. */
export const emptyIgnore: Rule = { code: 'MR1223', name: 'empty-ignore', severity: 'warning', check: found };

/** A comment `millrace-ignore` goes when it is no longer needed. Reported once all rules have spoken. */
export const unusedIgnore: Rule = { code: 'MR1224', name: 'unused-ignore', severity: 'warning', check: found };

interface World {
  /** The rules that there are. */
  readonly rules: readonly Rule[];
  /** Those of them that have spoken. */
  readonly ran: readonly Rule[];
  /** Was everything read that the rules could have spoken of? */
  readonly whole: boolean;
  /** The file of a location, as issues show it. */
  readonly shown: (file: string) => string;
}

/** Takes away what comments switch off, and tells of the comments that do not do so. */
export function suppress(
  issues: readonly Issue[],
  suppressions: readonly Suppression[],
  world: World,
  report: (rule: Rule, finding: Finding) => void,
): readonly Issue[] {
  const off = new Set<Issue>();
  // What an error hides is not known: nothing is said to be unused beside one.
  const whole = world.whole && !issues.some(({ severity }) => severity === 'error');
  for (const suppression of suppressions) {
    const problems = problemsOf(suppression, world.rules);
    for (const finding of problems) report(emptyIgnore, { ...finding, ...placeOf(suppression) });
    if (suppression.reason === undefined) continue;
    const file = world.shown(suppression.location.file);
    const hit = issues.filter(
      (issue) =>
        issue.file === file &&
        issue.line === suppression.line &&
        suppression.codes.includes(issue.code) &&
        mayBeOff(issue),
    );
    for (const issue of hit) off.add(issue);
    const idle = world.ran.filter(
      ({ code }) => suppression.codes.includes(code) && hit.every((issue) => issue.code !== code),
    );
    if (problems.length > 0 || !whole || idle.length === 0) continue;
    const { start, end } = suppression.span;
    const edit = { file: suppression.location.file, start, end, text: '' };
    report(unusedIgnore, {
      message: `There is nothing of ${list(idle.map(({ code }) => code))} to switch off at line ${suppression.line}.`,
      hint: 'Take the comment away: it would hide what comes later.',
      ...placeOf(suppression),
      // The other codes are still needed.
      ...(idle.length === suppression.codes.length && {
        fix: { title: 'Take the comment away', edits: [edit] },
      }),
    });
  }
  return issues.filter((issue) => !off.has(issue));
}

function placeOf({ location }: Suppression): Pick<Finding, 'path' | 'location'> {
  return { path: '', location };
}

function problemsOf({ codes, reason }: Suppression, rules: readonly Rule[]): Pick<Finding, 'message' | 'hint'>[] {
  const form = 'Write `// millrace-ignore MR1221: the reason`.';
  if (codes.length === 0) return [{ message: 'This comment names no code, so it switches nothing off.', hint: form }];
  const problems: Pick<Finding, 'message' | 'hint'>[] = [];
  if (reason === undefined)
    problems.push({ message: 'This comment gives no reason, so it switches nothing off.', hint: form });
  for (const code of codes) {
    const rule = rules.find((each) => each.code === code);
    const known = rules.filter(mayBeOff).map((each) => each.code);
    if (rule === undefined) {
      const like = nearest(code, known);
      problems.push({
        message: `This comment names '${code}', but no rule has this code.`,
        hint: like === undefined ? form : `Did you mean '${like}'?`,
      });
    } else if (!mayBeOff(rule)) {
      problems.push({
        message: `This comment names ${code} (${rule.name}), which is an error and cannot be switched off.`,
        hint: 'Mend what it finds.',
      });
    }
  }
  return problems;
}
