import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOrderOf } from '../../../src/training/ingest/date-order.ts';
import { hourStated, parseDate, statesOffset } from '../../../src/training/ingest/date-text.ts';
import { IngestError } from '../../../src/training/ingest/ingest-error.ts';

const moment = fc
  .date({ min: new Date('1971-01-01T00:00:00Z'), max: new Date('2068-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));

describe('dates in files', () => {
  it('reads a moment alike in every notation', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom('/', '.', '-'), (date, separator) => {
        const iso = date.toISOString();
        const [year, month, day] = iso.slice(0, 10).split('-') as [string, string, string];
        const time = iso.slice(11, 19);
        const ms = date.getTime();
        expect(parseDate(iso, undefined)).toBe(ms);
        expect(parseDate(`${iso.slice(0, 10)} ${time}`, 'mdy')).toBe(ms);
        expect(parseDate(`${iso.slice(0, 10)}T${time}+00:00`, 'dmy')).toBe(ms);
        expect(parseDate(`${[year, month, day].join(separator)} ${time}`, undefined)).toBe(ms);
        expect(parseDate(`${[day, month, year].join(separator)} ${time}`, 'dmy')).toBe(ms);
        expect(parseDate(`${[month, day, year].join(separator)} ${time}`, 'mdy')).toBe(ms);
        expect(
          parseDate(`${[Number(day), Number(month), year.slice(2)].join(separator)} ${time}`, 'dmy'),
        ).toBe(ms);
      }),
    );
  });

  it('tells an instant from a time on a clock', () => {
    for (const text of [
      '2010-12-01T08:26:00Z',
      '2010-12-01 08:26 +0200',
      '1/12/2010 8:26 pm UTC',
      ' 2010-12-01T08:26:00.5-05 ',
    ])
      expect(statesOffset(text)).toBe(true);
    for (const text of [
      '2010-12-01',
      '01-12-10',
      '20101201',
      '2010-12-01 08:26',
      '1/12/2010 8:26:00 pm',
      'soon',
    ])
      expect(statesOffset(text)).toBe(false);
  });

  it('reads offsets, fractions, halves of the day and dates alone', () => {
    expect(parseDate('2010-12-01T08:26:00+02:00', undefined)).toBe(Date.UTC(2010, 11, 1, 6, 26));
    expect(parseDate('2010-12-01 08:26:00-0530', undefined)).toBe(Date.UTC(2010, 11, 1, 13, 56));
    expect(parseDate('2010-12-01 08:26:00.123456+00', undefined)).toBe(Date.UTC(2010, 11, 1, 8, 26, 0, 123));
    expect(parseDate('12/1/2010 8:26 PM', 'mdy')).toBe(Date.UTC(2010, 11, 1, 20, 26));
    expect(parseDate('12/1/2010 12:05 a.m.', 'mdy')).toBe(Date.UTC(2010, 11, 1, 0, 5));
    expect(parseDate('03/08/19 20:25', 'dmy')).toBe(Date.UTC(2019, 7, 3, 20, 25));
    expect(parseDate('20101201', undefined)).toBe(Date.UTC(2010, 11, 1));
    for (const midnight of [
      '2010-12-01 00:00:00',
      '2010-12-01T00:00:00Z',
      '2010-12-01 00:00+01',
      '12/1/2010 12:00:00 AM',
    ])
      expect(parseDate(`${midnight} 09:58:11`, 'mdy')).toBe(Date.UTC(2010, 11, 1, 9, 58, 11));
  });

  it('reads dates without marks, alone and with a time with or without marks', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const digits = date.toISOString().slice(0, 19).replaceAll(/\D/g, '');
        const [day, time] = [digits.slice(0, 8), digits.slice(8)];
        const ms = date.getTime();
        for (const text of [
          digits,
          `${day}T${time}`,
          `${digits}Z`,
          `${day} ${date.toISOString().slice(11, 19)}`,
        ])
          expect(parseDate(text, undefined), text).toBe(ms);
        const minute = Math.floor(ms / 60_000) * 60_000;
        expect(parseDate(digits.slice(0, 12), undefined)).toBe(minute);
        expect(parseDate(digits.slice(2, 12), 'ymd')).toBe(minute);
      }),
    );
    expect(parseDate('20240125T103000+0200', undefined)).toBe(Date.UTC(2024, 0, 25, 8, 30));
    expect(parseDate('20240125T000000 10:30', undefined)).toBe(Date.UTC(2024, 0, 25, 10, 30));
    expect(statesOffset('20240125T103000Z')).toBe(true);
    expect(statesOffset('20240125103000')).toBe(false);
    expect(hourStated('20240125T230000Z', Date.UTC(2024, 0, 25, 23), () => 0)).toBe(0);
    expect(hourStated('20240125T000000Z', Date.UTC(2024, 0, 25), () => 1)).toBeNull();
    const refused = [
      '20241325',
      '202401252460',
      '2024012510',
      '2024012510300',
      '20240125103000123',
      '20240125 930',
    ];
    for (const text of refused) expect(parseDate(text, undefined), text).toBeUndefined();
    for (const text of ['2401251030', '240125103000']) expect(parseDate(text, 'dmy'), text).toBeUndefined();
  });

  it('reads a moment alike with the English name of its month, whole or short, in any place', () => {
    const month = (date: Date, length: 'long' | 'short') =>
      date.toLocaleString('en-US', { month: length, timeZone: 'UTC' });
    fc.assert(
      fc.property(moment, fc.constantFrom('long', 'short'), (date, length) => {
        const name = month(date, length);
        const day = date.getUTCDate();
        const year = date.getUTCFullYear();
        const time = date.toISOString().slice(11, 19);
        const texts = [
          `${day}-${name}-${year} ${time}`,
          `${day}-${name.toUpperCase()}-${String(year).slice(2)} ${time}`,
          `${String(day).padStart(2, '0')} ${name} ${year} ${time}`,
          `${day} ${name}. ${year}, ${time}`,
          `${name} ${day}, ${year} ${time}`,
          `${name.toLowerCase()} ${day} ${year} ${time}Z`,
          date.toUTCString().replace('GMT', '+0000'),
          `${date.toLocaleString('en-US', { dateStyle: 'full', timeZone: 'UTC' })} ${time}`,
        ];
        for (const text of texts) expect(parseDate(text, undefined), text).toBe(date.getTime());
      }),
    );
    expect(parseDate('Dec 1, 2010 8:26 AM', 'mdy')).toBe(Date.UTC(2010, 11, 1, 8, 26));
    expect(parseDate('December 1st, 2010', undefined)).toBe(Date.UTC(2010, 11, 1));
    expect(parseDate('3 Sept 2010', undefined)).toBe(Date.UTC(2010, 8, 3));
    expect(parseDate('10-Dec-01', 'ymd')).toBe(Date.UTC(2010, 11, 1));
    expect(dateOrderOf(['1-Dec-2010', '01-DEC-10'], undefined, 'date')).toBeUndefined();
    expect(statesOffset('1-Dec-2010 08:26 Z')).toBe(true);
    expect(statesOffset('1-Dec-2010 08:26')).toBe(false);
    for (const text of [
      '31-Nov-2010',
      '0 Dec 2010',
      '1-Mrt-2010',
      '1-Decem-2010',
      'Dec 2010',
      '1-Dec-2010 25:00',
    ])
      expect(parseDate(text, undefined), text).toBeUndefined();
  });

  it('refuses days, times and orders that do not exist', () => {
    const refused = [
      '2010-02-30',
      '2010-13-01',
      '2010-12-01 24:00',
      '2010-12-01 10:61',
      '31/31/2010',
      'soon',
      '',
      '1/2-2010',
    ];
    for (const text of refused) expect(parseDate(text, 'dmy'), text).toBeUndefined();
    expect(parseDate('25/12/2010', 'mdy')).toBeUndefined();
    expect(parseDate('03/04/2010', undefined)).toBeUndefined();
  });

  it('proves the order of day and month from a single value', () => {
    expect(dateOrderOf(['03/04/2020', '13/04/2020'], undefined, 'date')).toBe('dmy');
    expect(dateOrderOf(['03/04/2020', '04/13/2020'], undefined, 'date')).toBe('mdy');
    expect(dateOrderOf(['2020-04-03'], undefined, 'date')).toBeUndefined();
    expect(dateOrderOf(['05/05/2020'], undefined, 'date')).toBeUndefined();
    expect(dateOrderOf(['13/04/2020', '04/13/2020'], 'mdy', 'date')).toBe('mdy');
  });

  it('asks for the order where the values leave it open or contradict each other, and says with which', () => {
    expect(() => dateOrderOf(['03/04/2020'], undefined, 'sold')).toThrow(IngestError);
    expect(() => dateOrderOf(['03/04/2020'], undefined, 'sold')).toThrow(
      /sold.*"03\/04\/2020".*--date-order/,
    );
    expect(() => dateOrderOf(['13/04/2020', '04/13/2020'], undefined, 'sold')).toThrow(
      /13\/04\/2020.*04\/13\/2020/,
    );
  });

  it('asks whether a two-digit year comes first or last if the dates can be read both ways', () => {
    const march = Array.from({ length: 31 }, (_, i) => String(i + 1).padStart(2, '0'));
    for (const mark of ['-', '/', '.']) {
      const first = march.map((day) => `24${mark}03${mark}${day} 10:00`);
      expect(() => dateOrderOf(first, undefined, 'sold')).toThrow(IngestError);
      expect(() => dateOrderOf(first, undefined, 'sold')).toThrow(/sold.*"24.03.01 10:00".*--date-order ymd/);
      expect(dateOrderOf(first, 'ymd', 'sold')).toBe('ymd');
      const last = march.map((day) => `${day}${mark}03${mark}24 10:00`);
      expect(dateOrderOf(last, undefined, 'sold')).toBe('dmy');
    }
    expect(dateOrderOf(['1/13/24', '1/14/24'], undefined, 'sold')).toBe('mdy');
    expect(dateOrderOf(['13/3/24'], undefined, 'sold')).toBe('dmy');
    expect(dateOrderOf(['13/03/45'], undefined, 'sold')).toBe('dmy');
    expect(dateOrderOf(['12/12/12'], undefined, 'sold')).toBeUndefined();
    expect(() => dateOrderOf(['99-01-25'], undefined, 'sold')).toThrow(/--date-order ymd/);
    expect(() => dateOrderOf(['13/03/24'], undefined, 'sold')).toThrow(/--date-order ymd/);
  });

  it('reads years of two digits first where that is given', () => {
    expect(parseDate('24-01-25 10:00', 'ymd')).toBe(Date.UTC(2024, 0, 25, 10));
    expect(parseDate('99/12/31', 'ymd')).toBe(Date.UTC(1999, 11, 31));
    expect(parseDate('2024-01-25', 'ymd')).toBe(Date.UTC(2024, 0, 25));
    for (const text of ['24-13-01', '24-01-32', '25/01/2024', '1-12-24'])
      expect(parseDate(text, 'ymd'), text).toBeUndefined();
  });
});
