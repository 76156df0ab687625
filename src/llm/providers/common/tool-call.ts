import type { ToolCall } from '../../contract.ts';
import { ModelError } from '../../errors.ts';

/** A tool call as it came in pieces. */
export interface ToolCallText {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** Reads the arguments of a tool call. @throws ModelError `invalidOutput` when they are no JSON */
export function toolCallOf(
  { id, name, text }: ToolCallText,
  about: { readonly provider: string; readonly model: string },
): ToolCall {
  try {
    // A tool without arguments is called with nothing at all.
    return { id, name, input: text.trim() === '' ? {} : (JSON.parse(text) as unknown) };
  } catch (cause) {
    throw new ModelError(`${about.provider} (${about.model}): the arguments of a call of '${name}' are no JSON.`, {
      kind: 'invalidOutput',
      provider: about.provider,
      model: about.model,
      cause,
      details: { tool: name },
    });
  }
}
