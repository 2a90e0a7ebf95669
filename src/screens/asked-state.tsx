import type { ComponentChildren } from 'preact';
import type { Asked } from './use-answer.ts';

interface AskedStateProps<Answer> {
  readonly t: Readonly<Record<'asking' | 'forbidden' | 'failed', string>>;
  readonly asked: Asked<Answer>;
  readonly children: (answer: Answer) => ComponentChildren;
}

/** Shows the answer once it has arrived. Until then, says why it is not there. */
export function AskedState<Answer>({ t, asked, children }: AskedStateProps<Answer>) {
  if (asked.state === 'answered') return <>{children(asked.answer)}</>;
  return (
    <p class="panel-quiet" role="status" data-test={asked.state}>
      {t[asked.state]}
    </p>
  );
}
