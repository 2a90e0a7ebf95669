/** Rows by so many at once; the last page may be shorter, and none is empty. */
export function* inPages<Row>(rows: Iterable<Row>, size: number): Generator<Row[]> {
  let page: Row[] = [];
  for (const row of rows) {
    page.push(row);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
