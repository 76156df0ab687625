import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { implement } from 'millrace/tasks';
import { lintFile } from '../../../generated/review/contracts.ts';
import { fileIn, readText } from '../desk/texts.ts';

interface Added {
  readonly line: number;
  readonly text: string;
}
type Rule = (added: Added) => string | undefined;

const rules: Readonly<Record<string, Rule>> = {
  'line-length': ({ text }) =>
    text.length > 120 ? `the line has ${text.length} characters, more than 120` : undefined,
  'trailing-blank': ({ text }) => (/\s$/.test(text) ? 'a blank at the end of the line' : undefined),
  tab: ({ text }) => (text.includes('\t') ? 'a tab' : undefined),
  leftover: ({ text }) => (/\b(?:XXX|FIXME|TBD)\b/.test(text) ? 'a note that was meant to be worked on' : undefined),
};

export default implement(lintFile, ({ base, proposal, change: { path, added } }) => {
  const exists = (target: string): boolean => existsSync(fileIn(proposal, target)) || existsSync(fileIn(base, target));
  const brokenLink: Rule = ({ text }) => {
    const broken = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .find((target) => !exists(join(posix.dirname(path), target)));
    return broken === undefined ? undefined : `a link to '${broken}', which does not exist`;
  };
  const findings = added.flatMap((line) =>
    Object.entries({ ...rules, 'broken-link': brokenLink }).flatMap(([rule, check]) => {
      const message = check(line);
      return message === undefined ? [] : [{ path, line: line.line, rule, message }];
    }),
  );
  const text = readText(proposal, path) ?? '';
  if (text !== '' && !text.endsWith('\n'))
    findings.push({ path, line: text.split('\n').length, rule: 'last-line', message: 'the last line does not end' });
  return findings;
});
