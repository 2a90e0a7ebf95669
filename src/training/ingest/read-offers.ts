import { join } from 'node:path';
import type { DuckDBListValue } from '@duckdb/node-api';
import { type Scratch, sqlPath, withScratch } from '../../adapters/duckdb-scratch.ts';
import { type ExportManifest, exportedFiles, readExportManifest } from '../../adapters/ledger-export.ts';
import type { Offer } from '../offers.ts';
import { IngestError } from './ingest-error.ts';

/** Most offers read, the newest: more would not make the three fitted numbers surer. */
const OFFERS_MAX = 200_000;

/**
 * The offers in an export of a ledger, in order of time. A product offered again in a basket counts once, by the last outcome reported for
 * it; without one, as declined when it was last shown. What was not offered aloud is no offer.
 *
 * @throws IngestError when the folder holds no complete export
 */
export async function readOffers(
  folder: string,
  offersMax = OFFERS_MAX,
): Promise<{ tenant: string; offers: Offer[] }> {
  const manifest = await manifestOf(folder);
  return withScratch(async (scratch) => {
    for (const table of ['responses', 'decisions', 'suggestions']) {
      await viewTable(scratch, folder, manifest, table);
    }
    const offers: Offer[] = [];
    await scratch.eachChunk(offersSql(offersMax), (chunk) => {
      for (const row of chunk.getRows()) offers.push(toOffer(row, offers.at(-1)));
    });
    return { tenant: manifest.tenant, offers };
  });
}

async function manifestOf(folder: string): Promise<ExportManifest> {
  try {
    return await readExportManifest(folder);
  } catch (cause) {
    throw new IngestError(
      {
        came: `${folder} holds no complete export of a ledger`,
        wanted: 'a folder that `basketlift export` made',
        todo: `Make one: basketlift export ${folder}`,
      },
      { cause },
    );
  }
}

function viewTable(scratch: Scratch, folder: string, manifest: ExportManifest, table: string): Promise<void> {
  const paths = exportedFiles(manifest, table).map((path) => sqlPath(join(folder, path)));
  return scratch.run(`CREATE VIEW ${table} AS SELECT * FROM read_parquet([${paths.join(', ')}])`);
}

const offersSql = (offersMax: number) => `
  WITH said AS (
    SELECT decision_id, product_id, min(said_at) AS first_said_at, max(said_at) AS said_at,
      arg_max(result, (said_at, received_at, event_id)) FILTER (type = 'outcome') AS result
    FROM responses GROUP BY ALL
  ), offered AS (
    SELECT decision_id, product_id, result, basket_id, store_id, channel, customer, products,
      least(decided_at, first_said_at) AS made_at
    FROM said JOIN decisions USING (decision_id) SEMI JOIN suggestions USING (decision_id, product_id)
    WHERE arm = 'treatment' AND objective = 'value'
    QUALIFY row_number() OVER (
      PARTITION BY basket_id, product_id ORDER BY result IS NULL, said_at DESC, decision_id DESC) = 1
  ), newest AS (
    SELECT * FROM offered WHERE result IS DISTINCT FROM 'not-offered'
    ORDER BY made_at DESC, decision_id DESC, product_id LIMIT ${offersMax}
  )
  SELECT epoch_ms(made_at), basket_id, decision_id, store_id, coalesce(channel, ''), customer, products, product_id,
    coalesce(result = 'accepted', false)
  FROM newest ORDER BY made_at, decision_id, product_id`;

/** Offers of one decision share one basket, so that it is held once. */
function toOffer(row: readonly unknown[], last: Offer | undefined): Offer {
  const [madeAtMs, basketId, decisionId, storeId, channel, customer, products, productId, isAccepted] = row;
  const basket =
    last?.decisionId === decisionId
      ? last!.basket
      : (products as DuckDBListValue).items.map((product) => String(product));
  return {
    madeAtMs: Number(madeAtMs),
    basketId: String(basketId),
    decisionId: String(decisionId),
    storeId: storeId === null ? undefined : String(storeId),
    channel: String(channel),
    customer: customer === null ? undefined : String(customer),
    basket,
    productId: String(productId),
    isAccepted: isAccepted === true,
  };
}
