import { upperBound } from '../../dist/recommender/bisect.js';
import { normal } from './random.mjs';

/** Customers who stay, each with a rate of visits of its own. @param rateSigma log-spread of the rates */
export function steadyCustomers({ count, rateSigma }, drawCustomer, random) {
  const customers = Array.from({ length: count }, (_, number) => drawCustomer(number));
  let total = 0;
  const bounds = Float64Array.from(customers, () => {
    total += Math.exp(rateSigma * normal(random));
    return total;
  });
  return () => customers[upperBound(bounds, random() * total, 0, count - 1)];
}
