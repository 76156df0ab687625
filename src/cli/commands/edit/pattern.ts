import type { Edit } from '../../../model/index.ts';
import { expandPattern, library } from '../../../source/patterns/expand.ts';
import type { ParameterKind } from '../../../source/patterns/pattern.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { parseJson } from '../../kit/json-argument.ts';

/**
 * The edits of a pattern, with parameters as a command line gives them: `name=bookTrip`, `steps=flight,hotel` or
 * `steps=car:rentCar:returnCar`, `input=id:string,nights:integer`; lists and fields may also be JSON.
 *
 * @throws CliError MR2003, MR2034, MR2035
 */
export function patternEdits(name: string, settings: readonly string[], file: string | undefined): readonly Edit[] {
  const pattern = library.find((each) => each.name === name);
  const parameters: Record<string, unknown> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at <= 0) {
      throw new CliError('MR2003', `--set takes a key and a value, not '${setting}'.`, {
        hint: 'Such as --set name=bookTrip.',
        exitCode: 1,
      });
    }
    const key = setting.slice(0, at);
    const is = pattern?.parameters.find((each) => each.key === key)?.is;
    const value = valueOf(setting.slice(at + 1), is, `--set ${key}`);
    Object.defineProperty(parameters, key, { value, enumerable: true, configurable: true });
  }
  const expanded = expandPattern(name, parameters, file === undefined ? {} : { file });
  if ('edits' in expanded) return expanded.edits;
  const { code, problems } = expanded;
  if (code === 'MR2034')
    throw new CliError(code, problems.join(' '), { hint: 'docs/patterns.md shows what each does.', exitCode: 1 });
  const keys = pattern?.parameters.map((each) => `${each.key} (${each.what})`).join(', ') ?? '';
  throw new CliError(code, `The pattern '${name}': ${problems.join('; ')}.`, {
    hint: `It takes: ${keys}.`,
    exitCode: 1,
  });
}

function valueOf(text: string, is: ParameterKind | undefined, what: string): unknown {
  switch (is?.kind) {
    case 'count':
      return text.trim() === '' ? text : Number(text);
    case 'items':
      if (text.startsWith('[')) return parseJson(text, what);
      return parts(text, ',').map((item) => {
        const [id, ...names] = parts(item, ':');
        return {
          id,
          ...Object.fromEntries(names.map((name, index) => [is.names[index] ?? `name ${index + 2}`, name])),
        };
      });
    case 'fields':
      if (text.startsWith('{')) return parseJson(text, what);
      return Object.fromEntries(
        parts(text, ',').map((field) => [field.split(':')[0] ?? '', field.split(':')[1] ?? 'string']),
      );
    default:
      return text;
  }
}

function parts(text: string, separator: string): readonly string[] {
  return text.split(separator).map((part) => part.trim());
}
