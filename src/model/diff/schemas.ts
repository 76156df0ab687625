import type { SchemaNode } from '../nodes/expression.ts';
import { callers, instances, runs, type Break, type Comparison, type SchemaRelation } from './change.ts';

/** What a schema is for, which decides in which direction a change of it breaks something. */
export type SchemaRole =
  /** Others give such values: the input of a task or flow, the payload of an event. */
  | 'given'
  /** Others take such values: an output. */
  | 'taken'
  /** Such values are stored with an instance. */
  | 'kept';

/** Compares what a schema accepted with what it accepts. Either may be absent, which accepts anything. */
export function compareSchema(
  comparison: Comparison,
  path: string,
  what: string,
  role: SchemaRole,
  before: SchemaNode | undefined,
  after: SchemaNode | undefined,
): void {
  if (before === undefined && after === undefined) return;
  if (before !== undefined && after !== undefined && comparison.same(before, after)) return;
  const relation = relationOf(comparison, before, after);
  comparison.report({
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    path,
    message: `The schema of ${what} ${words[relation]}.`,
    breaks: breaksOf(role, relation),
    ...(before && { before: before.location }),
    ...(after && { after: after.location }),
  });
}

const words: Readonly<Record<SchemaRelation, string>> = {
  equal: 'is written in another way and refuses nothing that it accepted',
  wider: 'accepts more than before',
  narrower: 'accepts less than before',
  drops: 'leaves out fields that it kept',
  unknown: 'was changed, and it cannot be told whether it still accepts what it accepted',
};

function relationOf(
  { before: old, after: next, compare }: Comparison,
  before: SchemaNode | undefined,
  after: SchemaNode | undefined,
): SchemaRelation {
  if (before === undefined) return 'narrower';
  if (after === undefined) return 'wider';
  return compare({ schema: before, model: old }, { schema: after, model: next });
}

function breaksOf(role: SchemaRole, relation: SchemaRelation): readonly Break[] {
  const loses = relation === 'narrower' || relation === 'unknown';
  const gains = relation === 'wider' || relation === 'unknown';
  const drops = relation === 'drops';
  switch (role) {
    case 'given':
      return loses
        ? [
            callers('values that were accepted may be refused'),
            runs('what a run in flight has recorded is read again and may be refused'),
          ]
        : [];
    case 'taken':
      return [
        ...(gains ? [callers('there may be results that there never were before')] : []),
        ...(drops ? [callers('a part of the results is gone')] : []),
        ...(loses ? [runs('what a run in flight has recorded is read again and may be refused')] : []),
      ];
    case 'kept':
      return [
        ...(loses ? [instances('the context of an instance may not fit any more')] : []),
        ...(drops ? [instances('what an instance has stored in the fields is lost')] : []),
      ];
    default:
      return role satisfies never;
  }
}
