/** What a policy's worth is measured in: net margin in minor units, and suggestions that were accepted and paid. */
export const REWARDS = ['margin', 'acceptances'] as const;

/** One decision under the logging policy, which made it, and under another one, the target policy. */
export interface EvaluatedDecision {
  /** Number of the customer, or of the basket alone where the customer is not known. */
  readonly cluster: number;
  /** [n] chance of each candidate to be in the slate, logging policy; 0 for what it could not have shown. */
  readonly logged: ArrayLike<number>;
  /** [n] the same, target policy. */
  readonly target: ArrayLike<number>;
  /** [REWARDS][n] what the reward model expects of each candidate once it is shown, up to one factor for all. */
  readonly modelled: readonly ArrayLike<number>[];
  /** Indexes of the candidates that were shown. */
  readonly shown: readonly number[];
  /** [REWARDS][shown] reward of each. */
  readonly rewards: readonly (readonly number[])[];
}

/** Sums of one reward over the candidates of each decision, [count] each. */
export interface RewardColumns {
  /** Σ r over what was shown */
  readonly reward: number[];
  /** Σ w·r over what was shown */
  readonly weighted: number[];
  /** Σ f over what was shown, f being the reward model */
  readonly modelShown: number[];
  /** Σ w·f over what was shown */
  readonly modelWeighted: number[];
  /** Σ π_logged·f over all candidates */
  readonly modelLogged: number[];
  /** Σ π_target·f over all candidates */
  readonly modelTarget: number[];
}

/** An ordinary suggestion's chance is at least this, an explored one's is below it: at most a fifth of the places is explored. */
const ORDINARY_MIN = 0.5;

/** Decisions as columns: all that the estimators need of them. w = π_target / π_logged. */
export class OffPolicySample {
  readonly cluster: number[] = [];
  /** [count] Σ w over what was shown */
  readonly weight: number[] = [];
  /** [count] Σ π_target over all candidates: the size of the target's slate */
  readonly targetSize: number[] = [];
  readonly rewards: readonly RewardColumns[] = REWARDS.map(() => ({
    reward: [],
    weighted: [],
    modelShown: [],
    modelWeighted: [],
    modelLogged: [],
    modelTarget: [],
  }));
  /** Suggestions that were shown. */
  shown = 0;
  /** Σ π_target where π_logged > 0 */
  supported = 0;
  /** Σ π_target² / π_logged: what Σ w² over the shown is expected to be */
  squaredWeights = 0;
  /**
   * Σ π_logged of suggestions that are ordinary for the target policy and not for the logging one: how many of them are expected to be
   * shown.
   */
  raisedShown = 0;
  /** Σ π_target of those. */
  raisedTarget = 0;

  get count(): number {
    return this.cluster.length;
  }

  add(decision: EvaluatedDecision): void {
    const { cluster, logged, target, modelled, shown } = decision;
    let targetSize = 0;
    for (let at = 0; at < logged.length; at++) {
      targetSize += target[at]!;
      this.#addSupport(logged[at]!, target[at]!);
    }
    this.cluster.push(cluster);
    this.targetSize.push(targetSize);
    this.weight.push(sumOver(shown, (at) => target[at]! / logged[at]!));
    this.shown += shown.length;
    for (const [metric, columns] of this.rewards.entries()) {
      const model = modelled[metric]!;
      columns.reward.push(0);
      columns.weighted.push(0);
      columns.modelShown.push(sumOver(shown, (at) => model[at]!));
      columns.modelWeighted.push(sumOver(shown, (at) => (target[at]! / logged[at]!) * model[at]!));
      columns.modelLogged.push(dot(logged, model));
      columns.modelTarget.push(dot(target, model));
    }
    this.addRewards(this.count - 1, decision);
  }

  /** Adds the rewards of the same slate when it was shown again: an equal question is one decision, however often it is asked. */
  addRewards(
    at: number,
    { shown, rewards, target, logged }: Pick<EvaluatedDecision, 'shown' | 'rewards' | 'target' | 'logged'>,
  ): void {
    for (const [metric, columns] of this.rewards.entries()) {
      for (const [place, candidate] of shown.entries()) {
        const reward = rewards[metric]![place]!;
        columns.reward[at]! += reward;
        columns.weighted[at]! += (target[candidate]! / logged[candidate]!) * reward;
      }
    }
  }

  #addSupport(logged: number, target: number): void {
    if (logged > 0) {
      this.supported += target;
      this.squaredWeights += target ** 2 / logged;
    }
    if (target < ORDINARY_MIN || target < 2 * logged) return;
    this.raisedShown += logged;
    this.raisedTarget += target;
  }
}

function sumOver(places: readonly number[], value: (at: number) => number): number {
  let sum = 0;
  for (const at of places) sum += value(at);
  return sum;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
