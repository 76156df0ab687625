import type { z } from 'zod';
import type { ModelEvent, ModelRequest } from '../contract.ts';
import type { Answered, AnsweredValue, AskOptions, Models, RoutedRequest } from '../models.ts';
import { addMoney, type Money } from '../money/money.ts';
import { askFor } from '../output/index.ts';
import { fitsOutput } from '../output/read.ts';
import { noTokens, sumUsage } from '../usage/sum.ts';
import { some } from './attempt.ts';
import { unheeded } from './events.ts';
import type { Time } from './time.ts';

/** A value of a shape, by asking as often as that takes: each time with all that the router does. */
export async function routedValue<Type extends z.ZodType>(
  { ask, time, withinMs }: { readonly ask: Models['ask']; readonly time: Time; readonly withinMs: number },
  { model, role, ...request }: Omit<RoutedRequest, 'output'> & { readonly output: Type },
  options: AskOptions & { readonly repairs?: number },
): Promise<AnsweredValue<z.output<Type>>> {
  const { repairs, ...each } = options;
  const deadline = time.now() + (options.withinMs ?? withinMs);
  const answers: Answered[] = [];
  const provider = {
    name: 'router',
    async *ask({ model: _name, ...sent }: ModelRequest): AsyncGenerator<ModelEvent> {
      if (answers.length > 0 && each.onEvent !== undefined) unheeded(() => each.onEvent?.({ type: 'restart' }));
      const { output = request.output } = sent;
      const answered = await ask(
        { ...sent, ...some({ model, role }) },
        {
          ...each,
          withinMs: Math.max(0, deadline - time.now()),
          // An answer that does not fit is none to keep, and none to take.
          accept: (answer) => fitsOutput(output, answer.text) && each.accept?.(answer) !== false,
        },
      );
      answers.push(answered);
      yield { type: 'end', answer: answered.answer };
    },
  };
  const name = model ?? role ?? 'balanced';
  const { value, answer, calls } = await askFor(provider, { ...request, model: name }, some({ repairs }));
  const overrun = answers.find((one) => one.overrun !== undefined)?.overrun;
  return {
    value,
    answer,
    calls,
    usage: answers.reduce((sum, one) => sumUsage(sum, one.usage), noTokens),
    reason: answers.at(-1)?.reason ?? '',
    asked: answers.flatMap(({ asked }) => asked),
    ...some({ cost: costOf(answers), overrun }),
  };
}

function costOf(answers: readonly Answered[]): Money | undefined {
  const costs = answers.map(({ cost }) => cost);
  const [first, ...others] = costs.filter((cost) => cost !== undefined);
  const whole = first !== undefined && others.length === costs.length - 1;
  return whole && others.every(({ currency }) => currency === first.currency) ? addMoney(first, ...others) : undefined;
}
