import type { Model } from './model.ts';
import { nextGeneration, type Workspace } from './workspace.ts';

/** Sum of complement weights per product, left in the workspace: what serving, training and evaluation all use. */
export function scoreBasket(
  model: Pick<Model, 'complements'>,
  basket: Int32Array,
  workspace: Workspace,
): void {
  const { start, target, weight } = model.complements;
  const { score, stamp, strongestEdge, strongestSource, touched } = workspace;
  const generation = nextGeneration(workspace);
  let touchedCount = 0;
  for (let line = 0; line < basket.length; line++) {
    const source = basket[line]!;
    const end = start[source + 1]!;
    for (let edge = start[source]!; edge < end; edge++) {
      const item = target[edge]!;
      const value = weight[edge]!;
      if (stamp[item] !== generation) {
        stamp[item] = generation;
        score[item] = value;
        strongestEdge[item] = edge;
        strongestSource[item] = source;
        touched[touchedCount++] = item;
      } else {
        score[item]! += value;
        if (value > weight[strongestEdge[item]!]!) {
          strongestEdge[item] = edge;
          strongestSource[item] = source;
        }
      }
    }
  }
  workspace.touchedCount = touchedCount;
}
