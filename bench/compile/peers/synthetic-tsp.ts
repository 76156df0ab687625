/**
 * TypeSpec of about `definitions` definitions that say what `syntheticDsl` says, as far as TypeSpec can: the same events
 * and schemas as models, tasks and flows as operations, the states of machines as an enum.
 */
export function syntheticTsp(definitions: number): string {
  const groups = Math.max(1, Math.round(definitions / 10));
  const head = `import "@typespec/http";
import "@typespec/openapi";
import "@typespec/openapi3";
using Http;

/** A system made for measuring. */
@service(#{ title: "synthetic" })
namespace Synthetic;

@minLength(1) scalar Id extends string;
enum Currency { EUR, USD }
model Money { @minValue(1) amount: int32; currency: Currency }
`;
  return head + Array.from({ length: groups }, (_, index) => group(index + 1)).join('');
}

function group(n: number): string {
  return `
model Line${n} { sku: string; @minValue(1) quantity: int32; note?: string }

/** Order ${n} was placed. */
model Placed${n} { id: Id; email: string; total: Money; @minItems(1) lines: Line${n}[]; express: boolean = false }

/** Parcel ${n} is on its way. */
model Sent${n} { id: Id; carrier: string; tracking: string }

/** Parcel ${n} has come. */
model Arrived${n} { id: Id; at: utcDateTime }

/** Judges order ${n}. */
@route("/assess${n}") @post op assess${n}(id: Id, email: string, total: Money): { level: "low" | "high"; score: float64 };

/** Takes the money of order ${n}. */
@route("/charge${n}") @post op charge${n}(id: Id, amount: Money): { paymentId: string; at: utcDateTime };

/** Gives the money of order ${n} back. */
@route("/refund${n}") @post op refund${n}(paymentId: string): { refundId: string };

/** Keeps a line of order ${n}. */
@route("/reserve${n}") @post op reserve${n}(...Line${n}): { reservationId: string; warehouse: string };

/** Writes to the customer of order ${n}. */
@route("/mail${n}") @post op mail${n}(to: string, template: "sent" | "sorry", data: Record<string>): { messageId: string };

/** From order ${n} to a parcel on its way. */
@route("/fulfil${n}") @post op fulfil${n}(...Placed${n}): { paymentId: string; tracking: string };

/** The life of order ${n}. */
enum Order${n} { waiting, packing, travelling, done, lost }
@route("/order${n}/{id}") op order${n}(@path id: string): { state: Order${n}; order?: Placed${n}; paymentId?: string };
`;
}
