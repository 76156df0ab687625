import { readFileSync } from 'node:fs';
import type { SystemModel } from '../../model/index.ts';
import type { KeptFiles } from '../files/kept.ts';
import { openSource } from '../read.ts';
import type { Module } from '../syntax/module.ts';
import { declarationOf, entityAt, placesOf, type Entity, type Place } from './entity.ts';
import { tokenAt } from './tokens.ts';

/** A range in a file, by UTF-16 offsets. */
export interface FileRange {
  /** Absolute. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** The names of a system, for who stands at one of them in a file. */
export interface Names {
  readonly system: SystemModel;
  /** What is named at an offset of a file, and the range of the name. */
  at(file: string, offset: number): { readonly entity: Entity; readonly range: FileRange } | undefined;
  declaration(entity: Entity): FileRange | undefined;
  /** Everywhere that it is named, the declaration among it. */
  places(entity: Entity): readonly FileRange[];
  /** The whole statement that declares a definition. */
  statement(entity: Entity): FileRange | undefined;
}

/** Opens the names of a system; nothing where its source cannot be read. Loads the parser. */
export function openNames(
  entry: string,
  cwd: string,
  options: { readonly readFile?: (path: string) => Uint8Array | string; readonly kept?: KeptFiles } = {},
): Names | undefined {
  const { readFile = readFileSync, kept } = options;
  const { result, opened } = openSource(entry, cwd, readFile, kept);
  const { system } = result;
  if (system === undefined || opened === undefined) return undefined;
  const source = { opened, system };
  const moduleOf = (file: string): Module | undefined => opened.reading.modules.get(file);
  const rangeOf = ({ module, start, end }: Place): FileRange => ({ file: module.path, start, end });
  return {
    system,
    at(file, offset) {
      const module = moduleOf(file);
      const token = module && tokenAt(module.source, offset);
      const entity = module && token && entityAt(source, module, token);
      return entity && { entity, range: { file, start: token.start, end: token.end } };
    },
    declaration(entity) {
      const place = declarationOf(source, entity);
      return place && rangeOf(place);
    },
    places: (entity) => placesOf(source, entity).map(rangeOf),
    statement(entity) {
      const member = opened.members.find(({ name }) => name === entity.name);
      if (member === undefined) return undefined;
      const { module, statement } = member.definition;
      return { file: module.path, start: statement.getStart(module.source), end: statement.end };
    },
  };
}
