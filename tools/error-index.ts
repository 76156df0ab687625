/**
 * Writes anew what follows from the code: docs/errors/README.md, the index of all codes; the table of rules in docs/rules.md; the lists of what is not yet
 * supported in MR1601.md and docs/language.md. There, it takes away the marks of what is supported by now. Tests fail
 * when any of it is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { codes, explain } from '../src/rules/explain.ts';
import { rules } from '../src/rules/registry.ts';
import { features } from '../src/rules/supported/table.ts';

const groups: Readonly<Record<string, string>> = {
  MR10: 'Files and loading',
  MR11: 'What cannot be read',
  MR12: 'Names, references, structure',
  MR13: 'Machines',
  MR14: 'Purity of lambdas',
  MR15: 'Tasks and implementations',
  MR16: 'Compiling',
  MR17: 'Other notations',
  MR20: 'The command line',
  MR30: 'Store and database',
  MR31: 'Tasks at run time',
  MR32: 'Runs and flows',
  MR33: 'Events and instances',
  MR34: 'Owner and inbox',
  MR35: 'Versions and migrations',
  MR40: 'Models',
  MR50: 'Generated code',
  MR51: 'Bundlers and editors',
  MR52: 'Restate',
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

const page = (code: string): string => /^# MR\d{4}: (.*)$/m.exec(explain(code) ?? '')?.[1] ?? '';
const table = rules.map(
  ({ code, name, severity, alsoWarns }) =>
    `| [${code}](errors/${code}.md) | ${name} | ${severity}${alsoWarns === true ? ', warning' : ''} | ${page(code)} |`,
);

const refused = Object.values(features).flatMap(([isSupported, what]) => (isSupported ? [] : [`- ${what}`]));
const list = (text: string): string =>
  text.replace(/(Refused (?:at present )?are:\n\n)(?:- .*\n)*/, `$1${refused.join('\n')}\n`);
const rewrite = (path: string, change: (text: string) => string): void => {
  const page = new URL(path, import.meta.url);
  writeFileSync(page, change(readFileSync(page, 'utf8')));
};
rewrite('../docs/rules.md', (text) =>
  text.replace(
    /(?<=<!-- rules: .*-->\n\n)[^]*?(?=\n*<!-- end of rules -->)/,
    ['| code | name | severity | finds |', '|---|---|---|---|', ...table].join('\n'),
  ),
);
rewrite('../docs/errors/MR1601.md', list);
rewrite('../docs/language.md', (text) => {
  let marked = text;
  for (const [feature, [isSupported]] of Object.entries(features)) {
    if (!isSupported) continue;
    marked = marked.replaceAll(` *(not yet)*<!-- ${feature} -->`, '').replaceAll(` // not yet: ${feature}`, '');
  }
  return list(marked);
});
