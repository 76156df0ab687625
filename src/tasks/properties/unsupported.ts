import { pathText } from '../../core/index.ts';

/** A part of a schema for which no values can be made. */
export interface UnsupportedPart {
  /** Where, as in `lines[].at`; empty for the whole. */
  readonly path: string;
  readonly why: string;
}

/** No value can be made here, nor for what needs one here. */
export class NoValues extends Error {
  readonly part: UnsupportedPart;

  constructor(path: readonly PropertyKey[], why: string) {
    super(why);
    this.part = { path: pathText(path), why };
  }
}
