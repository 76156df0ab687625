import { asTerminalError } from './refusal.ts';

/**
 * Options of the services by which runs and instances reach each other: what they have done is nobody's concern once it is
 * done, and while a server or an endpoint is away they are tried again and never given up.
 */
export const plumbing = {
  journalRetention: 0,
  retryPolicy: { initialInterval: 50, exponentiationFactor: 2, maxInterval: 2000 },
  asTerminalError,
} as const;
