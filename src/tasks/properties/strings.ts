import type fc from 'fast-check';
import { NoValues } from './unsupported.ts';

type FastCheck = typeof fc;

/** What a schema's check says of itself. */
export interface CheckDefinition {
  readonly check: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly includes?: string;
  readonly version?: string;
}

/** Texts that the checks of a text schema take, most of them. */
export function textsOf(
  fc: FastCheck,
  checks: readonly CheckDefinition[],
  path: readonly PropertyKey[],
): fc.Arbitrary<string> {
  const format = checks.find(
    (one) => one.check === 'string_format' && one.format !== undefined && !plain.has(one.format),
  );
  if (format !== undefined) return ofFormat(fc, format, path);
  const least = Math.max(0, ...checks.map((one) => one.minimum ?? one.length ?? 0));
  const most = Math.min(least + 24, ...checks.map((one) => one.maximum ?? one.length ?? Infinity));
  const parts = (key: 'prefix' | 'suffix' | 'includes'): string =>
    checks.map((one) => (key in one && typeof one[key] === 'string' ? one[key] : '')).join('');
  const [before, within, after] = [parts('prefix'), parts('includes'), parts('suffix')];
  const fixed = before.length + within.length + after.length;
  const length = { minLength: Math.max(0, least - fixed), maxLength: Math.max(0, most - fixed) };
  const bodies = fc.oneof(
    { arbitrary: fc.string(length), weight: 3 },
    { arbitrary: fc.string({ ...length, unit: 'grapheme' }), weight: 1 },
  );
  const cased = checks.some((one) => one.format === 'lowercase')
    ? bodies.map((text) => text.toLowerCase())
    : checks.some((one) => one.format === 'uppercase')
      ? bodies.map((text) => text.toUpperCase())
      : bodies;
  return fixed === 0 ? cased : cased.map((text) => before + within + text + after);
}

/** Formats that only say something about a part of the text. */
const plain = new Set(['lowercase', 'uppercase', 'includes', 'starts_with', 'ends_with']);

function ofFormat(
  fc: FastCheck,
  { format = '', pattern, version }: CheckDefinition,
  path: readonly PropertyKey[],
): fc.Arbitrary<string> {
  const time = { noInvalidDate: true, min: new Date(0), max: new Date('2099-12-31T23:59:59.999Z') };
  const moments = fc.date(time).map((date) => date.toISOString());
  switch (format) {
    case 'email':
      return fc.stringMatching(
        /^[a-z][a-z0-9]{0,7}([.+_-][a-z0-9]{1,5})?@[a-z][a-z0-9-]{0,8}[a-z0-9]\.(com|org|test)$/,
      );
    case 'uuid':
    case 'guid':
      return fc.uuid({ version: version === undefined ? 4 : (Number(version.replace(/^v/, '')) as 4) });
    case 'url':
      return fc.webUrl();
    case 'ipv4':
      return fc.ipV4();
    case 'ipv6':
      return fc.ipV6();
    case 'cidrv4':
      return fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`);
    case 'cidrv6':
      return fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`);
    case 'base64':
      return fc.base64String();
    case 'base64url':
      return fc.base64String().map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''));
    case 'datetime':
      return fc.oneof(
        moments,
        moments.map((text) => text.replace(/\.\d+Z$/, 'Z')),
        moments.map((text) => text.replace(/\.\d+Z$/, '')),
        moments.map((text) => text.replace(/:\d\d\.\d+Z$/, 'Z')),
        moments.map((text) => text.replace(/\.\d+Z$/, '+02:00')),
      );
    case 'date':
      return moments.map((text) => text.slice(0, 10));
    case 'time':
      return fc.oneof(
        moments.map((text) => text.slice(11, 19)),
        moments.map((text) => text.slice(11, 23)),
        moments.map((text) => text.slice(11, 16)),
      );
    case 'duration':
      return fc
        .tuple(fc.constantFrom('Y', 'M', 'W', 'D'), fc.integer({ min: 1, max: 99 }))
        .map(([unit, count]) => `P${count}${unit}`);
    case 'hostname':
      return fc.domain();
    case 'e164':
      return fc.stringMatching(/^\+[1-9]\d{7,13}$/);
    case 'emoji':
      return fc
        .array(fc.constantFrom('😀', '🚀', '🎉', '🦊'), { minLength: 1, maxLength: 3 })
        .map((all) => all.join(''));
    default:
      if (pattern === undefined) throw new NoValues(path, `texts of the format '${format}' cannot be made up`);
      return matching(fc, pattern, path);
  }
}

/** Texts that a pattern takes. */
export function matching(fc: FastCheck, pattern: RegExp, path: readonly PropertyKey[]): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(pattern);
  } catch {
    throw new NoValues(path, `texts that ${pattern} takes cannot be made up`);
  }
}
