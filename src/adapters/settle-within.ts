/** The promise's outcome, or an Error when it has none in time. A later outcome is ignored. */
export function settleWithin<Value>(promise: Promise<Value>, ms: number, what: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new OutOfTime(`${what}: no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}
