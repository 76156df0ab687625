/** An element that is written, with its attributes in order; those without a value are left out. */
export interface Written {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly children?: readonly Written[];
  /** Text in place of children: code. */
  readonly text?: string;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const inAttribute = (text: string): string =>
  escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;').replaceAll('\r', '&#13;');

/** The text of an element and everything in it, two blanks a level. */
export function writeElement({ name, attributes = {}, children = [], text }: Written, indent = ''): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${inAttribute(value)}"`],
  );
  const head = `${indent}<${name}${given.join('')}`;
  if (text !== undefined) return `${head}>\n${escaped(text)}\n${indent}</${name}>`;
  if (children.length === 0) return `${head}/>`;
  const inner = children.map((child) => writeElement(child, `${indent}  `));
  return `${head}>\n${inner.join('\n')}\n${indent}</${name}>`;
}

/** Can every character of a text stand in an XML document? */
export const isWritable = (text: string): boolean =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).every((code) =>
    code >= 0x20 ? code !== 0xfffe && code !== 0xffff : [0x09, 0x0a, 0x0d].includes(code),
  );
