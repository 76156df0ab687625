/** Blocks of actions as statements. */
import type { ActionNode } from '../../model/index.ts';
import { block, type Doc } from '../../model/text/doc.ts';
import { camelCase, freeName, quote } from '../../model/text/names.ts';
import { prelude, type Surroundings } from './lambdas.ts';
import { piecesOf, type Loop, type Piece } from './pieces.ts';
import type { PrintedBlock } from './printed.ts';
import { addFunction, type Printer } from './printer.ts';

/** A block of actions. One that can throw becomes a function, so that what throws ends this block and nothing else. */
export function printActions(
  printer: Printer,
  actions: readonly ActionNode[],
  at: string,
  about: string,
  around: Surroundings,
): PrintedBlock {
  const pieces = piecesOf(printer, actions, '', around);
  if (pieces.length === 0) return { statements: [], readsPayload: false };
  const payload = around.payload ?? '';
  const reads = new Set(readsOf(pieces));
  const readsPayload = reads.delete(payload);
  const { cell } = printer.local;
  if (reads.size === 0 && placesIn(pieces).length === 0) {
    const inPlace = pieces.every((piece) => piece.kind === 'statement');
    if (inPlace) return { statements: pieces.map(({ code }) => code(`${cell}.context`)), readsPayload };
  }
  const name = addFunction(printer, camelCase(around.label), about, () => ({
    parameters: [printer.parameter, ...(readsPayload ? [`${payload}: ${around.payloadType()}`] : [])],
    result: 'void',
    body: new BlockPrinter(printer, pieces, at, around).body(),
  }));
  return { statements: [`${name}(${cell}${readsPayload ? `, ${payload}` : ''});`], readsPayload };
}

/** `try { … } catch (thrown) { … }` */
export function tryCatch(printer: Printer, body: readonly Doc[], handler: readonly Doc[]): Doc {
  return ['try ', block(body), ` catch (${printer.local.thrown}) `, block(handler)];
}

/** The names of the scope that pieces read from outside of themselves. */
function readsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'statement') return [...piece.value.reads];
    if (piece.kind === 'condition') return [...piece.value.reads, ...readsOf(piece.holds), ...readsOf(piece.otherwise)];
    return [...piece.over.reads, ...readsOf(piece.body).filter((name) => name !== 'item' && name !== 'index')];
  });
}

/** Where something can throw, in order. */
function placesIn(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => {
    if (piece.kind === 'loop') return [piece.path, ...placesIn(piece.body)];
    const own = piece.value.safe ? [] : [piece.path];
    return piece.kind === 'statement' ? own : [...own, ...placesIn(piece.holds), ...placesIn(piece.otherwise)];
  });
}

/** Do any of them need the context: to read it, or to put fields over it? */
function needContext(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) => {
    if (piece.kind === 'statement') return piece.assigns || piece.value.reads.has('context');
    if (piece.kind === 'condition')
      return piece.value.reads.has('context') || needContext(piece.holds) || needContext(piece.otherwise);
    return piece.over.reads.has('context') || needContext(piece.body);
  });
}

/** Does something that happens after an assignment need the context that it made? `later`: is it needed after these? */
function assignsForLater(pieces: readonly Piece[], later: boolean): boolean {
  return pieces.some((piece, index) => {
    const after = later || needContext(pieces.slice(index + 1));
    if (piece.kind === 'statement') return piece.assigns && after;
    if (piece.kind === 'condition')
      return assignsForLater(piece.holds, after) || assignsForLater(piece.otherwise, after);
    return assignsForLater(piece.body, after || needContext(piece.body));
  });
}

/** Prints the body of the function that does a block. */
class BlockPrinter {
  readonly #printer: Printer;
  readonly #pieces: readonly Piece[];
  readonly #block: string;
  readonly #around: Surroundings;
  /** Where something can throw; with several places a variable says which one is reached. */
  readonly #places: readonly string[];
  /** Is the block a plain list? Then its places are told by number. */
  readonly #flat: boolean;
  /** Is the context a variable that changes with the assignments? */
  readonly #changes: boolean;
  readonly #context: string;
  readonly #lists = new Set<string>();

  constructor(printer: Printer, pieces: readonly Piece[], at: string, around: Surroundings) {
    this.#printer = printer;
    this.#pieces = pieces;
    this.#block = at;
    this.#around = around;
    this.#places = placesIn(pieces);
    this.#flat = this.#places.every((place) => /^\[\d+\]$/.test(place));
    const readsContext = readsOf(pieces).includes('context');
    this.#changes = readsContext && assignsForLater(pieces, false);
    this.#context = readsContext ? 'context' : `${printer.local.cell}.context`;
  }

  body(): readonly Doc[] {
    const { cell, thrown, at } = this.#printer.local;
    const start = prelude(this.#printer, new Set(readsOf(this.#pieces)), this.#around.state, this.#changes);
    const [first, second] = this.#places;
    const lines = this.#lines(this.#pieces, false);
    if (first === undefined) return [...start, ...lines];
    const failed = this.#printer.writer.import('millrace/machine', 'failed');
    const text = this.#block.replaceAll(/[`\\$]/g, '\\$&');
    const where =
      second === undefined
        ? quote(`${this.#block}${first}`)
        : this.#flat
          ? `\`${text}[\${${at}}]\``
          : `\`${text}\${${at}}\``;
    return [
      ...start,
      ...(second === undefined ? [] : [`let ${at} = ${this.#shown(first)};`]),
      tryCatch(this.#printer, lines, [`${failed}(${cell}, ${where}, ${thrown});`]),
    ];
  }

  #shown(place: string): string {
    return this.#flat ? place.slice(1, -1) : quote(place);
  }

  /** The variable holds the first place from the start, and nothing leads back to it: the head of a loop comes first. */
  #reach(place: string): readonly Doc[] {
    if (this.#places[0] === place) return [];
    return [`${this.#printer.local.at} = ${this.#shown(place)};`];
  }

  #lines(pieces: readonly Piece[], later: boolean): readonly Doc[] {
    return pieces.flatMap((piece, index): readonly Doc[] => {
      const after = later || needContext(pieces.slice(index + 1));
      if (piece.kind === 'loop') return this.#loop(piece, after);
      const reach = piece.value.safe ? [] : this.#reach(piece.path);
      if (piece.kind === 'statement') {
        const code = piece.code(this.#context);
        return [...reach, ...(piece.assigns && this.#changes && after ? this.#kept(code) : [code])];
      }
      const holds = this.#lines(piece.holds, after);
      const otherwise = this.#lines(piece.otherwise, after);
      const { code } = piece.value;
      if (holds.length === 0 && otherwise.length > 0) {
        const simple = piece.value.text === undefined || /^[\w$.]+$/.test(piece.value.text);
        return [...reach, [simple ? ['if (!', code] : ['if (!(', code, ')'], ') ', block(otherwise)]];
      }
      const test: Doc = ['if (', code, ') ', block(holds)];
      return [...reach, otherwise.length === 0 ? test : [test, ' else ', block(otherwise)]];
    });
  }

  /** An assignment whose outcome is read later. */
  #kept(code: Doc): readonly Doc[] {
    const { contexts, contextType, local } = this.#printer;
    const type = contexts.typeIn(this.#around.state);
    if (type === contextType) return [['context = ', code]];
    // What was assigned may have another type than the context of the state, which the lambdas after it still see.
    return [code, `context = ${local.cell}.context as ${contextType} as ${type};`];
  }

  #loop({ path, over, body }: Loop, later: boolean): readonly Doc[] {
    const reach = this.#reach(path);
    const lines = this.#lines(body, later || needContext(body));
    const reads = new Set(readsOf(body));
    const names = ['index', 'item'].filter((name) => reads.has(name));
    const itemsOf = this.#printer.writer.import('millrace/machine', 'itemsOf');
    let list: Doc = [`${itemsOf}(`, over.code, ')'];
    const hoisted: Doc[] = [];
    if (names.some((name) => over.reads.has(name))) {
      // Inside the head of the loop the name would already be the new one.
      const name = freeName('items', new Set([...this.#printer.writer.taken, ...this.#lists]));
      this.#lists.add(name);
      hoisted.push([`const ${name} = `, list, ';']);
      list = name;
    }
    const [index, item] = [reads.has('index'), reads.has('item')];
    const head =
      index && item ? '[index, item]' : index ? 'index' : item ? 'item' : freeName('_item', this.#printer.writer.taken);
    const through: Doc = index ? [list, item ? '.entries()' : '.keys()'] : list;
    return [...reach, ...hoisted, [`for (const ${head} of `, through, ') ', block(lines)]];
  }
}
