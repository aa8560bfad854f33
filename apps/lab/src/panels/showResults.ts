/** Brings what a run shows into view. On a phone it lies far below the form that starts runs. */
import { active } from '../state/page.js';

export function showResults(): void {
  if (active.value === undefined) return;
  const status = document.getElementById('status')!;
  const { top } = status.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 2) return;
  // At once: an animation would end where the results were when it began, and what is above them changes as the run starts.
  status.scrollIntoView();
}
