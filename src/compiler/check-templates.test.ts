import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import Handlebars from 'handlebars';
import { checkTemplates } from './check-templates.ts';
import { loadSystemFromDsl } from '../source/index.ts';
import { compileSystem, loadTemplates, taskStub } from './index.ts';
import { asksOf } from './template-names.ts';
import { templateNames } from './templates.ts';

const ours = fileURLToPath(new URL('../../templates/', import.meta.url));
const model = await loadSystemFromDsl(
  fileURLToPath(new URL('../../dsl-examples/orders/orders.dsl.ts', import.meta.url)),
);
const text = (name: string): string => readFileSync(`${ours}${name}.hbs`, 'utf8');
let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'millrace-templates-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string): void => writeFileSync(join(folder, `${name}.hbs`), content);
/** `CODE FILE:LINE:COLUMN MESSAGE | HINT`, the folder left out. */
const problems = (): readonly string[] =>
  checkTemplates(folder).map(({ code, severity, file, line, column, message, hint }) =>
    `${severity} ${code} ${file}:${line}:${column} ${message} | ${hint ?? ''}`.replaceAll(`${folder}/`, ''),
  );
const settings = () => ({
  outDir: 'out',
  sourcePath: 'a.dsl.ts',
  tasksDir: 'tasks',
  toolVersion: '1.0.0',
  templates: loadTemplates(folder),
});
const output = () => [...compileSystem(model, settings()).files, taskStub(model, 'chargeCard', settings())];

test('a copy of ours is right, and changes nothing', () => {
  const before = output();
  for (const name of templateNames) write(name, text(name));
  expect(problems()).toEqual([]);
  expect(output()).toEqual(before);
});

describe.each(templateNames)('%s.hbs', (name) => {
  test('can be overridden by itself, and no other file of the output changes', () => {
    const before = output();
    write(name, `${text(name)}// mine\n`);
    expect(problems()).toEqual([]);
    const changed = output()
      .filter(({ text: is }, index) => is !== before[index]?.text)
      .map(({ path }) => path);
    const expected = {
      header: [/^(?!tasks)/],
      shared: [/^shared\.ts$/],
      contracts: [/^contracts\.ts$/],
      flow: [/^flows\//],
      machine: [/^machines\//],
      index: [/^index\.ts$/],
      task: [/^tasks\//],
    }[name];
    expect(changed.filter((path) => path !== 'manifest.json').length).toBeGreaterThan(0);
    for (const path of changed) if (path !== 'manifest.json') expect(path).toMatch(expected[0] as RegExp);
  });

  test('a value that it does not get is told, with the one that is meant', () => {
    const value = name === 'header' ? 'toolVersion' : name === 'machine' ? 'body' : 'imports';
    write(name, text(name).replaceAll(value, `${value}x`));
    expect(problems()[0]).toMatch(
      new RegExp(
        `^warning MR1847 ${name}\\.hbs:\\d+:\\d+ The template '${name}' gets no '${value}x': nothing is printed there\\. \\| Did you mean '${value}'\\?$`,
      ),
    );
  });
});

test('what is no template has its place and its reason', () => {
  write('flow', '{{> header}}\n{{#if doc}}\nnever closed');
  write('index', '{{> header}}\n{{imports}\n');
  write('machine', '{{> header}}\n  {{upper body}} {{> tail}}\n{{#repeat body}}{{/repeat}}');
  mkdirSync(join(folder, 'task.hbs'));
  expect(problems().toSorted()).toEqual([
    "error MR1653 flow.hbs:3:1 The template 'flow.hbs' does not work: it ends within a block or a tag. | ",
    "error MR1653 index.hbs:2:1 The template 'index.hbs' does not work: this cannot be read, near `...> header}}{{imports}`. | ",
    "error MR1653 machine.hbs:2:18 There is no partial 'tail'. | A file 'tail.hbs' in the folder is one.",
    "error MR1653 machine.hbs:2:3 There is no helper 'upper'. | There are: if, unless, each, with, lookup, log.",
    "error MR1653 machine.hbs:3:1 There is no helper 'repeat'. | There are: if, unless, each, with, lookup, log.",
    expect.stringMatching(/^error MR1653 task\.hbs:1:1 The template 'task\.hbs' does not work: EISDIR/),
  ]);
});

test('a file with another name is a partial of those that use it; one that nobody uses is told', () => {
  write('flow', text('flow').replace('{{> header}}', '{{> top}}'));
  write('top', '{{> header}}\n// {{source}} is the source; {{shortHash}}\n');
  write('flwo', '');
  write('licence', '');
  writeFileSync(join(folder, 'notes.txt'), '{{#if');
  expect(problems().toSorted()).toEqual([
    "warning MR1846 flwo.hbs:1:1 'flwo.hbs' overrides no template, and none uses it. | Did you mean 'flow.hbs'?",
    "warning MR1846 licence.hbs:1:1 'licence.hbs' overrides no template, and none uses it. | There are: header, shared, contracts, flow, machine, index, task.",
  ]);
  expect(
    output()
      .find(({ path }) => path.startsWith('flows/'))
      ?.text.split('\n')[1],
  ).toMatch(/^\/\/ orders\.dsl\.ts is the source; \w+$/);
});

test('what loops and blocks name of their own is no value', () => {
  write(
    'shared',
    '{{> header}}\n{{#each declarations as |one index|}}{{index}} {{one}} {{this}} {{@index}}{{/each}}{{#with imports}}{{length}}{{/with}}{{#unless imports}}{{declaration}}{{/unless}}',
  );
  expect(problems()).toEqual([
    expect.stringMatching(/^warning MR1847 shared\.hbs:2:\d+ The template 'shared' gets no 'declaration'/),
  ]);
});

test('a folder that is not there is told', () => {
  expect(checkTemplates('nowhere')).toMatchObject([
    { code: 'MR1845', severity: 'error', message: "There is no folder 'nowhere', which should hold templates." },
  ]);
  expect(checkTemplates(fileURLToPath(import.meta.url))).toMatchObject([{ code: 'MR1845' }]);
});

test('docs/generated-code.md lists the values of every template', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/generated-code.md', import.meta.url)), 'utf8');
  for (const name of templateNames.filter((each) => each !== 'header')) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}.hbs\` |`)) ?? '';
    const listed = [...row.matchAll(/`(\w+)(?:\?|\[\])*`/g)].map(([, value]) => value);
    const asked = asksOf(Handlebars.parse(text(name))).flatMap((ask) => (ask.kind === 'value' ? [ask.name] : []));
    expect(listed.toSorted()).toEqual([...new Set(asked)].toSorted());
  }
});
