/** The model of every real system: it parses, fits its JSON Schema, breaks no rule, and no formatter changes its hash. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { hashFlow, hashMachine, hashSystem, parseSystem, systemJsonSchema, type SystemModel } from 'millrace/model';
import { validateSystem } from 'millrace/rules';
import { readSystem } from 'millrace/source';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync(['dsl-examples/*/*.dsl.ts', 'test/language/*.dsl.ts'], { cwd: root });
const folder = mkdtempSync(join(tmpdir(), 'millrace-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(file: string): Promise<SystemModel> {
  const { system, diagnostics } = await readSystem(file, { cwd: root });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return system as SystemModel;
}

/** The same file as a very different team would have it. */
async function reformatted(file: string, name: string, options: object): Promise<SystemModel> {
  const copy = join(folder, `${name}-${basename(file)}`);
  // Relative imports keep their meaning, and so does the folder that they start from.
  const text = readFileSync(root + file, 'utf8').replaceAll(/(from ')(\.\.?\/)/g, `$1${root}${dirname(file)}/$2`);
  writeFileSync(copy, text);
  const config = join(folder, `${name}.json`);
  writeFileSync(config, JSON.stringify(options));
  execFileSync(`${root}node_modules/.bin/oxfmt`, ['-c', config, copy], { cwd: folder });
  expect(readFileSync(copy, 'utf8')).not.toBe(text);
  return read(copy);
}

/** Where it is imported from is not the formatter's doing. */
const withoutImports = (model: SystemModel): SystemModel => ({ ...model, imports: {} });

const formats = {
  narrow: {
    printWidth: 50,
    singleQuote: false,
    semi: false,
    trailingComma: 'none',
    arrowParens: 'avoid',
    bracketSpacing: false,
    quoteProps: 'consistent',
    tabWidth: 4,
  },
  wide: { printWidth: 300, singleQuote: true, semi: true, trailingComma: 'all', useTabs: true, quoteProps: 'preserve' },
};

it('there are systems to look at', () => expect(files.length).toBeGreaterThan(2));

describe.each(files)('%s', (file) => {
  it('parses, fits the JSON Schema, and is the same afterwards', async () => {
    const model = await read(file);
    const json: unknown = JSON.parse(JSON.stringify(model));
    const { system, diagnostics } = parseSystem(json);
    expect(diagnostics).toEqual([]);
    expect(system).toStrictEqual(json);
    expect(hashSystem(system as SystemModel)).toBe(hashSystem(model));
    const validate = new Ajv2020({ strict: false }).compile(systemJsonSchema());
    validate(json);
    expect(validate.errors).toBeNull();
  });

  it.runIf(file.startsWith('dsl-examples/'))('breaks no rule', async () => {
    expect(validateSystem(await read(file)).issues).toEqual([]);
  });

  it.each(Object.entries(formats))('has the same hashes in the format %s', async (name, options) => {
    const [before, after] = [withoutImports(await read(file)), withoutImports(await reformatted(file, name, options))];
    for (const flow of Object.keys(before.flows)) expect(hashFlow(after, flow)).toBe(hashFlow(before, flow));
    for (const machine of Object.keys(before.machines))
      expect(hashMachine(after, machine)).toBe(hashMachine(before, machine));
    expect(hashSystem(after)).toBe(hashSystem(before));
  });
});
