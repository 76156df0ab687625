interface Flight<T> {
  readonly value: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work that is under way, by name: who wants the same joins, and it is called off when nobody wants it any more. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** Joins the work of this name, or begins it. The signal ends only the waiting of its owner. */
  take(
    name: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): { readonly value: Promise<T>; readonly joined: boolean } {
    const present = this.#flights.get(name);
    const flight = present ?? this.#begin(name, work);
    flight.waiting++;
    return { value: this.#wait(name, flight, signal), joined: present !== undefined };
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const value = work(controller.signal);
    const flight: Flight<T> = { value, controller, waiting: 0 };
    this.#flights.set(name, flight);
    const end = (): void => this.#drop(name, flight);
    value.then(end, end);
    return flight;
  }

  #drop(name: string, flight: Flight<T>): void {
    if (this.#flights.get(name) === flight) this.#flights.delete(name);
  }

  async #wait(name: string, flight: Flight<T>, signal: AbortSignal | undefined): Promise<T> {
    const { promise: gone, reject } = Promise.withResolvers<never>();
    const leave = (): void => {
      flight.waiting--;
      if (flight.waiting === 0) {
        this.#drop(name, flight);
        flight.controller.abort(signal?.reason);
      }
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.value, gone]);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }
}
