/** Open files kept for all else: requests over HTTP, the ledger, models, pipes to other processes. */
export const OTHER_FILES = 500;

/** How many of the `wanted` live sockets fit into a process that may open that many files; at least one. */
export function socketsAllowed(wanted: number, openFilesMax: number): number {
  return Math.max(1, Math.min(wanted, openFilesMax - OTHER_FILES));
}

/** Open files of the process itself: the ledger, models, pipes to other processes. */
const OWN_FILES = 150;
const CONNECTIONS_MAX = 20_000;

/** How many connections, live sockets with them, fit into a process that may open that many files; at least one. */
export function connectionsAllowed(openFilesMax: number): number {
  return Math.max(1, Math.min(CONNECTIONS_MAX, openFilesMax - OWN_FILES));
}

/** Open files that the system allows this process; Infinity where it sets no limit. */
export function openFilesMax(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const limit = Number(userLimits?.open_files?.soft);
  return Number.isFinite(limit) ? limit : Number.POSITIVE_INFINITY;
}
