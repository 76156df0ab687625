import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importScxml } from 'millrace/convert';
import { hashSystem, parseSystem } from 'millrace/model';
import { validateSystem } from 'millrace/rules';
import { printSystem, readSystem } from 'millrace/source';
import { readCases } from './cases.ts';

// Every third of them: one of each kind is among those.
const some = readCases().filter((_, index) => index % 3 === 0);

it('what is imported is a model that the rules accept, can be written as source, and is read back as the same model', async () => {
  for (const { group, name, folder, text } of some) {
    const readFile = (path: string): string => readFileSync(join(folder, path), 'utf8');
    const { model } = importScxml(text, { file: `${name}.scxml`, readFile });
    expect(model, `${group}/${name}`).toBeDefined();
    if (model === undefined) continue;
    expect(parseSystem(JSON.parse(JSON.stringify(model))).diagnostics, `${group}/${name}`).toEqual([]);
    expect(validateSystem(model).issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { text: source = '', diagnostics } = printSystem(model);
    expect(diagnostics).toEqual([]);
    const back = await readSystem('a.dsl.ts', { readFile: () => source });
    expect(back.diagnostics).toEqual([]);
    expect(back.system && hashSystem(back.system), `${group}/${name}`).toBe(hashSystem(model));
  }
});
