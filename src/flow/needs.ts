/** Something outside, as a system declares it: where it is, and the names of the variables that hold its secrets. */
export interface DeclaredResource {
  readonly name: string;
  readonly type: 'http' | 'webhook' | 'database' | 'custom';
  readonly env?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What of the world a task may touch through its context. */
export interface TaskNeeds {
  /** Hosts, as `api.example.org`, `localhost:8080` or `*.example.org`. Without a port: those of http and https. */
  readonly net?: readonly string[];
  /** Patterns of paths, as `out/**`, relative to the working directory. */
  readonly fs?: readonly string[];
  /** Names of environment variables. */
  readonly env?: readonly string[];
  readonly resources?: readonly DeclaredResource[];
}
