/** Customers who take turns, each until all its visits are made. @param drawCustomer another one, from its number */
export function customerQueue(visitsMax, drawCustomer, random) {
  const open = [];
  let born = 0;
  return () => {
    if (open.length < 200) {
      const visits = 1 + Math.floor(visitsMax * random() ** 2);
      open.push({ visits, ...drawCustomer(born++) });
    }
    const place = Math.floor(random() * open.length);
    const customer = open[place];
    if (--customer.visits <= 0) open.splice(place, 1);
    return customer;
  };
}
