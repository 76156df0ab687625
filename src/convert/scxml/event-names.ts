import { elementsOf, type XmlElement } from './xml.ts';
import { constantText } from './ecmascript/constant.ts';

/** Events that the machine itself raises: nobody declares them. */
export const isPlatformEvent = (name: string): boolean =>
  /^(?:done|error)$|^done\.(?:state|invoke)(?:\.|$)|^error\.(?:execution|communication|platform)$/.test(name);

/** The descriptors of a transition that cover more than a name: `*`, `foo.*`. */
export const patternsOf = (element: XmlElement): readonly string[] =>
  (element.attributes.event ?? '').split(/\s+/).filter((each) => each.endsWith('*'));

/** The descriptors of a transition, without the ends that say nothing: `foo.*` and `foo.` are `foo`. */
export const descriptorsOf = (element: XmlElement): readonly string[] =>
  (element.attributes.event ?? '')
    .split(/\s+/)
    .filter((each) => each !== '')
    .map((each) => each.replace(/\.?\*$/, '').replace(/\.$/, '') || '*');

/** The names of all events that a document raises, sends or waits for. */
export function eventNamesOf(root: XmlElement): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (element: XmlElement): void => {
    const { event, eventexpr } = element.attributes;
    if (element.name === 'transition') {
      for (const name of descriptorsOf(element)) if (name !== '*' && !isPlatformEvent(name)) names.add(name);
    } else if (element.name === 'raise' || element.name === 'send') {
      const name = event ?? (eventexpr === undefined ? undefined : constantText(eventexpr));
      if (name !== undefined && name !== '') names.add(name);
      // A session that cannot be is told at once, by the machine itself.
      if (element.attributes.target?.startsWith('#_scxml_') === true) names.add('error.communication');
    }
    for (const child of elementsOf(element)) if (child.name !== 'scxml') visit(child);
  };
  visit(root);
  return names;
}
