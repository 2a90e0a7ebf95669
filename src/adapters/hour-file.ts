import type { HourLift } from '../recommender/hour-lift.ts';
import { type Model, modelClock } from '../recommender/model.ts';
import { HOURS } from '../recommender/time-of-day.ts';
import { ModelRejected } from './model-rejected.ts';
import { areFinite, assertFits, bytesOf, floats, requireLength } from './number-files.ts';

/** Only in versions that use the time of day. */
export const HOUR_FILE = 'hour-lift.f32';

type Files = Partial<Record<typeof HOUR_FILE, Uint8Array>>;

export function encodeHours(hourLift: HourLift | undefined): Files {
  return hourLift ? { [HOUR_FILE]: bytesOf(hourLift) } : {};
}

/** @throws ModelRejected where the file does not fit the products, or there is no such zone */
export function decodeHours(
  timeZone: string | undefined,
  { [HOUR_FILE]: bytes }: Files,
  products: number,
): Pick<Model, 'hourOf' | 'hourLift'> {
  assertFits(
    (bytes === undefined) === (timeZone === undefined),
    `a version needs both ${HOUR_FILE} and a time zone, or neither`,
  );
  if (!bytes) return { hourOf: modelClock(undefined) };
  const hourLift = floats(HOUR_FILE, { [HOUR_FILE]: bytes });
  requireLength(HOUR_FILE, hourLift, HOURS * products);
  assertFits(areFinite(hourLift), `${HOUR_FILE} contains a value that is not a number`);
  try {
    return { hourOf: modelClock(timeZone), hourLift };
  } catch (cause) {
    throw new ModelRejected(
      `The manifest names '${timeZone}', which is not a time zone known on this machine.`,
      { cause },
    );
  }
}
