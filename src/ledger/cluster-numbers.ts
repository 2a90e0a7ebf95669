import { getOrMake } from './get-or-make.ts';

/** Numbers clusters in the order in which they come: one for each customer, and one for each basket of an unknown one. */
export class ClusterNumbers<Customer> {
  readonly #known = new Map<Customer, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  next(customer: Customer | undefined): number {
    const make = () => this.#count++;
    return customer === undefined ? make() : getOrMake(this.#known, customer, make);
  }
}
