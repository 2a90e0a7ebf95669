/** The same with fields that may be written: for what is filled field by field. */
export type Writable<Of> = { -readonly [Field in keyof Of]: Of[Field] };
