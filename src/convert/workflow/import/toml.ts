import { parse, TomlError } from 'smol-toml';
import { JsonProblem, type JsonMember, type JsonNode } from '../../xstate/import/json.ts';
import { tomlPlaces, type Places } from './toml-places.ts';

/** Reads TOML; what comes of it knows where it stands, as JSON does. Dates become texts. */
export function parseToml(text: string): JsonNode | JsonProblem {
  const whole = text.replace(/^\uFEFF/, ' ');
  try {
    const value: unknown = parse(whole, { unsafeKeyBehaviour: 'throw', maxDepth: 200 });
    return nodeOf(value, [], tomlPlaces(whole), { start: 0, end: 0 });
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const lines = whole.split('\n').slice(0, thrown.line - 1);
    const at = lines.reduce((sum, line) => sum + line.length + 1, 0) + thrown.column - 1;
    const [first = ''] = thrown.message.replace(/^Invalid TOML document: /, '').split('\n');
    return new JsonProblem(Math.min(at, Math.max(0, whole.length - 1)), `${first}.`);
  }
}

function nodeOf(
  value: unknown,
  path: readonly string[],
  places: Places,
  around: { readonly start: number; readonly end: number },
): JsonNode {
  const place = places.get(path.join('\0')) ?? { key: around, value: around };
  const { start, end } = place.value;
  const below = (inner: unknown, key: string): JsonNode => nodeOf(inner, [...path, key], places, place.value);
  if (Array.isArray(value)) {
    return { kind: 'array', items: value.map((item: unknown, index) => below(item, String(index))), start, end };
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const members = Object.entries(value).map(([key, inner]): JsonMember => {
      const own = places.get([...path, key].join('\0'))?.key ?? place.key;
      return { key, start: own.start, end: own.end, value: below(inner, key) };
    });
    return { kind: 'object', members, start, end };
  }
  if (typeof value === 'boolean' || typeof value === 'string') return { kind: 'value', value, start, end };
  const plain = typeof value === 'number' && Number.isFinite(value) ? value : String(value);
  return { kind: 'value', value: plain, start, end };
}
