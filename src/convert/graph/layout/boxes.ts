import { cut } from '../code-text.ts';
import type { GraphEdge, GraphNode } from '../graph.ts';
import { labelPieces } from '../label.ts';
import { textWidth, wrapText } from './measure.ts';
import type { TextLine } from './positioned.ts';

/** Sizes of text and space, in pixels. */
export const sizes = { title: 13.5, detail: 11.5, label: 11.5, pad: 14, gap: 26 } as const;
const lineHeight = { title: 19, detail: 16, label: 15 } as const;
/** The longest fact that a box shows. */
const longest = 130;
const widest = { title: 220, detail: 250, label: 190 } as const;

/** A box with text, as large as it needs to be; the lines are relative to its top left. */
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly TextLine[];
  readonly centred: boolean;
}

const bare = (width: number, height: number): Box => ({ width, height, lines: [], centred: true });

/** The box of a node without nodes inside. `more` are further lines in it. */
export function leafBox(node: GraphNode, more: readonly string[]): Box {
  if (node.kind === 'initial') return bare(16, 16);
  if (node.kind === 'end') return bare(20, 20);
  if (node.kind === 'fork') return bare(64, 6);
  if (node.kind === 'history') {
    // The mark stands in a circle on the left.
    const text = wrapText(node.label, sizes.title, widest.title, 'bold');
    const width = 26 + 8 + Math.max(...text.map((line) => textWidth(line, sizes.title, 'bold'))) + sizes.pad;
    const lines = text.map(
      (line, index) => ({ text: line, role: 'title', x: 36, y: 21 + index * lineHeight.title }) as const,
    );
    return { width, height: 32 + (text.length - 1) * lineHeight.title, lines, centred: false };
  }
  const side =
    node.kind === 'branch'
      ? 34
      : node.kind === 'waitFor' || node.kind === 'approve' || node.kind === 'sleep'
        ? 26
        : node.kind === 'emit'
          ? 24
          : sizes.pad;
  return textBox(node, more, side, true);
}

/** The head of a node with nodes inside. */
export function headBox(node: GraphNode, more: readonly string[]): Box {
  return textBox(node, more, sizes.pad, false);
}

function textBox(node: GraphNode, more: readonly string[], side: number, centred: boolean): Box {
  const title = wrapText(node.label, sizes.title, widest.title, 'bold');
  const facts = [...node.details.map(({ text }) => text), ...more].map((text) =>
    wrapText(cut(text, longest), sizes.detail, widest.detail),
  );
  const texts = [
    ...title.map((text) => ({ text, role: 'title', width: textWidth(text, sizes.title, 'bold') }) as const),
    ...facts.flatMap((lines) =>
      lines.map((text) => ({ text, role: 'detail', width: textWidth(text, sizes.detail) }) as const),
    ),
  ];
  const width = Math.max(centred ? 92 : 0, Math.max(...texts.map((line) => line.width)) + 2 * side);
  const top = centred ? 9 : 7;
  let y = top;
  const lines = texts.map(({ text, role }) => {
    const height = lineHeight[role];
    y += height;
    return { text, role, x: centred ? width / 2 : side, y: y - (role === 'title' ? 5 : 4) };
  });
  return { width, height: y + top, lines, centred };
}

/** The label of an edge: its parts below each other. */
export function labelBox(edge: GraphEdge): Box | undefined {
  const roles = { trigger: edge.trigger, guard: edge.guard, action: edge.actions };
  const parts = (['trigger', 'guard', 'action'] as const).flatMap((role) => {
    const value = roles[role];
    if (value === undefined) return [];
    const one =
      role === 'trigger'
        ? { trigger: edge.trigger, ...(edge.internal === true ? { internal: true } : {}) }
        : role === 'guard'
          ? { guard: edge.guard }
          : { actions: edge.actions };
    const [text = ''] = labelPieces(one as Parameters<typeof labelPieces>[0]);
    return wrapText(text, sizes.label, widest.label).map((line) => ({ text: line, role }) as const);
  });
  if (parts.length === 0) return undefined;
  const width =
    Math.max(...parts.map(({ text, role }) => textWidth(text, sizes.label, role === 'trigger' ? 'bold' : 'normal'))) +
    10;
  const lines = parts.map((part, index) => ({ ...part, x: width / 2, y: 3 + (index + 1) * lineHeight.label - 4 }));
  return { width, height: parts.length * lineHeight.label + 6, lines, centred: true };
}
