/** What the page has to tell: a text in whatever language is chosen, and perhaps a thing to do about it. */
import type { Messages } from '../messages/en.js';

export interface Notice {
  readonly tone: 'error' | 'information';
  readonly text: (t: Messages) => string;
  readonly action?: { readonly label: (t: Messages) => string; readonly run: () => void };
}
