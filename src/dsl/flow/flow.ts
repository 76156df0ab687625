import type { Duration, ErrorRecord } from '../../core/index.ts';
import type { z } from 'zod';
import { callable, type Call, type TaskCall } from '../call.ts';
import type { Common } from '../common.ts';
import type { EventRef } from '../event/event.ts';
import type { Ref } from '../ref.ts';
import type { Argument, Parsed, Schema, Written } from '../schema.ts';
import { liveFlow } from './live.ts';
import type { FlowScope } from './scope.ts';
import type { Fragment, Steps } from './steps.ts';

/** Any flow. */
export type FlowRef = Ref<'flow'>;

/** A declared flow. Calling it makes a request for a child run. */
export interface Flow<Name extends string = string, In extends Schema = Schema, Result = unknown> extends Ref<
  'flow',
  Written<In>,
  Result
> {
  readonly name: Name;
  readonly input: In;
  (...input: Argument<In>): Call<Result, 'flow'>;
}

/** When runs of a flow start by themselves, also those whose time came while nobody drove the database. */
export interface Schedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** By its IANA name, such as `'Europe/Berlin'`. Default: UTC. */
  readonly timeZone?: string;
  /** What becomes of times that were missed: one run for all of them (default), one for each (the newest 100), or none. */
  readonly missed?: 'once' | 'all' | 'skip';
  /** Whether a run starts although the one before is not over (default), or is left out. */
  readonly overlap?: 'allow' | 'skip';
}
/** What each run gets: only what JSON has. */
type ScheduleInput<Input> = undefined extends Input ? { readonly input?: Input } : { readonly input: Input };

/** What starts a flow and how it ends, beside its input and output. */
export interface FlowOptions<In extends Schema> extends Common {
  /** The event that starts a run. Its payload is the input. */
  readonly on?: EventRef<Written<In>>;
  /** When runs start by themselves. */
  readonly schedule?: Schedule & ScheduleInput<Written<In>>;
  /** The request that starts a run: `'POST /orders'`. */
  readonly http?: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  /** Runs when a run of this flow has failed for good. */
  readonly onFailure?: (scope: FlowScope<Parsed<In>> & { readonly error: ErrorRecord }) => TaskCall<unknown>;
  /** Of a whole run. */
  readonly timeout?: Duration;
}

/** What a body must end with: the output of the flow as written, or anything when the flow declares none. */
type Promised<Out extends Schema> = [Out] extends [z.ZodVoid] ? unknown : Written<Out>;

/**
 * Declares a durable process: steps in order, each recorded. Without an `output` its result is `void`.
 *
 * @example
 * ```ts
 * import { flow, task } from 'millrace';
 * import { z } from 'zod';
 *
 * const greet = task('greet', { input: z.string(), output: z.string() });
 * export const welcome = flow('welcome', { input: z.object({ name: z.string() }), output: z.string() }, (f) => f
 *   .step('greeting', ({ input }) => greet(input.name), { timeout: '5s' })
 *   .sleep('pause', '1d')
 *   .returns(({ greeting }) => greeting));
 * ```
 */
export function flow<const Name extends string, In extends Schema, Out extends Schema = z.ZodVoid>(
  name: Name,
  definition: { readonly input: In; readonly output?: Out } & FlowOptions<NoInfer<In>>,
  body: (f: Steps<FlowScope<Parsed<In>>, void, Promised<Out>>) => Fragment<Promised<Out>>,
): Flow<Name, In, Parsed<Out>> {
  return callable(liveFlow(name, definition, body));
}
