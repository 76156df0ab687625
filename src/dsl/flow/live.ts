import type { BodyNode, FlowNode } from '../../model/index.ts';
import { present, type Lambda, type Live } from '../live.ts';
import { recordBody } from './record.ts';

/** The steps of a flow or of a part of one, recorded by running its body once. */
export type LiveBody = Live<BodyNode>;

/** A declared flow as it lives: the fields of the model's node, with functions and schemas in place of their text. */
export type LiveFlow = Live<FlowNode>;

interface Written {
  readonly on?: { readonly name: string };
  readonly onFailure?: Lambda;
}

/** Runs the body once, against a recorder. No lambda in it is called. */
export function liveFlow(
  name: string,
  definition: Written,
  body: (f: never) => unknown,
): { kind: 'flow'; name: string } {
  return present({ kind: 'flow' as const, name, ...definition, on: definition.on?.name, body: recordBody(body) });
}
