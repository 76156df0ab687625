import type { ts } from 'ts-morph';
import type { Diagnostic } from '../../model/index.ts';
import type { Module } from '../syntax/module.ts';

/** A span of a file, and what stands there instead. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Changes that are made together or not at all. */
export type Rewrite = readonly Change[];

/** Something that the reader refuses, with the node that it marks. */
export interface Refused {
  readonly diagnostic: Diagnostic;
  readonly node: ts.Node;
  /** What stands around the node, the nearest first; the last is the file. */
  readonly around: readonly ts.Node[];
}

/** A file as a codemod sees it. */
export interface CodemodFile {
  readonly module: Module;
  /** What today's reader refuses in it, from top to bottom. */
  readonly refused: readonly Refused[];
}

/**
 * Brings files from a spelling that is no longer read to the one that took its place. A codemod touches only what the
 * reader of its version refuses: so it may run on every file, twice, and on files that are new already, and it changes
 * nothing that works. That is why Millrace never gives a spelling that it reads another meaning: the new meaning gets a
 * new spelling, and the old one a codemod.
 */
export interface Codemod {
  /** The version of Millrace that refuses the old spelling. */
  readonly version: string;
  readonly name: string;
  /** What it does, in one line. */
  readonly description: string;
  /** The rewrites of one file. What a codemod cannot decide stays as it is, and the reader goes on reporting it. */
  readonly apply: (file: CodemodFile) => readonly Rewrite[];
}
