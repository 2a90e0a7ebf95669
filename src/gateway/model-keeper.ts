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

/** How well one method ranked; shares of the questions, and means over them. */
export interface MethodQuality {
  readonly name: string;
  readonly hitRate: { readonly 1: number; readonly 3: number; readonly 10: number };
  readonly ndcg10: number;
  readonly mrr: number;
  /** Share of the products that it suggests at all. */
  readonly coverage: number;
  /** How much more NDCG@10 the version has, with its 95 % paired interval; absent for the version itself. */
  readonly difference?: { readonly estimate: number; readonly low: number; readonly high: number };
}

/** What a version's evaluation measured, on baskets it was not learned from. */
export interface ModelEvaluation {
  readonly version: string;
  readonly questions: number;
  /** The version first, then what it is compared with. */
  readonly methods: readonly MethodQuality[];
  readonly byBasketLength: readonly {
    /** Products in the basket, such as `2-3`. */
    readonly length: string;
    readonly questions: number;
    readonly hitRate10: number;
    readonly ndcg10: number;
  }[];
  readonly calibration: {
    /** Mean distance between stated and observed probability. */
    readonly error: number;
    readonly bins: readonly {
      readonly count: number;
      /** Mean probability stated, and share that was bought. */
      readonly stated: number;
      readonly observed: number;
    }[];
  };
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
  /** How many baskets paid since the version in service was learned also vote in it; 0 for none. */
  readonly rememberedBaskets: number;
  /** The newest versions, newest first. */
  list(): Promise<readonly ModelVersion[]>;
  /** What is known of a version's quality; undefined where there is no such version, or none was measured. */
  evaluation(version: string): Promise<ModelEvaluation | undefined>;
  /** Puts a version in service here at once and in every gateway on the registry. */
  promote(version: string): Promise<ModelChange>;
  /** Puts the previous version back in service. */
  rollback(): Promise<ModelChange>;
}
