import type { Tags, TaskNode } from '../../model/index.ts';
import { array, object, type Doc } from '../../model/text/doc.ts';
import { quote } from '../../model/text/names.ts';
import type { Printing } from './printing.ts';
import { json } from '../../model/text/json.ts';
import { docLines, member, optionalJson, text, texts } from './values.ts';

type Common = Pick<TaskNode, 'description' | 'tags' | 'metadata' | 'hints'>;

/** The comment above a definition, when it has a description that a comment can say. */
export function comment({ description }: Common): string {
  const lines = docLines(description);
  return lines === undefined ? '' : `${lines}\n`;
}

/** What every definition may have; its description, when that does not stand above it. */
export function commonMembers(to: Printing, node: Common & { readonly name: string }): readonly Doc[] {
  const { name, description, tags, metadata, hints } = node;
  const isComment = docLines(description) !== undefined && !to.inOptions.has(name);
  return [
    ...member('description', isComment ? undefined : text(description)),
    ...member('tags', printTags(tags)),
    ...member('metadata', optionalJson(metadata)),
    ...member('hints', hints === undefined ? undefined : printHints(hints)),
  ];
}

export function printTags(tags: Tags | undefined): Doc | undefined {
  if (tags === undefined) return undefined;
  return array(
    tags.map((tag) =>
      typeof tag === 'string'
        ? quote(tag)
        : object([
            ...member('key', quote(tag.key)),
            ...member('value', json(tag.value)),
            ...member('scope', text(tag.scope)),
          ]),
    ),
  );
}

function printHints({ concepts, rules, related }: NonNullable<Common['hints']>): Doc {
  return object([
    ...member('concepts', texts(concepts)),
    ...member('rules', texts(rules)),
    ...member('related', texts(related)),
  ]);
}
