/** What can stand in a list: in one at a time. */
export interface Linked<T> {
  before: T | undefined;
  after: T | undefined;
}

/** A queue from whose middle an item can be taken in no time: of those who wait, any may be called off. */
export class List<T extends Linked<T>> {
  first: T | undefined;
  #last: T | undefined;

  push(item: T): void {
    item.before = this.#last;
    item.after = undefined;
    if (this.#last === undefined) this.first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  remove(item: T): void {
    if (item.before === undefined) this.first = item.after;
    else item.before.after = item.after;
    if (item.after === undefined) this.#last = item.before;
    else item.after.before = item.before;
    item.before = item.after = undefined;
  }
}
