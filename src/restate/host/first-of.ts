import type { Scope } from '../../engine/index.ts';
import type { RestatePromise } from '../sdk.ts';
import type { Run } from '../runs/run.ts';

/** What came first of a wait. */
export type First<T> =
  | { readonly came: 'value'; readonly value: T }
  | { readonly came: 'time' }
  | { readonly came: 'abort' };

/** Waits for something, or until a timer rings or the scope is aborted, by the order of the journal. */
export function firstOf<T>(
  { driver }: Pick<Run, 'driver'>,
  value: RestatePromise<T>,
  timer: RestatePromise<unknown> | undefined,
  scope: Scope,
): Promise<First<T>> {
  if (scope.reason !== undefined) return Promise.resolve({ came: 'abort' });
  return driver.park<First<T>>((wake) => {
    const offs: (() => void)[] = [];
    const end = (first: First<T>): void => {
      for (const off of offs) off();
      wake(first);
    };
    offs.push(driver.listen(value, (got) => end({ came: 'value', value: got as T })));
    if (timer !== undefined) offs.push(driver.listen(timer, () => end({ came: 'time' })));
    offs.push(scope.onAbort(() => end({ came: 'abort' })));
  });
}
