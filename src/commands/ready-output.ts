import { CODE_VERSION } from '../package-facts.ts';
import { type KeysState, keysInWords } from '../service/keys-state.ts';

/** What a gateway says when it is ready. */
export interface ReadyFacts {
  readonly url: string;
  readonly modelVersion: string;
  readonly notice: string | null;
  readonly keys: KeysState;
  readonly version: string;
}

export function readyOutput(facts: ReadyFacts, isJson: boolean, workers: number): string {
  const { url, modelVersion, notice, keys } = facts;
  if (isJson) return `${JSON.stringify({ ...facts, workers })}\n`;
  return `Basketlift ${CODE_VERSION} is ready at ${url}
  till    ${url}/till
  agent   ${url}/agent
  API     ${url}/v1/suggestions
  model   ${modelVersion}${notice ? ` (${notice})` : ''}
  keys    ${keysInWords(keys)}
${workers > 1 ? `  workers ${workers}\n` : ''}`;
}
