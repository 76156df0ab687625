import type { Io } from './io.ts';

/** The exit code of a command that was interrupted: 130 for Ctrl-C, 143 for SIGTERM. */
export const interruptedCode = ({ interrupted }: Pick<Io, 'interrupted'>): 130 | 143 =>
  interrupted.reason === 'SIGTERM' ? 143 : 130;
