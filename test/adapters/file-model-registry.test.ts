import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCustomerNames } from '../../src/adapters/customer-names.ts';
import { type FileModelRegistry, openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { encodeModel, OPTIONAL_FILES } from '../../src/adapters/model-files.ts';
import {
  type ManifestFacts,
  MODEL_FORMAT,
  type ModelManifest,
  manifestText,
} from '../../src/adapters/model-manifest.ts';
import { ModelRejected } from '../../src/adapters/model-rejected.ts';
import { bytesOf as fileOf } from '../../src/adapters/number-files.ts';
import { NO_HOUR } from '../../src/recommender/time-of-day.ts';
import { buildModel } from '../support/model-builder.ts';

const model = buildModel({
  products: [
    { id: 'a', share: 0.5, unitPrice: 2, unitCost: 1, minAge: 18 },
    { id: 'b', share: 0.25 },
    { id: 'ü', share: 0 },
  ],
  edges: [
    ['a', 'b', 0.5, 0.25],
    ['b', 'a', -0.125, 0.5],
  ],
  stores: [{ id: 's1', baskets: 7, sales: { a: 5, b: 2 } }],
  past: [
    ['a', 'b'],
    ['a', 'b', 'ü'],
  ],
  knownCount: 2,
  customers: [[['a'], ['b']], [['b', 'ü']]],
});

/** The same with all that is learned from a catalogue. */
const described = {
  ...model,
  ...buildModel({
    products: [{ id: 'a' }, { id: 'b' }, { id: 'ü' }],
    substitutes: [['a', 'b']],
    newProducts: [['a', 'ü', 0.25]],
    acceptance: {
      overall: { rise: 0.5, fall: 1, offset: -1 },
      channels: new Map([['call', { rise: 2, fall: 1, offset: 0 }]]),
    },
    hourLift: Float32Array.from({ length: 3 * 24 }, (_, at) => at / 100),
  }),
  products: model.products,
  knownCount: 2,
};

const manifestOf = (version: string): ManifestFacts => ({
  format: MODEL_FORMAT,
  version,
  createdAt: '2026-05-01T00:00:00.000Z',
  codeVersion: '0.1.0',
  seed: 1,
  currency: 'EUR',
  knownProducts: 2,
  parameters: {},
  data: { fingerprint: 'f', baskets: 1, lines: 1, products: 3, from: null, to: null },
});

const text = (content: string) => new TextEncoder().encode(content);
const rankerText = new TextDecoder().decode(encodeModel(model)['ranker.json']);
const filesOf = () => new Map<string, Uint8Array>(Object.entries(encodeModel(model)));

let folder: string;
let registry: FileModelRegistry;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-'));
  registry = openModelRegistry(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const publish = (version: string, files = filesOf()) => registry.publish(manifestOf(version), files);

/** Rewrites a file of a version with its checksum, as somebody would who means it. */
function rewrite(version: string, name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, version, name), bytes);
  editManifest(version, (manifest) => {
    manifest.files[name] = {
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  });
}

function editManifest(
  version: string,
  edit: (manifest: ModelManifest & Record<string, unknown>) => void,
): void {
  const path = join(folder, version, 'manifest.json');
  const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, 'utf8'));
  edit(manifest);
  writeFileSync(path, manifestText(manifest));
}

async function rejectionOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelRejected);
  return (error as Error).message;
}

const doublesOf = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);
const bytesOf = (values: Int32Array | Float32Array) => new Uint8Array(values.buffer.slice(0)) as Uint8Array;

describe('one file of a version', () => {
  it('is read by name and verified', async () => {
    await publish('v1');
    expect(await registry.read('v1', 'ranker.json')).toEqual(Buffer.from(filesOf().get('ranker.json')!));
    expect(await rejectionOf(registry.read('v1', 'evaluation.json'))).toMatch(/does not list evaluation/);
    writeFileSync(join(folder, 'v1', 'ranker.json'), '{}');
    expect(await rejectionOf(registry.read('v1', 'ranker.json'))).toMatch(/differs from its checksum/);
  });
});

describe('publishing a version', () => {
  it('what is loaded is what was published, and every file is listed with its checksum', async () => {
    const path = await publish('v1');
    expect(path).toBe(join(folder, 'v1'));
    const { model: loaded, manifest, files } = await registry.load('v1');
    expect(loaded).toEqual({
      ...model,
      version: 'v1',
      customerOf: expect.any(Function),
      hourOf: expect.any(Function),
    });
    expect(loaded.hourOf(0)).toBe(NO_HOUR);
    expect([...files.keys()].sort()).toEqual(Object.keys(manifest.files).sort());
    expect(readdirSync(path).sort()).toEqual([...Object.keys(manifest.files), 'manifest.json'].sort());
    expect(await registry.manifest('v1')).toEqual(manifest);
  });

  it('knows its customers if the key of their names is beside it, and otherwise nobody', async () => {
    const names = openCustomerNames(folder);
    const ids = ['anna', 'bert'].sort((a, b) => names.nameOf(a) - names.nameOf(b));
    const customerNames = Float64Array.from(ids, names.nameOf);
    const files = new Map(Object.entries(encodeModel({ ...model, customerNames })));
    await registry.publish({ ...manifestOf('v1'), customers: { known: 2, keyId: names.keyId } }, files);
    const whole = await registry.load('v1');
    expect(whole.customers).toBe('known');
    expect([...ids, 'carl'].map(whole.model.customerOf)).toEqual([0, 1, -1]);
    for (const bytes of files.values()) {
      for (const id of ids) expect(Buffer.from(bytes).includes(id)).toBe(false);
    }
    const elsewhere = join(folder, 'elsewhere');
    cpSync(join(folder, 'v1'), join(elsewhere, 'v1'), { recursive: true });
    for (const prepare of [() => {}, () => openCustomerNames(elsewhere)]) {
      prepare();
      const copy = await openModelRegistry(elsewhere).load('v1');
      expect(copy.customers).toBe('unknown');
      expect(ids.map(copy.model.customerOf)).toEqual([-1, -1]);
    }
  });

  it('a version reads back its substitutes, new products and acceptance, or has none if it learned none', async () => {
    await registry.publish(manifestOf('plain'), filesOf());
    const zoned = { ...manifestOf('more'), timeZone: 'Europe/Amsterdam' };
    await registry.publish(zoned, new Map(Object.entries(encodeModel(described))));
    const [plain, more] = [await registry.load('plain'), await registry.load('more')];
    expect(plain.model).not.toHaveProperty('substitutes');
    expect(plain.model).not.toHaveProperty('newProducts');
    expect(plain.model).not.toHaveProperty('acceptance');
    expect(plain.model).not.toHaveProperty('hourLift');
    expect(more.model.substitutes).toMatchObject({
      start: described.substitutes!.start,
      target: described.substitutes!.target,
    });
    expect(more.model.newProducts).toEqual(described.newProducts);
    expect(more.model.acceptance).toEqual(described.acceptance);
    expect(more.model.hourLift).toEqual(described.hourLift);
    expect(more.model.hourOf(Date.parse('2026-07-01T10:00:00Z'))).toBe(12);
    expect(Object.keys(more.manifest.files)).toEqual(expect.arrayContaining([...OPTIONAL_FILES]));
  });

  it('a version is rejected if its hours lack a known time zone or have the wrong number of values', async () => {
    const files = new Map(Object.entries(encodeModel(described)));
    const rejected = async (version: string, timeZone: string | undefined, more = files) => {
      await registry.publish({ ...manifestOf(version), ...(timeZone && { timeZone }) }, more);
      return rejectionOf(registry.load(version));
    };
    expect(await rejected('nowhere', 'Europe/Atlantis')).toMatch(
      /names 'Europe\/Atlantis', which is not a time zone known on this machine/,
    );
    expect(await rejected('unzoned', undefined)).toMatch(
      /needs both hour-lift.f32 and a time zone, or neither/,
    );
    expect(await rejected('hourless', 'UTC', filesOf())).toMatch(
      /needs both hour-lift.f32 and a time zone, or neither/,
    );
    const short = new Map([...files, ['hour-lift.f32', new Uint8Array(8)]]);
    expect(await rejected('short', 'UTC', short)).toMatch(/hour-lift.f32 contains 2 numbers instead of 72/);
    const odd = new Map([...files, ['hour-lift.f32', fileOf(new Float32Array(72).fill(Number.NaN))]]);
    expect(await rejected('odd', 'UTC', odd)).toMatch(/hour-lift.f32 contains a value that is not a number/);
  });

  it('a ranker from before the time of day mattered is read, and ignores it', async () => {
    const ranker = JSON.parse(new TextDecoder().decode(filesOf().get('ranker.json')));
    delete ranker.signals.hour;
    const before = new Map([...filesOf(), ['ranker.json', new TextEncoder().encode(JSON.stringify(ranker))]]);
    await registry.publish(manifestOf('before'), before);
    expect((await registry.load('before')).model.ranker).toEqual(model.ranker);
    delete ranker.signals.ease;
    const damaged = new Map([...before, ['ranker.json', new TextEncoder().encode(JSON.stringify(ranker))]]);
    await registry.publish(manifestOf('damaged'), damaged);
    expect(await rejectionOf(registry.load('damaged'))).toMatch(/ranker.json/);
  });

  it.each<[string, (files: Map<string, Uint8Array>) => void, RegExp]>([
    [
      'substitutes without their targets',
      (files) => files.delete('substitutes.target.i32'),
      /substitutes\.start\.i32 without substitutes\.target\.i32/,
    ],
    [
      'a substitute that is no product',
      (files) => files.set('substitutes.target.i32', fileOf(Int32Array.of(1, 3))),
      /substitutes\.target\.i32 is out of order/,
    ],
    [
      'new products without a calibration',
      (files) => files.delete('new-products.json'),
      /without new-products\.json/,
    ],
    [
      'a probability above 1',
      (files) => files.set('new-products.weight.f32', fileOf(Float32Array.of(1.5))),
      /new-products\.weight\.f32 contains a value that is not a probability/,
    ],
    [
      'a calibration that turns the order round',
      (files) => files.set('new-products.json', text('{"calibration":{"rise":-1,"fall":1,"offset":0}}')),
      /new-products\.json does not have the form that this version of Basketlift reads/,
    ],
    [
      'an acceptance that turns the order round',
      (files) =>
        files.set(
          'acceptance.json',
          text(
            '{"overall":{"rise":1,"fall":1,"offset":0},"channels":{"call":{"rise":0,"fall":1,"offset":0}}}',
          ),
        ),
      /acceptance\.json does not have the form that this version of Basketlift reads/,
    ],
  ])('with %s is refused', async (_, spoil, reason) => {
    const files = new Map<string, Uint8Array>(Object.entries(encodeModel(described)));
    spoil(files);
    await registry.publish({ ...manifestOf('spoilt'), timeZone: 'UTC' }, files);
    await expect(registry.load('spoilt')).rejects.toThrow(reason);
  });

  it('leaves a version as it is: a second of the same name is refused and changes nothing', async () => {
    await publish('v1');
    const before = readFileSync(join(folder, 'v1', 'manifest.json'));
    expect(await rejectionOf(publish('v1'))).toMatch(/already exists, and versions are immutable/);
    expect(readFileSync(join(folder, 'v1', 'manifest.json'))).toEqual(before);
    expect(readdirSync(folder)).toEqual(['v1']);
  });

  it('that fails midway leaves nothing behind, and can be repeated', async () => {
    const broken = new Map([...filesOf(), ['../outside', new Uint8Array(1)] as const]);
    expect(await rejectionOf(publish('v1', broken))).toMatch(/is not a valid file name in a version/);
    const unwritable = new Map([...filesOf(), ['last.bin', null as unknown as Uint8Array] as const]);
    await expect(publish('v1', unwritable)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
    await publish('v1');
    expect(await registry.list()).toEqual(['v1']);
  });

  it('killed midway leaves a hidden folder that is not a version and blocks nothing', async () => {
    await publish('v1');
    cpSync(join(folder, 'v1'), join(folder, '.v2.0a0b0c0d.tmp'), { recursive: true });
    rmSync(join(folder, '.v2.0a0b0c0d.tmp', 'manifest.json'));
    expect(await registry.list()).toEqual(['v1']);
    await rejectionOf(registry.load('.v2.0a0b0c0d.tmp'));
    await rejectionOf(registry.promote('v2'));
    await publish('v2');
    expect(await registry.list()).toEqual(['v1', 'v2']);
  });

  it('the same name twice at once gives one whole version and one refusal', async () => {
    const results = await Promise.allSettled([publish('v1'), publish('v1'), publish('v1')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await registry.load('v1');
    expect(readdirSync(folder)).toEqual(['v1']);
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    '/tmp/x',
    '.hidden',
    'a b',
    'x'.repeat(101),
    'champion',
    'champion-history',
    'rejects',
    'a\0b',
    'ü',
  ])('refuses %j as a name', async (version) => {
    expect(await rejectionOf(publish(version))).toMatch(/cannot name a version/);
    expect(await rejectionOf(registry.promote(version))).toMatch(/cannot name a version/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lists versions only: neither rejected rows nor files', async () => {
    await publish('b');
    await publish('a');
    mkdirSync(join(folder, 'rejects', 'a'), { recursive: true });
    writeFileSync(join(folder, 'notes.txt'), '');
    await registry.promote('a');
    expect(await registry.list()).toEqual(['a', 'b']);
    expect(await openModelRegistry(join(folder, 'nowhere')).list()).toEqual([]);
  });
});

describe('a version that is not as it was published is refused with the reason', () => {
  beforeEach(() => publish('v1').then(() => {}));

  it('any one byte of any file changed', async () => {
    const names = Object.keys((await registry.manifest('v1')).files);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (name, at, flip) => {
          const path = join(folder, 'v1', name);
          const sound = readFileSync(path);
          if (sound.length === 0) return;
          const damaged = Uint8Array.from(sound);
          damaged[at % damaged.length]! ^= flip;
          writeFileSync(path, damaged);
          expect(await rejectionOf(registry.load('v1'))).toContain(`${name} differs from its checksum`);
          writeFileSync(path, sound);
        },
      ),
      { numRuns: 40 },
    );
    await registry.load('v1');
  });

  it('any one byte of the manifest changed, unless it says the same as before', async () => {
    const path = join(folder, 'v1', 'manifest.json');
    const sound = readFileSync(path);
    const { checksum: _, ...said } = await registry.manifest('v1');
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(sound);
        damaged[at]! ^= flip;
        writeFileSync(path, damaged);
        const read = await registry.manifest('v1').catch((error) => {
          expect(error).toBeInstanceOf(ModelRejected);
        });
        if (read) expect(read).toMatchObject(said);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a missing file',
      () => rmSync(join(folder, 'v1', 'stores.json')),
      /stores\.json is missing; the version is incomplete/,
    ],
    [
      'a file cut short',
      () => writeFileSync(join(folder, 'v1', 'products.json'), ''),
      /products\.json differs from its checksum/,
    ],
    [
      'no manifest',
      () => rmSync(join(folder, 'v1', 'manifest.json')),
      /no model version at .*manifest\.json cannot be read/,
    ],
    [
      'a manifest that is no JSON',
      () => writeFileSync(join(folder, 'v1', 'manifest.json'), '{'),
      /manifest\.json is not JSON/,
    ],
    [
      'a manifest that is null',
      () => writeFileSync(join(folder, 'v1', 'manifest.json'), 'null'),
      /manifest\.json is damaged/,
    ],
    [
      'a manifest that is a list',
      () => writeFileSync(join(folder, 'v1', 'manifest.json'), '[]'),
      /manifest\.json is damaged/,
    ],
    [
      'a newer format',
      () => editManifest('v1', (m) => Object.assign(m, { format: MODEL_FORMAT + 1 })),
      /has format 4 and this Basketlift reads format 3; update/,
    ],
    [
      'an older format',
      () => editManifest('v1', (m) => Object.assign(m, { format: 2 })),
      /has format 2 and this Basketlift reads format 3; train again/,
    ],
    [
      'an unknown format',
      () => editManifest('v1', (m) => Object.assign(m, { format: 'x' })),
      /manifest\.json is damaged.*/,
    ],
    [
      'a manifest without seed',
      () => editManifest('v1', (m) => Object.assign(m, { seed: undefined })),
      /seed/,
    ],
    [
      'a needed file not listed',
      () => editManifest('v1', (m) => delete m.files['stores.json']),
      /does not list stores\.json/,
    ],
    [
      'a file name that leads out',
      () =>
        editManifest('v1', (m) => Object.assign(m.files, { '../v1/stores.json': m.files['stores.json'] })),
      /is not a valid file name in a version/,
    ],
    [
      'an absolute file name',
      () => editManifest('v1', (m) => Object.assign(m.files, { '/etc/passwd': m.files['stores.json'] })),
      /is not a valid file name in a version/,
    ],
    [
      'more known products than products',
      () => editManifest('v1', (m) => Object.assign(m, { knownProducts: 4 })),
      /states more known products/,
    ],
  ])('%s', async (_, damage, message) => {
    damage();
    expect(await rejectionOf(registry.load('v1'))).toMatch(message);
    await rejectionOf(registry.promote('v1'));
  });

  it.each<[string, string, Uint8Array, RegExp]>([
    [
      'a target beyond the products',
      'complements.target.i32',
      bytesOf(Int32Array.of(3, 0)),
      /complements\.target\.i32/,
    ],
    [
      'a negative target',
      'complements.target.i32',
      bytesOf(Int32Array.of(-1, 0)),
      /complements\.target\.i32/,
    ],
    [
      'rows that run backwards',
      'complements.start.i32',
      bytesOf(Int32Array.of(0, 1, 0, 2)),
      /decreases at row/,
    ],
    [
      'rows that begin elsewhere',
      'complements.start.i32',
      bytesOf(Int32Array.of(1, 1, 2, 2)),
      /does not hold 3 rows/,
    ],
    [
      'rows that end beyond',
      'complements.start.i32',
      bytesOf(Int32Array.of(0, 1, 2, 9)),
      /does not end where its columns end/,
    ],
    ['names out of order', 'customers.name.f64', doublesOf(2, 1), /out of order/],
    ['a customer too many', 'customers.name.f64', doublesOf(1, 2, 3), /does not hold 3 rows/],
    ['a purchase of no product', 'customers.item.i32', bytesOf(Int32Array.of(0, 3, 1, 2)), /out of order/],
    ['a purchase before the beginning', 'customers.age.f32', bytesOf(Float32Array.of(2, 1, 0)), /not an age/],
    [
      'fewer rows than products',
      'complements.start.i32',
      bytesOf(Int32Array.of(0, 2)),
      /does not hold 3 rows/,
    ],
    [
      'a weight that is no number',
      'complements.weight.f32',
      bytesOf(Float32Array.of(Number.NaN, 0)),
      /not a number/,
    ],
    [
      'an infinite weight',
      'complements.weight.f32',
      bytesOf(Float32Array.of(Number.POSITIVE_INFINITY, 0)),
      /not a number/,
    ],
    [
      'an array that ends within a number',
      'complements.weight.f32',
      new Uint8Array(7),
      /ends in the middle of a number/,
    ],
    ['past baskets without end', 'past-baskets.start.i32', bytesOf(Int32Array.of(0, 2)), /past-baskets/],
    [
      'a past basket out of order',
      'past-baskets.item.i32',
      bytesOf(Int32Array.of(1, 0, 0, 1, 2)),
      /out of order/,
    ],
    [
      'a past basket with a product beyond the last',
      'past-baskets.item.i32',
      bytesOf(Int32Array.of(0, 1, 0, 1, 3)),
      /past-baskets\.item\.i32 is out of order|past-baskets/,
    ],
    [
      'a past basket from the future',
      'past-baskets.age.f32',
      bytesOf(Float32Array.of(1, -1)),
      /contains a value that is not an age/,
    ],
    ['a ranker of no signals', 'ranker.json', text('{"signals":{}}'), /ranker\.json does not have the form/],
    [
      'a ranker that lacks a signal',
      'ranker.json',
      text(rankerText.replace('"ease"', '"something else"')),
      /ranker\.json does not have the form/,
    ],
    [
      'a deviation of zero',
      'ranker.json',
      text(rankerText.replace('"deviation": 1', '"deviation": 0')),
      /ranker\.json does not have the form/,
    ],
    [
      'a calibration that turns the order round',
      'ranker.json',
      text(rankerText.replace('"rise": 1', '"rise": -1')),
      /ranker\.json does not have the form/,
    ],
    ['too few shares', 'together-share.f32', bytesOf(Float32Array.of(0.5)), /together-share/],
    [
      'a share together that is none',
      'together-share.f32',
      bytesOf(Float32Array.of(Number.NaN, 2)),
      /together-share/,
    ],
    ['a share above one', 'basket-share.f32', bytesOf(Float32Array.of(1.5, 0, 0)), /basket-share/],
    [
      'store sales that are no number',
      'store-sales.weight.f32',
      bytesOf(Float32Array.of(Number.NaN, 1)),
      /store-sales\.weight/,
    ],
    [
      'negative store sales',
      'store-sales.weight.f32',
      bytesOf(Float32Array.of(-5, 1)),
      /store-sales\.weight/,
    ],
    ['a negative demand', 'store-demand.f32', bytesOf(Float32Array.of(-1, 1)), /store-demand/],
    [
      'a product twice',
      'products.json',
      new TextEncoder().encode(
        JSON.stringify(['a', 'a', 'b'].map((id) => ({ id, name: id, category: '', active: true }))),
      ),
      /names a product twice/,
    ],
    [
      'products that are none',
      'products.json',
      new TextEncoder().encode('[{"id":1}]'),
      /products\.json does not have the form that this version of Basketlift reads/,
    ],
    [
      'products that are no JSON',
      'products.json',
      new TextEncoder().encode('['),
      /products\.json does not have the form/,
    ],
  ])('%s, with the right checksum', async (_, name, bytes, message) => {
    rewrite('v1', name, bytes);
    expect(await rejectionOf(registry.load('v1'))).toMatch(message);
    await rejectionOf(registry.promote('v1'));
  });

  it('an unknown demand is none of these faults', async () => {
    rewrite('v1', 'store-demand.f32', bytesOf(Float32Array.of(Number.NaN, 1)));
    expect((await registry.load('v1')).model.storeDemand[0]).toBeNaN();
  });

  it('a version that is not there', async () => {
    expect(await rejectionOf(registry.load('v9'))).toMatch(/There is no model version at/);
    await rejectionOf(registry.load('/nowhere/at/all'));
    await rejectionOf(registry.manifest('v9'));
  });

  it('is loaded by the path of its folder as well', async () => {
    expect((await openModelRegistry('/nowhere').load(join(folder, 'v1'))).manifest.version).toBe('v1');
  });
});

describe('the version in service', () => {
  it('is none at first, with what to do', async () => {
    expect(await rejectionOf(registry.champion())).toMatch(/No model is in service.*basketlift train/);
    expect(await rejectionOf(registry.rollback())).toMatch(/no earlier version/);
  });

  it('is the promoted one; a rollback brings back the one before, step by step', async () => {
    for (const version of ['v1', 'v2', 'v3']) {
      await publish(version);
      await registry.promote(version);
      expect(await registry.champion()).toBe(version);
    }
    expect(await registry.rollback()).toBe('v2');
    expect(await registry.champion()).toBe('v2');
    expect(await registry.rollback()).toBe('v1');
    await rejectionOf(registry.rollback());
    expect(await registry.champion()).toBe('v1');
  });

  it('promoted twice is one step of the history', async () => {
    for (const version of ['v1', 'v2', 'v2']) {
      await publish(version).catch(() => {});
      await registry.promote(version);
    }
    expect(await registry.rollback()).toBe('v1');
  });

  it('that was shipped without a history can be rolled back to', async () => {
    await publish('shipped');
    await publish('mine');
    writeFileSync(join(folder, 'champion'), 'shipped\n');
    await registry.promote('mine');
    expect(await registry.rollback()).toBe('shipped');
  });

  it('survives a crash between history and pointer: the pointer decides', async () => {
    for (const version of ['v1', 'v2', 'v3']) await publish(version);
    await registry.promote('v1');
    await registry.promote('v2');
    writeFileSync(join(folder, 'champion-history'), 'v1\nv2\nv3');
    expect(await registry.champion()).toBe('v2');
    expect(await registry.rollback()).toBe('v1');
  });

  it('changes only when the caller’s own checks pass', async () => {
    for (const version of ['v1', 'v2']) await publish(version);
    await registry.promote('v1');
    const refuse = async (version: string) => {
      throw new ModelRejected(`${version} is not wanted`);
    };
    expect(await rejectionOf(registry.promote('v2', refuse))).toBe('v2 is not wanted');
    expect(await registry.champion()).toBe('v1');
    await registry.promote('v2', async () => {});
    expect(await rejectionOf(registry.rollback(refuse))).toBe('v1 is not wanted');
    expect(await registry.champion()).toBe('v2');
  });

  it('stays when a damaged version is promoted or rolled back to', async () => {
    for (const version of ['v1', 'v2']) {
      await publish(version);
      await registry.promote(version);
    }
    await publish('v3');
    for (const version of ['v1', 'v3']) rmSync(join(folder, version, 'stores.json'));
    await rejectionOf(registry.promote('v3'));
    await rejectionOf(registry.rollback());
    expect(await registry.champion()).toBe('v2');
  });

  it('is replaced at once: a reader at any moment sees one of the two names, whole', async () => {
    await publish('v1');
    await publish('a-much-longer-name');
    await registry.promote('v1');
    let isDone = false;
    const seen = new Set<string>();
    const reader = (async () => {
      while (!isDone) seen.add(await registry.champion());
    })();
    for (let turn = 0; turn < 10; turn++) {
      await registry.promote('a-much-longer-name');
      await registry.promote('v1');
    }
    isDone = true;
    await reader;
    expect([...seen].sort()).toEqual(['a-much-longer-name', 'v1']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is never named by a pointer that leads out of the registry', async () => {
    writeFileSync(join(folder, 'champion'), '../../etc\n');
    expect(await rejectionOf(registry.champion())).toMatch(/cannot name a version/);
  });

  it('is not a version reached by a link to nowhere', async () => {
    symlinkSync('/nowhere', join(folder, 'linked'));
    expect(await registry.list()).toEqual([]);
  });
});
