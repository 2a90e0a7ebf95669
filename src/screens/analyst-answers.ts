/** The JSON of `/v1/models`, as far as the analyst's page uses it. */

export interface ModelsAnswer {
  readonly models: readonly ModelVersion[];
}

export interface ModelVersion {
  readonly version: string;
  readonly isServing: boolean;
  readonly createdAt: string | null;
  readonly data: {
    readonly baskets: number;
    readonly products: number;
    readonly from: string | null;
    readonly to: string | null;
  } | null;
  readonly evaluation: {
    readonly questions: number;
    readonly hitRate10: number;
    readonly ndcg10: number;
  } | null;
}

export interface EvaluationAnswer {
  readonly version: string;
  readonly questions: number;
  /** The version first. */
  readonly methods: readonly {
    readonly name: string;
    readonly hitRate: { readonly 1: number; readonly 3: number; readonly 10: number };
    readonly ndcg10: number;
    readonly coverage: number;
    readonly difference?: { readonly estimate: number; readonly low: number; readonly high: number };
  }[];
  readonly byBasketLength: readonly {
    readonly length: string;
    readonly questions: number;
    readonly hitRate10: number;
    readonly ndcg10: number;
  }[];
  readonly calibration: { readonly error: number; readonly bins: readonly CalibrationBin[] };
}

export interface CalibrationBin {
  readonly count: number;
  readonly stated: number;
  readonly observed: number;
}
