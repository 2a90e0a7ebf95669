import { SingleBar } from 'cli-progress';

/** Progress on a stream: a bar on a terminal for work that takes over two seconds, else nothing. */
export interface Progress {
  /** `share` of the stage that is done, 0 to 1. */
  show(stage: string, share: number): void;
  clear(): void;
}

const SILENT_MS = 2000;

export function progressOn(stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  return {
    show(stage, share) {
      if (!stream.isTTY || performance.now() - startedAt < SILENT_MS) return;
      if (!bar) {
        bar = new SingleBar({
          stream,
          format: '{stage} [{bar}] {percentage} %',
          clearOnComplete: true,
          hideCursor: true,
        });
        bar.start(100, 0, { stage });
      }
      bar.update(Math.round(share * 100), { stage });
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}
