import type { ComponentChildren } from 'preact';
import type { Desk } from './use-desk.ts';

interface StatusLineProps {
  readonly desk: Desk;
  /** Additional content from the page. */
  readonly children?: ComponentChildren;
}

/** Information that a cashier may ignore: what the answer had to do without, and the model's notice. */
export function StatusLine({ desk: { register, model, t }, children }: StatusLineProps) {
  const { queue, problem } = register;
  const degraded = register.state.answer?.degraded ?? [];
  const lacking = degraded.filter((code) => !(code in t.outOfDate));
  const remarks = [
    ...(lacking.length > 0 ? [t.answerWithout(lacking.map(inWords).join(', '))] : []),
    ...degraded.flatMap((code) => t.outOfDate[code] ?? []),
    ...(problem ? [t.gatewaySays([problem.title, problem.detail].filter(Boolean).join(': '))] : []),
    ...(queue.lost > 0 ? [t.eventsLost(queue.lost)] : []),
  ];
  return (
    <footer class="status-line">
      <span class="status-remarks" data-test="degraded">
        {remarks.join(' · ')}
      </span>
      {children}
      <span class="status-notice" data-test="notice">
        {model.notice}
      </span>
    </footer>
  );
}

function inWords(code: string): string {
  return code.replaceAll(/[-_]+/g, ' ');
}
