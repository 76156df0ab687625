import type { ObjectContext, ServiceDefinition } from '@restatedev/restate-sdk';
import { z } from 'zod';
import { milliseconds } from '../../core/index.ts';
import { filledIn, jsonSchema, RunError, sameJson, type Decision } from '../../engine/index.ts';
import type { Schema } from '../../flow/index.ts';
import type { Place } from '../contract.ts';
import { json } from '../json.ts';
import { plumbing } from '../plumbing.ts';
import { object } from '../sdk.ts';
import type {
  AskGives,
  Asked,
  DecidedSignal,
  DecideBody,
  LeaveDecisionAsks,
  LeaveDecisionGives,
  Past,
} from './contract.ts';

/** How long it is known what was decided, so that who decides a second time hears it, in ms: 7 days. */
const keptFor = milliseconds('7d');

/** What people are to decide: one object for each run and step. */
export function decisionService(place: Place): ServiceDefinition<string, unknown> {
  const { clock, names } = place;
  const now = (ctx: ObjectContext): Promise<number> => ctx.run('now', () => clock.now());
  const over = (ctx: ObjectContext, past: Past): void => {
    ctx.clear('question');
    ctx.set<Past>('past', past);
    ctx.genericSend<Past>({
      service: names.decisions,
      key: ctx.key,
      method: 'forget',
      parameter: past,
      inputSerde: json(),
      delay: Math.ceil(place.real(keptFor)),
    });
  };
  return object({
    name: names.decisions,
    handlers: {
      /** A run asks. When it is begun anew it asks anew. */
      async ask(ctx: ObjectContext, asked: Asked): Promise<AskGives> {
        ctx.clear('past');
        ctx.set<Asked>('question', asked);
        return { by: asked.invocation.slice(-8) };
      },
      /** A run does not wait any more. */
      async leave(ctx: ObjectContext, { signal, invocation }: LeaveDecisionAsks): Promise<LeaveDecisionGives> {
        const asked = await ctx.get<Asked>('question');
        if (asked?.signal !== signal || asked.invocation !== invocation) return { underWay: true };
        over(ctx, { at: await now(ctx) });
        return { underWay: false };
      },
      async decide(ctx: ObjectContext, { approved, by, form }: DecideBody): Promise<void> {
        const [run, step] = partsOf(ctx.key);
        const details = { run, step };
        const asked = await ctx.get<Asked>('question');
        if (asked === null) throw notAsked(run, step, await ctx.get<Past>('past'));
        if (typeof by !== 'string' || by.trim() === '' || by.length > 200)
          throw new RunError('MR3234', "A decision needs who has decided: 'by', of 1 to 200 characters.", { details });
        const filled = filledIn(formOf(place, asked), form, approved);
        if (!filled.ok) {
          throw new RunError(
            'MR3234',
            `What was filled in for '${step}' of run '${run}' is not valid: ${filled.problems}`,
            { details },
          );
        }
        const at = await now(ctx);
        const said: Decision = { approved, by, ...(form === undefined ? {} : { form }) };
        over(ctx, { ...said, at });
        ctx
          .invocation(asked.invocation as Parameters<typeof ctx.invocation>[0])
          .signal<DecidedSignal>(asked.signal)
          .resolve({ ...said, at });
      },
      async forget(ctx: ObjectContext, { at }: Past): Promise<void> {
        if ((await ctx.get<Past>('past'))?.at === at) ctx.clear('past');
      },
    },
    options: plumbing,
  });
}

/**
 * The form of a question: that of this code, if it is still what was asked. A run that is pinned to an older deployment has
 * another one, of which only its JSON Schema is known here; the run itself judges the rest.
 */
function formOf({ registry }: Place, { flow, step, form }: Asked): Schema | undefined {
  const forms = registry.flow(flow)?.forms ?? {};
  const path = step.replaceAll(/\[\d+\]/g, '');
  const own = Object.hasOwn(forms, path) ? forms[path] : undefined;
  const text = (schema: unknown): string | null => (schema === undefined ? null : JSON.stringify(schema));
  if (sameJson(text(own && jsonSchema(own)), text(form))) return own;
  return form === undefined ? undefined : z.fromJSONSchema(form as Parameters<typeof z.fromJSONSchema>[0]);
}

function notAsked(run: string, step: string, past: Past | null): RunError {
  const details = { run, step };
  if (past?.by !== undefined) {
    const { approved, by, at } = past;
    return new RunError(
      'MR3233',
      `'${step}' of run '${run}' was ${approved === true ? 'approved' : 'rejected'} by '${by}' already. A decision is not changed.`,
      { details: { ...details, approved, by, at } },
    );
  }
  return new RunError(
    'MR3232',
    past === null
      ? `Run '${run}' does not wait for a decision at '${step}'.`
      : `'${step}' of run '${run}' does not wait for a decision any more.`,
    { details },
  );
}

/** Ids of runs have no spaces. */
function partsOf(key: string): readonly [run: string, step: string] {
  const space = key.indexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}
