/** Brings what a run shows into view. On a phone it lies far below the form that starts runs. */
import { training } from '../state/page.js';

export function showResults(): void {
  const status = document.getElementById('status');
  if (status === null || !training.value) return;
  const { top } = status.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 2) return;
  const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
  status.scrollIntoView({ behavior: reduced ? 'auto' : 'smooth' });
}
