import { nearest } from '../../core/nearest.ts';
import type { Config as Written } from '../../dsl/index.ts';
import { isCustomCode, severities } from './codes.ts';
import { refused } from './refused.ts';

/** Refuses what is no extension, and a second one of an id. */
export function checkExtensions(file: string, written: readonly unknown[], cwd: string): void {
  const ids = new Set<unknown>();
  for (const [index, extension] of written.entries()) {
    const { kind, id } = (extension ?? {}) as Readonly<Record<string, unknown>>;
    const problem =
      kind !== 'extension'
        ? 'is not made with `defineExtension`'
        : typeof id !== 'string' || !isCustomCode(id)
          ? 'has no id with a prefix of its own, such as `shop/pricing`'
          : ids.has(id)
            ? `has the id '${id}', as one before it has`
            : undefined;
    ids.add(id);
    if (problem === undefined) continue;
    throw refused(
      'MR2041',
      { file, cwd, key: 'extensions' },
      `extension ${index + 1} ${problem}.`,
      "Write it as defineExtension({ id: 'shop/pricing', schema: z.object({ … }) }), from millrace/rules.",
    );
  }
}

/** Refuses what is no rule: a plain object will do, made with `defineRule` it is complete. */
export function checkCustom(file: string, written: readonly unknown[], cwd: string): void {
  const codes = new Set<unknown>();
  for (const [index, rule] of written.entries()) {
    const { code, name, severity, check: checks } = (rule ?? {}) as Readonly<Record<string, unknown>>;
    const problem =
      typeof code !== 'string' || !isCustomCode(code)
        ? 'has no code with a prefix of its own, such as `shop/task-names`'
        : codes.has(code)
          ? `has the code '${code}', as one before it has`
          : typeof checks !== 'function'
            ? `('${code}') has no function \`check\``
            : typeof name !== 'string' || severity === 'off' || !severities.includes(severity)
              ? `('${code}') is not complete`
              : undefined;
    codes.add(code);
    if (problem === undefined) continue;
    throw refused(
      'MR2033',
      { file, cwd, key: 'customRules' },
      `rule ${index + 1} ${problem}.`,
      "Write it as defineRule({ code: 'shop/task-names', check(model, report) { … } }), from millrace/rules.",
    );
  }
}

/**
 * Refuses rules that do not exist, and errors that would be hidden: what they find cannot be compiled, or would be
 * compiled into something else than was meant.
 */
export async function checkRules(
  file: string,
  written: Required<Written>['rules'],
  custom: Required<Written>['customRules'],
  cwd: string,
): Promise<void> {
  if (Object.keys(written).length === 0) return;
  const [{ rules: builtIn }, { mayBeOff }] = await Promise.all([
    import('../../rules/registry.ts'),
    import('../../rules/kit/may-be-off.ts'),
  ]);
  const rules = [...builtIn, ...custom];
  const refuse = (code: string, message: string, hint: string): never => {
    throw refused('MR2005', { file, cwd, key: code }, message, hint);
  };
  for (const [code, severity] of Object.entries(written)) {
    const rule = rules.find((each) => each.code === code);
    const soft = rules.filter(mayBeOff).map((each) => each.code);
    const list = `These can be set: ${soft.toSorted().join(', ')}.`;
    if (rule === undefined) {
      const like = nearest(
        code,
        rules.map((each) => each.code),
      );
      const hint = like === undefined ? list : `Did you mean '${like}'? ${list}`;
      refuse(code, `'rules' names '${code}', but no rule has this code.`, hint);
    } else if (!mayBeOff(rule) && severity !== 'error') {
      refuse(
        code,
        `${code} (${rule.name}) is an error, which cannot be set to '${severity}'.`,
        `Mend what it finds. ${list}`,
      );
    }
  }
}
