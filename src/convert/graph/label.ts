import { cut } from './code-text.ts';

/** The longest condition that a label shows. */
const longestGuard = 60;
/** The longest list of actions. */
const longestActions = 110;

/** The parts of a transition's label. */
export interface LabelParts {
  readonly trigger?: string;
  readonly guard?: string;
  readonly actions?: readonly string[];
  readonly internal?: true;
  readonly targetless?: true;
}

/** The parts as a picture shows them: `event`, `[guard]`, `/ first, second`; `write` spells a text as the picture needs it. */
export function labelPieces(
  { trigger, guard, actions = [], internal, targetless }: LabelParts,
  write: (text: string) => string = (text) => text,
): readonly string[] {
  // What leads nowhere and does nothing keeps the event from the states around.
  const mark = targetless === true && actions.length === 0 ? ' (ignored)' : internal === true ? ' (internal)' : '';
  return [
    ...(trigger === undefined ? [] : [write(`${trigger}${mark}`)]),
    ...(guard === undefined ? [] : [`[${write(cut(guard, longestGuard))}]`]),
    ...(actions.length === 0 ? [] : [`/ ${write(cut(actions.join(', '), longestActions))}`]),
  ];
}

/** The label in one line, as in UML. */
export function labelText(parts: LabelParts, write?: (text: string) => string): string {
  return labelPieces(parts, write).join(' ');
}
