import { nearest, pathText } from '../../core/index.ts';
import type { ExtensionTarget, Location, Metadata, SystemModel } from '../../model/index.ts';
import { definitionMaps } from '../../model/nodes/definition-maps.ts';
import type { Rule } from '../rule.ts';

/** The keys that belong to extensions: a prefix and a name, as the codes of rules. All others are free. */
const key = /^[a-z][\w.-]*\/[a-z][\w./-]*$/i;

/** A key in `metadata` that looks like an extension's is that of a registered one. */
export const unknownExtension: Rule = {
  code: 'MR1290',
  name: 'unknown-extension',
  severity: 'error',
  check(model, report, { extensions }) {
    if (extensions === undefined) return;
    const known = extensions.map(({ id }) => id);
    for (const { path, location, metadata } of carriersOf(model)) {
      for (const id of Object.keys(metadata).filter((each) => key.test(each))) {
        if (known.some((each) => each === id)) continue;
        const like = nearest(id, known);
        const all = known.length === 0 ? 'None is registered.' : `Registered: ${known.join(', ')}.`;
        report({
          message: `There is no extension '${id}'. ${all}`,
          hint:
            like === undefined
              ? 'Name it in `extensions` of dsl.config.ts; a key of your own has no slash.'
              : `Did you mean '${like}'?`,
          path: `${path}.metadata`,
          location,
          context: { actual: id, ...(like !== undefined && { suggestion: like }), ids: known },
        });
      }
    }
  },
};

/** The data of an extension is what its schema says, where the extension may stand. */
export const extensionData: Rule = {
  code: 'MR1291',
  name: 'extension-data',
  severity: 'error',
  check(model, report, { extensions = [] }) {
    for (const { path, location, metadata, kind, name } of carriersOf(model)) {
      for (const extension of extensions) {
        const { id, on } = extension;
        if (!Object.hasOwn(metadata, id)) continue;
        const place = { path: `${path}.metadata`, location, context: { ids: [id, name] } };
        if (on !== undefined && !on.includes(kind)) {
          const where = on.length === 0 ? 'nothing' : on.map((each) => `a ${each}`).join(' or ');
          report({ ...place, message: `The extension '${id}' is for ${where}, not for the ${kind} '${name}'.` });
          continue;
        }
        for (const problem of extension.problems(metadata[id])) {
          const at = pathText(problem.path);
          report({
            ...place,
            message: `'${id}' of the ${kind} '${name}' is not what the extension demands: ${at === '' ? '' : `'${at}': `}${problem.message}`,
          });
        }
      }
    }
  },
};

interface Carrier {
  readonly kind: ExtensionTarget;
  readonly name: string;
  readonly path: string;
  readonly location: Location;
  readonly metadata: Metadata;
}

/** Everything that carries metadata. */
function carriersOf(model: SystemModel): readonly Carrier[] {
  const { name, location, metadata } = model;
  const own: Carrier[] = metadata === undefined ? [] : [{ kind: 'system', name, path: 'system', location, metadata }];
  const kinds = Object.entries(definitionMaps) as [
    keyof typeof definitionMaps,
    (typeof definitionMaps)[keyof typeof definitionMaps],
  ][];
  return [
    ...own,
    ...kinds.flatMap(([kind, map]) =>
      Object.values(model[map]).flatMap(({ name, location, metadata }): Carrier[] =>
        metadata === undefined ? [] : [{ kind, name, path: `${map}.${name}`, location, metadata }],
      ),
    ),
  ];
}
