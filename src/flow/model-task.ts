/** A task that a model performs, as its contract says it. `Scope`: what its prompt is made of. */
export interface ModelSpec<Scope> {
  readonly agent: AgentSpec;
  readonly prompt: (scope: Scope) => string;
  /** The tasks that the model may call: those of the agent, then those of the task. */
  readonly tools?: readonly ToolSpec[];
  readonly context?: ContextSpec;
  /** The most tokens of one answer. Goes before that of the agent. */
  readonly maxTokens?: number;
  /** Of all that the answer depends on beside the input: another one is another conversation. */
  readonly hash: string;
}

/** A model with its settings: named, or the best that can be had of a role. */
export interface AgentSpec {
  readonly name: string;
  /** A model of the catalogue. Goes before `role`. */
  readonly model?: string;
  /** Default `balanced`. */
  readonly role?: 'flagship' | 'balanced' | 'fast';
  /** What it is told before everything else. */
  readonly system?: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
  /** Options of the provider, passed on as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A task that a model may call. */
export interface ToolSpec {
  readonly task: string;
  /** What the model is told of it. */
  readonly description: string;
}

/** What a model is told beside its prompt, and how all of it is made to fit. */
export interface ContextSpec {
  /** Members of the input that are told as data before the prompt, in this order. */
  readonly show?: readonly ShownSpec[];
  /** Is what the task gave earlier in the run told, too? */
  readonly memory?: boolean;
  /** What is done with a conversation that is too long. Default `truncate`: the oldest turns go. */
  readonly strategy?: 'none' | 'truncate' | 'summarise' | { readonly keepLast: number };
  /** The most tokens of instructions, tools and conversation, where the window of the model is larger. */
  readonly maxTokens?: number;
  /** How often the model may be asked, tools and repair included. Default 10. */
  readonly maxTurns?: number;
}

/** A member of the input, and how much of it is told. */
export interface ShownSpec {
  readonly member: string;
  /** Default `full`. */
  readonly as?: 'full' | 'summary' | 'ref' | { readonly fields: readonly string[] };
  /** It has to be there in full: the task fails when there is no room. */
  readonly pinned?: boolean;
}
