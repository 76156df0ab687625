import type { Config } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';

/** What one look at the machine or the project found. */
export interface Finding {
  readonly name: string;
  /** `problem`: something will fail. `warning`: something may. `info`: neither good nor bad. */
  readonly status: 'ok' | 'info' | 'warning' | 'problem';
  readonly message: string;
  readonly hint?: string;
}

/** One look, or several that belong together. It never throws: what fails is what it finds. */
export type Check = (io: Io, config: Config) => Finding | Promise<Finding | readonly Finding[]>;
