import { normal } from './random.mjs';

/** Customers who stay, each with a rate of visits of its own. @param rateSigma log-spread of the rates */
export function steadyCustomers({ count, rateSigma }, drawCustomer, random) {
  const customers = Array.from({ length: count }, (_, number) => drawCustomer(number));
  const bounds = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += Math.exp(rateSigma * normal(random));
    bounds.push(total);
  }
  return () => {
    const drawn = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle] > drawn) high = middle;
      else low = middle + 1;
    }
    return customers[low];
  };
}
