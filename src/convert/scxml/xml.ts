import { SaxesParser, type SaxesTagPlain } from 'saxes';

/** A place in an XML text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A stretch of text between tags. */
export interface XmlText extends Place {
  readonly kind: 'text';
  readonly text: string;
}

/** An element with what it holds. Names are without their prefix. */
export interface XmlElement extends Place {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | XmlText)[];
}

/** What came of parsing: the root, or where and why the text is no XML. */
export type ParsedXml =
  | { readonly root: XmlElement }
  | { readonly root?: undefined; readonly message: string; readonly place: Place };

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Deeper than any document that is meant, and not so deep that walking through it fails. */
const deepest = 500;

/** Parses an XML document into its tree. */
export function parseXml(text: string): ParsedXml {
  const parser = new SaxesParser();
  const stack: { element: XmlElement; children: (XmlElement | XmlText)[] }[] = [];
  let root: XmlElement | undefined;
  let failure: { message: string; place: Place } | undefined;
  let start: Place = { line: 1, column: 1 };

  parser.on('error', (error) => {
    failure ??= {
      message: error.message.replace(/^\d+:\d+: /, ''),
      place: { line: parser.line, column: parser.column + 1 },
    };
  });
  parser.on('opentagstart', ({ name }) => {
    // The parser stands behind the character that ended the name.
    const column = parser.column - name.length - 1;
    start = column > 0 ? { line: parser.line, column } : { line: Math.max(1, parser.line - 1), column: 1 };
  });
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    if (stack.length === deepest) {
      failure ??= { message: `Elements stand more than ${deepest} deep in each other.`, place: start };
    }
    if (failure !== undefined) return;
    const children: (XmlElement | XmlText)[] = [];
    const given = Object.entries(attributes).flatMap(([key, value]) =>
      key === 'xmlns' || key.startsWith('xmlns:') ? [] : [[key.includes(':') ? key : local(key), value] as const],
    );
    const element: XmlElement = {
      kind: 'element',
      name: local(name),
      attributes: Object.fromEntries(given),
      children,
      ...start,
    };
    stack.at(-1)?.children.push(element);
    stack.push({ element, children });
    root ??= element;
  });
  const addText = (chunk: string): void => {
    stack.at(-1)?.children.push({ kind: 'text', text: chunk, line: parser.line, column: parser.column + 1 });
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void stack.pop());
  try {
    parser.write(text).close();
  } catch (thrown) {
    failure ??= { message: String(thrown), place: { line: parser.line, column: parser.column + 1 } };
  }
  if (failure !== undefined) return failure;
  return root === undefined ? { message: 'The text holds no element.', place: { line: 1, column: 1 } } : { root };
}

/** The child elements, all or those of one of the given names. */
export function elementsOf({ children }: XmlElement, ...names: readonly string[]): readonly XmlElement[] {
  return children.filter(
    (child): child is XmlElement => child.kind === 'element' && (names.length === 0 || names.includes(child.name)),
  );
}

/** The text directly inside an element. */
export function textIn({ children }: XmlElement): string {
  return children.map((child) => (child.kind === 'text' ? child.text : '')).join('');
}

/** The element and everything below it, in document order. */
export function* walk(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of elementsOf(element)) yield* walk(child);
}
