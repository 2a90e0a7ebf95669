/** A version of the registry; parts that cannot be read are null. */
export interface ModelVersion {
  readonly version: string;
  readonly isServing: boolean;
  readonly createdAt: string | null;
  /** Receipts it was learned from. */
  readonly data: {
    readonly baskets: number;
    readonly products: number;
    readonly from: string | null;
    readonly to: string | null;
  } | null;
  /** On baskets it was not learned from, by the functions that serve. */
  readonly evaluation: {
    readonly questions: number;
    readonly hitRate10: number;
    readonly ndcg10: number;
    readonly mrr: number;
    readonly coverage: number;
  } | null;
}

/**
 * What became of a change: `refused` by the version's checks, `unknown` where there is no such version, `fixed` where the
 * gateway was started with a version of its own, `busy` while another change is under way, `unavailable` when the
 * registry fails. The version in service is another one only after `serving`.
 */
export type ModelChange =
  /** `before` is null where a tenant had none of its own. */
  | { readonly status: 'serving'; readonly version: string; readonly before: string | null }
  | {
      readonly status: 'refused' | 'unknown' | 'fixed' | 'busy' | 'unavailable';
      readonly reason: string;
    };

/** The versions that can be served, and which of them is. */
export interface ModelKeeper {
  /** Whose models these are. Those of the default tenant answer all tenants without their own. */
  readonly tenant: string;
  /** How many baskets paid since the version in service was learned it also votes with; 0 for none. */
  readonly rememberedBaskets: number;
  /** The newest versions, newest first. */
  list(): Promise<readonly ModelVersion[]>;
  /** Puts a version in service here at once and in every gateway on the registry. */
  promote(version: string): Promise<ModelChange>;
  /** Puts the previous version back in service. */
  rollback(): Promise<ModelChange>;
}
