import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourClock, NO_HOUR } from '../../../src/recommender/time-of-day.ts';
import { numberedDatesOf } from '../../../src/training/ingest/date-numbers.ts';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { readStock } from '../../../src/training/ingest/read-stock.ts';
import { failure, testFolder } from './files-in-folder.ts';

const { write } = testFolder();
const DAY_MS = 86_400_000;
const AT = Date.UTC(2024, 0, 30, 14, 29, 46);
const seconds = fc
  .date({ min: new Date('1980-01-02T00:00:00Z'), max: new Date('2099-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => Math.floor(date.getTime() / 1000));

describe('dates in numbers', () => {
  it('reads a moment alike in seconds, milliseconds and days of Excel', () => {
    fc.assert(
      fc.property(seconds, (second) => {
        const ms = second * 1000;
        const days = ms / DAY_MS + 25_569;
        const texts = [
          `${second}`,
          `${second}.0`,
          `${ms}`,
          days.toFixed(6),
          days.toFixed(6).replace('.', ','),
        ];
        for (const text of texts) expect(numberedDatesOf([text])?.parse(text), text).toBe(ms);
      }),
    );
  });

  it('decides for the column: by most of its values, and for five digits by nearly all of its numbers', () => {
    const counts = (...texts: string[]) => numberedDatesOf(texts)?.counts;
    expect(counts('1706624986', '1706624987', 'soon')).toMatch(/^seconds/);
    expect(counts('1706624986000', '0', '1706624987000')).toMatch(/^milliseconds/);
    expect(counts('45321.604', '45322', 'soon')).toMatch(/^days/);
    expect(counts('45321.604', '45322', '7')).toBeUndefined();
    expect(counts('1706624986', '1706624986000')).toBeUndefined();
    expect(counts('45321', '2024-01-30', '2024-01-31')).toBeUndefined();
    expect(counts('20240130', '20240131')).toBeUndefined();
    // 25 January 2015, 10:30 and so on, as some tills write it.
    expect(counts('1501251030', '1501251031', '1512312359')).toBeUndefined();
    expect(counts('2015012510', '2015012511', '2015123123')).toBeUndefined();
    expect(counts('1501251030', '1501251031', '1501251099')).toMatch(/^seconds/);
    expect(counts('2024')).toBeUndefined();
    expect(counts(...Array.from({ length: 60_000 }, (_, i) => `${i}`))).toBeUndefined();
    expect(counts()).toBeUndefined();
  });

  it('reads no value of the other kinds, and adds what a column of times says to a whole day', () => {
    const days = numberedDatesOf(['45321', '45322.604'])!;
    for (const text of ['1706624986', '7', '2024-01-30', '45321 soon', '999999', '-45321'])
      expect(days.parse(text), text).toBeUndefined();
    for (const time of ['14:29:46', '2:29:46 PM', '0.603999', ',603999'])
      expect(days.parse(`45321 ${time}`), time).toBe(AT);
    expect(days.parse('45321.603999 09:00')).toBe(AT);
    expect(days.hourOf('45321 14:29:46', AT, () => 3)).toBe(14);
  });

  it('takes seconds for instants and days of Excel for the clock of the store', async () => {
    const rows = (values: (string | number)[]) =>
      `basket_id,sku,sold_at\n${values.map((value, i) => `${i},A,${value}`).join('\n')}\n`;
    const read = async (name: string, values: (string | number)[]) =>
      readReceipts({ paths: [write(name, rows(values))], timeZone: 'Europe/Amsterdam' });
    const epoch = await read('seconds.csv', [
      AT / 1000,
      AT / 1000 + 60,
      AT / 1000 + 120,
      'soon',
      '2024-01-30',
    ]);
    const day = Date.UTC(2024, 0, 30);
    expect([...epoch.receipts.soldAtMs]).toEqual([day, AT, AT + 60_000, AT + 120_000]);
    expect([...epoch.receipts.hour]).toEqual([NO_HOUR, 15, 15, 15]);
    expect(epoch.report.dropped).toEqual({ 'bad-date': 1 });
    expect(epoch.report.notices).toEqual([
      expect.stringMatching(
        /^the numbers in sold_at \(.*seconds\.csv\) are read as seconds since 1970 in UTC: the earliest, 1706624986, is 2024-01-30 14:29:46$/,
      ),
      expect.stringMatching(
        /seconds\.csv\) also holds dates of another kind, which are read too: the earliest, 2024-01-30, is 2024-01-30 00:00:00$/,
      ),
    ]);
    const excel = await read('days.csv', ['45321.603999', '45322', 'NULL']);
    expect([...excel.receipts.soldAtMs]).toEqual([AT, Date.UTC(2024, 0, 31)]);
    expect([...excel.receipts.hour]).toEqual([14, NO_HOUR]);
    expect(excel.report.dropped).toEqual({ 'missing-date': 1 });
    expect(excel.report.notices![0]).toMatch(
      /days as Excel counts them: the earliest, 45321\.603999, is 2024-01-30 14:29:46$/,
    );
  });

  it('asks what numbers of ten digits are that may be dates without marks, and reads them where that is given', async () => {
    const rows = (numbers: string[]) =>
      `basket_id,sku,sold_at\n${numbers.map((at, i) => `${i},A,${at}`).join('\n')}\n`;
    const path = write('short.csv', rows(['2401131030', '2401141145', '2401151200', 'NULL']));
    expect((await failure(readReceipts({ paths: [path] }))).message).toMatch(
      /^the numbers in sold_at \(.*short\.csv\), such as "2401131030", can be dates without marks and seconds since 1970.*--date-order ymd.*202401251030/,
    );
    const { receipts } = await readReceipts({ paths: [path], dateOrder: 'ymd' });
    expect([...receipts.soldAtMs]).toEqual([
      Date.UTC(2024, 0, 13, 10, 30),
      Date.UTC(2024, 0, 14, 11, 45),
      Date.UTC(2024, 0, 15, 12),
    ]);
    const days = ['2024-01-13', '2024-01-14', '2024-01-15', '2024-01-16'];
    const beside = await readReceipts({
      paths: [write('beside.csv', rows(['2401131030', '2401141145', '2401151200', ...days]))],
    });
    expect(beside.report.dropped).toEqual({ 'bad-date': 3 });
    const one = await readReceipts({ paths: [write('one.csv', rows(['2401131030']))], dateOrder: 'ymd' });
    expect([...one.receipts.soldAtMs]).toEqual([Date.UTC(2024, 0, 13, 10, 30)]);
    const seconds = await readReceipts({
      paths: [write('epoch.csv', rows(['1706624986']))],
      dateOrder: 'ymd',
    });
    expect([...seconds.receipts.soldAtMs]).toEqual([AT]);
    const long = await readReceipts({ paths: [write('long.csv', rows(['202401131030', '20240114114501']))] });
    expect([...long.receipts.soldAtMs]).toEqual([
      Date.UTC(2024, 0, 13, 10, 30),
      Date.UTC(2024, 0, 14, 11, 45, 1),
    ]);
    expect([...long.receipts.hour]).toEqual([10, 11]);
  });

  it('reads beside the dates of a column those of another kind that can mean one thing only', async () => {
    const read = async (name: string, values: (string | number)[], dateOrder?: 'dmy') => {
      const rows = values.map((value, i) => `${i},A,${value}`).join('\n');
      const path = write(name, `basket_id,sku,sold_at\n${rows}\n`);
      const { receipts, report } = await readReceipts({
        paths: [path],
        timeZone: 'Europe/Amsterdam',
        ...(dateOrder && { dateOrder }),
      });
      return { at: [...receipts.soldAtMs], hours: [...receipts.hour], ...report };
    };
    const jan = (day: number, hour = 0) => Date.UTC(2024, 0, day, hour);
    const european = ['25/01/2024', '26/01/2024', '27/01/2024 10:00'];
    const mixed = await read('mixed.csv', [
      ...european,
      '2024-01-28',
      '2024-01-29T09:00+01:00',
      AT / 1000,
      AT + 1,
      7,
      // A barcode and an order number, which would be of 2096 and of 1986.
      4006381333931,
      536365000,
    ]);
    expect(mixed.at).toEqual([jan(25), jan(26), jan(27, 10), jan(28), jan(29, 8), AT, AT + 1]);
    expect(mixed.hours).toEqual([NO_HOUR, NO_HOUR, 10, NO_HOUR, 9, 15, 15]);
    expect(mixed.dropped).toEqual({ 'bad-date': 3 });
    expect(mixed.notices).toEqual([
      expect.stringMatching(
        /mixed\.csv\) also holds .* read too: the earliest, 1706624986, is 2024-01-30 14:29:46$/,
      ),
      expect.stringMatching(/such as "4006381333931": their rows are left out as bad-date/),
    ]);
    const seconds = [AT / 1000, AT / 1000 + 60, AT / 1000 + 120];
    const given = await read('given.csv', [...seconds, '05/01/2024'], 'dmy');
    expect(given.at[0]).toBe(jan(5));
    const milliseconds = await read('milliseconds.csv', [...seconds, AT + 1]);
    expect(milliseconds.at).toEqual([AT, AT + 1, AT + 60_000, AT + 120_000]);
  });

  it('leaves out dates of another kind that can mean several things, and names both kinds', async () => {
    const noticesOf = async (name: string, values: (string | number)[], dateOrder?: 'dmy') => {
      const rows = values.map((value, i) => `${i},A,${value}`).join('\n');
      const path = write(name, `basket_id,sku,sold_at\n${rows}\n`);
      const { report } = await readReceipts({ paths: [path], ...(dateOrder && { dateOrder }) });
      expect(report.dropped, name).toEqual({ 'bad-date': 1 });
      return report.notices!.at(-1);
    };
    const european = ['25/01/2024', '26/01/2024', '27/01/2024'];
    const both = (chosen: string, other: string, todo: string) =>
      expect.stringMatching(
        new RegExp(`also holds .* than "${chosen}", such as "${other}": .* bad-date; ${todo}`),
      );
    const spreadsheet = 'a spreadsheet .* day and month exchanged.*export the file again';
    expect(await noticesOf('exchanged.csv', [...european, 45321])).toEqual(
      both('25/01/2024', '45321', spreadsheet),
    );
    const days = [45321, 45322, 45323];
    for (const order of [undefined, 'dmy'] as const)
      expect(await noticesOf('days-and-text.csv', [...days, '25/01/2024'], order)).toEqual(
        both('45321', '25/01/2024', spreadsheet),
      );
    expect(await noticesOf('short-beside.csv', [...european, 2401251030])).toEqual(
      both('25/01/2024', '2401251030', 'write all dates in one way'),
    );
    expect(await noticesOf('other-order.csv', [...european, '01/28/2024'], 'dmy')).toEqual(
      both('25/01/2024', '01/28/2024', 'write all dates in one way'),
    );
    expect(await noticesOf('no-order.csv', [1706624986, 1706624987, '05/01/2024'])).toEqual(
      both('1706624986', '05/01/2024', 'write all dates in one way'),
    );
  });

  it('knows no hour of an instant at midnight, in UTC or at the store', () => {
    const { hourOf } = numberedDatesOf(['1706572800'])!;
    const amsterdam = hourClock('Europe/Amsterdam');
    const midnight = Date.UTC(2024, 0, 30);
    expect(hourOf('', midnight, amsterdam)).toBeNull();
    expect(hourOf('', midnight - 3_600_000, amsterdam)).toBeNull();
    expect(hourOf('', midnight + 60_000, amsterdam)).toBe(1);
  });

  it('refuses a column of other numbers with an example, and says of stock how its numbers were read', async () => {
    const path = write(
      'small.csv',
      `basket_id,sku,sold_at\n${[1, 2, 3].map((day) => `${day},A,${day}`).join('\n')}\n`,
    );
    expect((await failure(readReceipts({ paths: [path] }))).message).toMatch(
      /^the values of sold_at \(.*small\.csv\), such as "1", are no dates, or not of one kind.*from 1980 to 2099/,
    );
    const stock = await readStock([
      write('stock.csv', 'store,sku,on_hand,best_before\ns1,A,3,45321\ns1,B,3,\n'),
    ]);
    expect(stock.rows[0]!.expiresAtMs).toBe(Date.UTC(2024, 0, 30));
    expect(stock.report.notices).toEqual([
      expect.stringMatching(/^the numbers in best_before are read as days/),
    ]);
  });
});
