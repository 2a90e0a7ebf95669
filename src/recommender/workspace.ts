/** Scratch arrays of the ranking core, one set a thread, reused by every request: no allocation per candidate. */
export interface Workspace {
  /** [products] summed complement weights; valid where `stamp` holds the current generation */
  readonly score: Float64Array;
  /** [products] the single strongest edge into the product, and the basket item it comes from */
  readonly strongestEdge: Int32Array;
  readonly strongestSource: Int32Array;
  readonly stamp: Int32Array;
  generation: number;
  readonly touched: Int32Array;
  touchedCount: number;
  /** Binary heap of the best candidates: keys and items. */
  readonly heapKey: Float64Array;
  readonly heapItem: Int32Array;
}

export function createWorkspace(products: number, candidatesMax: number): Workspace {
  return {
    score: new Float64Array(products),
    strongestEdge: new Int32Array(products),
    strongestSource: new Int32Array(products),
    stamp: new Int32Array(products),
    generation: 0,
    touched: new Int32Array(products),
    touchedCount: 0,
    heapKey: new Float64Array(candidatesMax),
    heapItem: new Int32Array(candidatesMax),
  };
}

/** Starts a request: everything stamped earlier is void. */
export function nextGeneration(workspace: Workspace): number {
  if (workspace.generation === 0x7fffffff) {
    workspace.stamp.fill(0);
    workspace.generation = 0;
  }
  workspace.touchedCount = 0;
  workspace.generation++;
  return workspace.generation;
}
