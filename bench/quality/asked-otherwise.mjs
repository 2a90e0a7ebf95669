const NO_CUSTOMER = -1;

/** The questions that a filter keeps, in their order. */
export function pickQuestions({ matrix, basket, target }, keep) {
  const places = Int32Array.from(basket.keys()).filter(keep);
  return { matrix, basket: places.map((at) => basket[at]), target: places.map((at) => target[at]), places };
}

/** The same questions, asked by nobody in particular. */
export function anonymous({ matrix, ...questions }) {
  return { ...questions, matrix: { ...matrix, customer: matrix.customer.map(() => NO_CUSTOMER) } };
}

/** What is hidden of each basket, asked for when nothing is in it yet. */
export function opening({ matrix, basket, target }) {
  return {
    basket: Int32Array.from(basket.keys()),
    target,
    basketBefore: basket,
    matrix: {
      ...matrix,
      start: Int32Array.from({ length: basket.length + 1 }, (_, row) => row),
      items: target,
      age: new Float64Array(basket.length),
      hour: Uint8Array.from(basket, (row) => matrix.hour[row]),
      customer: basket.map((row) => matrix.customer[row]),
    },
  };
}

/** The same rows, those that a filter leaves out being empty. */
export function withoutBaskets(matrix, isLeftOut) {
  const start = new Int32Array(matrix.start.length);
  const items = [];
  for (let basket = 0; basket + 1 < start.length; basket++) {
    if (!isLeftOut(basket))
      for (let line = matrix.start[basket]; line < matrix.start[basket + 1]; line++)
        items.push(matrix.items[line]);
    start[basket + 1] = items.length;
  }
  return { ...matrix, start, items: Int32Array.from(items) };
}
