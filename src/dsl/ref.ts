/**
 * What every definition that can be named has, so that naming one of the wrong kind gives a message about the kind.
 * `Takes` is what it is given, `Gives` what comes of it: of an event, the payload as written and as read.
 */
export interface Ref<Kind extends string, Takes = unknown, Gives = unknown> {
  readonly kind: Kind;
  readonly name: string;
  /** Type only. */
  readonly '~takes': Takes;
  /** Type only. */
  readonly '~gives': Gives;
}

/** What a definition takes, as written. */
export type TakesOf<R extends Ref<string>> = R['~takes'];
/** What a definition gives, as read. */
export type GivesOf<R extends Ref<string>> = R['~gives'];
