/** Writes docs/errors/README.md, the index of all codes, and the list in MR1601.md anew. Tests fail when they are stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { codes, explain } from '../src/rules/explain.ts';
import { features } from '../src/rules/supported/table.ts';

const groups: Readonly<Record<string, string>> = {
  MR10: 'Files and loading',
  MR11: 'What cannot be read',
  MR12: 'Names, references, structure',
  MR13: 'Machines',
  MR14: 'Purity of lambdas',
  MR15: 'Tasks and implementations',
  MR16: 'Compiling',
  MR20: 'The command line',
  MR30: 'Store and database',
  MR31: 'Tasks at run time',
  MR32: 'Runs and flows',
  MR33: 'Events and instances',
  MR34: 'Owner and inbox',
};

const lines = ['# Codes', '', 'Every diagnostic and every error has a code. `dsl explain MR1203` prints its page.'];
let group = '';
for (const code of codes()) {
  const title = /^# MR\d{4}: (.*)$/m.exec(explain(code) ?? '')?.[1] ?? '';
  if (code.slice(0, 4) !== group) {
    group = code.slice(0, 4);
    lines.push('', `## ${groups[group] ?? 'More'}`, '');
  }
  lines.push(`- [${code}](${code}.md): ${title}`);
}
writeFileSync(new URL('../docs/errors/README.md', import.meta.url), `${lines.join('\n')}\n`);

const refused = Object.values(features).flatMap(([isSupported, what]) => (isSupported ? [] : [`- ${what}`]));
const page = new URL('../docs/errors/MR1601.md', import.meta.url);
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(/(Refused at present are:\n\n)(?:- .*\n)*/, `$1${refused.join('\n')}\n`),
);
