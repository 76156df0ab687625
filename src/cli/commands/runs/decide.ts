import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { openSystem } from '../../systems/bound.ts';
import { drive } from '../instances/drive.ts';

/** The options of `dsl runs decide`. */
export interface DecideOptions {
  readonly approve?: boolean;
  readonly reject?: boolean;
  readonly by: string;
  readonly form?: string;
  readonly db?: string;
  readonly engine?: string;
}

/** Says a person's word to a run that waits for it. */
export async function decideRun(
  io: Io,
  file: string,
  run: string,
  step: string,
  options: DecideOptions,
): Promise<number> {
  if ((options.approve === true) === (options.reject === true)) {
    throw new CliError('MR2003', 'Say either --approve or --reject.', {
      hint: '`dsl runs show RUN` tells what is asked.',
    });
  }
  const form = options.form === undefined ? undefined : await jsonArgument(io, '--form', options.form);
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const approved = options.approve === true;
  const {
    result: status,
    driven,
    hint,
  } = await drive(
    io,
    opened,
    async (engine) => {
      await engine.decide(run, step, { approved, by: options.by, ...(form === undefined ? {} : { form }) });
      if (engine.role === 'owner') await engine.idle();
      return (await engine.status(run))?.status;
    },
    run,
  );
  if (io.json) io.document({ run, step, approved, by: options.by, status, driven });
  else io.out(`${step} of ${run} is ${approved ? 'approved' : 'rejected'} by ${options.by}; the run is ${status}`);
  if (hint !== undefined) io.note(hint);
  return 0;
}
