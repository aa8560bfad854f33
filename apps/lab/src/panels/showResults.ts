/** Brings what a run shows into view. On a phone it lies far below the form that starts runs. */
import { active } from '../state/page.js';

export function showResults(): void {
  if (active.value === undefined) return;
  const status = document.getElementById('status')!;
  const { top } = status.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 2) return;
  const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
  status.scrollIntoView({ behavior: reduced ? 'auto' : 'smooth' });
}
