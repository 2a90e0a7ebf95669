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
    expect([...epoch.receipts.soldAtMs]).toEqual([AT, AT + 60_000, AT + 120_000]);
    expect([...epoch.receipts.hour]).toEqual([15, 15, 15]);
    expect(epoch.report.dropped).toEqual({ 'bad-date': 2 });
    expect(epoch.report.notices).toEqual([
      expect.stringMatching(
        /^the numbers in sold_at \(.*seconds\.csv\) are read as seconds since 1970 in UTC: the earliest, 1706624986, is 2024-01-30 14:29:46$/,
      ),
      expect.stringMatching(
        /seconds\.csv\) also holds dates of another kind, such as "2024-01-30": .*bad-date/,
      ),
    ]);
    const written = await read('written.csv', ['2024-01-30', '2024-01-31', '1706624986', '7']);
    expect(written.report.dropped).toEqual({ 'bad-date': 2 });
    expect(written.report.notices).toEqual([expect.stringMatching(/also holds .*, such as "1706624986"/)]);
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
