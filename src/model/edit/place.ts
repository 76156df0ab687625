import { nearest } from '../../core/index.ts';
import type { Location } from '../nodes/location.ts';
import {
  isOwner,
  isMap,
  listOf,
  maps,
  typeOf,
  typeOfItem,
  type ItemKind,
  type MapName,
  type Owner,
} from './grammar.ts';
import { pathName, printPath, type PathPiece } from './path.ts';

/** Where a path leads in a model: to something, or to where something could be put. */
export interface Place {
  /** In one notation, whatever was written: states by their names alone. */
  readonly path: string;
  readonly what: 'definition' | 'field' | 'body' | 'element' | ItemKind;
  readonly owner: Owner | unknown[];
  /** In the owner. Of a list where nothing stands yet: its length. */
  readonly key: string | number;
  /** The last name or index of the path. */
  readonly name: string;
  readonly exists: boolean;
  /** Of the thing itself or, where there is none, of the nearest node around it. */
  readonly location: Location;
  /** The definition it is or belongs to; without one it belongs to the system itself. */
  readonly map?: MapName;
  readonly definition?: string;
  /** The kind of the owner, as far as it is known. */
  readonly type?: string;
  /** What else there is in the same list or map, to say what may have been meant. */
  readonly known: readonly string[];
}

/** Why a path leads nowhere. */
export interface Nowhere {
  /** The end of a sentence: `flow 'pay' has no step 'x'`. */
  readonly problem: string;
  readonly hint?: string;
  readonly location: Location;
  /** The path so far as it leads somewhere, and one name more. */
  readonly missing: string;
}

interface Spot {
  readonly value: unknown;
  readonly type?: string | undefined;
  readonly place: Place;
}

/** Finds what a path leads to in a system. */
export function resolve(system: Owner, pieces: readonly PathPiece[]): Place | Nowhere {
  return new Walk(system).from(pieces);
}

class Walk {
  readonly #system: Owner;
  #location: Location;
  #at: Pick<Place, 'map' | 'definition'> = {};

  constructor(system: Owner) {
    this.#system = system;
    this.#location = system['location'] as Location;
  }

  from(all: readonly PathPiece[]): Place | Nowhere {
    const pieces = all.length > 1 && all[0]?.name === 'system' ? all.slice(1) : all;
    const [first, second, ...rest] = pieces;
    if (first === undefined) return this.#nowhere('', 'a path is empty', '');
    if (!isMap(first.name)) {
      const spot = this.#member({ value: this.#system, type: 'system', place: this.#root() }, first.name);
      return this.#follow(spot, pieces.slice(1));
    }
    const map = this.#system[first.name] as Readonly<Record<string, Owner>>;
    const kind = maps[first.name];
    if (second === undefined || second.by !== '.') {
      return this.#nowhere(first.name, `a path to one ${kind} goes on with its name`, first.name);
    }
    const { name } = second;
    const node = Object.hasOwn(map, name) ? map[name] : undefined;
    const path = `${first.name}.${pathName(name)}`;
    if (node === undefined && rest.length > 0) {
      const nowhere = this.#nowhere(path, `the system has no ${kind} '${name}'`, name, Object.keys(map), kind);
      const meant = quoted(map, pieces.slice(1));
      return meant === undefined
        ? nowhere
        : { ...nowhere, hint: `Put a name with dots in quotes: '${first.name}.${meant}'.` };
    }
    this.#at = { map: first.name, definition: name };
    this.#enter(node);
    const place = this.#place(path, 'definition', map, name, name, node !== undefined, Object.keys(map));
    return this.#follow({ value: node, type: kind, place }, rest);
  }

  #root(): Place {
    return this.#place('', 'field', this.#system, '', '', true);
  }

  #follow(start: Spot, pieces: readonly PathPiece[]): Place | Nowhere {
    let spot = start;
    for (let index = 0; index < pieces.length;) {
      const piece = pieces[index] as PathPiece;
      if (!spot.place.exists) return this.#nowhere(spot.place.path, `there is no '${spot.place.path}'`, piece.name);
      const next = pieces[index + 1];
      let end = index + 1;
      let found: Spot | Nowhere;
      if (next?.by === '.' && spot.type === 'flow' && piece.name === 'body') {
        end = endOf(pieces, index + 1);
        found = this.#steps(this.#member(spot, 'body'), pieces.slice(index + 1, end));
      } else if (next?.by === '.' && spot.type === 'machine' && piece.name === 'states') {
        end = endOf(pieces, index + 1);
        found = this.#state(spot, pieces.slice(index + 1, end));
      } else found = this.#step(spot, piece, pieces.length === end);
      if ('problem' in found) return found;
      spot = found;
      index = end;
    }
    return spot.place;
  }

  /** One piece further. */
  #step(spot: Spot, piece: PathPiece, isLast: boolean): Spot | Nowhere {
    const { value, type, place } = spot;
    if (piece.by === '/')
      return this.#nowhere(place.path, `'${place.path}' is no step, so no slash can follow`, piece.name);
    // `on.pay[0]` is a transition of `on.pay`.
    if (piece.by === '[' && (type === 'on' || type === 'timer')) {
      return this.#item(this.#member(spot, 'transitions'), `${type}.transitions`, piece, place.path, isLast);
    }
    if (Array.isArray(value)) {
      const list = (place.type === undefined ? '' : `${place.type}.`) + String(place.key);
      return this.#item(spot, list, piece, place.path, isLast);
    }
    if (!isOwner(value)) return this.#nowhere(place.path, `'${place.path}' has no members`, piece.name);
    if (piece.by === '[') return this.#nowhere(place.path, `'${place.path}' is no list`, `[${piece.name}]`);
    return this.#member(spot, piece.name);
  }

  #member(spot: Spot, key: string): Spot {
    const owner = spot.value as Owner;
    const value = Object.hasOwn(owner, key) ? owner[key] : undefined;
    this.#enter(value);
    const path = spot.place.path === '' ? pathName(key) : `${spot.place.path}.${pathName(key)}`;
    const type = typeOf(spot.type, key);
    const place = this.#place(path, type === undefined ? 'field' : 'body', owner, key, key, value !== undefined);
    return { value, type, place: { ...place, ...(spot.type !== undefined && { type: spot.type }) } };
  }

  /** An item of a list, by name or index. `listPath` is what the path of an index goes on from. */
  #item(spot: Spot, key: string, piece: PathPiece, listPath: string, isLast: boolean): Spot | Nowhere {
    const list = spot.value as unknown[];
    const [type = '', member = ''] = key.split('.');
    const kind = listOf(type, member);
    if (piece.by === '[') {
      const index = Number(piece.name);
      if (index > list.length || (index === list.length && !isLast)) {
        const count = list.length === 1 ? 'one item' : `${list.length === 0 ? 'no' : list.length} items`;
        return this.#nowhere(`${listPath}[${index}]`, `'${listPath}' has ${count}`, `[${index}]`);
      }
      return this.#found(list, index, kind?.item, `${listPath}[${index}]`, piece.name);
    }
    const nameOf = kind?.name;
    if (kind === undefined || nameOf === undefined) {
      return this.#nowhere(
        listPath,
        `an item of '${listPath}' is named by its index, such as '${listPath}[0]'`,
        piece.name,
      );
    }
    let index = list.findIndex((item) => nameOf(item as Owner) === piece.name);
    if (index === -1 && kind.item === 'alias')
      index = list.findIndex((item) => (item as Owner)['alias'] === piece.name);
    const path = `${listPath}.${pathName(index === -1 ? piece.name : nameOf(list[index] as Owner))}`;
    if (index === -1 && !isLast) {
      const known = list.map((item) => nameOf(item as Owner));
      return this.#nowhere(path, `'${listPath}' has no '${piece.name}'`, piece.name, known);
    }
    return this.#found(
      list,
      index === -1 ? list.length : index,
      kind.item,
      path,
      piece.name,
      list.map((item) => nameOf(item as Owner)),
    );
  }

  #found(
    list: unknown[],
    index: number,
    item: ItemKind | undefined,
    path: string,
    name: string,
    known: readonly string[] = [],
  ): Spot {
    const value = list[index];
    this.#enter(value);
    const place = this.#place(path, item ?? 'element', list, index, name, index < list.length, known);
    return { value, type: item === undefined ? undefined : typeOfItem(item, value), place };
  }

  /** A step or a part, by the names from the flow's own body to it. */
  #steps(body: Spot, pieces: readonly PathPiece[]): Spot | Nowhere {
    let spot = body;
    for (const [index, { name }] of pieces.entries()) {
      const path = `${spot.place.path}${index === 0 ? '.' : '/'}${pathName(name)}`;
      const { owner, fixed, list, item, names } = below(spot);
      const key = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
      const known = [...names, ...Object.keys(fixed)];
      const found = names.indexOf(name);
      if (key !== undefined) {
        this.#enter(owner[key]);
        spot = { value: owner[key], type: 'body', place: this.#place(path, 'body', owner, key, name, true) };
      } else if (item === undefined || (found === -1 && index < pieces.length - 1)) {
        const noun = item === 'step' || item === undefined ? 'step' : 'part';
        return this.#nowhere(path, `'${spot.place.path}' has no ${noun} '${name}'`, name, known, noun);
      } else spot = this.#found(list, found === -1 ? list.length : found, item, path, name, known);
    }
    return spot;
  }

  /** A state, by its name or by the names of the states around it and its own. */
  #state(machine: Spot, pieces: readonly PathPiece[]): Spot | Nowhere {
    const names = pieces.map(({ name }) => name);
    const name = names.at(-1) as string;
    const own = this.#member(machine, 'states');
    const path = `${own.place.path}.${pathName(name)}`;
    const known: string[] = [];
    let hit: { list: unknown[]; index: number } | undefined;
    const look = (list: unknown[], around: readonly string[]): void => {
      for (const [index, state] of list.entries()) {
        const { name: one, states } = state as { name: string; states: unknown[] };
        known.push(one);
        const here = [...around, one];
        if (hit === undefined && here.slice(-names.length).join('\n') === names.join('\n')) hit = { list, index };
        look(states, here);
      }
    };
    look(own.value as unknown[], []);
    if (hit !== undefined) return this.#found(hit.list, hit.index, 'state', path, name);
    if (names.length > 1) return this.#nowhere(path, `there is no state '${names.join('/')}'`, name, known, 'state');
    const list = own.value as unknown[];
    return this.#found(list, list.length, 'state', path, name, known);
  }

  #enter(value: unknown): void {
    const location = isOwner(value) ? value['location'] : undefined;
    if (isOwner(location)) this.#location = location as unknown as Location;
  }

  #place(
    path: string,
    what: Place['what'],
    owner: Owner | unknown[],
    key: string | number,
    name: string,
    exists: boolean,
    known: readonly string[] = [],
  ): Place {
    return { path, what, owner, key, name, exists, known, location: this.#location, ...this.#at };
  }

  #nowhere(path: string, problem: string, name: string, known: readonly string[] = [], noun = 'name'): Nowhere {
    return { problem, location: this.#location, missing: path, ...suggestion(name, known, noun) };
  }
}

/** What may have been meant, or what there is. */
export function suggestion(name: string, known: readonly string[], noun: string): { readonly hint?: string } {
  if (known.length === 0) return {};
  const shown = known.slice(0, 10).map((one) => `'${one}'`);
  const more = known.length > shown.length ? `, and ${known.length - shown.length} more` : '';
  const guess = nearest(name, known);
  return {
    hint: `${guess === undefined ? '' : `Did you mean '${guess}'? `}Known ${noun}s: ${shown.join(', ')}${more}.`,
  };
}

/** Where the names of a step's path go on: names in a fixed place, and a list. */
function below({ value, type }: Spot): {
  readonly owner: Owner;
  readonly fixed: Readonly<Record<string, string>>;
  readonly list: unknown[];
  readonly item?: ItemKind;
  readonly names: readonly string[];
} {
  const owner = value as Owner;
  const from = (kind: string, holder: Owner, key: string) => {
    const list = holder[key] as unknown[];
    const { item, name } = listOf(kind, key) ?? {};
    const names = list.map((one) => name?.(one as Owner) ?? '');
    return { owner, fixed: {}, list, names, ...(item !== undefined && { item }) };
  };
  switch (type) {
    case 'body':
      return from('body', owner, 'steps');
    case 'part':
    case 'map':
    case 'repeat':
      return from('body', owner['body'] as Owner, 'steps');
    case 'parallel':
    case 'race':
      return from(type, owner, 'bodies');
    case 'branch':
      return from(type, owner, 'cases');
    case 'graph':
      return from(type, owner, 'nodes');
    default:
      return { owner, fixed: type === 'attempt' ? { try: 'body', catch: 'handler' } : {}, list: [], names: [] };
  }
}

/** Where the names of a path's slashes end. */
function endOf(pieces: readonly PathPiece[], from: number): number {
  let end = from + 1;
  while (pieces[end]?.by === '/') end += 1;
  return end;
}

/** A path whose first dots belong to a name that is there: the same in quotes. */
function quoted(map: Readonly<Record<string, unknown>>, pieces: readonly PathPiece[]): string | undefined {
  for (let count = pieces.length; count > 1; count -= 1) {
    const name = pieces
      .slice(0, count)
      .map((piece) => piece.name)
      .join('.');
    if (Object.hasOwn(map, name)) return printPath([{ name, by: '.' }, ...pieces.slice(count)]);
  }
  return undefined;
}
