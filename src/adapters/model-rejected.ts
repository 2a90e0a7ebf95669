/** A model version that may not be served: damaged, incomplete, of another format, or not there. */
export class ModelRejected extends Error {
  override readonly name = 'ModelRejected';
}
