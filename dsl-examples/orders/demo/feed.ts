import { checkValue } from 'millrace/tasks';
import { orderPlaced } from '../../../generated/orders/contracts.ts';

/** A line of the file: an order, or what is wrong with it. */
export type FedLine =
  | { readonly line: number; readonly key: string; readonly order: { readonly orderId: string } }
  | { readonly line: number; readonly problem: string };

/** Reads a file of orders, a line each. What is wrong is said as `orders.jsonl:17: lines[0].quantity: …`. */
export function readOrders(text: string, file: string): readonly FedLine[] {
  const first = new Map<string, number>();
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((content, index): FedLine => {
      const line = index + 1;
      const refuse = (problem: string): FedLine => ({ line, problem: `${file}:${line}: ${problem}` });
      if (content.trim() === '') return refuse('the line is empty');
      const json = parse(content);
      if (!json.ok) return refuse(json.problem);
      const order = checkValue(orderPlaced.payload, json.value);
      if (!order.ok) return refuse(order.problems);
      const { orderId } = order.value;
      const earlier = first.get(orderId);
      if (earlier !== undefined) return refuse(`orderId: '${orderId}' was already used in line ${earlier}`);
      first.set(orderId, line);
      return { line, key: `${file}:${line}`, order: order.value };
    });
}

function parse(
  content: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, value: JSON.parse(content) };
  } catch (error) {
    return { ok: false, problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
