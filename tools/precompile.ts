/** Prints the templates of generated modules as code, so that the command line needs no parser of templates. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';

/** A CommonJS module with what Handlebars makes of each template in a folder. */
export function precompiledTemplates(folder: string): string {
  const specs = readdirSync(folder)
    .filter((name) => name.endsWith('.hbs'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const spec = String(Handlebars.precompile(text, { noEscape: true, preventIndent: true }));
      return `exports[${JSON.stringify(name.replace('.hbs', ''))}] = ${spec};\n`;
    });
  return `'use strict';\n${specs.join('')}`;
}
