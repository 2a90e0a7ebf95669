import { getOrMake } from './get-or-make.ts';

/** Numbers clusters in order of arrival: one for each known customer, and one for each basket of an unknown customer. */
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
