import type { Location } from '../nodes/location.ts';
import type { SchemaNode } from '../nodes/expression.ts';
import type { SystemModel } from '../nodes/system.ts';

/**
 * Whom a change hits: `callers` give input, send events and read results; `instances` are machines that stand somewhere;
 * `runs` are flows in flight, whose journal the new code must be able to follow.
 */
export type Audience = 'callers' | 'instances' | 'runs';

/** Why a change breaks something for somebody. */
export interface Break {
  readonly audience: Audience;
  readonly reason: string;
}

/** One difference between two versions of a system. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  /** Such as `tasks.chargeCard.input`, `machines.order.states.open`, `flows.pay.body.prepared/stock`. */
  readonly path: string;
  readonly message: string;
  /** Empty for a compatible change. */
  readonly breaks: readonly Break[];
  readonly before?: Location;
  readonly after?: Location;
}

/**
 * How the values that a schema accepts have changed. `drops`: all that it accepted is accepted, and some of their fields
 * are left out. `unknown` when it cannot be told from the two texts.
 */
export type SchemaRelation = 'equal' | 'wider' | 'narrower' | 'drops' | 'unknown';

/** Compares two schemas, each with the system whose declarations it reaches. */
export type CompareSchemas = (
  before: { readonly schema: SchemaNode; readonly model: SystemModel },
  after: { readonly schema: SchemaNode; readonly model: SystemModel },
) => SchemaRelation;

/** What all parts of a comparison share. */
export interface Comparison {
  readonly before: SystemModel;
  readonly after: SystemModel;
  readonly compare: CompareSchemas;
  /** Do both mean the same, the declarations that they reach included? */
  same(before: object, after: object): boolean;
  /** Does a field of two nodes of one kind mean the same? */
  sameField<Node extends object>(before: Node, after: Node, field: keyof Node & string): boolean;
  report(change: Change): void;
}

export const callers = (reason: string): Break => ({ audience: 'callers', reason });
export const instances = (reason: string): Break => ({ audience: 'instances', reason });
export const runs = (reason: string): Break => ({ audience: 'runs', reason });
