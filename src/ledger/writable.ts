/** What is filled field by field, where an object put together from others would take many times as long. */
export type Writable<Of> = { -readonly [Field in keyof Of]: Of[Field] };
