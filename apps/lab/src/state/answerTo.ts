/** Keeps the answer to a question of the worker up to date. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';

/**
 * The answer to the question of the moment. One question is asked at a time, and the last one always; if there is none, there is
 * no answer. There is none either if the run was closed, or the worker crashed, which has its own notice.
 */
export function answerTo<Question, Answer>(
  question: ReadonlySignal<Question | undefined>,
  ask: (question: Question) => Promise<Answer>,
): ReadonlySignal<Answer | undefined> {
  const answer = signal<Answer | undefined>(undefined);
  let asking = false;

  effect(() => {
    if (question.value === undefined) answer.value = undefined;
    else if (!asking) void askAll();
  });

  /** What comes after there is nothing to ask is not shown. */
  async function askAll(): Promise<void> {
    asking = true;
    let asked: Question | undefined;
    while (asked !== question.peek()) {
      asked = question.peek();
      if (asked === undefined) break;
      const answered = await ask(asked).catch(() => undefined);
      if (question.peek() !== undefined) answer.value = answered;
    }
    asking = false;
  }

  return answer;
}
