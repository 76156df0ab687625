import { isOwner, type Owner } from './grammar.ts';

/** A definition as if it stood in another file, at the same place. */
export function moveFile(node: Owner, file: string): Owner {
  const from = isOwner(node['location']) ? node['location']['file'] : undefined;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isOwner(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'location' && isOwner(inner) && inner['file'] === from && 'endColumn' in inner
          ? { ...inner, file }
          : walk(inner),
      ]),
    );
  };
  return walk(node) as Owner;
}
